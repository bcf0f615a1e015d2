package notice

import (
	"slices"

	"trackaudit/crawler/evidence"
)

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
