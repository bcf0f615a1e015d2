package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"trackaudit/classify"
	"trackaudit/classify/knowledge"
	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
	"trackaudit/report"
)

// judgement is what the same evidence leads to, whether it has just been captured or is read from disk.
type judgement struct {
	report *report.Report
	notice *notice.Notice
}

// judge joins what the browser saw with what the notice says. It needs no browser and no network, and holds no more than
// one visit at a time. again gives the evidence of further audits of the site, in view of the outcome of the first.
func judge(info *runInfo, visits *storedVisits, again func(classify.Outcome) ([]*storedVisits, error), read reading, facts *knowledge.Facts, r rules, files *scratch) (judgement, error) {
	n, problems := read.notice, slices.Clone(read.problems)
	dead := 0
	for _, p := range info.Problems {
		if p.Dead {
			dead++ // a dead link to a notice is no notice: notice-not-found says where it pointed
			continue
		}
		problems = append(problems, &notice.UnreadableError{URL: p.URL, Reason: p.Reason})
	}
	day := r.lawDate
	if day.IsZero() {
		day = info.Started
	}
	in := classify.Input{
		Visits: visits.all, Notice: n, NoticeProblems: problems, Drift: read.drift, Looked: info.Looked, Links: info.Links,
		Facts: facts, Require: r.require, Laws: r.laws, Day: day, Lists: r.matcher,
	}
	seen := report.NewSeen(files.open)
	first := classify.Judge(in, seen.Add)
	if err := cmp.Or(visits.err, seen.Err()); err != nil {
		return judgement{}, err
	}
	gaps := first.Gaps
	if info.Interrupted {
		gaps = append(slices.Clip(gaps), classify.Gap{Reason: evidence.NotVisited, Detail: "the run was interrupted: pages that were planned were not visited; trackaudit audit --resume goes on"})
	}
	findings, policyNotes := r.policy.Apply(first.Findings)
	outcome, reason := r.policy.Outcome(findings, gaps)
	repeats, err := again(outcome)
	if err != nil {
		return judgement{}, err
	}
	audits := [][]classify.Finding{first.Findings}
	for _, visits := range repeats {
		in.Visits = visits.all
		more := classify.Judge(in, nil)
		if visits.err != nil {
			return judgement{}, visits.err
		}
		if len(more.Gaps) == len(first.Gaps) { // what was seen less of cannot confirm or refute
			audits = append(audits, more.Findings)
		}
	}
	if len(audits) > 1 {
		findings, policyNotes = r.policy.Apply(classify.Confirm(audits...))
		outcome, reason = r.policy.Outcome(findings, gaps)
	}
	notes := slices.Clone(info.Notes)
	if len(r.laws) > 0 {
		notes = append(notes, lawNote(r.laws, day))
	}
	rep := report.New(report.Input{
		Version: info.Version, Target: info.Target, Site: info.Site, Started: info.Started, Finished: info.Finished,
		Browser: info.Browser, Notice: n, NoticeProblems: problems, Looked: info.Looked, Seen: seen,
		Findings: findings, Destinations: first.Destinations,
		Gaps: gaps, Outcome: outcome, Reason: reason, Notes: append(notes, policyNotes...), Location: r.location, FailOn: r.policy.FailOn,
	})
	return judgement{rep, n}, nil
}

// lawNote says by which provisions an audit was judged.
func lawNote(laws []string, day time.Time) string {
	var ids []string
	for _, p := range classify.InForce(laws, day) {
		ids = append(ids, p.ID)
	}
	return fmt.Sprintf("judged by the law in force on %s: %s (trackaudit explain %s)", day.UTC().Format(time.DateOnly), strings.Join(ids, ", "), laws[0])
}

// reading is what came of the notice's documents, or of the signed-off declarations in their place.
type reading struct {
	notice   *notice.Notice
	problems []error                 // with single documents
	drift    []notice.DocumentChange // what changed since the declarations were signed off
	signed   bool                    // a person's declarations stand in place of the extraction
}

// readNotice reads the documents, or the signed-off declarations in their place.
func readNotice(docs []evidence.Document, facts *knowledge.Facts, declaration string) (reading, error) {
	n, err := notice.Read(docs, facts)
	if n == nil {
		n = &notice.Notice{}
	}
	problems := split(err)
	if declaration == "" {
		return reading{notice: n, problems: problems}, nil
	}
	signed, err := readDeclarations(declaration)
	if err != nil {
		return reading{}, fmt.Errorf("--declaration: %w", err)
	}
	// A person has signed this off: what the extraction could not read no longer matters.
	if len(signed.Documents) == 0 || len(n.Documents) == 0 {
		return reading{notice: signed, signed: true}, nil
	}
	return reading{notice: signed, drift: notice.Drift(signed, n), signed: true}, nil
}

// readDeclarations reads a file of declarations.
func readDeclarations(path string) (*notice.Notice, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, hintf(err, "write one with: trackaudit notice URL > declarations.yaml")
	}
	n, err := notice.Unmarshal(data)
	if err != nil {
		return nil, hintf(fmt.Errorf("%s: %w", path, err), "trackaudit notice URL prints a file of the right form")
	}
	return n, nil
}

// split takes joined errors apart.
func split(err error) []error {
	var many interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &many):
		return many.Unwrap()
	}
	return []error{err}
}

// keep writes what the judgement produced into the run folder: the report, and the notice as it was read.
func (j judgement) keep(folder *runFolder) error {
	for _, d := range j.notice.Documents {
		if d.Text != "" {
			if err := folder.write("notice/"+d.ID+".text.txt", []byte(d.Text)); err != nil {
				return err
			}
		}
	}
	yaml, err := notice.Marshal(j.notice)
	if err != nil {
		return err
	}
	if err := folder.write("notice/declarations.yaml", yaml); err != nil {
		return err
	}
	for _, o := range []output{{"json", "report.json"}, {"html", "report.html"}} {
		if err := writeReport(j.report, o.format, filepath.Join(folder.dir, o.file)); err != nil {
			return err
		}
	}
	return nil
}

func writeReport(r *report.Report, format, file string) error {
	flags := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if format == "github-summary" {
		flags = os.O_CREATE | os.O_WRONLY | os.O_APPEND // the steps of a job share the file
	}
	f, err := os.OpenFile(file, flags, 0o644)
	if err != nil {
		return hintf(err, "choose a file that you can write to")
	}
	err = errors.Join(report.Writers[format](f, r), f.Close())
	if err != nil && flags&os.O_APPEND == 0 {
		_ = os.Remove(file) // half a report must not be taken for one
	}
	return err
}

// print renders the report to every output that the user asked for. With several sites, JSON is one object a
// line.
func (j judgement) print(stdout io.Writer, outputs []output, several bool) error {
	for _, o := range outputs {
		var err error
		switch {
		case o.file != "":
			err = writeReport(j.report, o.format, o.file)
		case o.format == "json" && several:
			err = json.NewEncoder(stdout).Encode(j.report)
		case o.format == "table":
			err = report.Table(stdout, j.report, tableOptions(stdout))
		default:
			err = report.Writers[o.format](stdout, j.report)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// exitCode is the outcome's exit code, the same for every format.
func exitCode(o classify.Outcome) error {
	switch o {
	case classify.Pass:
		return nil
	case classify.Fail:
		return exit(exitFindings)
	}
	return exit(exitInconclusive)
}
