package notice

import (
	"slices"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// context is what the sentences before one in the same block, or the sentence that leads a list, were about.
type context struct {
	block     int
	techs     []techHit           // of the sentence before
	kinds     []knowledge.Purpose // that they are for there
	others    bool                // whom the sentence before was about: others
	who       []string            // their kinds
	vendors   []named             // the last that a sentence named
	titled    bool                // techs and kinds are those of a title
	aims      []knowledge.Purpose // of the sentence before, whatever it is about
	purposes  []knowledge.Purpose // of others in the sentence before
	lead      *sentence
	listed    bool // items followed the lead
	leadTechs []techHit
	held      *reading // of a lead that only says that there are such technologies, until its list tells more
}

// endLead ends the list of a lead. Where nothing in it took the lead's technologies, the lead declares them.
func (c *context) endLead(r *reader) {
	if c.held != nil {
		r.emit(c.lead, *c.held, false)
	}
	c.lead, c.held = nil, nil
}

// houses gives vendors that are known for several purposes the one that the last named of the same house is there for:
// "Google receives your address", after Google Analytics.
func (c *context) houses(vendors []named) {
	for i, v := range vendors {
		for _, before := range c.vendors {
			if len(trade([]named{v})) == 0 && v.entity != "" && v.entity == before.entity && len(trade([]named{before})) > 0 {
				vendors[i].purposes = before.purposes
			}
		}
	}
}

// complete gives a sentence what only its context says: the technologies of a purpose ("They help us …"), the
// purposes of a technology ("These companies use cookies"). vendors are those that the sentence names, vendorActs says
// that they do something.
func (c *context) complete(r *reader, s *sentence, rd *reading, vendors []named, vendorActs bool) {
	own := storing(rd.techs)
	back := r.refersBack(s)
	switch {
	case s.asks:
	case len(rd.techs) == 0 && len(rd.purposes) > 0 && c.lead != nil && len(c.leadTechs) > 0:
		rd.techs = append(rd.techs, c.leadTechs...)
		c.held = nil
	case len(rd.techs) == 0 && len(rd.purposes) == 0 && c.titled && len(c.kinds) > 0 && back: // "Analytics cookies. These …"
		rd.techs, rd.purposes = append(rd.techs, c.techs...), c.kinds
		own = c.techs
	case len(rd.techs) == 0 && len(rd.purposes) > 0 && len(c.techs) > 0 && (back || rd.defined):
		rd.techs = append(rd.techs, c.techs...)
		own = c.techs
	case len(rd.techs) == 0 && (rd.third || vendorActs) && !rd.shares && len(c.techs) > 0 && back: // "Some are placed by third parties."
		rd.techs = append(rd.techs, c.techs...)
		own, rd.purposes = c.techs, c.kinds
	case len(own) > 0 && (len(rd.purposes) == 0 || rd.guess) && len(c.aims) > 0 && r.begins(s, "forthis"):
		rd.purposes, rd.guess = c.aims, false // "We advertise, too. For this we use two pixels."
	case len(own) > 0 && len(rd.purposes) == 0 && back:
		rd.purposes = c.purposes
	}
	if known := trade(vendors); len(own) > 0 && len(known) > 0 && (len(rd.purposes) == 0 || rd.guess) && len(rd.denied) == 0 {
		rd.purposes, rd.guess = known, false
	}
	if len(own) > 0 && len(rd.purposes) == 0 && len(vendors) > 0 && slices.ContainsFunc(own, func(t techHit) bool { return t.tech == evidence.SocialWidget }) {
		rd.purposes = []knowledge.Purpose{knowledge.SocialMedia} // a network known for more: "Facebook's Like button"
	}
	if len(own) > 0 && len(rd.purposes) == 0 && back && s.section >= 0 {
		// "Targeting cookies": the title tells what "these cookies" below it are for.
		if title := r.doc.Sections[s.section].Title; trackerWords.MatchString(title) {
			rd.purposes = r.categoryOf(title)
		}
	}
	others := r.tradesOf(rd)
	if len(own) > 0 && len(rd.purposes) == 0 && !rd.shares {
		rd.purposes = others
	}
	if len(own) > 0 {
		c.techs, c.kinds, c.titled = own, rd.purposes, false
	}
	goesOn := back && c.others
	if rd.third || !goesOn {
		c.who = rd.recipients
	}
	if c.others = rd.third || len(vendors) > 0 || goesOn; goesOn && len(rd.purposes) == 0 && len(others) == 0 {
		return // "These companies collect …": still theirs
	}
	if !c.others && r.has(s, "purpose.advertising", 0) >= 0 && len(r.recipients(s)) > 0 {
		c.others, others = true, addPurpose(others, knowledge.Advertising) // "Ads here are by other companies. They use cookies."
	}
	c.purposes = c.purposes[:0:0]
	for _, p := range append(others, rd.purposes...) {
		if c.others && (p == knowledge.Advertising || p == knowledge.Analytics) {
			c.purposes = addPurpose(c.purposes, p)
		}
	}
}

// begins says that a class is spoken of near the beginning of a sentence.
func (r *reader) begins(s *sentence, class string) bool {
	i := r.has(s, class, 0)
	return i >= 0 && s.hits[i].from <= 3
}

// theyAct says that a sentence begins with others that the one before named, who do something: "They may …".
func (r *reader) theyAct(s *sentence) bool {
	return slices.ContainsFunc(s.hits, func(h hit) bool { return r.m.is(h, "they") && h.from <= 1 }) &&
		slices.ContainsFunc(s.hits, func(v hit) bool { return r.m.is(v, "acts") && v.from <= 7 && !r.negated(s)[v.from] })
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

// refersBack says that a sentence points at the one before: "They also help us", "These technologies", "may use that
// information". A single word does so only near the beginning.
func (r *reader) refersBack(s *sentence) bool {
	for _, h := range s.hits {
		if r.m.is(h, "anaphora") && (h.from <= 4 || h.from <= 9 && h.to-h.from > 1) {
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
		if (r.m.is(h, "self") || r.m.is(h, "you")) && h.to < len(s.toks) && (r.m.isWord(s.toks[h.to], "auxiliary") || r.m.isWord(s.toks[h.to], "collect") || r.m.isWord(s.toks[h.to], "use") || r.m.isWord(s.toks[h.to], "share")) {
			return h.from <= 3
		}
	}
	return false
}
