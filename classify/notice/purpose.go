package notice

import (
	"slices"
	"strings"

	"trackaudit/classify/knowledge"
)

// purposes reads what something is for: words of a purpose after "to", "for", "helps us", or right before a
// technology ("advertising cookies"). guess says that no words announce the purpose.
func (r *reader) purposes(s *sentence, fragment bool) (affirmed, denied []knowledge.Purpose, guess bool) {
	neg := r.negatedPurposes(s)
	gives := r.has(s, "share", 0) >= 0 || r.has(s, "give", 0) >= 0
	var guessed []knowledge.Purpose // not announced as one
	for _, h := range s.hits {
		name, ok := strings.CutPrefix(r.m.classes[h.class], "purpose.")
		p := knowledge.Purpose(name)
		if !ok || p == knowledge.Unknown || r.inCompound(s, h) || r.within(s, h, "notpurpose") || gives && r.inRecipient(s, h) {
			continue
		}
		if !fragment && !r.purposive(s, h) {
			if !neg[h.from] && !r.inRecipient(s, h) {
				guessed = addPurpose(guessed, p)
			}
			continue
		}
		list := &affirmed
		if neg[h.from] {
			list = &denied
		}
		if (p == knowledge.Personalization || p == knowledge.Analytics) && r.ofAds(s, h) {
			if p == knowledge.Analytics && r.m.isWord(s.toks[h.from], "measuring") {
				*list = addPurpose(*list, p) // to measure what advertisements do is both
			}
			p = knowledge.Advertising
		}
		*list = addPurpose(*list, p)
	}
	if len(affirmed)+len(denied) > 0 {
		return affirmed, denied, false
	}
	if kept := r.keptPurposes(s, neg); len(kept) > 0 {
		return kept, nil, true
	}
	if len(guessed) == 1 && r.has(s, "tech.social_widget", 0) < 0 && r.has(s, "consent.implied", 0) < 0 { // what a widget is for goes without saying
		return guessed, nil, true
	}
	return nil, nil, false
}

// keptPurposes tells what a store is for by what is kept in it: "your column layout is kept in local storage".
func (r *reader) keptPurposes(s *sentence, neg []bool) []knowledge.Purpose {
	if r.has(s, "keep", 0) < 0 || r.has(s, "define", 0) >= 0 || r.has(s, "advice", 0) >= 0 || len(storing(r.techsIn(s))) == 0 {
		return nil
	}
	return r.purposesIn(s, "kept.", neg)
}

// purposesIn gives the purposes of the phrases of a group of classes that are not negated.
func (r *reader) purposesIn(s *sentence, group string, neg []bool) []knowledge.Purpose {
	var out []knowledge.Purpose
	for _, h := range s.hits {
		if name, ok := strings.CutPrefix(r.m.classes[h.class], group); ok && !neg[h.from] {
			out = addPurpose(out, knowledge.Purpose(name))
		}
	}
	return out
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
		if r.m.is(o, "purposive") && o.from <= h.from && h.from-o.to <= 30 && !r.meanwhile(s, o.to, h.from) ||
			r.m.is(o, "purposive_after") && o.from >= h.to && o.from-h.to <= 6 && !r.commaBetween(s, h.to, o.from) {
			return true
		}
		if _, ok := r.techOf(o); ok && (o.from >= h.from && o.from-h.to <= 2 && !r.keptBetween(s, h.to, o.from) || r.linked(s, o, h)) {
			return true
		}
	}
	return false
}

// keptBetween says that a verb stands between two tokens: "our video player stores cookies" is no kind of cookies.
func (r *reader) keptBetween(s *sentence, from, to int) bool {
	return slices.ContainsFunc(s.hits, func(v hit) bool { return v.from >= from && v.to <= to && r.m.is(v, "keep") })
}

// meanwhile says that between two tokens a clause begins that tells what the visitor does then: "cookies keep your cart
// when you look at our offers".
func (r *reader) meanwhile(s *sentence, from, to int) bool {
	for i := from; i+1 < to; i++ {
		if r.m.isWord(s.toks[i], "meanwhile") && r.m.isWord(s.toks[i+1], "you") {
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
		if !r.m.isWord(t, "linking") {
			return false
		}
	}
	return true
}

// ofAds says that what is tailored or measured are advertisements: an advertisement is named close by, or in the
// sentence, while no content, page or experience is.
func (r *reader) ofAds(s *sentence, h hit) bool {
	if r.m.isWord(s.toks[h.from], "standalone") {
		return false
	}
	for i := max(0, h.from-2); i < min(h.to+6, len(s.toks)); i++ {
		if i >= h.from && i < h.to {
			continue
		}
		if i >= h.to && (s.toks[i].word == "," || i > h.to && r.m.isWord(s.toks[i], "toward") || r.m.isWord(s.toks[i], "coordinate")) {
			break
		}
		if i < h.from && i+1 < h.from && r.m.isWord(s.toks[i+1], "coordinate") {
			continue // "Werbung und Statistik"
		}
		if r.m.isWord(s.toks[i], "adword") {
			return true
		}
		if i > h.to && r.m.isWord(s.toks[i], "contentword") {
			return false
		}
	}
	if !r.m.is(h, "purpose.personalization") {
		return false
	}
	for i := h.from; i < min(h.to+6, len(s.toks)); i++ {
		if r.m.isWord(s.toks[i], "contentword") {
			return false
		}
	}
	return r.has(s, "purpose.advertising", 0) >= 0
}

// withheldFor gives the purposes for which a sentence says that nothing is shared: "we do not share data for
// advertising" says nothing of analytics. The kind of a recipient is no purpose: "not with advertisers".
func (r *reader) withheldFor(s *sentence, rd reading) []knowledge.Purpose {
	purposes := rd.deniedPurposes
	if len(purposes) == 0 && !rd.shares && len(rd.techs) == 0 {
		purposes = rd.purposes
	}
	var out []knowledge.Purpose
	for _, h := range s.hits {
		name, ok := strings.CutPrefix(r.m.classes[h.class], "purpose.")
		if p := knowledge.Purpose(name); ok && slices.Contains(purposes, p) && !slices.Contains(out, p) && !r.inRecipient(s, h) && r.announced(s, h) {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return []knowledge.Purpose{""}
	}
	return out
}

// announced says that words for a purpose stand right before a phrase or after it: "for advertising", "advertising
// purposes".
func (r *reader) announced(s *sentence, h hit) bool {
	return slices.ContainsFunc(s.hits, func(o hit) bool {
		return r.m.is(o, "purposive") && o.from <= h.from && h.from-o.to <= 2 || r.m.is(o, "purposive_after") && o.from >= h.to && o.from-h.to <= 1
	})
}

// tradesOf gives the purposes that the kinds of others in a sentence are known for: what advertisers set is for
// advertising.
func (r *reader) tradesOf(rd *reading) []knowledge.Purpose {
	var out []knowledge.Purpose
	for _, label := range rd.recipients {
		if p := trades[label]; rd.third && p != "" {
			out = addPurpose(out, p)
		}
	}
	return out
}

var trades = map[string]knowledge.Purpose{"advertising partners": knowledge.Advertising, "analytics providers": knowledge.Analytics}
