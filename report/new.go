package report

import (
	"cmp"
	"errors"
	"fmt"
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

	Visits       []evidence.Visit
	Assessments  []classify.Assessment
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
	// Visits end in any order; the report must not depend on it.
	in.Visits = slices.SortedStableFunc(slices.Values(in.Visits), func(a, b evidence.Visit) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	r := &Report{
		Schema: Schema, Tool: Tool{"trackaudit", in.Version}, Target: Target{in.Target, in.Site},
		Started: in.Started.UTC().Truncate(time.Second), Finished: in.Finished.UTC().Truncate(time.Second),
		Outcome: in.Outcome, OutcomeReason: in.Reason, Browser: in.Browser,
		Notice:   Notice{JSON: in.Notice.JSON(), Problems: problems(in.NoticeProblems), Looked: sorted(in.Looked)},
		Coverage: coverage(in.Visits), Notes: slices.Clone(in.Notes), Limitations: slices.Clone(limitations),
		Location: in.Location, FailOn: in.FailOn,
	}
	for _, d := range in.Destinations {
		r.Destinations = append(r.Destinations, Destination{d.Host, d.Site, d.Entity, d.Purpose, d.Party, d.Verdict,
			sorted(d.Technologies), sorted(d.Choices)})
	}
	r.Assessments = assessments(in.Assessments, in.Visits)
	r.DeviceReads = deviceReads(in.Visits)
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
	r.count()
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

func coverage(visits []evidence.Visit) Coverage {
	var c Coverage
	var order []evidence.Choice
	by := map[evidence.Choice][]evidence.Visit{}
	for _, v := range visits {
		c.Pages = append(c.Pages, Page{v.URL, v.Choice, v.Status, v.Complete, v.Reason, v.Detail, v.FinalURL, v.Title,
			v.ID, cmp.Or(v.Page.Requests, len(v.Requests)), len(v.Observations)})
		if by[v.Choice] == nil {
			order = append(order, v.Choice)
		}
		by[v.Choice] = append(by[v.Choice], v)
	}
	for _, choice := range sorted(order) {
		c.Choices = append(c.Choices, reached(choice, by[choice]))
	}
	return c
}

// reached joins what the visits say of one choice: it failed if it failed anywhere, and it was made if it was
// made on one page, since a banner shows once. A signal needs no banner: it is made by sending it.
func reached(choice evidence.Choice, visits []evidence.Visit) Choice {
	best := Choice{Choice: choice}
	rank := map[string]int{"": 0, "not_offered": 1, "made": 2, "failed": 3}
	complete := false
	for _, v := range visits {
		complete = complete || v.Complete
		outcome := v.Reach.Outcome
		if outcome == "failed" && !v.Complete && choice.Signal() {
			continue // the page was not seen; that is said of the page
		}
		if rank[outcome] > rank[best.Reached] {
			best.Reached, best.Proof = outcome, v.Reach.Proof
		}
	}
	switch {
	case best.Reached != "":
	case complete && (choice == evidence.ChoiceNone || choice.Signal()):
		best.Reached = "made"
	default:
		best.Reached = "failed"
	}
	return best
}

func assessments(list []classify.Assessment, visits []evidence.Visit) []Assessment {
	type when struct {
		started time.Time
		choice  evidence.Choice
	}
	seen := map[string]when{}
	for _, v := range visits {
		for _, o := range v.Observations {
			seen[o.ID] = when{v.Started, v.Choice}
		}
	}
	out := make([]Assessment, 0, len(list))
	for _, a := range list {
		o := Observation{Observation: a.Observation, Choice: a.Choice, Initiator: slices.Clone(a.Observation.Initiator)}
		o.Observation.Initiator = nil
		if w, ok := seen[o.ID]; ok {
			o.FirstSeen = w.started.UTC().Add(time.Duration(o.At) * time.Millisecond).Truncate(time.Millisecond)
			o.Choice = cmp.Or(o.Choice, w.choice)
		}
		out = append(out, Assessment{o, a.Service, a.Entity, a.Purpose, a.Pattern, a.Verdict, a.Reason, a.Declaration, a.Source, a.Listed})
	}
	return out
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
	slices.SortStableFunc(r.Coverage.Pages, func(a, b Page) int {
		return cmp.Or(cmp.Compare(a.URL, b.URL), cmp.Compare(a.Choice, b.Choice), cmp.Compare(a.Visit, b.Visit))
	})
	slices.SortStableFunc(r.Destinations, func(a, b Destination) int {
		return cmp.Or(cmp.Compare(a.Host, b.Host), cmp.Compare(a.Party, b.Party), cmp.Compare(a.Purpose, b.Purpose))
	})
	slices.SortStableFunc(r.Assessments, func(a, b Assessment) int {
		x, y := a.Observation, b.Observation
		return cmp.Or(cmp.Compare(x.Technology, y.Technology), cmp.Compare(x.Name, y.Name), cmp.Compare(x.Host, y.Host),
			cmp.Compare(x.Page, y.Page), cmp.Compare(x.Choice, y.Choice), cmp.Compare(len(x.ID), len(y.ID)), cmp.Compare(x.ID, y.ID))
	})
}

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
func (r *Report) count() {
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
	for _, a := range r.Assessments {
		s.ByVerdict[a.Verdict]++
		s.ByTechnology[a.Observation.Technology]++
	}
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
