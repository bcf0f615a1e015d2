package notice

import (
	"slices"
	"strings"
)

// recipient is somebody a sentence names by kind.
type recipient struct {
	hit
	label string
	from  bool // data comes from it: "from third parties"
}

func (r *reader) recipients(s *sentence) []recipient {
	var out []recipient
	for _, h := range s.hits {
		class := r.m.classes[h.class]
		if !strings.HasPrefix(class, "rcp.") {
			continue
		}
		rc := recipient{hit: h, label: r.m.label[class]}
		if !r.m.isWord(s.toks[h.from], "not") { // "Apart from our bank, nobody …"
			for i := max(0, h.from-4); i < h.from; i++ {
				rc.from = rc.from || r.m.isWord(s.toks[i], "from") && !(i+1 < h.from && r.m.isWord(s.toks[i+1], "self") && !r.owns(s, i+1)) // "von uns beauftragte"
			}
		}
		if n := len(out); n > 0 && out[n-1].from && h.from-out[n-1].to <= 2 && !r.m.isWord(s.toks[h.from], "not") {
			rc.from = true // "from partners and vendors"
		}
		if !r.within(s, h, "link") && !r.within(s, h, "norcp") {
			out = append(out, rc)
		}
	}
	return out
}

// isWord says that a word belongs to a class by itself.
func (m *matcher) isWord(t token, class string) bool {
	n, ok := m.class[class]
	return ok && t.alone[n>>6&3]>>(n&63)&1 > 0
}

// sharing reads who receives data, and who is said to receive none.
func (r *reader) sharing(s, lead *sentence, neg []bool, negLead bool, out *reading) {
	if r.has(s, "define", 0) >= 0 && r.has(s, "self", 0) < 0 {
		return // "a cookie is a file that a site may transfer to others"
	}
	list := r.recipients(s)
	if r.has(s, "rights", 0) >= 0 {
		list = nil
	}
	advises := r.has(s, "advice", 0) >= 0 || r.has(s, "rights", 0) >= 0 || r.has(s, "link", 0) >= 0 || r.has(s, "meta", 0) >= 0
	data := r.has(s, "data", 0) >= 0
	for _, h := range s.hits {
		strong := r.m.is(h, "share") || r.m.is(h, "sell")
		if !strong && !r.m.is(h, "give") || r.inWidget(s, h) {
			continue
		}
		subject := r.subject(s, h.from)
		if subject == visitor || r.mentioned(s, h) || r.toVisitor(s, h) || r.givenToUs(s, h) {
			continue
		}
		to := r.receivers(s, list, h)
		noun := r.m.isWord(s.toks[h.from], "sharenoun")
		if len(to) == 0 && !(noun && r.denies(s, h)) && (subject == nobody && !r.finite(s, h) || r.abroad(s, h) || r.inPassing(s, h)) {
			strong = false
		}
		switch {
		case subject != other && r.denies(s, h):
			if (strong && (data || noun) || len(to) > 0) && !r.exempt(s) {
				out.deniesTP = true
				denied, excepted := r.excepted(s, list, h)
				out.deniedTo = add(out.deniedTo, denied...)
				if len(excepted) > 0 {
					out.shares, out.third = true, true
					out.recipients = add(out.recipients, excepted...)
				}
			}
		case neg[h.from]:
		case advises:
		case strong && (len(to) > 0 || subject != other && r.near(s, "data", h, 8)):
			out.shares, out.third = true, true
			out.recipients = add(out.recipients, to...)
		case !strong && len(to) > 0 && (r.doc.Language != "en" || r.near(s, "data", h, 10) || r.near(s, "anaphora", h, 10)):
			out.shares, out.third = true, true
			out.recipients = add(out.recipients, to...)
		}
	}
	if who := r.received(s, list, neg); len(who) > 0 && !advises {
		out.shares, out.third = true, true
		out.recipients = add(out.recipients, who...)
	}
	if !out.deniesTP && (!advises || len(out.techs) > 0 && r.has(s, "advice", 0) < 0 && r.has(s, "rights", 0) < 0) {
		if who := r.thirdActs(s, list, neg); len(who) > 0 {
			out.third = true
			out.recipients = add(out.recipients, who...)
		}
	}
	if lead != nil && !out.shares && !out.deniesTP && !advises && r.leadShares(lead) {
		for _, rc := range list {
			if negLead {
				out.deniesTP, out.deniedTo = true, add(out.deniedTo, rc.label) // "We share nothing with:"
			} else {
				out.recipients = add(out.recipients, rc.label)
			}
		}
		out.shares, out.third = !negLead, !negLead
	}
	for _, h := range s.hits {
		if !out.deniesTP && r.m.is(h, "allow") && !(r.doc.Language == "en" && strings.HasPrefix(s.toks[h.from].word, "use")) && r.subject(s, h.from) != visitor && r.denies(s, h) && r.closeNot(s, h) && !r.exempt(s) {
			for _, rc := range list {
				if rc.hit.from >= h.to && rc.hit.from-h.to <= 4 && !r.barsTech(s, h) {
					out.deniesTP, out.deniedTo = true, add(out.deniedTo, rc.label)
				}
			}
		}
	}
	if !out.deniesTP && !advises && !r.exempt(s) {
		out.deniedTo = r.thirdBarred(s, list)
		out.deniesTP = len(out.deniedTo) > 0
	}
	r.collecting(s, neg, out)
}

// inWidget says that a word is part of the name of a widget: "share buttons" share nothing.
func (r *reader) inWidget(s *sentence, v hit) bool { return r.within(s, v, "tech.social_widget") }

// inPassing says that a verb of sharing that names nobody tells of no sharing: "we collect, use and disclose data as
// described here", "any such transfer", "for you to share".
func (r *reader) inPassing(s *sentence, v hit) bool {
	if v.from > 0 && r.m.isWord(s.toks[v.from-1], "determiner") {
		return true
	}
	if r.denies(s, v) {
		return false
	}
	for _, o := range s.hits {
		switch {
		case !r.m.is(o, "use") && !r.m.is(o, "collect"):
		case o.to <= v.from && v.from-o.to <= 2:
			return true
		}
	}
	return false
}

func add(list []string, more ...string) []string {
	for _, m := range more {
		if !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}

// receivers are the recipients that stand after a verb or between its parts ("geben wir an Dritte weiter"), or before
// it where a word marks them as such ("an Dritte übermittelt").
func (r *reader) receivers(s *sentence, list []recipient, v hit) []string {
	var out []string
	for _, rc := range list {
		after := rc.hit.from >= v.from && rc.hit.from-v.to <= 30 && !r.turns(s, v, rc.hit)
		before := rc.to <= v.from && v.from-rc.to <= 12 && (r.marked(s, rc.hit) || r.inverted(s, v.from, nobody) == us)
		if !rc.from && (after || before) {
			out = add(out, rc.label)
		}
	}
	return out
}

// mentioned says that a verb stands in what only announces or refers: "how we share", "with whom we share".
func (r *reader) mentioned(s *sentence, v hit) bool {
	for i := v.from - 1; i >= 0 && i >= v.from-12; i-- {
		switch t := s.toks[i]; {
		case t.word == ":" || t.word == ";" || t.word == ".":
			return false
		case t.word == "," && i+2 < v.from && !r.m.isWord(s.toks[i+1], "self") && r.m.isWord(s.toks[i+2], "self"):
			return false // ", and we share"
		case r.m.isWord(t, "mention"):
			return true
		}
	}
	return false
}

// toVisitor says that what is sent goes to the visitor, or comes to us: "send you offers", "share it with us". What
// another verb takes there is no matter: "transfer information provided to us".
func (r *reader) toVisitor(s *sentence, v hit) bool {
	end := min(len(s.toks), v.to+10)
	for _, o := range s.hits {
		if o.from > v.to && o.from < end && (r.m.is(o, "give") || r.m.is(o, "share") || r.m.is(o, "collect")) {
			end = o.from
		}
	}
	for i := v.to; i < end; i++ {
		t := s.toks[i]
		if t.word == "." || t.word == ";" {
			return false
		}
		switch {
		case r.partOfData(s, i): // "share user information with"
		case i <= v.to+1 && r.m.isWord(t, "you"):
			return true
		case i > v.to && r.m.isWord(s.toks[i-1], "toward") && (r.m.isWord(t, "you") || i > v.to+1 && r.m.isWord(t, "self") && !r.owns(s, i)):
			return true
		}
	}
	return false
}

// partOfData says that the word at i only tells what data is meant: "user information".
func (r *reader) partOfData(s *sentence, i int) bool {
	return slices.ContainsFunc(s.hits, func(h hit) bool { return r.m.is(h, "data") && h.from <= i && i < h.to-1 })
}

// givenToUs says that what a verb gives comes to us, where that stands before the verb: "die u aan ons verstrekt".
func (r *reader) givenToUs(s *sentence, v hit) bool {
	for i := max(1, v.from-4); i < v.from; i++ {
		if r.m.isWord(s.toks[i], "self") && !r.owns(s, i) && r.m.isWord(s.toks[i-1], "recipient_before") {
			return true
		}
	}
	return false
}

// owns says that the word at i is an "our" that belongs to somebody: "to our partners".
func (r *reader) owns(s *sentence, i int) bool {
	return i+1 < len(s.toks) && !s.toks[i+1].mark() && r.m.isWord(s.toks[i], "owner")
}

// finite says that an auxiliary stands before a verb ("Acme may share"), or, where verbs need none, a "not".
func (r *reader) finite(s *sentence, v hit) bool {
	for i := max(0, v.from-3); i < v.from; i++ {
		if r.m.isWord(s.toks[i], "auxiliary") {
			return true
		}
	}
	if r.doc.Language != "en" && v.from > 0 && r.m.isWord(s.toks[v.from-1], "not") {
		return true // "não vende"
	}
	return v.to < len(s.toks) && r.m.isWord(s.toks[v.to], "auxiliary") // "Verkauft werden"
}

// abroad says that data is moved to a place, not to somebody.
func (r *reader) abroad(s *sentence, v hit) bool {
	for i := v.to; i < len(s.toks) && i < v.to+16; i++ {
		if r.m.isWord(s.toks[i], "place_abroad") {
			return true
		}
	}
	return false
}

// near says that a hit of a class stands within some tokens of a verb.
func (r *reader) near(s *sentence, class string, v hit, distance int) bool {
	for _, h := range s.hits {
		if r.m.is(h, class) && h.from-v.to <= distance && v.from-h.to <= distance {
			return true
		}
	}
	return false
}

func (r *reader) leadShares(lead *sentence) bool {
	if r.has(lead, "rights", 0) >= 0 {
		return false
	}
	for _, h := range lead.hits {
		if r.m.is(h, "share") || r.m.is(h, "sell") {
			if who := r.subject(lead, h.from); (who == us || who == thing || who == nobody) && !r.toVisitor(lead, h) && !r.givenToUs(lead, h) {
				return true
			}
		}
	}
	return false
}
