package testsites

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Want is the truth about a site, written by hand: what it does when it is visited with choice none (loaded,
// watched for ten seconds, touched with mouse, key and wheel, left), what its notice says, and what an audit at
// its defaults must conclude. Lists are complete unless their comment says otherwise.
type Want struct {
	// Args are flags for the audit, beside those that lead it to the test web; empty means its defaults. $RESOLVER
	// stands for Server.Resolver, $DECLARATIONS for a file that holds Site.SignedOff.
	Args []string `json:"args,omitempty"`
	// Needs says what an audit must master for the rest to hold, "language:de"; empty means the basics.
	Needs    []string  `json:"needs,omitempty"`
	Visit    Visit     `json:"visit"`
	Pages    []string  `json:"pages"`   // pages that a crawl of 20 pages visits, the start page first
	Notices  []string  `json:"notices"` // documents that it finds as notices; empty = the site has none
	Declared Declared  `json:"declared"`
	Hosts    []Host    `json:"hosts"` // every host contacted, first party included
	Cookies  []Cookie  `json:"cookies"`
	Storage  []Item    `json:"storage"`
	Beacons  []Beacon  `json:"beacons"`
	Widgets  []Widget  `json:"widgets"`
	APIs     []API     `json:"apis"` // fingerprinting
	Replay   []Replay  `json:"replay"`
	Signals  Signals   `json:"signals"`
	Verdicts []Verdict `json:"verdicts"`
	Findings Findings  `json:"findings"`
	Outcome  string    `json:"outcome"` // pass, fail, inconclusive
	Exit     int       `json:"exit"`
}

// Visit is how the visit of the start page ends.
type Visit struct {
	Complete bool   `json:"complete"`
	Reason   string `json:"reason,omitempty"` // a Reason of package evidence, when not complete
	Status   int    `json:"status"`
}

// Declared is what the notices say, as far as a reader must get it right.
type Declared struct {
	Language     string   `json:"language,omitempty"`
	LastUpdated  string   `json:"last_updated,omitempty"` // YYYY-MM-DD
	Effective    string   `json:"effective,omitempty"`
	Technologies []string `json:"technologies,omitempty"`    // affirmed somewhere
	Purposes     []string `json:"cookie_purposes,omitempty"` // affirmed of cookies
	Recipients   []string `json:"recipients,omitempty"`      // vendors named, by service name (a notice may give the company's)
	Denied       []string `json:"denied,omitempty"`          // "technology/purpose/party", parts may be empty; empty = nothing is
	Undeclared   []string `json:"undeclared,omitempty"`      // technologies that the notices must not be read to declare
	DNT          string   `json:"dnt,omitempty"`             // honored, not_honored, unclear, unstated
	GPC          string   `json:"gpc,omitempty"`
	Consent      string   `json:"consent,omitempty"` // prior, implied, unstated
	OptOut       []string `json:"opt_out,omitempty"` // addresses
}

// Host is a host that is contacted.
//
// Here and below, On is the path of a page on which it happens, empty if it happens on the start page; on other
// pages it may happen or not. When is empty if it happens while the page loads, "+3s" if it does so by itself
// after that time, else what it takes: "input", "unload", "popup" (windows
// that the browser lets a page open), "typing" (into a form: an audit with --forms).
type Host struct {
	Host  string `json:"host"`
	Party string `json:"party"` // first, third
	On    string `json:"on,omitempty"`
	When  string `json:"when,omitempty"`
}

// Cookie is a cookie that is set. Two pages may set it; it stands here once. A "*" at the end of its name, or of an
// Item's key, stands for what is different on every visit.
type Cookie struct {
	Name     string `json:"name"`
	Domain   string `json:"domain"` // without a leading dot; a host for a host-only cookie
	SetBy    string `json:"set_by"` // http, script
	Setter   string `json:"setter"` // host whose response or script set it
	Party    string `json:"party"`  // by domain
	Session  bool   `json:"session"`
	Lifetime int64  `json:"lifetime_s"`        // as declared by the setter; 0 for session
	Purpose  string `json:"purpose"`           // what it is really for
	Deleted  bool   `json:"deleted,omitempty"` // removed again within the visit
	On       string `json:"on,omitempty"`
	When     string `json:"when,omitempty"`
}

// Item is a key in web storage, or a database or cache.
type Item struct {
	Technology string `json:"technology"`
	Key        string `json:"key"`
	Host       string `json:"host"` // of the origin that stores it
	Setter     string `json:"setter"`
	Party      string `json:"party"`
	Purpose    string `json:"purpose"`
	On         string `json:"on,omitempty"`
	When       string `json:"when,omitempty"`
}

// Beacon is a web beacon: a tracking pixel, sendBeacon, ping or keepalive request.
type Beacon struct {
	Host string `json:"host"`
	Path string `json:"path"`
	Form string `json:"form"` // pixel, beacon, ping, keepalive
	On   string `json:"on,omitempty"`
	When string `json:"when,omitempty"`
}

// Widget is a social widget that executes.
type Widget struct {
	Service string   `json:"service"` // ID in vendors.tsv
	Host    string   `json:"host"`
	Forms   []string `json:"forms"` // frame, script, element
	On      string   `json:"on,omitempty"`
}

// API is a fingerprinting use of a Web API.
type API struct {
	API    string `json:"api"`    // canvas, webgl …
	Script string `json:"script"` // address of the script
	On     string `json:"on,omitempty"`
}

// Replay is a session recorder that records.
type Replay struct {
	Service string `json:"service"`
	Script  string `json:"script"`
	Ingest  string `json:"ingest"` // address its payload goes to
}

// Signals are how the site reacts to a signal of the browser: "ignored", "obeyed" or "" (nothing to tell).
type Signals struct {
	DNT string `json:"dnt"`
	GPC string `json:"gpc"`
}

// Verdict is what an assessment must say. Host is the observation's host; an empty Name or Host matches any. Rows
// stand in order, the special before the general. Any of the Verdicts is right.
type Verdict struct {
	Technology string   `json:"technology"`
	Name       string   `json:"name,omitempty"`
	Host       string   `json:"host,omitempty"`
	Verdicts   []string `json:"verdicts"`
}

// Findings are what the audit must and must not say. A finding of medium severity or higher that is in neither
// Must nor May is wrong.
type Findings struct {
	Must    []Finding `json:"must"`
	May     []Finding `json:"may"`
	MustNot []Finding `json:"must_not"`
}

// Finding is a rule and its subject. Any of the Subjects is right; none listed means any subject.
type Finding struct {
	Rule     string   `json:"rule"`
	Subjects []string `json:"subjects,omitempty"`
}

// VerdictsOf returns the verdicts that are right for an observation: those of the first row that matches it.
func (w Want) VerdictsOf(technology, name, host string) (verdicts []string, ok bool) {
	for _, v := range w.Verdicts {
		if v.Technology == technology && (v.Name == "" || v.Name == name) && (v.Host == "" || v.Host == host) {
			return v.Verdicts, true
		}
	}
	return nil, false
}

// Matches tells whether a finding of this rule and subject is the one that f means.
func (f Finding) Matches(rule, subject string) bool {
	if f.Rule != rule {
		return false
	}
	for _, s := range f.Subjects {
		if strings.EqualFold(s, subject) {
			return true
		}
	}
	return len(f.Subjects) == 0
}

func parseWant(data []byte) (Want, error) {
	var w Want
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&w); err != nil {
		return w, fmt.Errorf("%s: %w", wantFile, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return w, fmt.Errorf("%s: something follows the object", wantFile)
	}
	return w, nil
}
