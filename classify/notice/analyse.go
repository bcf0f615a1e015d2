package notice

import (
	"cmp"
	"slices"
	"strings"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// analyse reads one sentence. lead is the sentence that introduces it, if any ("We share data with:").
func (r *reader) analyse(s, lead *sentence) reading {
	var out reading
	if s.asks || lead == nil && r.titleOnly(s) {
		return out
	}
	neg := r.negated(s)
	negLead := lead != nil && r.leadDenies(lead)
	defines := r.has(s, "define", 0) >= 0
	advises := r.has(s, "advice", 0) >= 0
	own := r.ownUse(s)
	disclaims := r.has(s, "disclaim", 0) >= 0
	waits := r.has(s, "consent.prior", 0) >= 0 // "no cookies are set without your consent" denies none
	for _, h := range s.hits {
		t, ok := r.techOf(h)
		if !ok || r.within(s, h, "nottech") { // "see our cookie policy"
			continue
		}
		if t.tech == evidence.Geolocation && (r.within(s, h, "notlocation") || t.umbrella && r.has(s, "contact", 0) >= 0) {
			continue // "name, address, zip code" tells nothing of where a device is
		}
		t.own = r.compound(s, h)
		switch {
		case neg[h.from] && !waits:
			if r.techIsDenied(s, h, disclaims) {
				out.denied = append(out.denied, t)
			}
		case r.doc.Language == "en" && r.deniesTech(s, h), r.doc.Language != "en" && r.notSet(s, h):
			out.denied = append(out.denied, t)
		case (defines || advises) && !own, disclaims:
		default:
			out.techs = append(out.techs, t)
		}
	}
	out.defined = defines && !advises && !disclaims && len(out.techs) == 0
	out.noClick = r.has(s, "without_click", 0) >= 0
	out.purposes, out.deniedPurposes = r.purposes(s, lead != nil)
	if len(out.purposes) == 0 && (r.explains(s) || r.tellsProperty(s)) {
		out.techs = nil
	}
	r.sharing(s, lead, neg, negLead, &out)
	if waits && out.deniesTP && !r.usesIn(s) { // "we do not share your location without your consent"
		out.techs = storing(out.techs)
	}
	return out
}

// titleOnly says that a sentence is a title that stands there as a line of its own, or an entry of a table of contents:
// a few words without a verb and an end mark. The entries of a list that a sentence introduces are none.
func (r *reader) titleOnly(s *sentence) bool {
	text := r.p.text[s.Start:s.End]
	if len(s.toks) > 9 || strings.ContainsAny(text[len(text)-1:], ".;:!") || strings.Contains(text, ",") {
		return false
	}
	if s.item && !r.inPageLink(s) {
		return false
	}
	for _, h := range s.hits {
		switch r.m.classes[h.class] {
		case "use", "collect", "share", "sell", "give", "be", "finite":
			if h.to >= len(s.toks) || s.toks[h.to].word != "of" {
				return false
			}
		}
	}
	return true
}

// inPageLink says that a sentence is nothing but a link to another part of the page.
func (r *reader) inPageLink(s *sentence) bool {
	i, _ := slices.BinarySearchFunc(r.p.links, s.Start, func(l Link, at int) int { return cmp.Compare(l.Start, at+1) })
	if i == 0 {
		return false
	}
	l := r.p.links[i-1] // the last that begins at or before the sentence
	return s.End <= l.End+1 && strings.Contains(l.URL, "#")
}

// techIsDenied asks the rules of the language.
func (r *reader) techIsDenied(s *sentence, t hit, disclaims bool) bool {
	if r.doc.Language == "en" {
		return r.deniesTech(s, t)
	}
	return !disclaims && (r.techDenied(s, t) || r.nounDenied(s, t))
}

// techDenied says that what is denied is the technology itself: "we do not use cookies", "cookies are not set". What
// a browser cannot do, or what cannot be switched off, is no denial.
func (r *reader) techDenied(s *sentence, t hit) bool {
	if r.exempt(s) {
		return false
	}
	for _, v := range s.hits {
		if r.m.is(v, "allow") && t.from >= v.to && r.barsTech(s, v) && r.denies(s, v) && r.subject(s, v.from) != visitor {
			return true // "we do not allow others to set cookies"
		}
		if !r.m.is(v, "use") && !r.m.is(v, "collect") && !r.m.is(v, "share") && !r.m.is(v, "sell") {
			continue
		}
		after := t.from >= v.to && t.from-v.to <= 14
		before := t.to <= v.from && v.from-t.to <= 6 && (r.passive(s, v) || r.inverted(s, v.from, nobody) == us)
		if after && r.ofData(s, v, t) {
			continue
		}
		if who := r.subject(s, v.from); (after && (who == us || who == nobody) || before && who != visitor) && r.denies(s, v) {
			return true
		}
	}
	return false
}

// ofData says that what a verb denies is data, and the technology only where they would be: "we store no personal
// information in cookies".
func (r *reader) ofData(s *sentence, v, t hit) bool {
	for _, d := range s.hits {
		if !r.m.is(d, "data") || d.from < v.to || d.to > t.from {
			continue
		}
		for i := d.to; i < t.from; i++ {
			switch s.toks[i].word {
			case "in", "inside", "within", "from", "on":
				return true
			}
		}
	}
	return false
}

// barsTech says that a technology stands after a verb of allowing, in its clause.
func (r *reader) barsTech(s *sentence, v hit) bool {
	for _, t := range s.hits {
		if _, ok := r.techOf(t); !ok || t.from < v.to || t.from-v.to > 10 {
			continue
		}
		if !slices.ContainsFunc(s.hits, func(n hit) bool { return r.m.is(n, "not") && n.from >= v.to && n.to <= t.from }) {
			return true
		}
	}
	return false
}

// explains says that a sentence that is about nobody stands in a section whose title asks what something is: "What are
// cookies?"
func (r *reader) explains(s *sentence) bool {
	if s.section < 0 || r.has(s, "self", 0) >= 0 || len(r.recipients(s)) > 0 {
		return false
	}
	title := r.doc.Sections[s.section].Title
	if len(title) > 60 || !strings.HasSuffix(title, "?") {
		return false
	}
	toks := tokens(title, Span{0, len(title)})
	return slices.ContainsFunc(r.m.find(toks), func(h hit) bool { return r.m.is(h, "define") })
}

// tellsProperty says that a sentence begins with a technology and only says what it is or can do, of nobody and for
// nothing: "Cookies are not tied to personal information".
func (r *reader) tellsProperty(s *sentence) bool {
	if r.doc.Language != "en" || r.has(s, "self", 0) >= 0 || r.has(s, "they", 0) >= 0 || len(r.recipients(s)) > 0 {
		return false
	}
	for _, h := range s.hits {
		if _, tech := r.techOf(h); tech && h.from <= 1 && h.to < len(s.toks) && r.m.isWord(s.toks[h.to].word, "finite") {
			return !slices.ContainsFunc(s.hits, func(v hit) bool {
				return v.from > h.to && (r.m.is(v, "use") || r.m.is(v, "place") || r.m.is(v, "collect"))
			})
		}
	}
	return false
}

// notSet says that a technology stands before a passive verb that is denied: "cookies are not used here". What waits
// for a choice is not denied: "cookies are not set until you agree".
func (r *reader) notSet(s *sentence, t hit) bool {
	if r.has(s, "except", 0) >= 0 || r.has(s, "if", 0) >= 0 || r.has(s, "consent.prior", 0) >= 0 {
		return false
	}
	for _, v := range s.hits {
		if r.m.is(v, "use") && t.to <= v.from && v.from-t.to <= 4 && r.passive(s, v) && r.closeNot(s, v) && r.denies(s, v) &&
			(v.to >= len(s.toks) || !r.m.isWord(s.toks[v.to].word, "toward")) {
			return true
		}
	}
	return false
}

// techOf gives the technology that a phrase names; an umbrella ("similar technologies") stands for cookies, weakly.
func (r *reader) techOf(h hit) (techHit, bool) {
	name := r.m.classes[h.class]
	switch name {
	case "umbrella":
		return techHit{tech: evidence.CookieTech, umbrella: true, at: h.from}, true
	case "weak_geolocation":
		return techHit{tech: evidence.Geolocation, umbrella: true, at: h.from}, true
	}
	tech, ok := strings.CutPrefix(name, "tech.")
	return techHit{tech: evidence.Technology(tech), at: h.from}, ok
}

// ownUse says that the sentence tells of somebody's use of a technology: "we … use cookies", "cookies are placed
// by"; "how we use cookies" only refers to it.
func (r *reader) ownUse(s *sentence) bool {
	for _, v := range s.hits {
		if !r.m.is(v, "use") {
			continue
		}
		who := r.subject(s, v.from)
		if word := s.toks[v.from].word; strings.HasSuffix(word, "ing") && (who == other || v.from > 0 && s.toks[v.from-1].word == "by") ||
			v.to < len(s.toks) && s.toks[v.to].word == "of" {
			continue // "stop others from collecting", "by using your settings", "our use of cookies"
		}
		if who != us && who != other && who != nobody {
			continue
		}
		for _, t := range s.hits {
			if _, ok := r.techOf(t); !ok {
				continue
			}
			after := t.from >= v.to && t.from-v.to <= 12 && who != nobody
			before := t.to <= v.from && v.from-t.to <= 4 && r.passive(s, v)
			if (after || before) && !r.referring(s, v) {
				return true
			}
		}
	}
	return false
}

// passive says that a form of "be" stands before a verb; "to be" only wishes.
func (r *reader) passive(s *sentence, v hit) bool {
	for i := max(0, v.from-3); i < v.from; i++ {
		if r.m.isWord(s.toks[i].word, "be") && !(i > 0 && s.toks[i].word == "be" && s.toks[i-1].word == "to") {
			return true
		}
	}
	return false
}

// referring says that a verb stands in a reference: "how we use", "to learn about the cookies we set".
func (r *reader) referring(s *sentence, v hit) bool {
	for _, h := range s.hits {
		if r.m.is(h, "how") && h.from < v.from && h.to >= v.from-5 {
			return true
		}
	}
	return false
}

// negated marks the tokens that stand in the scope of a negation: from "not" to the end of its clause.
func (r *reader) negated(s *sentence) []bool {
	if s.neg == nil {
		s.neg = r.scopes(s)
	}
	return s.neg
}

func (r *reader) scopes(s *sentence) []bool {
	out := make([]bool, len(s.toks)+1)
	if r.has(s, "not", 0) < 0 && r.has(s, "not_after", 0) < 0 {
		return out
	}
	ends := make([]bool, len(s.toks)) // where "but" or an exception begins
	for _, h := range s.hits {
		ends[h.from] = ends[h.from] || r.m.is(h, "but") || r.m.is(h, "except")
	}
	for _, h := range s.hits {
		if !r.m.is(h, "not") || r.within(s, h, "notonly") || r.within(s, h, "except") {
			continue
		}
		adverb := r.m.isWord(s.toks[h.to-1].word, "adverbial")
		for i := h.from; i < len(s.toks); i++ {
			if adverb && i > h.to && r.m.isWord(s.toks[i].word, "finite") {
				break // the clause of another verb: see spent
			}
			if s.toks[i].word == ";" || s.toks[i].word == "." || i > h.to && ends[i] {
				break
			}
			out[i] = true
		}
	}
	for _, h := range s.hits {
		if !r.m.is(h, "not_after") || r.within(s, h, "notonly") || r.within(s, h, "except") {
			continue
		}
		for i := h.from - 1; i >= 0 && !s.toks[i].mark() && !ends[i]; i-- {
			out[i] = true // "Werbecookies verwenden wir nicht"
		}
	}
	return out
}

// within says that hit h lies inside a hit of a class.
func (r *reader) within(s *sentence, h hit, class string) bool {
	n, ok := r.m.class[class]
	if !ok || !s.mentions(n) {
		return false
	}
	for _, o := range s.hits {
		if o.class == n && o.from <= h.from && h.to <= o.to {
			return true
		}
	}
	return false
}

// purposes reads what something is for: words of a purpose after "to", "for", "helps us", or right before a
// technology ("advertising cookies").
func (r *reader) purposes(s *sentence, fragment bool) (affirmed, denied []knowledge.Purpose) {
	neg := r.negatedPurposes(s)
	gives := r.has(s, "share", 0) >= 0 || r.has(s, "give", 0) >= 0
	for _, h := range s.hits {
		name, ok := strings.CutPrefix(r.m.classes[h.class], "purpose.")
		p := knowledge.Purpose(name)
		if !ok || p == knowledge.Unknown || !fragment && !r.purposive(s, h) || r.inCompound(s, h) || r.within(s, h, "notpurpose") || gives && r.inRecipient(s, h) {
			continue
		}
		list := &affirmed
		if neg[h.from] {
			list = &denied
		}
		if (p == knowledge.Personalization || p == knowledge.Analytics) && r.ofAds(s, h) {
			if p == knowledge.Analytics && r.m.isWord(s.toks[h.from].word, "measuring") {
				*list = addPurpose(*list, p) // to measure what advertisements do is both
			}
			p = knowledge.Advertising
		}
		*list = addPurpose(*list, p)
	}
	return affirmed, denied
}

func addPurpose(list []knowledge.Purpose, p knowledge.Purpose) []knowledge.Purpose {
	if slices.Contains(list, p) {
		return list
	}
	return append(list, p)
}

// negatedPurposes marks what a denial of ours denies; what a visitor need not do is a purpose: "so that you do not
// have to log in again".
func (r *reader) negatedPurposes(s *sentence) []bool {
	if r.has(s, "consent.prior", 0) >= 0 {
		return make([]bool, len(s.toks)+1)
	}
	for _, h := range s.hits {
		if r.m.is(h, "not") && r.conditional(s, h) {
			return make([]bool, len(s.toks)+1)
		}
	}
	return r.negated(s)
}

// inRecipient says that a word is part of the name of a recipient's kind: to share with advertisers is not to advertise.
func (r *reader) inRecipient(s *sentence, h hit) bool {
	for _, o := range s.hits {
		if o.from <= h.from && h.to <= o.to && strings.HasPrefix(r.m.classes[o.class], "rcp.") {
			return true
		}
	}
	return false
}

// purposive says that a phrase stands after words that announce a purpose, or before the name of a technology; that
// something is necessary is said by "are" alone.
func (r *reader) purposive(s *sentence, h hit) bool {
	if r.m.is(h, "purpose.strictly_necessary") && r.predicate(s, h) {
		return true
	}
	for _, o := range s.hits {
		if r.m.is(o, "purposive") && o.from <= h.from && h.from-o.to <= 30 ||
			r.m.is(o, "purposive_after") && o.from >= h.to && o.from-h.to <= 6 && !r.commaBetween(s, h.to, o.from) {
			return true
		}
		if _, ok := r.techOf(o); ok && (o.from >= h.from && o.from-h.to <= 2 || r.linked(s, o, h)) {
			return true
		}
	}
	return false
}

// predicate says that a phrase says what something is: "which is strictly necessary".
func (r *reader) predicate(s *sentence, h hit) bool {
	for _, o := range s.hits {
		if r.m.is(o, "be") && o.to <= h.from && h.from-o.to <= 2 {
			return true
		}
	}
	return false
}

// nounDenied says that a negation stands right before a technology: "no tracking pixels", "kein Fingerprinting"; neither
// in a condition ("if no cookies …") nor in advice.
func (r *reader) nounDenied(s *sentence, tech hit) bool {
	if r.exempt(s) || r.has(s, "advice", 0) >= 0 || r.has(s, "you", 0) >= 0 || r.has(s, "if", 0) >= 0 {
		return false
	}
	for _, n := range s.hits {
		if r.m.is(n, "not") && n.to <= tech.from && tech.from-n.to <= 4 && !r.within(s, n, "notonly") && !r.within(s, n, "except") && !r.blocked(s, n.to, tech.from) {
			return true
		}
	}
	return false
}

// compound gives the purposes that the one word that names a technology tells as well: "Werbecookies".
func (r *reader) compound(s *sentence, tech hit) []knowledge.Purpose {
	var out []knowledge.Purpose
	for _, h := range s.hits {
		name, ok := strings.CutPrefix(r.m.classes[h.class], "purpose.")
		if ok && tech.to-tech.from == 1 && h.from == tech.from && h.to == tech.to && knowledge.Purpose(name) != knowledge.Unknown {
			out = append(out, knowledge.Purpose(name))
		}
	}
	return out
}

func (r *reader) inCompound(s *sentence, purpose hit) bool {
	return purpose.to-purpose.from == 1 && slices.ContainsFunc(s.hits, func(h hit) bool {
		_, ok := r.techOf(h)
		return ok && h.from == purpose.from && h.to == purpose.to
	})
}

// linked says that a purpose follows its technology as an attribute: "cookies publicitaires", "cookies de análisis".
func (r *reader) linked(s *sentence, tech, purpose hit) bool {
	if _, ok := r.m.class["linking"]; !ok || tech.to > purpose.from || purpose.from-tech.to > 2 {
		return false
	}
	for _, t := range s.toks[tech.to:purpose.from] {
		if !r.m.isWord(t.word, "linking") {
			return false
		}
	}
	return true
}

// ofAds says that what is tailored or measured are advertisements: an advertisement is named close by, or in the
// sentence, while no content, page or experience is.
func (r *reader) ofAds(s *sentence, h hit) bool {
	if r.m.isWord(s.toks[h.from].word, "standalone") {
		return false
	}
	for i := max(0, h.from-2); i < min(h.to+6, len(s.toks)); i++ {
		if i >= h.from && i < h.to {
			continue
		}
		if i >= h.to && (s.toks[i].word == "," || i > h.to && r.m.isWord(s.toks[i].word, "toward") || r.m.isWord(s.toks[i].word, "coordinate")) {
			break
		}
		if i < h.from && i+1 < h.from && r.m.isWord(s.toks[i+1].word, "coordinate") {
			continue // "Werbung und Statistik"
		}
		if r.m.isWord(s.toks[i].word, "adword") {
			return true
		}
		if i > h.to && r.m.isWord(s.toks[i].word, "contentword") {
			return false
		}
	}
	if !r.m.is(h, "purpose.personalization") {
		return false
	}
	for i := h.from; i < min(h.to+6, len(s.toks)); i++ {
		if r.m.isWord(s.toks[i].word, "contentword") {
			return false
		}
	}
	return r.has(s, "purpose.advertising", 0) >= 0
}

// leadDenies says that a sentence that introduces a list denies what the list names.
func (r *reader) leadDenies(lead *sentence) bool {
	neg := r.negated(lead)
	for _, h := range lead.hits {
		if (r.m.is(h, "share") || r.m.is(h, "sell") || r.m.is(h, "collect")) && neg[h.from] {
			return r.has(lead, "except", 0) < 0
		}
	}
	return false
}
