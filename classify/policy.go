package classify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"trackaudit/classify/knowledge"
)

// Policy is the gate: which findings fail a build.
type Policy struct {
	FailOn   Severity
	Severity map[string]Severity // of single rules, instead of their own
	Off      map[string]bool     // rules that never fail
	Baseline map[string]bool     // fingerprints of an earlier report: what it holds does not fail again
	Waivers  []Waiver
	Now      time.Time // waivers end by this clock
}

// Waiver lets a finding pass for a time. Everything but one of Fingerprint and Rule is mandatory.
type Waiver struct {
	Fingerprint string // of one finding, or
	Rule        string // of every finding of this rule
	Subject     string // whose subject has this pattern (* stands for anything); "" = any
	Reason      string
	Approver    string
	Expires     time.Time // the last day on which it holds, at its end in UTC
	Line        int       // in the policy file
}

// String names a waiver for people.
func (w Waiver) String() string {
	what := w.Fingerprint
	if what == "" {
		what = w.Rule
		if w.Subject != "" {
			what += " of " + w.Subject
		}
	}
	return fmt.Sprintf("waiver of %s (%s, until %s)", what, w.Approver, w.Expires.Format(time.DateOnly))
}

func (w Waiver) covers(f Finding) bool {
	if w.Fingerprint != "" {
		return w.Fingerprint == f.Fingerprint
	}
	return w.Rule == f.Rule && (w.Subject == "" || w.Subject == "*" || strings.EqualFold(w.Subject, f.Subject) ||
		knowledge.Glob(strings.ToLower(w.Subject), strings.ToLower(f.Subject)))
}

func (w Waiver) expired(now time.Time) bool {
	return !now.Before(w.Expires.AddDate(0, 0, 1))
}

// Apply sets the status and severity of each finding, and returns a note for each waiver that has expired or covers
// nothing. No finding is removed: what is waived stays visible.
func (p Policy) Apply(findings []Finding) ([]Finding, []string) {
	out := slices.Clone(findings)
	used := make([]bool, len(p.Waivers))
	for i := range out {
		f := &out[i]
		if s, ok := p.Severity[f.Rule]; ok {
			f.Severity = s
		}
		f.Status = New
		if f.Of > 1 && 2*f.Seen <= f.Of {
			f.Status = Unconfirmed
		}
		if p.Baseline[f.Fingerprint] {
			f.Status = Known
		}
		for j := range p.Waivers {
			w := &p.Waivers[j]
			if !w.covers(*f) {
				continue
			}
			used[j] = true
			if !w.expired(p.Now) {
				f.Status, f.Waiver = Waived, w
			}
		}
		if p.Off[f.Rule] {
			f.Status = Ignored
		}
	}
	slices.SortStableFunc(out, compareFindings)
	var notes []string
	for j, w := range p.Waivers {
		switch {
		case w.expired(p.Now):
			notes = append(notes, fmt.Sprintf("%s has expired: renew it or settle the finding", w))
		case !used[j]:
			notes = append(notes, fmt.Sprintf("%s covers no finding: take it out", w))
		}
	}
	return out, notes
}

func compareFindings(a, b Finding) int {
	return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Fingerprint, b.Fingerprint))
}

// Outcome turns findings, as Apply left them, and gaps into the result of an audit, with a sentence that says why.
// Findings win over gaps: what was proved does not become doubtful because something else was not seen.
func (p Policy) Outcome(findings []Finding, gaps []Gap) (Outcome, string) {
	n := map[Status]int{}
	for _, f := range findings {
		if f.Severity >= p.FailOn {
			n[f.Status]++
		}
	}
	failing := n[New] + n[""]
	also := ""
	for _, s := range []struct {
		status Status
		words  string
	}{{Known, "in the baseline"}, {Unconfirmed, "not confirmed"}, {Waived, "waived"}, {Ignored, "switched off"}} {
		if n[s.status] > 0 {
			also += fmt.Sprintf("; %s %s", count(n[s.status], "more is", "more are"), s.words)
		}
	}
	switch {
	case failing > 0:
		reason := fmt.Sprintf("%s at or above %s%s", count(failing, "finding", "findings"), p.FailOn, also)
		if len(gaps) > 0 {
			reason += fmt.Sprintf("; besides, %s not seen", count(len(gaps), "thing was", "things were"))
		}
		return Fail, reason
	case len(gaps) > 0:
		var why []string
		for _, g := range gaps {
			why = append(why, strings.ReplaceAll(string(g.Reason), "_", " "))
		}
		return Inconclusive, fmt.Sprintf("%s not seen (%s): nothing passes that was not seen%s", count(len(gaps), "thing was", "things were"), listed(why, 5), also)
	}
	return Pass, fmt.Sprintf("everything was seen, and no finding is at or above %s%s", p.FailOn, also)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
