package notice

// conditionOf reads what a sentence's facts wait for. Consent goes before opting in, and that before an account.
func (r *reader) conditionOf(s *sentence) Condition {
	switch {
	case r.has(s, "when.consent", 0) >= 0 && r.has(s, "consent.implied", 0) < 0:
		return OnConsent
	case r.has(s, "when.optin", 0) >= 0:
		return OnOptIn
	case r.has(s, "when.account", 0) >= 0:
		return WithAccount
	}
	return ""
}

// exceptOf gives the words that a denial exempts, "" = none: from "except" to the end of the sentence, or to the
// comma where the sentence begins with them.
func (r *reader) exceptOf(s *sentence) string {
	for _, h := range s.hits {
		if !r.m.is(h, "except") || r.m.isWord(s.toks[h.from], "onlyword") {
			continue
		}
		end := len(s.toks)
		for i := h.to; i < end; i++ {
			w := s.toks[i].word
			if w == ";" || w == "." && i+1 == len(s.toks) || h.from <= 1 && w == "," {
				end = i
			}
		}
		from, to := s.toks[h.from].Start, s.toks[end-1].End
		if to-from > 300 {
			to = from
			for i := h.from; i < end && s.toks[i].End-from <= 300; i++ {
				to = s.toks[i].End
			}
		}
		return r.p.quote(Span{from, to})
	}
	return ""
}
