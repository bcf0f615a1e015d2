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

// collector gathers findings by rule and subject, visit by visit: one finding for each rule and subject, however often it
// was seen.
type collector struct {
	in     Input
	survey *survey
	law    []Provision // in force, of the laws that the user named
	by     map[string]*Finding
	unread bool // no document was read: then nothing can be said of what a notice leaves out

	// What only the end of the last visit tells:
	lost    *withoutNotice  // nil = a notice was found, or may have been
	met     map[metKey]bool // what notices name
	signals []*unmoved
	without map[string]bool // what happened without a signal
	covered map[string]bool // sites of recipients that the notice covers
	longest int64           // lifetime of a cookie, seconds
}

func newCollector(in Input, s *survey) *collector {
	if in.Notice == nil {
		in.Notice = &notice.Notice{}
	}
	c := &collector{in: in, survey: s, law: InForce(in.Laws, in.Day), by: map[string]*Finding{}, unread: unread(in.Notice),
		met: map[metKey]bool{}, without: map[string]bool{}, covered: map[string]bool{}}
	if c.unread && len(in.NoticeProblems) == 0 && len(s.gaps(nil)) == 0 {
		c.lost = &withoutNotice{who: map[string]bool{}} // only what was seen whole can lack a notice
	}
	c.signals = c.unmovedBy()
	return c
}

// visit files what follows from one visit.
func (c *collector) visit(v *evidence.Visit, list []Assessment) {
	if c.lost != nil {
		c.lost.visit(list)
	}
	if !c.unread {
		for i := range list {
			c.judged(&list[i])
			c.weak(&list[i])
			c.meet(&list[i])
		}
	}
	for _, s := range c.signals {
		s.visit(list)
	}
	c.tracked(list)
	c.beforeConsent(list)
	c.lifetimes(list)
	c.flows(v, list)
	c.addresses(list)
}

// findings adds what follows from all visits together, and returns every finding.
func (c *collector) findings() []Finding {
	c.noticeItself()
	if !c.unread {
		c.stale()
	}
	c.unmoved()
	c.signalMissing()
	c.statesLongest()
	c.dropCovered()
	return c.sorted()
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
	return a.Purpose.Tracks() || c.survey.follow[a.Observation.Site]
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
func (c *collector) weak(a *Assessment) {
	o := &a.Observation
	weak := a.Verdict == DeclaredGenerically && c.in.Require >= RequireCategory ||
		a.Verdict == Declared && c.in.Require == RequireNamed && a.cover.level < byVendor && o.Party == evidence.ThirdParty ||
		a.Verdict == Declared && c.in.Require == RequireNamed && a.cover.level < byVendor && o.Cookie != nil
	if !weak {
		return
	}
	c.add("weakly-declared", a.who.label(o), string(o.Technology), a, func(f *Finding) {
		f.Message = fmt.Sprintf("%s; %s.", sentence(seen(a)), a.Reason)
		f.Quote = c.declaration(a.Declaration).Quote
		f.Fix = "Name it: " + row(a)
	})
}

func (c *collector) declaration(id string) notice.Declaration {
	for _, d := range c.in.Notice.Declarations {
		if d.ID == id && id != "" {
			return d
		}
	}
	return notice.Declaration{}
}
