package notice

import (
	"slices"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

type declKey struct {
	tech      evidence.Technology
	purpose   knowledge.Purpose
	party     evidence.Party
	recipient string
	denied    bool
	start     int
}

// declare reads every sentence in its context and collects the declarations.
func (r *reader) declare() {
	var lead *sentence
	var leadTechs []techHit
	var before []techHit // what the sentence before in the same block was about
	block := -1
	for _, s := range r.all {
		if lead != nil && !r.continues(lead, s, len(leadTechs) > 0) {
			lead = nil
		}
		if s.block != block {
			block, before = s.block, nil
		}
		rd := r.analyse(s, lead)
		own := storing(rd.techs)
		if len(rd.techs) == 0 && len(rd.purposes) > 0 && !s.asks {
			switch {
			case lead != nil && len(leadTechs) > 0:
				rd.techs = append(rd.techs, leadTechs...)
			case len(before) > 0 && r.refersBack(s):
				rd.techs = append(rd.techs, before...)
				own = before
			}
		}
		vendors := r.vendors(s, &rd)
		r.emit(s, rd)
		r.declareVendors(s, rd, vendors)
		if len(own) > 0 {
			before = own
		}
		if s.leads {
			lead, leadTechs = s, storing(rd.techs)
		}
	}
}

// storing keeps the technologies that have purposes.
func storing(techs []techHit) []techHit {
	var out []techHit
	for _, t := range techs {
		if slices.Contains(storesOrSends, t.tech) {
			out = append(out, t)
		}
	}
	return out
}

// refersBack says that a sentence begins by pointing at the one before: "They also help us", "These technologies".
func (r *reader) refersBack(s *sentence) bool {
	for _, h := range s.hits {
		if r.m.is(h, "anaphora") && h.from <= 4 {
			return true
		}
	}
	return false
}

// continues says that s belongs to the list that lead introduces: an item, or a fragment in a line of its own.
func (r *reader) continues(lead, s *sentence, techs bool) bool {
	if s.section != lead.section && !(lead.leads && s.item) {
		return false
	}
	if s.item {
		return true
	}
	if s.block == lead.block {
		return true
	}
	return s.block <= lead.block+14 && s.End-s.Start < 300 && (techs || !s.leads && !r.saysWe(s))
}

// saysWe says that a sentence has a subject of its own: "we …", "you …" near its beginning.
func (r *reader) saysWe(s *sentence) bool {
	for _, h := range s.hits {
		if (r.m.is(h, "self") || r.m.is(h, "you")) && h.to < len(s.toks) && (r.m.isWord(s.toks[h.to].word, "auxiliary") || r.m.isWord(s.toks[h.to].word, "collect") || r.m.isWord(s.toks[h.to].word, "use") || r.m.isWord(s.toks[h.to].word, "share")) {
			return h.from <= 3
		}
	}
	return false
}

func (r *reader) emit(s *sentence, rd reading) {
	purposes := rd.purposes
	for _, t := range rd.techs {
		d := Declaration{Technology: t.tech, Strength: Category}
		if t.umbrella {
			d.Strength = Generic
		}
		if rd.third {
			d.Party = evidence.ThirdParty
		}
		ps := []knowledge.Purpose{""}
		if slices.Contains(storesOrSends, t.tech) && len(purposes) > 0 {
			ps = purposes
		}
		for _, p := range ps {
			d.Purpose = p
			r.add(s, d)
		}
	}
	for _, t := range rd.denied {
		r.add(s, Declaration{Technology: t.tech, Denied: true, Strength: Category})
	}
	if rd.third && (len(rd.techs) == 0 || rd.shares) {
		if len(rd.recipients) == 0 {
			rd.recipients = []string{""}
		}
		for _, who := range rd.recipients {
			r.add(s, Declaration{Party: evidence.ThirdParty, Recipient: who, Strength: Category})
		}
	}
	switch {
	case rd.deniesTP:
		to := rd.deniedTo
		if len(to) == 0 {
			to = []string{"third parties"}
		}
		for _, who := range to {
			r.add(s, Declaration{Party: evidence.ThirdParty, Recipient: who, Denied: true, Strength: Category})
		}
	case rd.deniesFP:
		r.add(s, Declaration{Denied: true, Strength: Category})
	}
}

func (r *reader) add(s *sentence, d Declaration) { r.addWith(s, d, -1) }

// addWith adds a declaration that says how long something is kept.
func (r *reader) addWith(s *sentence, d Declaration, life int64) {
	key := declKey{d.Technology, d.Purpose, d.Party, d.Recipient, d.Denied, s.Start}
	if r.seen[key] {
		return
	}
	r.seen[key] = true
	d.Document = r.doc.ID
	d.Quote = r.p.quote(s.Span)
	d.Start, d.End = s.Start, s.End
	d.Lifetime = life
	if d.Origin == "" {
		d.Origin = FromRule
	}
	if s.section >= 0 {
		sec := r.doc.Sections[s.section]
		d.Section = sec.name()
		if d.Region == "" {
			d.Region = sec.Region
		}
	}
	if d.Confidence == 0 {
		d.Confidence = 0.7
	}
	r.out = append(r.out, d)
}
