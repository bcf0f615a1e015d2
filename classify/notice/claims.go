package notice

// claims reads what the documents say of signals, consent and opt-outs.
func claims(readers []*reader) Claims {
	c := Claims{DNT: dnt(readers), GPC: gpc(readers), Consent: Claim{Value: Unstated}, Sale: sale(readers), Sharing: sharing(readers),
		Retention: retention(readers)}
	for _, r := range readers {
		if c.Consent.Value == Unstated || c.Consent.Value == consentImplied {
			if claim := r.consent(); claim.Value != Unstated && (c.Consent.Value == Unstated || claim.Value == consentPrior) {
				c.Consent = claim
			}
		}
		c.OptOut = append(c.OptOut, r.optOuts()...)
	}
	return c.filled()
}

// The values of the consent claim, besides unstated.
const (
	consentPrior   ClaimValue = "prior"
	consentImplied ClaimValue = "implied"
)

func (r *reader) consent() Claim {
	implied := Claim{Value: Unstated}
	for _, s := range r.all {
		if !r.mentionsCookies(s) {
			continue
		}
		c := Claim{Document: r.doc.ID, Quote: r.p.quote(s.Span), Start: s.Start, End: s.End}
		if r.has(s, "consent.prior", 0) >= 0 && r.has(s, "consent.implied", 0) < 0 {
			c.Value = consentPrior
			return c
		}
		if implied.Value == Unstated && r.has(s, "consent.implied", 0) >= 0 {
			c.Value = consentImplied
			implied = c
		}
	}
	if implied.Value != Unstated {
		return implied
	}
	for i, b := range r.p.blocks {
		if b.place != inBanner {
			continue
		}
		for _, sp := range r.p.cut[i] {
			s := &sentence{Span: sp}
			s.toks, s.hits = r.m.phrases(r.p.text[sp.Start:sp.End])
			s.index()
			if r.has(s, "consent.implied", 0) >= 0 {
				return Claim{Value: consentImplied, Document: r.doc.ID, Quote: r.p.quote(sp), Start: sp.Start, End: sp.End}
			}
		}
	}
	return implied
}

func (r *reader) mentionsCookies(s *sentence) bool {
	for _, h := range s.hits {
		if c := r.m.classes[h.class]; c == "tech.cookie" || c == "umbrella" {
			return true
		}
	}
	return false
}
