package notice

import "slices"

// What languages order in another way than English is told by classes of the lexicon: subject_after, recipient_before,
// not_after, not_object, receive.

// inverted corrects a subject where one of the words that may follow their verb does: "setzen wir".
func (r *reader) inverted(s *sentence, v int, before who) who {
	for i := v + 1; i < len(s.toks) && i <= v+2; i++ {
		if !r.m.isWord(s.toks[i], "subject_after") {
			continue
		}
		switch {
		case r.m.isWord(s.toks[i], "self"):
			return us
		case r.m.isWord(s.toks[i], "you"):
			return visitor
		}
	}
	return before
}

// deniesAfter says that a negation that may follow its verb does, or stands between its parts: "verkaufen wir nie",
// "geben wir nicht weiter".
func (r *reader) deniesAfter(s *sentence, v hit) bool {
	for _, n := range s.hits {
		inside := r.m.is(n, "not") && n.from > v.from && n.to <= v.to // "stellen wir keine Daten zur Verfügung"
		if inside || (r.m.is(n, "not_after") || r.m.is(n, "not_object")) && n.from > v.from && n.from-v.to <= 14 && !r.within(s, n, "notonly") && !r.within(s, n, "except") &&
			!r.blocked(s, v.from+1, n.from) && !r.clauseBetween(s, v.from, n.from) {
			return true
		}
	}
	return false
}

// clauseBetween says that a comma parts two tokens, other than one in a row of verbs of sharing: "wir verkaufen,
// vermieten oder tauschen keine Daten".
func (r *reader) clauseBetween(s *sentence, from, to int) bool {
	for i := from; i < to; i++ {
		if s.toks[i].word == "," && !slices.ContainsFunc(s.hits, func(h hit) bool {
			return h.from == i+1 && (r.m.is(h, "share") || r.m.is(h, "sell") || r.m.is(h, "give"))
		}) {
			return true
		}
	}
	return false
}

// marked says that a word that marks a recipient stands before it, in the same clause and, in a list, before the first.
func (r *reader) marked(s *sentence, h hit) bool {
	for i := h.from - 1; i >= 0 && i >= h.from-10 && !s.toks[i].mark(); i-- {
		if r.m.isWord(s.toks[i], "recipient_before") {
			return true
		}
	}
	return false
}

// turns says that between a verb and a recipient another verb of sharing says the opposite: "we send it to you and do
// not share it with others".
func (r *reader) turns(s *sentence, v, rc hit) bool {
	for _, u := range s.hits {
		if (r.m.is(u, "share") || r.m.is(u, "sell") || r.m.is(u, "give")) && u.from >= v.to && u.to <= rc.from {
			for _, n := range s.hits {
				if r.m.is(n, "not") && n.from >= v.to && n.to <= u.from && !r.within(s, n, "notonly") {
					return true
				}
			}
		}
	}
	return false
}

// excepted parts the receivers of a denied verb into those that get nothing and those that an exception names ("except
// our service providers"); who stands in the condition of an exception ("except where a court …") is neither.
func (r *reader) excepted(s *sentence, list []recipient, v hit) (denied, excepted []string) {
	for _, rc := range list {
		label := r.receivers(s, []recipient{rc}, v)
		e := -1
		for _, h := range s.hits {
			if r.m.is(h, "except") && h.from > v.from && h.to <= rc.hit.from {
				e = h.to
			}
		}
		switch {
		case e < 0:
			denied = add(denied, label...)
		case !slices.ContainsFunc(s.hits, func(h hit) bool { return r.m.is(h, "if") && h.from >= e && h.to <= rc.hit.from }):
			excepted = add(excepted, label...)
		}
	}
	return denied, excepted
}

// received gives the recipients that are the subject of a verb of receiving, before or after it: "Daten erhalten nur
// Dienstleister".
func (r *reader) received(s *sentence, list []recipient, neg []bool) []string {
	var out []string
	for _, v := range s.hits {
		if !r.m.is(v, "receive") || neg[v.from] || r.mentioned(s, v) {
			continue
		}
		acts := r.subject(s, v.from) == other
		for _, rc := range list {
			near := acts && rc.to <= v.from && v.from-rc.to <= 6 || !acts && rc.hit.from >= v.to && rc.hit.from-v.to <= 12
			if near && !rc.from && !r.marked(s, rc.hit) {
				out = add(out, rc.label)
			}
		}
	}
	return out
}
