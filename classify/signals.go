package classify

import (
	"fmt"
	"slices"

	"trackaudit/classify/knowledge"
	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
)

func (c *collector) law(names ...string) bool {
	return slices.ContainsFunc(c.in.Laws, func(l string) bool { return slices.Contains(names, l) })
}

// signals compares what the notice claims of DNT and GPC with what a browser that sends them met.
func (c *collector) signals(list []Assessment) {
	claims := c.in.Notice.Claims
	if claims.DNT.Value == notice.Honored {
		for _, a := range c.unmoved(list, evidence.ChoiceDNT, func(p knowledge.Purpose) bool { return tracks(p) }) {
			c.add("dnt-statement-false", a.who.label(&a.Observation), "", a, func(f *Finding) {
				f.Message = fmt.Sprintf("%s, with DNT: 1 as without it, although the notice says that the signal is honoured.", sentence(seen(a)))
				f.Quote = claims.DNT.Quote
				f.Fix = "Do not load it when the browser sends DNT: 1, or correct the statement on Do Not Track."
			})
		}
	}
	if c.law("us-ca") || claims.GPC.Value == notice.Honored {
		sold := func(p knowledge.Purpose) bool { return p == knowledge.Advertising || p == knowledge.SocialMedia }
		for _, a := range c.unmoved(list, evidence.ChoiceGPC, sold) {
			c.add("gpc-ignored", a.who.label(&a.Observation), "", a, func(f *Finding) {
				f.Message = fmt.Sprintf("%s, with Sec-GPC: 1 as without it.", sentence(seen(a)))
				f.Quote = claims.GPC.Quote
				f.Fix = "Do not load it when the browser sends Sec-GPC: 1."
			})
		}
	}
	if !c.nothingRead() && len(c.in.NoticeProblems) == 0 && (claims.DNT.Value == notice.Unstated || claims.DNT.Value == "") {
		c.add("dnt-statement-missing", "Do Not Track", "", nil, func(f *Finding) {
			if c.law("us-ca") {
				f.Severity = Medium
			}
			f.Message = "The notice does not say how the site answers the Do Not Track signal."
			f.Fix = "Add to the notice: “Our site does not respond to Do Not Track signals.” Or, if it does, what it then leaves out."
		})
	}
}

// unmoved lists what tracks under a signal in the same way as without it. Something that only the visit with the
// signal met is not counted: it may be chance.
func (c *collector) unmoved(list []Assessment, signal evidence.Choice, counts func(knowledge.Purpose) bool) []*Assessment {
	key := func(a *Assessment) string {
		return a.who.label(&a.Observation) + "\x00" + string(a.Observation.Technology)
	}
	without := map[string]bool{}
	for i := range list {
		if a := &list[i]; a.Choice == evidence.ChoiceNone {
			without[key(a)] = true
		}
	}
	var out []*Assessment
	for i := range list {
		a := &list[i]
		if a.Choice == signal && a.Verdict != Exempt && counts(a.Purpose) && without[key(a)] && !remembers(a) {
			out = append(out, a)
		}
	}
	return out
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
	if !claimed && !c.law("eu", "uk") {
		return
	}
	for i := range list {
		a := &list[i]
		o := &a.Observation
		if a.Choice != evidence.ChoiceNone || o.Phase != evidence.BeforeChoice || a.Verdict == Exempt || !tracks(a.Purpose) || o.Technology == evidence.ThirdPartyRequest {
			continue
		}
		c.add("tracking-before-consent", a.who.label(o), "", a, func(f *Finding) {
			f.Message = fmt.Sprintf("%s before anybody made a choice.", sentence(seen(a)))
			if claimed {
				f.Message = fmt.Sprintf("%s before anybody made a choice, although the notice says that consent is asked first.", sentence(seen(a)))
				f.Quote = claim.Quote
			}
			f.Fix = fmt.Sprintf("Load %s only after the visitor has agreed.", a.who.label(o))
		})
	}
}
