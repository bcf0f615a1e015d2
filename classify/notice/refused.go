package notice

import "slices"

// withoutRefused goes through vendors named outside English, where words stand in another order: of those that are flatly
// not used it says that they are denied, and those that stand in another denial it leaves out.
func (r *reader) withoutRefused(s *sentence, list []named) []named {
	if r.has(s, "not", 0) < 0 && r.has(s, "not_after", 0) < 0 || r.has(s, "consent.prior", 0) >= 0 || r.has(s, "except", 0) >= 0 {
		return list
	}
	flat := r.has(s, "if", 0) < 0 && r.has(s, "advice", 0) < 0 && !r.exempt(s) &&
		slices.ContainsFunc(s.hits, func(v hit) bool { return (r.m.is(v, "use") || r.m.is(v, "place")) && r.subject(s, v.from) != visitor })
	kept := list[:0]
	for _, n := range list {
		if !r.refused(s, n) {
			kept = append(kept, n)
		} else if flat {
			n.denied = true
			kept = append(kept, n)
		}
	}
	return kept
}

// refused says that a vendor is what a negation of its clause denies: "no usamos Lumen", "Lumen setzen wir nicht ein",
// "Lumen is not used". What a vendor does not do itself is no denial of it.
func (r *reader) refused(s *sentence, v named) bool {
	from, to := s.tokensOf(Span{s.Start + v.start, s.Start + v.end})
	if from < 0 {
		return false
	}
	return slices.ContainsFunc(s.hits, func(n hit) bool {
		not, after := r.m.is(n, "not"), r.m.is(n, "not_after")
		if !not && !after || r.within(s, n, "notonly") {
			return false
		}
		switch {
		case not && n.to <= from && from-n.to <= 8:
			return !r.blocked(s, n.to, from) && !r.commaBetween(s, n.to, from)
		case after && to <= n.from && n.from-to <= 8 && !r.commaBetween(s, to, n.from) && r.inverted(s, to, nobody) == us:
			return true // "Lumen setzen wir nicht ein"
		case to <= n.from && n.from-to <= 4 && !r.commaBetween(s, to, n.from):
			return slices.ContainsFunc(s.hits, func(v hit) bool { // "Lumen wird nicht verwendet"
				return (r.m.is(v, "use") || r.m.is(v, "place")) && v.to > n.to && v.to-n.to <= 4 && r.passive(s, v)
			})
		}
		return false
	})
}
