package classify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
)

// Findings says what to act on: one finding for each rule and subject, however often it was seen.
func Findings(in Input, list []Assessment) []Finding {
	c := &collector{in: in, law: InForce(in.Laws, in.Day), by: map[string]*Finding{}, followers: map[string]bool{}}
	if in.Notice == nil {
		c.in.Notice = &notice.Notice{}
	}
	c.noticeItself(list)
	if !c.nothingRead() {
		for i := range list {
			c.judged(&list[i])
		}
		c.stale(list)
		c.weak(list)
	}
	c.signals(list)
	c.beforeConsent(list)
	c.lifetimes(list)
	c.flows(list)
	c.addresses(list)
	return c.sorted()
}

// collector gathers findings by rule and subject.
type collector struct {
	in  Input
	law []Provision // in force, of the laws that the user named
	by  map[string]*Finding

	followers map[string]bool // sites of third parties, as far as it was asked whether they keep or receive an identifier
}

// nothingRead says that no document was read: then nothing can be said of what a notice leaves out.
func (c *collector) nothingRead() bool {
	return unread(c.in.Notice)
}

// unread says that a notice holds nothing that was read and counts.
func unread(n *notice.Notice) bool {
	return len(n.Documents) == 0 && !slices.ContainsFunc(n.Declarations, notice.Declaration.Counts)
}

// add files an observation under a finding, which the first one opens. kind parts findings of one rule and subject,
// such as two technologies of one vendor.
func (c *collector) add(rule, subject, kind string, a *Assessment, open func(*Finding)) *Finding {
	key := Fingerprint(rule, subject, kind)
	f := c.by[key]
	if f == nil {
		r, _ := RuleByID(rule)
		f = &Finding{Rule: rule, Severity: r.Severity, Subject: subject, Basis: r.Basis, Fingerprint: key}
		open(f)
		c.by[key] = f
	}
	if a != nil {
		f.Observations = append(f.Observations, a.Observation.ID)
	}
	return f
}

// Fingerprint names a finding by rule, subject and kind: the same in every run, whatever the order, the ids or the
// port. Its version is part of it, so that a baseline of another version is not compared by mistake.
func Fingerprint(rule, subject, kind string) string {
	sum := sha256.Sum256([]byte(rule + "\x00" + strings.ToLower(subject) + "\x00" + kind))
	return "v1:" + hex.EncodeToString(sum[:12])
}

func (c *collector) sorted() []Finding {
	out := make([]Finding, 0, len(c.by))
	for _, f := range c.by {
		slices.Sort(f.Observations)
		f.Observations = slices.Compact(f.Observations)
		out = append(out, *f)
	}
	slices.SortFunc(out, compareFindings)
	return out
}

// ownRule are the technologies with a rule of their own.
var ownRule = map[evidence.Technology]string{
	evidence.SessionReplay:  "undeclared-session-replay",
	evidence.Fingerprinting: "undeclared-fingerprinting",
	evidence.FormCapture:    "undeclared-form-capture",
}

// judged turns the verdict of one assessment into a finding, if it is one.
func (c *collector) judged(a *Assessment) {
	o := &a.Observation
	switch a.Verdict {
	case Contradicted:
		d := c.declaration(a.Declaration)
		c.add("contradicts-notice", a.who.label(o), string(o.Technology), a, func(f *Finding) {
			f.Message = fmt.Sprintf("%s, although the notice says that this is not done.", sentence(seen(a)))
			f.Quote = d.Quote
			f.Fix = fmt.Sprintf("%s, or correct the sentence so that it no longer denies %s.", remove(a), words(string(o.Technology)))
		})
	case Misdeclared:
		c.misdeclared(a)
	case Undeclared:
		c.undeclared(a)
	}
	c.regional(a)
	if o.Widget != nil { // a placeholder that waits for a click is none
		c.widget(a)
	}
	if a.who.by == "cname" && a.cover.level < byVendor {
		c.add("cloaked-third-party", a.who.label(o), o.Host, a, func(f *Finding) {
			f.Message = fmt.Sprintf("%s is an alias of %s, a host of %s: a third party under the site's own name.", o.Host, listed(o.Request.CNAMEs, 3), a.who.label(o))
			f.Fix = fmt.Sprintf("Name %s in the notice as a recipient, and say that it works under %s; or remove the alias.", full(a), o.Host)
		})
	}
}

func (c *collector) misdeclared(a *Assessment) {
	d := c.declaration(a.Declaration)
	o := &a.Observation
	rule := "misdeclared-purpose"
	if a.cover.wrong == "lifetime" {
		rule = "retention-exceeds-declared"
	}
	c.add(rule, a.who.name, string(o.Technology), a, func(f *Finding) {
		f.Message = fmt.Sprintf("%s %s: %s.", sentence(words(string(o.Technology))), o.Name, a.Reason)
		f.Quote = d.Quote
		switch a.cover.wrong {
		case "lifetime":
			f.Fix = fmt.Sprintf("State %s as the lifetime of %s, or have it set for %s.", Span(o.Cookie.Lifetime), a.who.name, d.Retention)
		case "recipient":
			f.Fix = fmt.Sprintf("Name %s as the provider of %s.", a.who.label(o), a.who.name)
		default:
			f.Fix = fmt.Sprintf("List %s under %s: %s", a.who.name, words(string(a.Purpose)), row(a))
		}
	})
}

func (c *collector) undeclared(a *Assessment) {
	o := &a.Observation
	who := a.who.label(o)
	open := func(f *Finding) {
		f.Message = fmt.Sprintf("%s; %s.", sentence(seen(a)), a.Reason)
		f.Fix = fix(a, f.Rule)
	}
	switch {
	case ownRule[o.Technology] != "":
		c.add(ownRule[o.Technology], who, "", a, open)
	case a.cover.missing == "cookie":
		c.add("undeclared-cookie", a.who.name, string(o.Technology), a, open)
	case a.cover.missing == "purpose":
		c.add("undeclared-purpose", who, string(a.Purpose), a, open)
	case a.cover.missing == "recipient":
		f := c.add("undeclared-recipient", who, "", a, open)
		if !c.follows(a) {
			f.Severity = min(f.Severity, Low)
		} else {
			f.Severity = Medium
		}
	default:
		c.add("undeclared-technology", who, string(o.Technology), a, open)
	}
}

// follows says that a third party tracks: by what is known of it, or because it keeps or receives an identifier.
func (c *collector) follows(a *Assessment) bool {
	if tracks(a.Purpose) {
		return true
	}
	site := a.Observation.Site
	known, ok := c.followers[site]
	if !ok {
		known = c.keepsOrReceives(site)
		c.followers[site] = known
	}
	return known
}

// keepsOrReceives says that a third party keeps an identifier of its own on the device, or receives one.
func (c *collector) keepsOrReceives(site string) bool {
	for i := range c.in.Visits {
		for j := range c.in.Visits[i].Observations {
			o := &c.in.Visits[i].Observations[j]
			if o.Cookie != nil && o.Site == site && o.Party == evidence.ThirdParty && !o.Cookie.Session && identifies(o.Cookie.Value) {
				return true
			}
		}
		for _, flow := range c.in.Visits[i].Flows {
			if flow.Site == site && flow.Party == evidence.ThirdParty {
				return true
			}
		}
	}
	return false
}

// identifies says that a value can tell one visitor from all others: at least eight bytes that look random. It goes by
// length and shape; the entropy of one value varies by chance, and a finding must not.
func identifies(v evidence.Value) bool {
	if v.Length < 8 || v.Entropy < 16 {
		return false
	}
	return slices.ContainsFunc([]string{"uuid", "hex", "base64", "digits"}, func(s string) bool { return strings.Contains(v.Shape, s) })
}

func (c *collector) widget(a *Assessment) {
	d := c.declaration(a.Declaration)
	f := c.add("widget-before-interaction", a.who.label(&a.Observation), "", a, func(f *Finding) {
		f.Message = fmt.Sprintf("The social widget %q of %s ran before anybody touched it.", a.Observation.Name, a.who.label(&a.Observation))
		f.Fix = fmt.Sprintf("Show a placeholder that loads the widget on a click, or say in the notice that %s receives data even without a click.", a.who.label(&a.Observation))
	})
	for _, one := range c.in.Notice.Declarations {
		if one.WithoutClick && !one.Denied && one.Counts() {
			d = one
		}
	}
	if d.WithoutClick {
		f.Severity, f.Quote = Info, d.Quote
	}
}

// weak files what is covered only more weakly than required.
func (c *collector) weak(list []Assessment) {
	for i := range list {
		a := &list[i]
		weak := a.Verdict == DeclaredGenerically && c.in.Require >= RequireCategory ||
			a.Verdict == Declared && c.in.Require == RequireNamed && a.cover.level < byVendor && a.Observation.Party == evidence.ThirdParty ||
			a.Verdict == Declared && c.in.Require == RequireNamed && a.cover.level < byVendor && a.Observation.Cookie != nil
		if !weak {
			continue
		}
		o := &a.Observation
		c.add("weakly-declared", a.who.label(o), string(o.Technology), a, func(f *Finding) {
			f.Message = fmt.Sprintf("%s; %s.", sentence(seen(a)), a.Reason)
			f.Quote = c.declaration(a.Declaration).Quote
			f.Fix = "Name it: " + row(a)
		})
	}
}

func (c *collector) declaration(id string) notice.Declaration {
	for _, d := range c.in.Notice.Declarations {
		if d.ID == id && id != "" {
			return d
		}
	}
	return notice.Declaration{}
}
