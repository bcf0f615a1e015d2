package classify

import (
	"fmt"
	"slices"

	"trackaudit/classify/knowledge"
	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
)

// unmoved is what tracks under a signal. What happened in the same way without it, all visits together tell: something
// that only the visit with the signal met is not counted, for it may be chance.
type unmoved struct {
	choice evidence.Choice
	counts func(knowledge.Purpose) bool
	file   func(a *Assessment) *Finding
	kinds  []*sameKind // as they were met
	at     map[string]*sameKind
}

// sameKind is what one party does by one technology.
type sameKind struct {
	key   string
	first Assessment
	ids   []string // of all observations
}

func kindOf(a *Assessment) string {
	return a.who.label(&a.Observation) + "\x00" + string(a.Observation.Technology)
}

// unmovedBy lists the signals that the notice claims to honour, or that a law tells the site to.
func (c *collector) unmovedBy() []*unmoved {
	claims := c.in.Notice.Claims
	var list []*unmoved
	if claims.DNT.Value == notice.Honored {
		list = append(list, &unmoved{choice: evidence.ChoiceDNT, counts: knowledge.Purpose.Tracks, at: map[string]*sameKind{}, file: func(a *Assessment) *Finding {
			return c.add("dnt-statement-false", a.who.label(&a.Observation), "", a, func(f *Finding) {
				f.Message = fmt.Sprintf("%s, with DNT: 1 as without it, although the notice says that the signal is honoured.", sentence(seen(a)))
				f.Quote = claims.DNT.Quote
				f.Fix = "Do not load it when the browser sends DNT: 1, or correct the statement on Do Not Track."
			})
		}})
	}
	asked, byLaw := c.asks("gpc-ignored")
	if byLaw || claims.GPC.Value == notice.Honored {
		sold := func(p knowledge.Purpose) bool { return p == knowledge.Advertising || p == knowledge.SocialMedia }
		list = append(list, &unmoved{choice: evidence.ChoiceGPC, counts: sold, at: map[string]*sameKind{}, file: func(a *Assessment) *Finding {
			return c.add("gpc-ignored", a.who.label(&a.Observation), "", a, func(f *Finding) {
				f.Message = fmt.Sprintf("%s, with Sec-GPC: 1 as without it.", sentence(seen(a)))
				f.Quote = claims.GPC.Quote
				if byLaw {
					f.Basis = asked.basis()
				}
				f.Fix = "Do not load it when the browser sends Sec-GPC: 1."
			})
		}})
	}
	return list
}

func (u *unmoved) visit(list []Assessment) {
	for i := range list {
		a := &list[i]
		if a.Choice != u.choice || a.Verdict == Exempt || !u.counts(a.Purpose) || remembers(a) {
			continue
		}
		key := kindOf(a)
		k := u.at[key]
		if k == nil {
			k = &sameKind{key: key, first: *a}
			u.at[key] = k
			u.kinds = append(u.kinds, k)
		}
		k.ids = append(k.ids, a.Observation.ID)
	}
}

// tracked notes what happened without a signal.
func (c *collector) tracked(list []Assessment) {
	if len(c.signals) == 0 {
		return
	}
	for i := range list {
		if a := &list[i]; a.Choice == evidence.ChoiceNone {
			c.without[kindOf(a)] = true
		}
	}
}

// unmoved files what tracks under a signal in the same way as without it.
func (c *collector) unmoved() {
	for _, u := range c.signals {
		for _, k := range u.kinds {
			if c.without[k.key] {
				f := u.file(&k.first)
				f.Observations = append(f.Observations, k.ids...)
			}
		}
	}
}

// signalMissing files that the notice does not speak of Do Not Track.
func (c *collector) signalMissing() {
	claim := c.in.Notice.Claims.DNT
	if c.unread || len(c.in.NoticeProblems) > 0 || claim.Value != notice.Unstated && claim.Value != "" {
		return
	}
	c.add("dnt-statement-missing", "Do Not Track", "", nil, func(f *Finding) {
		if p, ok := c.asks("dnt-statement-missing"); ok {
			f.Severity, f.Basis = Medium, p.basis()
		}
		f.Message = "The notice does not say how the site answers the Do Not Track signal."
		f.Fix = "Add to the notice: “Our site does not respond to Do Not Track signals.” Or, if it does, what it then leaves out."
	})
}

// remembers says that loading a script is all that happened: a script that reads the signal must be loaded to read
// it.
func remembers(a *Assessment) bool {
	o := &a.Observation
	return o.Technology == evidence.ThirdPartyRequest && o.Request != nil && o.Request.Type == "Script"
}

// beforeConsent files what tracks while no choice was made, where that is forbidden or the notice says that it does
// not happen.
func (c *collector) beforeConsent(list []Assessment) {
	claim := c.in.Notice.Claims.Consent
	claimed := claim.Value == "prior"
	if _, asked := c.asks("tracking-before-consent"); !claimed && !asked {
		return
	}
	for i := range list {
		a := &list[i]
		o := &a.Observation
		if a.Choice != evidence.ChoiceNone || o.Phase != evidence.BeforeChoice || a.Verdict == Exempt || !a.Purpose.Tracks() || o.Technology == evidence.ThirdPartyRequest {
			continue
		}
		asked, byLaw := c.consent(o)
		if !claimed && !byLaw {
			continue
		}
		f := c.add("tracking-before-consent", a.who.label(o), "", a, func(f *Finding) {
			f.Message = fmt.Sprintf("%s before anybody made a choice.", sentence(seen(a)))
			if byLaw {
				f.Basis = asked.basis()
			}
			if claimed {
				f.Message = fmt.Sprintf("%s before anybody made a choice, although the notice says that consent is asked first.", sentence(seen(a)))
				f.Quote = claim.Quote
			}
			f.Fix = fmt.Sprintf("Load %s only after the visitor has agreed.", a.who.label(o))
			if c.mayCount(a, claimed) {
				f.Severity = Info
				f.Message += " In the United Kingdom statistics about one's own service need no consent since 2026-02-05, where visitors are told and can object: whether that holds here, a person must say."
			}
		})
		if !c.mayCount(a, claimed) {
			f.Severity = Medium
		}
	}
}

// mayCount says that only the law of the United Kingdom speaks, and that it may except what was observed: statistics.
// Whether its conditions hold, no machine can tell.
func (c *collector) mayCount(a *Assessment, claimed bool) bool {
	_, excepts := c.provision("UK-1")
	_, union := c.provision("EU-1")
	return !claimed && a.Purpose == knowledge.Analytics && excepts && !union
}

// consent returns what asks for consent to an observation. That sending counts like storing is, in the Union, a reading of
// the authorities'.
func (c *collector) consent(o *evidence.Observation) (Provision, bool) {
	union := "EU-3"
	if stores(o.Technology) {
		union = "EU-1"
	}
	if p, ok := c.provision(union); ok {
		return p, true
	}
	return c.provision("UK-0")
}

// lifetimes files that the notice says of no cookie how long it works, where a law wants that said.
func (c *collector) lifetimes(list []Assessment) {
	asked, ok := c.asks("lifetime-not-stated")
	if !ok || c.unread || slices.ContainsFunc(c.in.Notice.Declarations, func(d notice.Declaration) bool {
		return d.Technology == evidence.CookieTech && d.Retention != "" && !d.Denied && d.Counts()
	}) {
		return
	}
	for i := range list {
		a := &list[i]
		cookie := a.Observation.Cookie
		if cookie == nil || a.Verdict == Exempt {
			continue
		}
		c.longest = max(c.longest, cookie.Lifetime)
		if cookie.Lifetime > 0 {
			c.add("lifetime-not-stated", "cookies", "", a, func(f *Finding) {
				f.Fix = "State for each cookie how long it is kept, for example in a table."
				f.Basis = asked.basis()
			})
		}
	}
}

// statesLongest completes the finding of lifetimes.
func (c *collector) statesLongest() {
	if f := c.by[Fingerprint("lifetime-not-stated", "cookies", "")]; f != nil {
		f.Message = fmt.Sprintf("Cookies are kept for up to %s, and the notice says of none how long.", Span(c.longest))
	}
}
