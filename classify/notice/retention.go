package notice

import "strings"

// retention reads how long the documents say that data is kept: for a stated period, without an end, or as long as
// something goes on. A stated period counts most.
func retention(readers []*reader) Claim {
	best := Claim{Value: Unstated}
	rank := map[ClaimValue]int{Unstated: 0, RetentionLimited: 1, RetentionIndefinite: 2, RetentionStated: 3}
	for _, r := range readers {
		for _, s := range r.all {
			if v := r.retentionOf(s); rank[v] > rank[best.Value] {
				best = Claim{Value: v, Document: r.doc.ID, Quote: r.p.quote(s.Span), Start: s.Start, End: s.End}
			}
		}
	}
	return best
}

func (r *reader) retentionOf(s *sentence) ClaimValue {
	if s.asks || r.has(s, "retain", 0) < 0 || r.has(s, "data", 0) < 0 && r.has(s, "retained", 0) < 0 && r.has(s, "tech.cookie", 0) < 0 {
		return Unstated
	}
	for _, v := range s.hits {
		if !r.m.is(v, "retain") {
			continue
		}
		if who := r.subject(s, v.from); who == visitor || who == other || r.denies(s, v) || r.mentioned(s, v) {
			continue
		}
		switch {
		case r.period(s) != "":
			return RetentionStated
		case r.has(s, "retain.forever", 0) >= 0:
			return RetentionIndefinite
		case r.has(s, "retain.limited", 0) >= 0:
			return RetentionLimited
		}
	}
	return Unstated
}

// period gives the words of a sentence that name a period: a figure and a unit; "" = none.
func (r *reader) period(s *sentence) string {
	for i := 0; i+1 < len(s.toks); i++ {
		w := s.toks[i].word
		if _, word := numberWords[w]; !(word && w != "a" && w != "an" && w != "few" || isNumber(w)) || s.toks[i+1].mark() {
			continue
		}
		if unit(s.toks[i+1].word) >= 60 && len(s.toks[i+1].word) > 2 {
			return fold(r.p.text[s.toks[i].Start:s.toks[i+1].End])
		}
	}
	return ""
}

// keptFor gives how long a sentence says that the cookies it speaks of last, as written; "" = it does not. What lasts
// only for a session is said of some cookies, not of all, and is left out.
func (r *reader) keptFor(s *sentence) string {
	if r.has(s, "lasts", 0) < 0 {
		return ""
	}
	best, longest := "", int64(0)
	for i := range s.toks {
		if i+1 >= len(s.toks) {
			break
		}
		sub := &sentence{toks: s.toks[i : i+2]}
		if p := r.period(sub); p != "" && lifetime(p) > longest {
			best, longest = p, lifetime(p)
		}
	}
	return strings.TrimSpace(best)
}
