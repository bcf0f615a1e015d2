package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"trackaudit/classify"
)

// JUnit writes the report as test results: the suite is the site, a case is a rule and its subject. A finding that
// makes the audit fail is a failure, one that does not is skipped, a gap is an error; the first case is the outcome
// itself, so that a site without findings is one passed test and not an empty file.
func JUnit(w io.Writer, r *Report) error {
	r = cleaned(r)
	suite := junitSuite{Name: r.name(), Package: "trackaudit", Timestamp: r.Started.UTC().Format("2006-01-02T15:04:05"),
		Hostname: "localhost", Time: fmt.Sprintf("%.3f", max(r.Finished.Sub(r.Started).Seconds(), 0)),
		Properties: []junitProperty{{"tool", r.Tool.Name + " " + r.Tool.Version}, {"target", r.Target.URL}, {"browser", r.Browser.Product},
			{"visited", visited(r.Coverage)}, {"observed", observed(r)}, {"contacted", contacted(r.Destinations)}}}
	outcome := junitCase{Class: suite.Name, Name: "outcome", Time: "0"}
	switch r.Outcome {
	case classify.Pass:
	case classify.Fail:
		outcome.Failure = &junitText{Type: "fail", Message: r.OutcomeReason, Text: sentence(r)}
	default:
		outcome.Error = &junitText{Type: "inconclusive", Message: r.OutcomeReason, Text: sentence(r)}
	}
	suite.Cases = append(suite.Cases, outcome)
	for _, f := range points(r) {
		c := junitCase{Class: suite.Name + "." + f.Rule, Name: f.Rule + ": " + f.Subject, Time: "0"}
		text := &junitText{Type: f.Severity, Message: told(f), Text: junitDetails(f)}
		switch {
		case f.Rule == notSeen:
			c.Error = text
		case r.fails(f):
			c.Failure = text
		default:
			why := f.Severity + ", which does not fail this audit"
			if text := remark(f); text != "" {
				why = text
			}
			c.Skipped, c.Out = &junitSkipped{why}, f.Message+"\n"+junitDetails(f)
		}
		suite.Cases = append(suite.Cases, c)
	}
	for _, c := range suite.Cases {
		switch {
		case c.Error != nil:
			suite.Errors++
		case c.Failure != nil:
			suite.Failures++
		case c.Skipped != nil:
			suite.Skipped++
		}
	}
	suite.Tests = len(suite.Cases)
	suites := junitSuites{Name: "trackaudit", Tests: suite.Tests, Failures: suite.Failures, Errors: suite.Errors, Time: suite.Time, Suites: []junitSuite{suite}}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(suites); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// junitDetails is what a person needs beside the message.
func junitDetails(f Finding) string {
	var lines []string
	for _, l := range []struct{ label, text string }{
		{"To settle it", f.Fix}, {"The notice says", f.Quote}, {"Basis", f.Basis}, {"Evidence", strings.Join(f.Observations, " ")}, {"Fingerprint", f.Fingerprint},
	} {
		if l.text != "" {
			lines = append(lines, l.label+": "+l.text)
		}
	}
	return strings.Join(lines, "\n")
}

type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		ID         int             `xml:"id,attr"`
		Name       string          `xml:"name,attr"`
		Package    string          `xml:"package,attr"`
		Timestamp  string          `xml:"timestamp,attr"`
		Hostname   string          `xml:"hostname,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Skipped *junitSkipped `xml:"skipped"`
		Error   *junitText    `xml:"error"`
		Failure *junitText    `xml:"failure"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitSkipped struct {
		Message string `xml:",chardata"`
	}
	junitText struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)
