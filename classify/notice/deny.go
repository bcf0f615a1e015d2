package notice

import (
	"slices"
	"strings"
)

// thirdBarred gives the recipients that are said to get nothing: "advertisers do not have access to your name", "none
// of these companies collects data". What they may not do with what they have is no denial.
func (r *reader) thirdBarred(s *sentence, list []recipient) []string {
	var out []string
	for _, v := range s.hits {
		if !r.m.is(v, "get") || !r.denies(s, v) || !r.closeNot(s, v) || !r.near(s, "data", v, 10) && !r.nearTech(s, v) {
			continue
		}
		for _, rc := range list {
			if !rc.from && rc.to <= v.from && v.from-rc.to <= 5 && r.subject(s, v.from) == other {
				out = add(out, rc.label)
			}
		}
	}
	return out
}

// nearTech says that a technology stands right after a verb.
func (r *reader) nearTech(s *sentence, v hit) bool {
	for _, h := range s.hits {
		if _, ok := r.techOf(h); ok && h.from >= v.to && h.from-v.to <= 6 {
			return true
		}
	}
	return false
}

// denies says that the verb v is what a negation negates: "do not (knowingly) sell, rent or share", "never share",
// "none of it is shared". Another verb between the two takes the negation to itself.
func (r *reader) denies(s *sentence, v hit) bool {
	for _, n := range s.hits {
		if !r.m.is(n, "not") || n.to > v.from || v.from-n.to > 14 || r.within(s, n, "notonly") || r.within(s, n, "except") || r.within(s, n, "donotsell") {
			continue
		}
		if r.blocked(s, n.to, v.from) || r.conditional(s, n) || r.bare(s, n) || r.spent(s, n, v) {
			continue
		}
		return true
	}
	return r.deniesAfter(s, v)
}

// spent says that a "not" has its own verb already, and v stands in a clause of its own: "data that does not identify
// you, such as figures on use, may be shared". Words like "no" and "none" belong to a noun and reach further.
func (r *reader) spent(s *sentence, n, v hit) bool {
	if !r.m.isWord(s.toks[n.to-1], "adverbial") {
		return false
	}
	for i := n.to + 1; i < v.from; i++ {
		if r.m.isWord(s.toks[i], "finite") {
			return true
		}
	}
	return false
}

// bare says that a "not" has no finite verb before it ("we ask that you not share"), or is a request to the visitor
// ("Do not share your password").
func (r *reader) bare(s *sentence, n hit) bool {
	if r.doc.Language != "en" {
		return false
	}
	if n.from == 0 && s.toks[0].word == "never" && len(s.toks) > 1 {
		w := s.toks[1].word
		return !strings.HasSuffix(w, "ed") && w != "sold" // "Never share your password", but "never sold to anybody"
	}
	if n.from == 0 || s.toks[n.from].word != "not" {
		return false
	}
	if n.to < len(s.toks) && s.toks[n.to].word == "to" { // "you may tell us not to share", but "our policy is not to share"
		for i := max(0, n.from-4); i < n.from; i++ {
			if r.m.isWord(s.toks[i], "promise") {
				return false
			}
		}
		return true
	}
	if s.toks[n.from-1].word == "do" && n.from >= 2 && s.toks[n.from-2].mark() && !r.speaksBefore(s, n.from-1) {
		return true // ", do not share your password"
	}
	if n.from == 1 {
		return s.toks[0].word == "do"
	}
	for i := max(0, n.from-3); i < n.from; i++ {
		if r.m.isWord(s.toks[i], "auxiliary") {
			return false
		}
	}
	return true
}

// speaksBefore says that who speaks is named shortly before a token: "we, Acme, do not".
func (r *reader) speaksBefore(s *sentence, at int) bool {
	for _, h := range s.hits {
		if h.to <= at && at-h.to <= 7 && (r.m.is(h, "self") || strings.HasPrefix(r.m.classes[h.class], "rcp.")) {
			return true
		}
	}
	return false
}

// blocked says that something between a negation and a verb keeps the one from reaching the other.
func (r *reader) blocked(s *sentence, from, to int) bool {
	for i := from; i < to; i++ {
		if w := s.toks[i].word; w == ";" || w == ":" || w == "." {
			return true
		}
	}
	for _, h := range s.hits {
		if h.from < from || h.to > to {
			continue
		}
		if r.m.is(h, "but") || r.m.is(h, "except") || r.m.is(h, "barrier") || r.m.is(h, "if") {
			return true
		}
	}
	return false
}

// conditional says that a negation is the visitor's, or a condition: "if you do not", "you may choose not to".
func (r *reader) conditional(s *sentence, n hit) bool {
	for _, h := range s.hits {
		if h.to <= n.from && n.from-h.to <= 5 && (r.m.is(h, "you") || r.m.is(h, "if")) {
			between := true
			for _, o := range s.hits {
				if r.m.is(o, "self") && o.from >= h.to && o.to <= n.from {
					between = false
				}
			}
			if between && !(r.m.is(h, "if") && r.commaBetween(s, h.to, n.from)) {
				return true
			}
		}
	}
	return false
}

func (r *reader) commaBetween(s *sentence, from, to int) bool {
	for i := from; i < to; i++ {
		if s.toks[i].word == "," {
			return true
		}
	}
	return false
}

// exempt says that a denial is about children or a signal, not about sharing.
func (r *reader) exempt(s *sentence) bool {
	return r.has(s, "child", 0) >= 0 || r.has(s, "dnt.signal", 0) >= 0 || r.has(s, "gpc.signal", 0) >= 0 || r.has(s, "rights", 0) >= 0
}

// collecting reads what is said not to be collected.
func (r *reader) collecting(s *sentence, neg []bool, out *reading) {
	if out.deniesTP || r.exempt(s) || r.has(s, "advice", 0) >= 0 {
		return
	}
	for _, h := range s.hits {
		if r.m.is(h, "collect") && r.near(s, "data", h, 10) && r.denies(s, h) && r.closeNot(s, h) && !r.m.isWord(s.toks[h.from], "otheruse") && !r.cannot(s, h) {
			if subject := r.subject(s, h.from); subject == us || subject == nobody {
				out.deniesFP = true
			}
		}
	}
}

// cannot says that the negation before a verb is one of ability: "we cannot access it".
func (r *reader) cannot(s *sentence, v hit) bool {
	for i := max(1, v.from-4); i < v.from; i++ {
		if r.m.isWord(s.toks[i], "adverbial") && r.m.isWord(s.toks[i-1], "able") {
			return true
		}
	}
	return false
}

func (r *reader) closeNot(s *sentence, v hit) bool {
	for _, n := range s.hits {
		if r.m.is(n, "not") && n.to <= v.from && v.from-n.to <= 4 {
			return true
		}
	}
	return r.deniesAfter(s, v)
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
		adverb := r.m.isWord(s.toks[h.to-1], "adverbial")
		for i := h.from; i < len(s.toks); i++ {
			if adverb && i > h.to && r.m.isWord(s.toks[i], "finite") {
				break // the clause of another verb: see spent
			}
			if s.toks[i].word == ";" || s.toks[i].word == "." || i > h.to && (ends[i] || r.usesAnew(s, h.to, i)) {
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

// usesAnew says that at a token, outside English, "and" goes on with a verb of use of its own: "ohne Pixel und verwenden
// Cookies", "est dépourvu de pixels et utilise des cookies".
func (r *reader) usesAnew(s *sentence, from, i int) bool {
	return r.doc.Language != "en" && i > from && r.m.isWord(s.toks[i-1], "and") && slices.ContainsFunc(s.hits, func(v hit) bool {
		return v.from == i && r.m.is(v, "use")
	})
}

// leadDenies says that a sentence that introduces a list denies what the list names.
func (r *reader) leadDenies(lead *sentence) bool {
	neg := r.negated(lead)
	for _, h := range lead.hits {
		if (r.m.is(h, "share") || r.m.is(h, "sell") || r.m.is(h, "collect") || r.m.is(h, "use") || r.m.is(h, "place")) && neg[h.from] && r.subject(lead, h.from) != visitor && r.has(lead, "how", 0) < 0 {
			return r.has(lead, "except", 0) < 0
		}
	}
	return false
}
