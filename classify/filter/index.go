package filter

import (
	"math/bits"
	"strings"
)

// index files rules under one token each, which must be among those of a request that the rule matches. Rules that
// have none are tried on every request.
type index struct {
	heads   []uint32 // where each bucket begins in entries; one more than there are buckets
	entries []entry
	shift   uint8
	rest    []uint32
}

type entry struct{ token, rule uint32 }

func (x *index) empty() bool { return len(x.entries)+len(x.rest) == 0 }

func (x *index) bucket(token uint32) []entry {
	if len(x.heads) == 0 {
		return nil
	}
	b := token * 2654435769 >> x.shift // Fibonacci hashing spreads the weak low bits
	return x.entries[x.heads[b]:x.heads[b+1]]
}

// index files the given rules, each under the token that fewest of them share.
func (m *Matcher) index(rules []uint32) index {
	const buckets = 1 << 16
	count := make([]uint16, buckets) // by the token's low bits: a collision makes a token look commoner than it is
	var buf []uint32
	for _, i := range rules {
		buf = m.tokens(buf[:0], &m.rules[i])
		for _, token := range buf {
			if c := &count[token%buckets]; *c < 1<<16-1 {
				*c++
			}
		}
	}
	var x index
	var entries []entry
	for _, i := range rules {
		r := &m.rules[i]
		buf = m.tokens(buf[:0], r)
		best, least := uint32(0), 1<<30
		for _, token := range buf {
			c := int(count[token%buckets])
			if common[token] {
				c += 1 << 16
			}
			if c < least {
				best, least = token, c
			}
		}
		switch {
		case least < 1<<16:
			entries = append(entries, entry{best, i})
		case r.opts != nil && r.opts.domains != nil && len(r.opts.domains.in) > 0 && len(r.opts.domains.anyIn) == 0:
			for _, h := range r.opts.domains.in {
				entries = append(entries, entry{documentToken(h), i})
			}
		case least < 1<<30:
			entries = append(entries, entry{best, i})
		default:
			x.rest = append(x.rest, i)
		}
	}
	if len(entries) == 0 {
		return x
	}
	// counting sort: stable, so that the order of the lists decides between rules with the same token
	log := max(bits.Len(uint(len(entries))), 4) + 1
	x.shift = uint8(32 - log)
	x.heads = make([]uint32, 1<<log+1)
	for _, e := range entries {
		x.heads[e.token*2654435769>>x.shift+1]++
	}
	for b := range len(x.heads) - 1 {
		x.heads[b+1] += x.heads[b]
	}
	x.entries = make([]entry, len(entries))
	next := make([]uint32, len(x.heads))
	copy(next, x.heads)
	for _, e := range entries {
		b := e.token * 2654435769 >> x.shift
		x.entries[next[b]] = e
		next[b]++
	}
	return x
}

// tokens adds the tokens that every URL matched by r has.
func (m *Matcher) tokens(to []uint32, r *rule) []uint32 {
	if r.flags&regex != 0 {
		for _, s := range r.opts.literals {
			to = appendTokens(to, []byte(s), false, false)
		}
		return to
	}
	p := m.pattern(r)
	if r.flags&closed != 0 {
		to = append(to, hostToken(nameHash(string(p[:r.host]))))
		p = p[r.host:]
	}
	return appendTokens(to, p, r.flags&(atHost|atStart) != 0, r.flags&atEnd != 0)
}

// appendTokens adds the runs of token characters in p that are whole: a run at the start of p only with start, one
// at the end only with end, and none beside a *.
func appendTokens(to []uint32, p []byte, start, end bool) []uint32 {
	hash, in, whole := tokenSeed, false, start
	for _, c := range p {
		c = lower[c]
		switch {
		case tokenChar[c]:
			hash, in = tokenAdd(hash, c), true
			continue
		case in && whole && c != '*':
			to = append(to, hash)
		}
		hash, in, whole = tokenSeed, false, c != '*'
	}
	if in && whole && end {
		to = append(to, hash)
	}
	return to
}

// common are tokens that most addresses have: a rule is filed under one only for want of another.
var common = func() map[uint32]bool {
	set := map[uint32]bool{}
	for word := range strings.FieldsSeq("http https www com net org js css html php png jpg gif svg json api static assets cdn") {
		hash := tokenSeed
		for i := range len(word) {
			hash = tokenAdd(hash, word[i])
		}
		set[hash] = true
	}
	return set
}()
