package main

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"trackaudit/classify"
	"trackaudit/classify/filter"
	"trackaudit/classify/knowledge"
	"trackaudit/crawler/consent"
	"trackaudit/crawler/discover"
	"trackaudit/crawler/evidence"
	"trackaudit/report"
)

// judging are the flags of every command that judges: audit, demo, report.
type judging struct {
	formats     []string
	failOn      string
	require     string
	law         string
	lawDate     string
	baseline    string
	declaration string
	lists       string
	config      string
	environment string

	// What only the settings file holds.
	rules   map[string]classify.Severity
	off     map[string]bool
	waivers []classify.Waiver

	targetLine int // where the targets stand in it
}

func (j *judging) register(f *pflag.FlagSet) {
	f.StringArrayVar(&j.formats, "format", []string{"table"}, "what to print: "+strings.Join(formatNames(), ", ")+"; FORMAT=FILE writes a file (repeatable)")
	f.StringVar(&j.failOn, "fail-on", "medium", "fail on findings of this severity and above: info, low, medium, high")
	f.StringVar(&j.require, "require", "category", "what counts as declared: named, category, generic")
	f.StringVar(&j.law, "law", "", "rule packs to apply: eu, uk, us-ca (comma-separated; default none)")
	f.StringVar(&j.lawDate, "law-date", "", "judge by the law in force on this day, YYYY-MM-DD (default: the day of the audit)")
	f.StringVar(&j.baseline, "baseline", "", "an earlier report.json: only findings that it does not hold fail")
	f.StringVar(&j.declaration, "declaration", "", "a signed-off YAML (from trackaudit notice) instead of the extraction")
	f.StringVar(&j.lists, "lists", "", "folder of downloaded lists (trackaudit lists update); a hit of a list is a hint, never a verdict")
	f.StringVar(&j.config, "config", "", "settings and policy file (default: trackaudit.yaml, if there is one)")
	f.StringVar(&j.environment, "environment", "", "the environment of the settings file to use")
}

// crawling are the flags of audit that say what to visit and how.
type crawling struct {
	notices      []string
	choices      string
	pages        int
	jobs         int
	out          string
	resume       string
	confirm      int
	firstParty   []string
	hostRules    []string
	knowledge    []string
	thirdParty   string
	insecure     bool
	ignoreRobots bool
	allowPrivate bool
	keepValues   bool
	realTime     bool
	forms        bool
	repeat       bool
	resolver     string
	chrome       string
	dwell        time.Duration
	timeout      time.Duration
	quiet        bool
	asking
}

func (c *crawling) register(f *pflag.FlagSet) {
	f.StringArrayVar(&c.notices, "notice", nil, "address or file of a notice (repeatable; found by itself if absent)")
	f.StringVar(&c.choices, "choices", "none", "what the visitor does: none, dnt, gpc (comma-separated)")
	f.IntVar(&c.pages, "pages", 20, "how many pages to visit for each choice")
	f.IntVar(&c.jobs, "jobs", 0, "pages at the same time (default: one and a half for each core, 2 to 6)")
	f.StringVar(&c.out, "out", "", "the run folder (default: trackaudit-run/SITE-TIME)")
	f.StringVar(&c.resume, "resume", "", "go on with the interrupted run in this folder")
	f.IntVar(&c.confirm, "confirm", 1, "audit the site this often before a build fails; what is not seen in most of them does not fail it")
	f.StringArrayVar(&c.firstParty, "first-party", nil, "a further domain of the operator's own (repeatable)")
	f.StringArrayVar(&c.hostRules, "host-rule", nil, `Chrome's host-resolver rule, e.g. "MAP staging.example 127.0.0.1:8443" (repeatable)`)
	f.StringArrayVar(&c.knowledge, "knowledge", nil, "a file with facts of your own on hosts and cookies, YAML or TSV (repeatable; the last wins)")
	f.StringVar(&c.thirdParty, "third-party-cookies", "allow", "whether the browser takes third-party cookies: allow, block")
	f.BoolVar(&c.insecure, "insecure", false, "accept invalid TLS certificates")
	f.BoolVar(&c.ignoreRobots, "ignore-robots", false, "visit pages that robots.txt asks crawlers to leave alone")
	f.BoolVar(&c.allowPrivate, "allow-private", false, "let the pages of a public site lead to private addresses (hosts that --host-rule names always may)")
	f.BoolVar(&c.keepValues, "keep-values", false, "keep cookie and storage values in the evidence instead of their hashes")
	f.BoolVar(&c.realTime, "real-time", false, "watch each page in real time instead of virtual time")
	f.BoolVar(&c.forms, "forms", false, "type made-up values into form fields, never sent, and see whether they leave")
	f.BoolVar(&c.repeat, "repeat", false, "load pages again, to tell identifiers kept in the browser's cache (ETags)")
	f.StringVar(&c.resolver, "resolver", "", "ask where the site's own names lead (CNAME): system, or HOST:PORT of a DNS server")
	f.StringVar(&c.chrome, "chrome", "", "the browser to use (found by itself if absent)")
	f.DurationVar(&c.dwell, "dwell", 10*time.Second, "how long to watch a page after it has loaded, in the page's time")
	f.DurationVar(&c.timeout, "timeout", 30*time.Second, "deadline of one page")
	f.BoolVar(&c.quiet, "quiet", false, "no progress on stderr")
	c.asking.register(f)
}

// rules is judging, read and checked.
type rules struct {
	policy  classify.Policy
	require classify.Requirement
	laws    []string
	lawDate time.Time // zero = the day of the audit
	outputs []output
	// location is where a pipeline points for findings: the signed-off declarations, else the settings file.
	location report.Location

	matcher    *filter.Matcher // of downloaded lists
	downloaded []knowledge.Overlay
	hashes     map[string]string // of the same
}

// output is one rendering of the report: to stdout if file is empty.
type output struct{ format, file string }

func (j *judging) parse() (rules, error) {
	r := rules{policy: classify.Policy{Severity: j.rules, Off: j.off, Waivers: j.waivers, Now: time.Now()}}
	var err error
	if r.policy.FailOn, err = classify.ParseSeverity(j.failOn); err != nil {
		return r, hintf(fmt.Errorf("--fail-on: %w", err), "one of info, low, medium, high")
	}
	if r.require, err = classify.ParseRequirement(j.require); err != nil {
		return r, hintf(fmt.Errorf("--require: %w", err), "one of named, category, generic")
	}
	if j.lists != "" {
		if r.matcher, r.downloaded, r.hashes, err = loadLists(j.lists); err != nil {
			return r, err
		}
	}
	r.location = report.Location{File: relative(cmp.Or(j.declaration, j.config)), Line: j.targetLine}
	if j.declaration != "" {
		r.location.Line = 1
	}
	for _, law := range strings.FieldsFunc(j.law, func(c rune) bool { return c == ',' || c == ' ' }) {
		if !slices.Contains(classify.Laws, law) {
			return r, hintf(fmt.Errorf("--law: unknown rule pack %q", law), "the packs are %s, separated by commas", strings.Join(classify.Laws, ", "))
		}
		r.laws = append(r.laws, law)
	}
	if j.lawDate != "" {
		if r.lawDate, err = time.Parse(time.DateOnly, j.lawDate); err != nil {
			return r, hintf(fmt.Errorf("--law-date: %q is no date", j.lawDate), "write it as 2026-02-05")
		}
	}
	stdout := 0
	for _, f := range j.formats {
		name, file, _ := strings.Cut(f, "=")
		if report.Writers[name] == nil {
			return r, hintf(fmt.Errorf("--format: unknown format %q", name), "one of %s", strings.Join(formatNames(), ", "))
		}
		if file == "" {
			stdout++
		}
		r.outputs = append(r.outputs, output{name, file})
	}
	if stdout > 1 {
		return r, hintf(errors.New("--format: two formats for the standard output"), "write one of them to a file: --format json=report.json")
	}
	if j.baseline != "" {
		earlier, err := readReport(j.baseline)
		if err != nil {
			return r, fmt.Errorf("--baseline: %w", err)
		}
		r.policy.Baseline = map[string]bool{}
		for _, finding := range earlier.Findings {
			r.policy.Baseline[finding.Fingerprint] = true
		}
	}
	return r, nil
}

// relative gives a file's path below the working directory, which in a pipeline is the repository; a file elsewhere
// has no place in it.
func relative(path string) string {
	if path == "" {
		return ""
	}
	if dir, err := os.Getwd(); err == nil && filepath.IsAbs(path) {
		if rel, err := filepath.Rel(dir, path); err == nil {
			path = rel
		}
	}
	if path = filepath.Clean(path); !filepath.IsLocal(path) {
		return ""
	}
	return filepath.ToSlash(path)
}

// plan is crawling, read and checked.
type plan struct {
	*crawling
	choices      []evidence.Choice
	firstParties evidence.FirstParties
	resolve      func(host, port string) string
	facts        *knowledge.Facts
	overlays     []knowledge.Overlay
	hashKey      []byte
	helper       *helper // nil = no model is asked
}

func (c *crawling) parse(own ...knowledge.Overlay) (*plan, error) {
	p := &plan{crawling: c, firstParties: evidence.FirstParties{}, overlays: own}
	var err error
	if p.choices, err = consent.Parse(c.choices); err != nil {
		return nil, fmt.Errorf("--choices: %w", err)
	}
	if c.confirm < 1 || c.confirm > 10 {
		return nil, hintf(errors.New("--confirm takes a whole number from 1 to 10"), "for example --confirm 3")
	}
	if c.pages < 1 || c.jobs < 0 {
		return nil, hintf(errors.New("--pages and --jobs take a whole number above zero"), "for example --pages 20 --jobs 3")
	}
	if c.timeout <= 0 || c.dwell < 0 {
		return nil, hintf(errors.New("--timeout and --dwell take a time above zero"), "for example --timeout 30s --dwell 10s")
	}
	if _, _, err := net.SplitHostPort(c.resolver); err != nil && c.resolver != "" && c.resolver != "system" {
		return nil, hintf(fmt.Errorf("--resolver: %q is not HOST:PORT", c.resolver), "for example --resolver system, or --resolver 127.0.0.1:53")
	}
	if c.thirdParty != "allow" && c.thirdParty != "block" {
		return nil, hintf(fmt.Errorf("--third-party-cookies: unknown word %q", c.thirdParty), "allow or block")
	}
	for _, domain := range c.firstParty {
		site := evidence.SiteOf(domain)
		if site == "" || strings.ContainsAny(site, "/ ") {
			return nil, hintf(fmt.Errorf("--first-party: %q is not a domain", domain), "for example --first-party example.net")
		}
		p.firstParties[site] = true
	}
	if p.resolve, err = discover.ParseHostRules(c.hostRules); err != nil {
		return nil, hintf(fmt.Errorf("--host-rule: %w", err), `for example --host-rule "MAP staging.example 127.0.0.1:8443"`)
	}
	owned, err := ownFacts(c.knowledge)
	if err != nil {
		return nil, err
	}
	p.overlays = append(p.overlays, owned...)
	if p.facts, err = knowledge.Load(p.overlays...); err != nil {
		return nil, hintf(fmt.Errorf("--knowledge: %w", err), "the format is described in the manual of package knowledge; trackaudit explain shows what is known")
	}
	if p.helper, err = c.asking.parse(); err != nil {
		return nil, err
	}
	p.hashKey = make([]byte, 32)
	rand.Read(p.hashKey)
	return p, nil
}

// target reads an address as a user writes it: https is assumed where no scheme is given.
func target(arg string) (string, error) {
	raw := strings.TrimSpace(arg)
	if !strings.Contains(raw, "://") {
		raw = "https://" + raw
	}
	u, err := url.Parse(raw)
	bad := func(why string) error {
		return hintf(fmt.Errorf("not an address of a site: %q: %s", arg, why), "for example: trackaudit audit https://www.example.com")
	}
	switch {
	case err != nil:
		return "", bad("it cannot be read")
	case u.Scheme != "http" && u.Scheme != "https":
		return "", bad("only http and https can be audited")
	case u.Hostname() == "" || strings.ContainsAny(u.Hostname(), " _,;") && net.ParseIP(u.Hostname()) == nil:
		return "", bad("it names no host")
	case u.User != nil:
		return "", bad("a user name or password must not stand in it")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.Fragment = ""
	return u.String(), nil
}

// changedFlags are the flags that differ from their defaults, for run.json. A run folder travels; what names a file of
// this machine does not go with it.
func changedFlags(cmd *cobra.Command) map[string][]string {
	flags := map[string][]string{}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if many, ok := f.Value.(pflag.SliceValue); ok {
			values = many.GetSlice()
		}
		switch f.Name {
		case "chrome", "baseline", "declaration", "config", "knowledge", "format", "out", "resume":
			return // files of this machine, and where results went
		}
		flags[f.Name] = values
	})
	return flags
}
