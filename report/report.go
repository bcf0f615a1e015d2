// Package report renders the result of an audit: as a table for a terminal, as JSON for machines, as one HTML file
// for the people who answer for the notice, and in the forms that pipelines read.
//
// It decides nothing: verdicts, findings and the outcome come from package classify. It opens no files, but is lent
// scratch files for what memory should not hold; every writer is a function of an io.Writer and a Report, and the same
// report gives the same bytes. Names, addresses and quotes come from pages that nobody vouches for, so every writer but
// JSON works on a copy of the report in which each string has been made harmless (see clean.go).
package report

import (
	"io"
	"time"

	"trackaudit/classify"
	"trackaudit/classify/knowledge"
	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
)

// Schema names the form of the report JSON. It changes when a field changes its meaning, not when one is added.
const Schema = "trackaudit.report/v1"

// Report is everything a writer needs. Its JSON is what outside scripts rely on: lists are sorted and never null.
type Report struct {
	Schema        string              `json:"schema"`
	Tool          Tool                `json:"tool"`
	Target        Target              `json:"target"`
	Started       time.Time           `json:"started"`
	Finished      time.Time           `json:"finished"`
	Outcome       classify.Outcome    `json:"outcome"`
	OutcomeReason string              `json:"outcome_reason"`
	Summary       Summary             `json:"summary"`
	Findings      []Finding           `json:"findings"`
	Gaps          []Gap               `json:"gaps"`
	Notice        Notice              `json:"notice"`
	Coverage      Coverage            `json:"coverage"`
	Destinations  []Destination       `json:"destinations"`
	Assessments   *Sorted[Assessment] `json:"assessments"`
	DeviceReads   []DeviceRead        `json:"device_reads"`
	Browser       evidence.Browser    `json:"browser"`
	Notes         []string            `json:"notes"`       // what a person should know about how the audit ran
	Limitations   []string            `json:"limitations"` // what no audit of this kind can see

	// What pipelines need besides; it is the caller's own and no part of the JSON.
	Location Location          `json:"-"`
	FailOn   classify.Severity `json:"-"` // a finding below it does not fail the audit
}

// Tool is the program that made the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Target is what was audited.
type Target struct {
	URL  string `json:"url"`
	Site string `json:"site"`
}

// Summary counts what the lists hold.
type Summary struct {
	ByVerdict    map[classify.Verdict]int    `json:"by_verdict"`    // assessments
	ByRule       map[string]int              `json:"by_rule"`       // findings
	BySeverity   map[string]int              `json:"by_severity"`   // findings
	ByStatus     map[classify.Status]int     `json:"by_status"`     // findings
	ByTechnology map[evidence.Technology]int `json:"by_technology"` // assessments
}

// Notice is what was found of the site's notice and read from it, and where it was looked for.
type Notice struct {
	notice.JSON
	Problems []Problem `json:"problems"`
	Looked   []string  `json:"looked"`
}

// Problem is a notice that exists and could not be read.
type Problem struct {
	URL    string `json:"url"`
	Reason string `json:"reason"`
}

// Coverage says what was visited and what came of it.
type Coverage struct {
	Pages   *Sorted[Page] `json:"pages"`
	Choices []Choice      `json:"choices"`
}

// Page is one visit of one page under one choice.
type Page struct {
	URL          string          `json:"url"`
	Choice       evidence.Choice `json:"choice"`
	Status       int             `json:"status"`
	Complete     bool            `json:"complete"`
	Reason       evidence.Reason `json:"reason"`
	Detail       string          `json:"detail"`
	FinalURL     string          `json:"final_url"`
	Title        string          `json:"title"`
	Visit        string          `json:"visit"`
	Requests     int             `json:"requests"`
	Observations int             `json:"observations"`
}

// Choice says whether a choice was made on the site.
type Choice struct {
	Choice  evidence.Choice `json:"choice"`
	Reached string          `json:"reached"` // made, not_offered, failed
	Proof   string          `json:"proof"`
}

// Destination is a host that was contacted, the site's own included.
type Destination struct {
	Host         string                `json:"host"`
	Site         string                `json:"site"`
	Entity       string                `json:"entity"`
	Purpose      knowledge.Purpose     `json:"purpose"`
	Party        evidence.Party        `json:"party"`
	Verdict      classify.Verdict      `json:"verdict"`
	Technologies []evidence.Technology `json:"technologies"`
	Choices      []evidence.Choice     `json:"choices"`
}

// Observation is what was seen, with the choice under which and the time at which it was.
type Observation struct {
	evidence.Observation
	Choice    evidence.Choice `json:"choice"`
	FirstSeen time.Time       `json:"first_seen"`
	Initiator []string        `json:"initiator"` // never null, unlike the evidence's own
}

// Assessment is one observation judged.
type Assessment struct {
	Observation Observation       `json:"observation"`
	Service     string            `json:"service"`
	Entity      string            `json:"entity"`
	Purpose     knowledge.Purpose `json:"purpose"`
	Pattern     string            `json:"pattern"` // the name as it is known, without its changing part: "_ga_*"
	Verdict     classify.Verdict  `json:"verdict"`
	Reason      string            `json:"reason"`
	Declaration string            `json:"declaration"`
	Source      string            `json:"source"` // layer and source of the fact behind entity and purpose
	Listed      string            `json:"listed"` // rule of a downloaded list that names it: a hint, never a verdict
}

// DeviceRead is what the scripts of one host read out of the device, or asked a visitor's leave for, through one family of
// Web APIs. By itself it is no sign of tracking and gets no verdict: what passes the thresholds is an observation.
type DeviceRead struct {
	API     string         `json:"api"` // canvas, webgl, audio, fonts, device, webrtc, permission, geolocation
	Host    string         `json:"host"`
	Party   evidence.Party `json:"party"`
	Scripts []string       `json:"scripts"`
	Calls   []string       `json:"calls"` // methods and properties
	Asked   []string       `json:"asked"` // what for: names of client hints, of permissions
}

// Finding is one thing to act on.
type Finding struct {
	Rule         string   `json:"rule"`
	Severity     string   `json:"severity"`
	Subject      string   `json:"subject"`
	Message      string   `json:"message"`
	Fix          string   `json:"fix"`
	Fingerprint  string   `json:"fingerprint"`
	Quote        string   `json:"quote"`
	Basis        string   `json:"basis"`
	Observations []string `json:"observations"`

	Status classify.Status `json:"status"`
	Waiver *Waiver         `json:"waiver,omitempty"` // of a waived finding
	Seen   int             `json:"seen,omitempty"`   // in so many of Of audits of the site; both 0 when it was audited once
	Of     int             `json:"of,omitempty"`
}

// Waiver says who lets a finding pass, why, and until which day.
type Waiver struct {
	Reason   string `json:"reason"`
	Approver string `json:"approver"`
	Expires  string `json:"expires"` // YYYY-MM-DD, the last day
}

// Gap is something that was not seen and without which nothing may pass.
type Gap struct {
	URL    string          `json:"url"`
	Choice evidence.Choice `json:"choice"`
	Reason string          `json:"reason"`
	Detail string          `json:"detail"`
}

// Writers renders a report in each format, by the format's name on the command line.
var Writers = map[string]func(io.Writer, *Report) error{
	"table": func(w io.Writer, r *Report) error { return Table(w, r, TableOptions{}) },
	"json":  JSON,
	"html":  HTML,

	"sarif":          SARIF,
	"junit":          JUnit,
	"github":         GitHub,
	"github-summary": GitHubSummary,
	"gitlab":         GitLab,
	"markdown":       Markdown,
	"csv":            CSV,
}
