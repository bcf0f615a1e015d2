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
	purposes  []knowledge.Purpose // of third parties in the sentence before
	lead      *sentence
	leadTechs []techHit
}

// declare reads every sentence in its context and collects the declarations.
func (r *reader) declare() {
	c := context{block: -1}
	for _, s := range r.all {
		if c.lead != nil && !r.continues(c.lead, s, len(c.leadTechs) > 0) {
			c.lead = nil
		}
		if s.block != c.block {
			c.block, c.techs, c.purposes = s.block, nil, nil
		}
		rd := r.analyse(s, c.lead)
		c.complete(r, s, &rd)
		vendors := r.vendors(s, &rd)
		r.emit(s, rd)
		r.declareVendors(s, rd, vendors)
		if s.leads {
			c.lead, c.leadTechs = s, storing(rd.techs)
		}
	}
}

// complete gives a sentence what only its context says: the technologies of a purpose ("They help us …"), the
// purposes of a technology ("These companies use cookies").
func (c *context) complete(r *reader, s *sentence, rd *reading) {
	own := storing(rd.techs)
	back := r.refersBack(s)
	switch {
	case s.asks:
	case len(rd.techs) == 0 && len(rd.purposes) > 0 && c.lead != nil && len(c.leadTechs) > 0:
		rd.techs = append(rd.techs, c.leadTechs...)
	case len(rd.techs) == 0 && len(rd.purposes) > 0 && len(c.techs) > 0 && (back || rd.defined):
		rd.techs = append(rd.techs, c.techs...)
		own = c.techs
	case len(own) > 0 && len(rd.purposes) == 0 && back:
		rd.purposes = c.purposes
	}
	if len(own) > 0 {
		c.techs = own
	}
	c.purposes = c.purposes[:0:0]
	for _, p := range rd.purposes {
		if rd.third && (p == knowledge.Advertising || p == knowledge.Analytics) {
			c.purposes = append(c.purposes, p)
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
		d.WithoutClick = rd.noClick && t.tech == evidence.SocialWidget
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
	if rd.third && (len(rd.techs) == 0 || rd.shares || len(rd.recipients) > 0) {
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

// add adds a declaration with what its sentence says around it.
func (r *reader) add(s *sentence, d Declaration) {
	if s.around == nil {
		s.around = &around{condition: r.conditionOf(s), except: r.exceptOf(s), kept: r.keptFor(s)}
	}
	life := int64(-1)
	switch {
	case d.Denied:
		d.Except = s.around.except
	default:
		d.Condition = s.around.condition
		if s.around.kept != "" && slices.Contains(storesOrSends, d.Technology) {
			d.Retention = s.around.kept
			life = lifetime(d.Retention)
		}
	}
	r.addWith(s, d, life)
}

// addWith adds a declaration that says how long something is kept.
func (r *reader) addWith(s *sentence, d Declaration, life int64) {
	for i := len(r.out) - 1; i >= 0 && r.out[i].Start == s.Start; i-- {
		if o := &r.out[i]; o.Technology == d.Technology && o.Purpose == d.Purpose && o.Party == d.Party && o.Recipient == d.Recipient &&
			o.Denied == d.Denied && o.Strength == d.Strength && slices.Equal(o.Names, d.Names) {
			return
		}
	}
	d.Document = r.doc.ID
	if s.quote == "" {
		s.quote = r.p.quote(s.Span)
	}
	d.Quote = s.quote
	d.Start, d.End = s.Start, s.End
	d.Lifetime = life
	if d.Origin == "" {
		d.Origin = FromRule
	}
	if s.section >= 0 {
		d.Section = r.cite(s.section)
		if d.Region == "" {
			d.Region = r.doc.Sections[s.section].Region
		}
	}
	if d.Confidence == 0 {
		d.Confidence = 0.7
	}
	r.out = append(r.out, d)
}

// cite is how a declaration names its section: by the nearest numbered one around it, else by the title.
func (r *reader) cite(section int) string {
	for len(r.cites) < len(r.doc.Sections) {
		r.cites = append(r.cites, "")
	}
	if r.cites[section] != "" {
		return r.cites[section]
	}
	name := r.doc.Sections[section].Title
	for i, level := section, r.doc.Sections[section].Level+1; i >= 0 && level > 1; i-- {
		if s := r.doc.Sections[i]; s.Level < level {
			if s.Number != "" {
				name = s.name()
				break
			}
			level = s.Level
		}
	}
	r.cites[section] = name
	return name
}
