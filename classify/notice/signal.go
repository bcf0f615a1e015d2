package notice

// signalOf reads, by the words of the lexicon, what a sentence says of a browser's signal ("dnt.signal", "gpc.signal"):
// a verb of answering whose subject is the site, denied or not. English, whose notices say it in many more ways, has
// rules of its own.
func (r *reader) signalOf(i int, signal string) ClaimValue {
	s := r.all[i]
	if s.asks || !r.namesSignal(s, signal) && !(i > 0 && r.all[i-1].block == s.block && r.namesSignal(r.all[i-1], signal) && r.refersBack(s)) {
		return Unstated
	}
	switch {
	case r.has(s, "dnt.ignore", 0) >= 0:
		return NotHonored
	case r.has(s, "dnt.unclear", 0) >= 0:
		return Unclear
	}
	for _, v := range s.hits {
		if !r.m.is(v, "dnt.honor") || r.within(s, v, signal) {
			continue
		}
		switch who := r.subject(s, v.from); {
		case who == visitor || who == other || r.mentioned(s, v):
		case r.negatesAnswer(s, v, signal):
			return NotHonored
		case who == us || r.has(s, "self", 0) >= 0, r.passive(s, v) && r.has(s, "byparty", 0) < 0 && r.has(s, "if", 0) < 0 && len(r.recipients(s)) == 0:
			return Honored // who says that it is honored, and by nobody else, says it of himself
		}
	}
	return Unstated
}

func (r *reader) namesSignal(s *sentence, signal string) bool { return r.has(s, signal, 0) >= 0 }

// negatesAnswer says that a negation, other than the one in the signal's own name, stands before a verb of answering or
// close after it.
func (r *reader) negatesAnswer(s *sentence, v hit, signal string) bool {
	for _, n := range s.hits {
		if !r.m.is(n, "not") || r.within(s, n, signal) || r.within(s, n, "notonly") {
			continue
		}
		if n.to <= v.from && !r.blocked(s, n.to, v.from) || n.from >= v.to && n.from-v.to <= 6 && !r.commaBetween(s, v.to, n.from) {
			return true
		}
	}
	return false
}
