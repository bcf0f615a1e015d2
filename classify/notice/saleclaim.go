package notice

// sale reads whether the documents say that personal information is sold. Where one sentence denies what another
// says, the answer is unclear.
func sale(readers []*reader) Claim {
	return twoSided(readers, func(r *reader, s *sentence) ClaimValue {
		if r.has(s, "sale", 0) < 0 {
			return Unstated
		}
		return r.claims(s, "sale")
	})
}

// sharing reads the same of sharing for advertising across contexts, as the law of California calls it: where the
// sentence speaks of that advertising, or of sale and sharing in one breath.
func sharing(readers []*reader) Claim {
	return twoSided(readers, func(r *reader, s *sentence) ClaimValue {
		if r.has(s, "sharing", 0) < 0 || r.has(s, "crosscontext", 0) < 0 && !r.saleOrSharing(s) {
			return Unstated
		}
		return r.claims(s, "sharing")
	})
}

func twoSided(readers []*reader, read func(*reader, *sentence) ClaimValue) Claim {
	best := Claim{Value: Unstated}
	for _, r := range readers {
		for _, s := range r.all {
			v := Unstated
			if !s.asks {
				v = read(r, s)
			}
			if v == Unstated || best.Value == v {
				continue
			}
			switch {
			case best.Value == Unstated || best.Value == Unclear && v != Unclear && best.Quote == "":
				best = Claim{Value: v, Document: r.doc.ID, Quote: r.p.quote(s.Span), Start: s.Start, End: s.End}
			case v != Unclear:
				best.Value = Unclear
				return best
			}
		}
	}
	return best
}

// claims says whether a sentence denies or declares what a class of verbs says of personal information.
func (r *reader) claims(s *sentence, class string) ClaimValue {
	if r.has(s, "child", 0) >= 0 || r.has(s, "business", 0) >= 0 || r.has(s, "donotsell", 0) >= 0 {
		return Unstated // of minors only, of the company itself, or the name of a link or a right
	}
	for _, v := range s.hits {
		if !r.m.is(v, class) || !r.concerns(s, v) {
			continue
		}
		who := r.subject(s, v.from)
		switch {
		case who == visitor || who == other && !r.passive(s, v):
			continue
		case r.denies(s, v) && !r.exempt(s):
			return ClaimDenied
		case r.has(s, "deemed", 0) >= 0:
			return ClaimDeclared // "may be considered a sale"
		case r.has(s, "rights", 0) >= 0 || r.has(s, "advice", 0) >= 0 || r.mentioned(s, v) || r.negated(s)[v.from]:
			continue
		case who == us && r.verbal(s, v), who == thing && r.passive(s, v):
			return ClaimDeclared
		}
	}
	return Unstated
}

// concerns says that what a verb is about is data: the next thing named after it, or before it in the passive.
func (r *reader) concerns(s *sentence, v hit) bool {
	for _, d := range s.hits {
		if !r.m.is(d, "data") || r.within(s, d, "notpersonal") {
			continue
		}
		if d.from >= v.to && d.from-v.to <= 10 {
			own := true
			for _, o := range s.hits {
				if o.from >= v.to && o.to <= d.from && (r.m.is(o, "use") || r.m.is(o, "collect")) {
					own = false // "sell lamps and use your data"
				}
			}
			if own {
				return true
			}
		}
		if d.to <= v.from && v.from-d.to <= 14 && r.passive(s, v) {
			return true
		}
	}
	return false
}

// verbal says that a hit is a verb with somebody who acts, not a noun: "we may sell", not "the sale of".
func (r *reader) verbal(s *sentence, v hit) bool { return !r.m.isWord(s.toks[v.from], "salenoun") }

// saleOrSharing says that a sentence speaks of selling and sharing in one breath: "sell or share".
func (r *reader) saleOrSharing(s *sentence) bool {
	for _, a := range s.hits {
		if !r.m.is(a, "sale") {
			continue
		}
		for _, b := range s.hits {
			if r.m.is(b, "sharing") && b.from >= a.to && b.from-a.to <= 2 {
				return true
			}
		}
	}
	return false
}
