package notice

import (
	"slices"
	"strings"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// analyse reads one sentence. lead is the sentence that introduces it, if any ("We share data with:").
func (r *reader) analyse(s, lead *sentence) reading {
	var out reading
	if s.asks {
		return out
	}
	neg := r.negated(s)
	negLead := lead != nil && r.leadDenies(lead)
	defines := r.has(s, "define", 0) >= 0
	advises := r.has(s, "advice", 0) >= 0
	own := r.ownUse(s)
	for _, h := range s.hits {
		name := r.m.classes[h.class]
		tech, ok := strings.CutPrefix(name, "tech.")
		if !ok {
			continue
		}
		t := techHit{tech: evidence.Technology(tech), umbrella: tech == "umbrella", at: h.from}
		if t.umbrella {
			t.tech = evidence.CookieTech
		}
		switch {
		case neg[h.from]:
			out.denied = append(out.denied, t)
		case (defines || advises) && !own:
		default:
			out.techs = append(out.techs, t)
		}
	}
	out.purposes = r.purposes(s)
	r.sharing(s, lead, neg, negLead, &out)
	return out
}

// ownUse says that the sentence tells what somebody does: "we … use", "our site uses", "are used".
func (r *reader) ownUse(s *sentence) bool {
	for i, h := range s.hits {
		if !r.m.is(h, "self") && !strings.HasPrefix(r.m.classes[h.class], "rcp.") {
			continue
		}
		for _, v := range s.hits[i:] {
			if v.from-h.to > 5 {
				break
			}
			if r.m.is(v, "use") || r.m.is(v, "collect") {
				return true
			}
		}
	}
	return false
}

// negated marks the tokens that stand in the scope of a negation: from "not" to the end of its clause.
func (r *reader) negated(s *sentence) []bool {
	out := make([]bool, len(s.toks)+1)
	for _, h := range s.hits {
		if !r.m.is(h, "not") || r.within(s, h, "notonly") || r.within(s, h, "except") {
			continue
		}
		for i := h.from; i < len(s.toks); i++ {
			if s.toks[i].word == ";" || s.toks[i].word == "." || i > h.to && r.at(s, i, "but") || i > h.to && r.at(s, i, "except") {
				break
			}
			out[i] = true
		}
	}
	return out
}

// at says that a hit of a class begins at token i.
func (r *reader) at(s *sentence, i int, class string) bool {
	n, ok := r.m.class[class]
	if !ok {
		return false
	}
	for _, h := range s.hits {
		if h.class == n && h.from == i {
			return true
		}
	}
	return false
}

// within says that hit h lies inside a hit of a class.
func (r *reader) within(s *sentence, h hit, class string) bool {
	n, ok := r.m.class[class]
	if !ok {
		return false
	}
	for _, o := range s.hits {
		if o.class == n && o.from <= h.from && h.to <= o.to {
			return true
		}
	}
	return false
}

func (r *reader) purposes(s *sentence) []knowledge.Purpose {
	var out []knowledge.Purpose
	for _, h := range s.hits {
		if p, ok := strings.CutPrefix(r.m.classes[h.class], "purpose."); ok && !slices.Contains(out, knowledge.Purpose(p)) {
			out = append(out, knowledge.Purpose(p))
		}
	}
	return out
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

// sharing reads who receives data, and who is said to receive none.
func (r *reader) sharing(s, lead *sentence, neg []bool, negLead bool, out *reading) {
	var recipients []string
	for _, h := range s.hits {
		if class := r.m.classes[h.class]; strings.HasPrefix(class, "rcp.") {
			label := r.m.label[class]
			if !slices.Contains(recipients, label) {
				recipients = append(recipients, label)
			}
		}
	}
	advises := r.has(s, "advice", 0) >= 0
	data := r.has(s, "data", 0) >= 0
	for i, h := range s.hits {
		verb := r.m.is(h, "share") || r.m.is(h, "sell")
		if verb && r.subjectIsYou(s, i) {
			continue
		}
		switch {
		case verb && neg[h.from] && (data || len(recipients) > 0):
			out.deniesTP = true
			out.deniedTo = recipients
		case verb && !neg[h.from] && len(recipients) > 0 && !advises:
			out.shares, out.third, out.recipients = true, true, recipients
		case r.m.is(h, "collect") && neg[h.from] && !verb && data && !out.deniesTP:
			out.deniesFP = true
		}
	}
	if len(recipients) > 0 && !out.shares && !out.deniesTP && !advises && r.thirdActs(s, neg) {
		out.third, out.recipients = true, recipients
	}
	if lead != nil && len(recipients) > 0 && !out.shares && !negLead && r.leadShares(lead) {
		out.shares, out.third, out.recipients = true, true, recipients
	}
}

func (r *reader) leadShares(lead *sentence) bool {
	for i, h := range lead.hits {
		if (r.m.is(h, "share") || r.m.is(h, "sell")) && !r.subjectIsYou(lead, i) {
			return true
		}
	}
	return false
}

// subjectIsYou says that the visitor is who shares: "information you provide".
func (r *reader) subjectIsYou(s *sentence, i int) bool {
	v := s.hits[i]
	for _, h := range s.hits {
		if r.m.is(h, "you") && h.to <= v.from && v.from-h.to <= 2 {
			return true
		}
	}
	return false
}

// thirdActs says that third parties do something themselves: "our partners may collect", "we use vendors to".
func (r *reader) thirdActs(s *sentence, neg []bool) bool {
	for i, h := range s.hits {
		if !strings.HasPrefix(r.m.classes[h.class], "rcp.") || neg[h.from] {
			continue
		}
		for _, v := range s.hits[i:] {
			if v.from >= h.to && v.from-h.to <= 6 && (r.m.is(v, "use") || r.m.is(v, "collect")) && !neg[v.from] {
				return true
			}
		}
		for _, v := range s.hits[:i] {
			if v.to <= h.from && h.from-v.to <= 6 && r.m.is(v, "allow") && !neg[v.from] {
				return true
			}
		}
	}
	return false
}
