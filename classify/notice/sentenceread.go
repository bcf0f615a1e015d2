package notice

import (
	"slices"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// A sentence is what a declaration quotes: one sentence, list item or table row, with the phrases found in it.
type sentence struct {
	Span
	block   int
	section int
	toks    []token
	hits    []hit
	present [4]uint64 // which classes the hits are of, by number
	asks    bool      // ends in a question mark
	leads   bool      // ends in a colon: what follows completes it
	item    bool
	quote   string // once it is asked for
	around  *around
	neg     []bool // which tokens stand in the scope of a negation, once it is asked for

	names     []string // of cookies that it writes out, once they are asked for
	namesRead bool
}

// around is what a sentence says of all that it declares.
type around struct {
	condition Condition
	except    string
	kept      string // how long, as written
}

// techHit is a technology that a sentence speaks of.
type techHit struct {
	tech     evidence.Technology
	umbrella bool
	at       int                 // token
	own      []knowledge.Purpose // that its own word tells: "Werbecookies"
}

// purposes gives the purposes to declare a technology with, among those of its sentence.
func (t techHit) purposes(all []knowledge.Purpose) []knowledge.Purpose {
	if !slices.Contains(storesOrSends, t.tech) {
		return []knowledge.Purpose{""}
	}
	out := slices.Clone(t.own)
	for _, p := range all {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return []knowledge.Purpose{""}
	}
	return out
}

// reading is what the rules made of one sentence.
type reading struct {
	techs          []techHit
	denied         []techHit
	purposes       []knowledge.Purpose
	deniedPurposes []knowledge.Purpose
	guess          bool     // the purposes are one
	recipients     []string // labels, declared
	third          bool     // third parties receive, or do it themselves
	shares         bool     // data goes to somebody
	deniedTo       []string // recipients that get nothing
	deniesTP       bool     // says that nothing is shared
	deniesFP       bool     // says that something is not collected
	noClick        bool
	defined        bool // it only says what a technology is
}

// is says that hit h is of a class.
func (m *matcher) is(h hit, class string) bool { return m.classes[h.class] == class }

// index notes which classes the hits of a sentence are of, so that most questions need no look at them.
func (s *sentence) index() {
	for _, h := range s.hits {
		s.present[h.class>>6&3] |= 1 << (h.class & 63)
	}
}

func (s *sentence) mentions(class int) bool { return s.present[class>>6&3]>>(class&63)&1 > 0 }

// has gives the first hit of a class in a sentence at or after token from, or -1.
func (r *reader) has(s *sentence, class string, from int) int {
	n, ok := r.m.class[class]
	if !ok {
		return -1
	}
	if !s.mentions(n) {
		return -1
	}
	for i, h := range s.hits {
		if h.class == n && h.from >= from {
			return i
		}
	}
	return -1
}
