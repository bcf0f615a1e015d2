package main

import (
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

// judge joins what the browser saw with what the notice says. It needs no browser and no network.
func judge(info runInfo, visits []evidence.Visit, repeats [][]evidence.Visit, read reading, facts *knowledge.Facts, r rules) judgement {
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
	if len(r.laws) > 0 {
		info.Notes = append(info.Notes, lawNote(r.laws, day))
	}
	in := classify.Input{
		Visits: visits, Notice: n, NoticeProblems: problems, Drift: read.drift, Looked: info.Looked, Links: info.Links,
		Facts: facts, Require: r.require, Laws: r.laws, Day: day, Lists: r.matcher,
	}
	assessments := classify.Assess(in)
	audits := [][]classify.Finding{classify.Findings(in, assessments)}
	for _, visits := range repeats {
		again := in
		again.Visits = visits
		if len(classify.Gaps(again)) == len(classify.Gaps(in)) { // what was seen less of cannot confirm or refute
			audits = append(audits, classify.Findings(again, classify.Assess(again)))
		}
	}
	findings := classify.Confirm(audits...)
	gaps := classify.Gaps(in)
	if info.Interrupted {
		gaps = append(gaps, classify.Gap{Reason: evidence.NotVisited, Detail: "the run was interrupted: pages that were planned were not visited; trackaudit audit --resume goes on"})
	}
	findings, notes := r.policy.Apply(findings)
	info.Notes = append(info.Notes, notes...)
	outcome, reason := r.policy.Outcome(findings, gaps)
	rep := report.New(report.Input{
		Version: info.Version, Target: info.Target, Site: info.Site, Started: info.Started, Finished: info.Finished,
		Browser: info.Browser, Notice: n, NoticeProblems: problems, Looked: info.Looked, Visits: visits,
		Assessments: assessments, Findings: findings, Destinations: classify.Destinations(in, assessments),
		Gaps: gaps, Outcome: outcome, Reason: reason, Notes: info.Notes, Location: r.location, FailOn: r.policy.FailOn,
	})
	return judgement{rep, n}
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
	err = report.Writers[format](f, r)
	return errors.Join(err, f.Close())
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
