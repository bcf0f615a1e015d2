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

// declare reads every sentence in its context and collects the declarations.
func (r *reader) declare() {
	c := context{block: -1}
	for s := range r.sentences {
		r.all = append(r.all, s)
		if c.lead != nil && (c.listed && !s.item && s.block != c.lead.block || !r.continues(c.lead, s, len(c.leadTechs) > 0)) {
			c.endLead(r)
		}
		c.listed = c.lead != nil && (c.listed || s.item)
		if s.block != c.block {
			c = context{block: s.block, lead: c.lead, listed: c.listed, leadTechs: c.leadTechs, held: c.held}
		}
		r.declareSentence(s, &c)
		r.keep(s)
	}
	c.endLead(r)
}

// declareSentence reads a sentence in its context and declares what it says.
func (r *reader) declareSentence(s *sentence, c *context) {
	rd := r.analyse(s, c.lead)
	vendors := r.vendors(s, &rd)
	if len(vendors) == 0 && len(rd.techs) > 0 && r.begins(s, "thistool") {
		vendors = c.vendors // "This service sets cookies."
	}
	c.houses(vendors)
	acts := r.vendorActs(s, vendors)
	if !rd.third && len(rd.techs) > 0 && c.others && r.theyAct(s) {
		rd.third, rd.recipients = true, c.who // "They may also read …"
	}
	techs := len(rd.techs)
	c.complete(r, s, &rd, vendors, acts)
	if techs == 0 && len(rd.techs) > 0 && len(vendors) == 0 {
		vendors = r.vendors(s, &rd) // of technologies that the context tells, they take part
	}
	if acts || r.vendorActs(s, vendors) || len(vendors) > 0 && len(rd.techs) > 0 {
		rd.third = true
	}
	if techs == 0 && r.runsIn(s) && r.titleOnly(s) {
		c.techs, c.titled = storing(r.techsIn(s)), true
		c.kinds, _, _ = r.purposes(s, false)
	}
	if c.aims = rd.purposes; len(vendors) > 0 {
		c.vendors = slices.DeleteFunc(slices.Clone(vendors), func(n named) bool { return n.denied })
	}
	if s.leads {
		c.endLead(r)
		c.lead, c.leadTechs, c.listed = s, storing(rd.techs), false
		if len(c.leadTechs) > 0 && len(rd.purposes)+len(rd.denied)+len(vendors) == 0 && !rd.third {
			c.held = &rd
			return
		}
	}
	r.emit(s, rd, len(vendors) > 0)
	r.declareVendors(s, rd, vendors)
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

// keep keeps the words of a sentence that claims will ask for, or the rest of its list, and drops those of others: they
// are most of what a reader holds.
func (r *reader) keep(s *sentence) {
	last := len(r.all) - 2
	if s.leads || last >= 0 && r.claimsIn(r.all[last]) || r.claimsIn(s) {
		s.toks, s.hits = slices.Clone(s.toks), slices.Clone(s.hits)
		return
	}
	s.toks, s.hits = nil, nil
}

// claimsIn says that a sentence holds a word that claims are read from; signals are spoken of in the one after, too.
func (r *reader) claimsIn(s *sentence) bool {
	for _, class := range claimClasses {
		if r.has(s, class, 0) >= 0 {
			return true
		}
	}
	return false
}

var claimClasses = []string{"sale", "sharing", "retain", "object", "consent.prior", "consent.implied", "dnt.signal", "gpc.signal"}

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
		c.techs, c.kinds = own, rd.purposes
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

// emit declares what one sentence says. What a vendor does that the sentence names is no sharing in general.
func (r *reader) emit(s *sentence, rd reading, named bool) {
	party := r.actorOf(s, rd)
	who := []string{""}
	if rd.third && !rd.shares && len(rd.recipients) > 0 {
		who = rd.recipients
	}
	for _, t := range rd.techs {
		d := Declaration{Technology: t.tech, Party: party, Strength: Category}
		if t.umbrella {
			d.Strength = Generic
		}
		if rd.guess {
			d.Confidence = 0.55
		}
		if d.Names = r.named(s, rd.techs, t); len(d.Names) > 0 {
			d.Strength = Exact
		}
		if d.WithoutClick = rd.noClick && t.tech == evidence.SocialWidget; d.WithoutClick {
			d.Party = evidence.ThirdParty
			who = r.networks(s, who)
		}
		for _, p := range t.purposes(rd.purposes) {
			for _, recipient := range who {
				d.Purpose, d.Recipient = p, recipient
				r.add(s, d)
			}
		}
	}
	r.emitDenied(s, rd)
	if rd.third && (len(rd.techs) == 0 || rd.shares) && (!named || len(rd.recipients) > 0) {
		if len(rd.recipients) == 0 && !s.leads { // the list that follows tells who
			rd.recipients = []string{""}
		}
		for _, who := range rd.recipients {
			r.add(s, Declaration{Party: evidence.ThirdParty, Recipient: who, Strength: Category})
		}
	}
	switch {
	case rd.deniesTP:
		to := rd.deniedTo
		if len(to) == 0 && !s.leads {
			to = []string{"third parties"}
		}
		for _, who := range to {
			for _, p := range r.withheldFor(s, rd) {
				r.add(s, Declaration{Purpose: p, Party: evidence.ThirdParty, Recipient: who, Denied: true, Strength: Category})
			}
		}
	case rd.deniesFP && len(rd.denied) == 0 && !s.leads:
		r.add(s, Declaration{Denied: true, Strength: Category})
	}
}

// networks gives the social networks that a sentence on their widgets names as those that get data.
func (r *reader) networks(s *sentence, who []string) []string {
	for _, rc := range r.recipients(s) {
		if r.m.is(rc.hit, "rcp.social_networks") && who[0] == "" {
			return []string{rc.label}
		}
	}
	return who
}

// emitDenied declares the technologies that a sentence denies, for the purposes that it denies; a sentence without a
// word of use ("we do not share IP addresses") denies none.
func (r *reader) emitDenied(s *sentence, rd reading) {
	if rd.deniesTP && !r.usesIn(s) {
		return
	}
	party := evidence.Party("")
	if !rd.deniesTP && r.othersDenied(s) {
		party = evidence.ThirdParty
	}
	purposes := rd.deniedPurposes
	if len(purposes) == 0 && len(rd.techs) == 0 {
		purposes = rd.purposes // "for advertising we set no cookies"
	}
	for _, t := range rd.denied {
		for _, p := range t.purposes(purposes) {
			r.add(s, Declaration{Technology: t.tech, Purpose: p, Party: party, Denied: true, Strength: Category})
		}
	}
}

// othersDenied says that what a sentence denies is what others would do: "third parties do not place", "we do not allow
// others to place", "no cookies are placed by others".
func (r *reader) othersDenied(s *sentence) bool {
	neg := r.negated(s)
	list := r.recipients(s)
	for _, v := range s.hits {
		switch {
		case !neg[v.from] || v.from == 0:
		case r.m.is(v, "party.third"), (r.m.is(v, "acts") || r.m.is(v, "use")) && r.subject(s, v.from) == other:
			return true
		case r.m.is(v, "allow") && r.barsTech(s, v) && r.subject(s, v.from) != visitor || r.m.is(v, "byparty") && v.to-v.from > 1:
			for _, rc := range list {
				if rc.hit.from >= v.from && rc.hit.from-v.to <= 3 {
					return true
				}
			}
		}
	}
	return false
}

// usesIn says that a sentence tells of using or collecting something, not of sharing it only.
func (r *reader) usesIn(s *sentence) bool {
	return slices.ContainsFunc(s.hits, func(h hit) bool {
		return r.m.is(h, "use") || r.m.is(h, "place") || r.m.is(h, "collect") && r.closeNot(s, h)
	})
}

// actorOf says whose the technologies of a sentence are, where it tells.
func (r *reader) actorOf(s *sentence, rd reading) evidence.Party {
	first, third := r.has(s, "party.first", 0) >= 0, r.has(s, "party.third", 0) >= 0
	switch {
	case rd.third || third && !first:
		return evidence.ThirdParty
	case first && !third:
		return evidence.FirstParty
	}
	return ""
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
		if o := r.out[i]; o.Technology == d.Technology && o.Purpose == d.Purpose && o.Party == d.Party && o.Recipient == d.Recipient &&
			o.Denied == d.Denied && o.Strength == d.Strength && slices.Equal(o.Names, d.Names) {
			return
		}
	}
	if len(r.out) == maxDeclarations {
		r.full = true
		return
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
	if len(r.room) == cap(r.room) {
		r.room = make([]Declaration, 0, min(max(16, 2*cap(r.room)), 1024))
	}
	r.room = append(r.room, d)
	r.out = append(r.out, &r.room[len(r.room)-1])
}

// cite is how a declaration names its section: by the nearest numbered one around it, else by the title.
func (r *reader) cite(section int) string {
	if len(r.cites) < len(r.doc.Sections) {
		r.cites = make([]string, len(r.doc.Sections))
	}
	if r.cites[section] != "" {
		return r.cites[section]
	}
	name := r.doc.Sections[section].Title
	for i := section; i >= 0; i = r.doc.Sections[i].above {
		if s := r.doc.Sections[i]; s.Number != "" {
			name = s.name()
			break
		}
	}
	r.cites[section] = name
	return name
}
