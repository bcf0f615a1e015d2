package notice

import (
	"cmp"
	"slices"
	"strings"

	"trackaudit/crawler/evidence"
)

// analyse reads one sentence. lead is the sentence that introduces it, if any ("We share data with:").
func (r *reader) analyse(s, lead *sentence) reading {
	var out reading
	if s.asks || r.has(s, "hypothetical", 0) >= 0 || (lead == nil || r.runsIn(s)) && r.titleOnly(s) || lead != nil && r.leadsToLinks(lead) {
		return out
	}
	neg := r.negated(s)
	refused := r.has(s, "refuses", 0) >= 0 && r.has(s, "if", 0) < 0 && r.has(s, "but", 0) < 0 && r.has(s, "except", 0) < 0 && r.has(s, "advice", 0) < 0
	negLead := lead != nil && r.leadDenies(lead) && r.has(s, "self", 0) < 0 // "we …" speaks for itself
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
		if t.tech == evidence.Geolocation && (r.noPlace(s, h) || t.umbrella && r.has(s, "contact", 0) >= 0 && r.has(s, "demographic", 0) < 0) {
			continue // "name, address, zip code" tells nothing of where a device is; "age, gender, zip code" tells of where people are
		}
		t.own = r.compound(s, h)
		switch {
		case negLead && !waits, refused && r.refusedHere(s, h), r.holdsNot(s, h) && !waits:
			out.denied = append(out.denied, t) // "We do not use:", "We refrain from …"
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
	if out.purposes, out.deniedPurposes, out.guess = r.purposes(s, lead != nil); out.guess && waits {
		out.purposes, out.guess = nil, false // "no optional cookies are set until you agree"
	}
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
	if s.item && r.inPageLink(s) && !strings.HasSuffix(text, ".") {
		return true
	}
	if !r.runsIn(s) && (len(s.toks) > 9 || strings.ContainsAny(text[len(text)-1:], ".;:!") || strings.Contains(text, ",") || s.item) {
		return false
	}
	how := len(s.toks) // "Cookies and how they are used"
	for i := 1; i < how; i++ {
		if s.toks[i].word == "how" {
			how = i
		}
	}
	for _, h := range s.hits {
		switch r.m.classes[h.class] {
		case "use", "collect", "share", "sell", "give", "be", "finite":
			if h.from < how && (h.to >= len(s.toks) || s.toks[h.to].word != "of") {
				return false
			}
		}
	}
	return true
}

// runsIn says that a few words may be the title of the paragraph that they begin: "Flash cookies."
func (r *reader) runsIn(s *sentence) bool {
	b := r.p.blocks[s.block]
	return len(s.toks) <= 4 && s.Start == b.Start && s.End < b.End && r.p.text[s.End-1] == '.' && r.has(s, "self", 0) < 0
}

// leadsToLinks says that a sentence introduces a list of links: "For more information follow these links:".
func (r *reader) leadsToLinks(lead *sentence) bool {
	return r.has(lead, "link", 0) >= 0 && r.has(lead, "self", 0) < 0 && r.has(lead, "collect", 0) < 0 && r.has(lead, "use", 0) < 0
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
	_, hits := r.m.phrases(title)
	return slices.ContainsFunc(hits, func(h hit) bool { return r.m.is(h, "define") })
}

// tellsProperty says that a sentence begins with a technology and only says what it is or can do, of nobody and for
// nothing: "Cookies are not tied to personal information".
func (r *reader) tellsProperty(s *sentence) bool {
	if r.doc.Language != "en" || r.has(s, "self", 0) >= 0 || r.has(s, "they", 0) >= 0 || len(r.recipients(s)) > 0 {
		return false
	}
	for _, h := range s.hits {
		if _, tech := r.techOf(h); tech && h.from <= 1 && h.to < len(s.toks) && r.m.isWord(s.toks[h.to], "finite") {
			return !slices.ContainsFunc(s.hits, func(v hit) bool {
				return v.from > h.to && (r.m.is(v, "use") || r.m.is(v, "place") || r.m.is(v, "collect"))
			})
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

// refusedHere says that no verb of use stands between a technology and words that deny it: "free of pixels, and uses
// cookies" denies no cookies.
func (r *reader) refusedHere(s *sentence, h hit) bool {
	for _, n := range s.hits {
		if !r.m.is(n, "refuses") {
			continue
		}
		from, to := n.to, h.from
		if h.to <= n.from {
			from, to = 0, n.from // a verb before the technology takes it: "we use cookies and refrain from"
		}
		if !slices.ContainsFunc(s.hits, func(v hit) bool {
			return (r.m.is(v, "use") || r.m.is(v, "place") || r.m.is(v, "collect")) && v.from >= from && v.to <= to && !(n.from <= v.from && v.to <= n.to)
		}) {
			return true
		}
	}
	return false
}

// holdsNot says that the words for a technology hold their own negation: "sessions are never recorded".
func (r *reader) holdsNot(s *sentence, h hit) bool {
	return slices.ContainsFunc(s.hits, func(n hit) bool {
		return r.m.is(n, "not") && n.from > h.from && n.to < h.to && !r.within(s, n, "notonly")
	})
}

func (r *reader) techsIn(s *sentence) []techHit {
	var out []techHit
	for _, h := range s.hits {
		if t, ok := r.techOf(h); ok {
			out = append(out, t)
		}
	}
	return out
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

// passive says that a form of "be" stands before a verb; "to be" only wishes, and "are sharing" is active. Outside English
// more may stand between the two: "werden auf dieser Seite nicht verwendet".
func (r *reader) passive(s *sentence, v hit) bool {
	reach := 3
	switch {
	case r.doc.Language != "en":
		reach = 8
	case strings.HasSuffix(s.toks[v.from].word, "ing"):
		return false
	}
	for i := v.from - 1; i >= 0 && i >= v.from-reach && (reach == 3 || !s.toks[i].mark()); i-- {
		if r.m.isWord(s.toks[i], "be") && !(i > 0 && s.toks[i].word == "be" && s.toks[i-1].word == "to") {
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

// noPlace says that what looks like a place is none: it lies within such a phrase, or the phrase runs into it
// ("regardless of your location,").
func (r *reader) noPlace(s *sentence, h hit) bool {
	for _, o := range s.hits {
		if r.m.is(o, "notlocation") && o.from <= h.from && h.from < o.to && (h.to <= o.to || o.from < h.from) {
			return true
		}
	}
	return false
}
