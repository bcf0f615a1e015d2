package report

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"trackaudit/classify"
	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
)

// Input is what an audit produced.
type Input struct {
	Version           string // of trackaudit
	Target, Site      string
	Started, Finished time.Time
	Browser           evidence.Browser

	Notice         *notice.Notice
	NoticeProblems []error
	Looked         []string // where a notice was looked for

	Seen         *Seen // nil = nothing
	Findings     []classify.Finding
	Destinations []classify.Destination
	Gaps         []classify.Gap
	Outcome      classify.Outcome
	Reason       string
	Notes        []string
	Location     Location          // what pipelines point at
	FailOn       classify.Severity // what fails the audit, for formats that tell failures from remarks
}

// New joins what was seen, what the notice says and what follows from both into one report.
func New(in Input) *Report {
	if in.Notice == nil {
		in.Notice = &notice.Notice{}
	}
	if in.Seen == nil {
		in.Seen = NewSeen(nil)
	}
	r := &Report{
		Schema: Schema, Tool: Tool{"trackaudit", in.Version}, Target: Target{in.Target, in.Site},
		Started: in.Started.UTC().Truncate(time.Second), Finished: in.Finished.UTC().Truncate(time.Second),
		Outcome: in.Outcome, OutcomeReason: in.Reason, Browser: in.Browser,
		Notice:   Notice{JSON: in.Notice.JSON(), Problems: problems(in.NoticeProblems), Looked: sorted(in.Looked)},
		Coverage: in.Seen.coverage(), Notes: slices.Clone(in.Notes), Limitations: slices.Clone(limitations),
		Location: in.Location, FailOn: in.FailOn,
	}
	for _, d := range in.Destinations {
		r.Destinations = append(r.Destinations, Destination{d.Host, d.Site, d.Entity, d.Purpose, d.Party, d.Verdict,
			sorted(d.Technologies), sorted(d.Choices)})
	}
	r.Assessments, r.DeviceReads = in.Seen.assessments, in.Seen.deviceReads()
	for _, f := range in.Findings {
		out := Finding{Rule: f.Rule, Severity: f.Severity.String(), Subject: f.Subject, Message: f.Message, Fix: f.Fix, Fingerprint: f.Fingerprint,
			Quote: f.Quote, Basis: f.Basis, Observations: sorted(f.Observations), Status: cmp.Or(f.Status, classify.New), Seen: f.Seen, Of: f.Of}
		if w := f.Waiver; w != nil {
			out.Waiver = &Waiver{w.Reason, w.Approver, w.Expires.Format(time.DateOnly)}
		}
		r.Findings = append(r.Findings, out)
	}
	for _, g := range in.Gaps {
		r.Gaps = append(r.Gaps, Gap{g.URL, g.Choice, string(g.Reason), g.Detail})
	}
	r.sort()
	r.count(in.Seen)
	noNull(r)
	return r
}

func problems(errs []error) []Problem {
	var list []Problem
	for _, err := range errs {
		var unreadable *notice.UnreadableError
		var language *notice.LanguageError
		switch {
		case errors.As(err, &unreadable):
			list = append(list, Problem{unreadable.URL, unreadable.Reason})
		case errors.As(err, &language) && language.Language == "":
			list = append(list, Problem{language.URL, "its language was not recognized"})
		case errors.As(err, &language):
			list = append(list, Problem{language.URL, fmt.Sprintf("its language (%s) is not supported", language.Language)})
		case err != nil:
			list = append(list, Problem{"", err.Error()})
		}
	}
	slices.SortFunc(list, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.URL, b.URL), cmp.Compare(a.Reason, b.Reason)) })
	return slices.Compact(list)
}

// sorted returns a sorted copy without repetitions, never nil.
func sorted[T cmp.Ordered](list []T) []T {
	out := append([]T{}, list...)
	slices.Sort(out)
	return slices.Compact(out)
}

// sort puts every list in an order that depends on what was seen, not on when.
func (r *Report) sort() {
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(first(a.counts(), b.counts()), cmp.Compare(rank(b.Severity), rank(a.Severity)), compareUndeclared(a.Rule, b.Rule),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Fingerprint, b.Fingerprint),
			cmp.Compare(a.Message, b.Message), cmp.Compare(a.Fix, b.Fix))
	})
	slices.SortStableFunc(r.Gaps, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(a.URL, b.URL), cmp.Compare(a.Choice, b.Choice), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Detail, b.Detail))
	})
	slices.SortStableFunc(r.Destinations, func(a, b Destination) int {
		return cmp.Or(cmp.Compare(a.Host, b.Host), cmp.Compare(a.Party, b.Party), cmp.Compare(a.Purpose, b.Purpose))
	})
}

func (p Page) compare(q Page) int {
	return cmp.Or(cmp.Compare(p.URL, q.URL), cmp.Compare(p.Choice, q.Choice), cmp.Compare(p.Visit, q.Visit))
}

func (a Assessment) compare(b Assessment) int {
	x, y := &a.Observation, &b.Observation
	return cmp.Or(cmp.Compare(x.Technology, y.Technology), cmp.Compare(x.Name, y.Name), cmp.Compare(x.Host, y.Host),
		cmp.Compare(x.Page, y.Page), cmp.Compare(x.Choice, y.Choice), compareIDs(x.ID, y.ID))
}

// compareIDs puts v10000 behind v9999.
func compareIDs(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }

// compareUndeclared puts what the notice leaves out before what it says otherwise, among equals.
func compareUndeclared(a, b string) int {
	return first(strings.HasPrefix(a, "undeclared-"), strings.HasPrefix(b, "undeclared-"))
}

// first orders what is before what is not.
func first(a, b bool) int {
	switch {
	case a && !b:
		return -1
	case b && !a:
		return 1
	}
	return 0
}

// count fills the summary. Verdicts and severities that did not occur stand there as 0, so that a script need not
// tell absent from none.
func (r *Report) count(seen *Seen) {
	s := Summary{map[classify.Verdict]int{}, map[string]int{}, map[string]int{}, map[classify.Status]int{}, map[evidence.Technology]int{}}
	for _, status := range statuses {
		s.ByStatus[status] = 0
	}
	for _, v := range classify.Verdicts {
		s.ByVerdict[v] = 0
	}
	for _, severity := range severityWords() {
		s.BySeverity[severity] = 0
	}
	for v, n := range seen.verdicts {
		s.ByVerdict[v] += n
	}
	maps.Copy(s.ByTechnology, seen.technologies)
	for _, f := range r.Findings {
		s.ByRule[f.Rule]++
		s.BySeverity[f.Severity]++
		s.ByStatus[f.Status]++
	}
	r.Summary = s
}

// rank orders severities; an unknown word, from a file, ranks lowest.
func rank(word string) classify.Severity {
	severity, err := classify.ParseSeverity(word)
	if err != nil {
		return classify.Info - 1
	}
	return severity
}
