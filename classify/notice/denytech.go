package notice

import (
	"slices"
	"strings"

	"trackaudit/crawler/evidence"
)

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

// notSet says that a technology stands before a verb that is denied: "cookies are not used here", "cookies no usamos".
// What waits for a choice is not denied: "cookies are not set until you agree".
func (r *reader) notSet(s *sentence, t hit) bool {
	if r.has(s, "except", 0) >= 0 || r.has(s, "if", 0) >= 0 || r.has(s, "consent.prior", 0) >= 0 {
		return false
	}
	for _, v := range s.hits {
		if !r.m.is(v, "use") || t.to > v.from || r.apart(s, t.to, v.from) > 6 || !r.closeNot(s, v) || !r.denies(s, v) {
			continue
		}
		if aim := v.to < len(s.toks) && r.m.isWord(s.toks[v.to], "toward"); !aim && (r.passive(s, v) || r.subject(s, v.from) == us) {
			return true
		}
	}
	return false
}

// apart counts the words between two tokens, those in brackets left out. What another mark parts than a comma in a list
// of technologies is far.
func (r *reader) apart(s *sentence, from, to int) int {
	n, depth := 0, 0
	for i := from; i < to; i++ {
		switch s.toks[i].word {
		case "(":
			depth++
		case ")":
			depth--
		case ",":
			if depth == 0 && !slices.ContainsFunc(s.hits, func(h hit) bool { _, ok := r.techOf(h); return ok && h.from > i && h.from <= i+2 }) {
				return len(s.toks)
			}
		case ";", ".", ":":
			return len(s.toks)
		default:
			if depth == 0 {
				n++
			}
		}
	}
	return n
}

// nounDenied says that a negation stands right before a technology: "no tracking pixels", "kein Fingerprinting"; neither
// in a condition ("if no cookies …") nor in advice.
func (r *reader) nounDenied(s *sentence, tech hit) bool {
	if r.exempt(s) || r.has(s, "if", 0) >= 0 {
		return false
	}
	for _, h := range s.hits {
		if (r.m.is(h, "advice") || r.m.is(h, "you")) && !r.within(s, h, "not") { // "finden Sie keine" is said of us
			return false
		}
	}
	for _, n := range s.hits {
		if r.m.is(n, "not") && n.to <= tech.from && tech.from-n.to <= 4 && !r.within(s, n, "notonly") && !r.within(s, n, "except") && !r.blocked(s, n.to, tech.from) {
			return true
		}
	}
	return false
}

// deniesTech says that an English sentence denies a technology flatly: that it is used, or that such data is collected.
// A notice that a site is later found to contradict is a grave finding, so all that is less is no denial: what stands
// in a condition, of others, of apps "that cannot use" it, of part of it ("the full IP address"), for one use of it,
// or of the data that cookies collect.
func (r *reader) deniesTech(s *sentence, t hit) bool {
	if r.has(s, "if", 0) >= 0 || r.has(s, "advice", 0) >= 0 || r.has(s, "disclaim", 0) >= 0 || r.has(s, "consent.prior", 0) >= 0 || r.exempt(s) {
		return false
	}
	if t.from > 0 && r.m.isWord(s.toks[t.from-1], "partword") || t.to < len(s.toks) && r.m.isWord(s.toks[t.to], "relative") {
		return false
	}
	for _, n := range s.hits {
		if !r.m.is(n, "not") || r.within(s, n, "notonly") || r.within(s, n, "except") || r.conditional(s, n) || r.bare(s, n) {
			continue
		}
		if !r.m.isWord(s.toks[n.to-1], "adverbial") {
			if word := s.toks[n.from].word; t.from >= n.to && r.describes(s, n.to, t.from) && (word == "no" || word == "neither" || word == "nor") {
				return true // "no cookies are used", "there are no pixels", "neither pixels nor"
			}
			continue
		}
		if r.notFlat(s, n) {
			continue
		}
		if t.from >= n.to && r.coordinate(s, n.to, t.from) && slices.ContainsFunc(s.hits, func(v hit) bool { return r.m.is(v, "collect") && v.from == t.from && v.to < t.to }) {
			return true // the technology is named by what is done: "we do not record mouse movements"
		}
		for _, v := range s.hits {
			if v.from >= n.to && r.m.is(v, "allow") && t.from >= v.to && r.coordinate(s, n.to, v.from) && r.barsTech(s, v) && r.othersBetween(s, v.to, t.from) {
				return true // "we do not allow others to set cookies"
			}
			if v.from < n.to || !r.usesTech(s, v, t) {
				continue
			}
			passive := r.passive(s, v)
			switch {
			case !passive && t.from >= v.to && r.coordinate(s, n.to, v.from) && r.describes(s, v.to, t.from):
				return true // "we do not use or set any cookies"
			case passive && t.to <= n.from && n.from-t.to <= 2 && v.from-n.to <= 2 && !(v.to < len(s.toks) && r.m.isWord(s.toks[v.to], "toward")):
				return true // "cookies are not used"
			}
		}
	}
	return false
}

// notFlat says that a "not" is one of ability or degree ("cannot", "not always"), belongs to a relative clause ("apps
// that do not"), or is said of others, save of third parties altogether.
func (r *reader) notFlat(s *sentence, n hit) bool {
	if n.to < len(s.toks) && r.m.isWord(s.toks[n.to], "degree") {
		return true
	}
	i := n.from - 1
	if i >= 0 && r.m.isWord(s.toks[i], "able") {
		return true
	}
	for i >= 0 && r.m.isWord(s.toks[i], "finite") {
		i--
	}
	if i >= 0 && r.m.isWord(s.toks[i], "relative") {
		return true
	}
	for _, h := range s.hits {
		if h.to > i-4 && h.to <= i+1 && (strings.HasPrefix(r.m.classes[h.class], "rcp.") && !r.m.is(h, "rcp.third_parties") || r.m.is(h, "they") || r.m.is(h, "you")) && !r.within(s, h, "oblique") {
			return true
		}
	}
	if r.names == nil || i < 0 {
		return false
	}
	before := r.p.text[s.Start:s.toks[i].End]
	return slices.ContainsFunc(r.names(before), func(o named) bool {
		first, _, _ := strings.Cut(strings.ToLower(o.text), " ")
		return len(before)-o.end <= 12 && !r.own[first] && !r.own[strings.ToLower(o.text)]
	})
}

// usesTech says that a verb is what is done with such a technology: cookies are used, addresses are collected.
func (r *reader) usesTech(s *sentence, v, t hit) bool {
	if !r.m.is(v, "use") && !r.m.is(v, "collect") || r.m.isWord(s.toks[v.from], "otheruse") {
		return false
	}
	tech, _ := r.techOf(t)
	switch tech.tech {
	case evidence.IPAddress, evidence.DeviceID, evidence.Geolocation:
		// Not to use it for one thing is not to leave it alone.
		return r.m.is(v, "collect") && !(strings.HasPrefix(s.toks[v.from].word, "us") && t.to < len(s.toks) && r.m.isWord(s.toks[t.to], "purposive"))
	}
	return true
}

// coordinate says that between a "not" and a verb stand only verbs joined to it, and adverbs: "not collect or use".
func (r *reader) coordinate(s *sentence, from, to int) bool {
	for i := from; i < to; i++ {
		t := s.toks[i]
		if t.word == "," || r.m.isWord(t, "and") || strings.HasSuffix(t.word, "ly") || r.m.isWord(t, "adverb") {
			continue
		}
		if !slices.ContainsFunc(s.hits, func(h hit) bool {
			return h.from <= i && i < h.to && (r.m.is(h, "use") || r.m.is(h, "collect") || r.m.is(h, "share") || r.m.is(h, "sell"))
		}) {
			return false
		}
	}
	return true
}

// describes says that between two tokens stand only words that describe the technology, and others in the same list.
func (r *reader) describes(s *sentence, from, to int) bool {
	if to-from > 16 {
		return false
	}
	for i := from; i < to; i++ {
		if t := s.toks[i]; t.word == "." || t.word == ";" || t.word == ":" || r.m.isWord(t, "relative") || r.m.isWord(t, "toward") || r.m.isWord(t, "finite") || r.m.isWord(t, "linkword") {
			return false
		}
	}
	for _, h := range s.hits {
		if h.from < from || h.to > to {
			continue
		}
		if r.m.is(h, "data") || r.m.is(h, "self") || r.m.is(h, "you") || r.m.is(h, "barrier") {
			return false
		}
	}
	return true
}

// othersBetween says that a recipient stands between two tokens.
func (r *reader) othersBetween(s *sentence, from, to int) bool {
	return slices.ContainsFunc(s.hits, func(h hit) bool {
		return h.from >= from && h.to <= to && strings.HasPrefix(r.m.classes[h.class], "rcp.")
	})
}
