package notice

import "slices"

// hired are the kinds of recipient that work for who speaks, with whatever they do.
var hired = map[string]bool{"service providers": true, "advertising partners": true, "analytics providers": true, "payment providers": true, "affiliates": true}

// onData says that a verb stands near what data, technologies or advertisements are called: what others than hired
// ones do with anything else is no matter.
func (r *reader) onData(s *sentence, v hit) bool {
	for _, h := range s.hits {
		_, tech := r.techOf(h)
		if (tech || r.m.is(h, "data") || r.m.is(h, "adword") || r.m.is(h, "anaphora") && h.to-h.from > 1) && h.from-v.to <= 14 && v.from-h.to <= 14 {
			return true
		}
	}
	return r.doc.Language != "en"
}

// thirdActs gives the recipients that do something themselves: "our partners may collect", "we use vendors to",
// "cookies placed by third parties".
func (r *reader) thirdActs(s *sentence, list []recipient, neg []bool) []string {
	var out []string
	for _, rc := range list {
		if neg[rc.hit.from] {
			continue
		}
		for _, v := range s.hits {
			if r.m.is(v, "byparty") && v.from <= rc.hit.from && rc.to <= v.to && !neg[v.from] {
				out = add(out, rc.label) // "von Dritten gesetzt"
			}
			if by := r.m.is(v, "byparty") && v.to-v.from > 1 && v.to <= rc.hit.from && rc.hit.from-v.to <= 3 && !neg[v.from]; by {
				out = add(out, rc.label)
			}
			if rc.from {
				continue
			}
			acts := r.m.is(v, "acts") && v.from >= rc.to && v.from-rc.to <= 7 && r.subject(s, v.from) == other && !neg[v.from] && (hired[rc.label] || r.onData(s, v)) && !r.toUs(s, v) && !r.nothing(s, v)
			inside := v.from <= rc.hit.from && rc.to <= v.to // "arbeiten wir mit Dritten zusammen"
			allowed := r.m.is(v, "allow") && (inside || v.to <= rc.hit.from && rc.hit.from-v.to <= 5) && !neg[v.from] && r.subject(s, v.from) != visitor && !r.toUs(s, v)
			if acts || allowed {
				out = add(out, rc.label)
			}
		}
	}
	return out
}

// toUs says that what a verb does is done to who speaks: "advertisers send us figures", "this allows us to help others".
func (r *reader) toUs(s *sentence, v hit) bool {
	return v.to < len(s.toks) && r.m.isWord(s.toks[v.to], "self") && !r.owns(s, v.to)
}

// nothing says that what a verb takes is denied: "advertisers receive no information".
func (r *reader) nothing(s *sentence, v hit) bool {
	return slices.ContainsFunc(s.hits, func(n hit) bool { return n.from == v.to && r.m.is(n, "not") && !r.within(s, n, "notonly") })
}
