package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trackaudit/classify"
	"trackaudit/classify/knowledge"
	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
	"trackaudit/testsites"
)

// TestSites audits every site of the test web and holds the result against two truths that no code of ours
// produced: the test server's own request log, and what a person wrote down in the site's want.json. It prints
// one line of figures a site; on these sites each must be 1.00.
func TestSites(t *testing.T) {
	vendors := filepath.Join(t.TempDir(), "vendors.tsv")
	if err := os.WriteFile(vendors, testsites.Vendors(), 0o644); err != nil {
		t.Fatal(err)
	}
	table := confusion{}
	all := true
	for _, name := range testsites.Names() {
		ran := false
		t.Run(name, func(t *testing.T) {
			ran = true
			auditTestSite(t, name, vendors, table)
		})
		all = all && ran
	}
	table.print(t, all)
}

// confusion counts, for each rule, the sites on which it fired and had to, had to and did not, must not and did, and
// neither had to nor did.
type confusion map[string]*struct{ fired, missed, wrong, silent int }

func (c confusion) count(s *seen, want testsites.Want) {
	on := func(list []testsites.Finding, rule string) bool {
		return slices.ContainsFunc(list, func(f testsites.Finding) bool { return f.Rule == rule })
	}
	for _, r := range classify.Rules {
		n := c[r.ID]
		if n == nil {
			n = &struct{ fired, missed, wrong, silent int }{}
			c[r.ID] = n
		}
		fires := false
		for _, f := range s.report.Findings {
			fires = fires || f.Rule == r.ID
		}
		switch must := on(want.Findings.Must, r.ID); {
		case must && fires:
			n.fired++
		case must:
			n.missed++
		case fires && !on(want.Findings.May, r.ID) && (r.Severity >= classify.Medium || on(want.Findings.MustNot, r.ID)):
			n.wrong++
		case !fires:
			n.silent++
		}
	}
}

// print prints the table. When all sites ran, each rule must have one on which it must fire, and one on which it does not;
// but for the rule that waits for the choice reject.
func (c confusion) print(t *testing.T, all bool) {
	t.Logf("%-28s %6s %6s %6s %6s", "rule, counted by sites", "fired", "missed", "wrong", "silent")
	for _, r := range classify.Rules {
		if n := c[r.ID]; n != nil {
			note := ""
			if n.fired+n.missed == 0 {
				note = "  no site where it must fire"
			}
			if all && (note != "" || n.silent == 0) && r.ID != "tracking-after-reject" {
				t.Errorf("rule %s: the test web does not show that it fires and that it does not: %+v", r.ID, *n)
			}
			t.Logf("%-28s %6d %6d %6d %6d%s", r.ID, n.fired, n.missed, n.wrong, n.silent, note)
		}
	}
}

// seen is what a run left behind, as a reader of the files finds it.
type seen struct {
	code   int
	visits []evidence.Visit
	report struct {
		Outcome     string `json:"outcome"`
		Assessments []struct {
			Observation evidence.Observation `json:"observation"`
			Verdict     string               `json:"verdict"`
			Reason      string               `json:"reason"`
		} `json:"assessments"`
		Findings []struct {
			Rule, Severity, Subject, Message string
		} `json:"findings"`
		Notice notice.JSON `json:"notice"`
	}
	log []testsites.Hit
}

// serveTestSite serves one site of the test web until the test ends.
func serveTestSite(t *testing.T, name string) (testsites.Site, *testsites.Server) {
	site, err := testsites.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	server, err := testsites.Start(testsites.Options{Sites: []string{name}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return site, server
}

func auditTestSite(t *testing.T, name, vendors string, table confusion) {
	site, server := serveTestSite(t, name)
	signedOff := filepath.Join(t.TempDir(), "declarations.yaml")
	if err := os.WriteFile(signedOff, site.SignedOff, 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"--knowledge", vendors}
	for _, arg := range site.Want.Args {
		args = append(args, os.Expand(arg, func(name string) string {
			return map[string]string{"RESOLVER": server.Resolver(), "DECLARATIONS": signedOff}[name]
		}))
	}
	s := runAudit(t, server, site.Start, args...)
	if s.code != site.Want.Exit {
		t.Errorf("exit %d, want %d", s.code, site.Want.Exit)
	}
	if s.report.Outcome != site.Want.Outcome {
		t.Errorf("outcome %q, want %q", s.report.Outcome, site.Want.Outcome)
	}
	var line []string
	for _, f := range []ratio{s.hosts(t), s.cookies(t, site.Want), s.beacons(t, site.Want), s.requests(t),
		s.verdicts(t, site.Want), s.precision(t, site.Want), s.findings(t, site.Want), s.notices(t, site.Want)} {
		line = append(line, f.String())
		if f.got != f.of && f.name != "requests" {
			t.Errorf("%s: %d of %d", f.name, f.got, f.of)
		}
	}
	t.Logf("%-16s %s", name, strings.Join(line, "  "))
	table.count(&s, site.Want)
}

// runAudit audits start on the server and reads the run folder back.
func runAudit(t *testing.T, server *testsites.Server, start string, flags ...string) seen {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	var out, errs bytes.Buffer
	args := append([]string{"audit", start, "--host-rule", server.HostRule(), "--insecure", "--out", dir, "--quiet"}, flags...)
	s := seen{code: run(t.Context(), args, &out, &errs)}
	if errs.Len() > 0 && s.code == exitUsage {
		t.Fatalf("audit: %s", errs.String())
	}
	s.log = server.Log()
	f, err := os.Open(filepath.Join(dir, "evidence.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for v, err := range evidence.Read(f) {
		if err != nil {
			t.Fatal(err)
		}
		s.visits = append(s.visits, v)
	}
	data, err := os.ReadFile(filepath.Join(dir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &s.report); err != nil {
		t.Fatal(err)
	}
	return s
}

// ratio is a figure: so many of so many.
type ratio struct {
	name    string
	got, of int
}

func (r ratio) String() string {
	if r.of == 0 {
		return r.name + " –"
	}
	return fmt.Sprintf("%s %.2f (%d/%d)", r.name, float64(r.got)/float64(r.of), r.got, r.of)
}

// byBrowser tells the browser's requests in the server's log from those of static discovery: on secure origins
// Chrome names the destination of each.
func byBrowser(h testsites.Hit) bool { return h.Dest != "" }

func (s *seen) observations() []evidence.Observation {
	var list []evidence.Observation
	for _, v := range s.visits {
		list = append(list, v.Observations...)
	}
	return list
}

// hosts: of the hosts that the server saw the browser ask, how many stand in the evidence.
func (s *seen) hosts(t *testing.T) ratio {
	captured := map[string]bool{}
	for _, v := range s.visits {
		for _, r := range v.Requests {
			captured[r.Host] = true
		}
	}
	r := ratio{name: "hosts"}
	counted := map[string]bool{}
	for _, h := range s.log {
		if !byBrowser(h) || counted[h.Host] {
			continue
		}
		counted[h.Host] = true
		r.of++
		if captured[h.Host] {
			r.got++
		} else {
			t.Errorf("host %s was contacted and is not in the evidence", h.Host)
		}
	}
	return r
}

// requests: of the addresses that the server saw the browser ask, how many stand in the evidence. Values in
// addresses are hashed in the evidence, so that host and path are compared. The favicon is the browser's own.
func (s *seen) requests(t *testing.T) ratio {
	captured := map[string]int{}
	for _, v := range s.visits {
		for _, r := range v.Requests {
			captured[bare(r.URL)]++
		}
	}
	r := ratio{name: "requests"}
	for _, h := range s.log {
		if !byBrowser(h) || h.Path == "/favicon.ico" {
			continue
		}
		r.of++
		if key := bare(h.URL()); captured[key] > 0 {
			captured[key]--
			r.got++
		} else {
			t.Logf("not in the evidence: %s %s (%s)", h.Method, h.URL(), h.Dest)
		}
	}
	return r
}

func bare(u string) string {
	u, _, _ = strings.Cut(u, "?")
	return strings.TrimPrefix(strings.TrimPrefix(u, "https:"), "http:")
}

// cookies: every Set-Cookie that the server sent to the browser, and every cookie that a person wrote down.
func (s *seen) cookies(t *testing.T, want testsites.Want) ratio {
	type key struct{ name, site string }
	captured := map[key]evidence.Observation{}
	for _, o := range s.observations() {
		if o.Cookie != nil {
			captured[key{o.Name, o.Site}] = o
		}
	}
	r := ratio{name: "cookies"}
	check := func(name, host string) (evidence.Observation, bool) {
		o, ok := captured[key{name, evidence.SiteOf(host)}]
		for k, c := range captured { // a name that rotates is written with a *
			if !ok && k.site == evidence.SiteOf(host) && knowledge.Glob(name, k.name) {
				o, ok = c, true
			}
		}
		r.of++
		if ok {
			r.got++
		} else {
			t.Errorf("cookie %s of %s was set and is not in the evidence", name, host)
		}
		return o, ok
	}
	counted := map[key]bool{}
	for _, h := range s.log {
		for _, line := range h.SetCookie {
			c, err := http.ParseSetCookie(line)
			if err != nil || !byBrowser(h) {
				continue
			}
			k := key{c.Name, evidence.SiteOf(h.Host)}
			if !counted[k] {
				counted[k] = true
				check(c.Name, h.Host)
			}
		}
	}
	for _, w := range want.Cookies {
		k := key{w.Name, evidence.SiteOf(w.Domain)}
		if counted[k] {
			continue
		}
		counted[k] = true
		if o, ok := check(w.Name, w.Domain); ok {
			if w.Setter != "" && o.Setter != w.Setter {
				t.Errorf("cookie %s: setter %q, want %q", w.Name, o.Setter, w.Setter)
			}
			if string(o.Party) != w.Party {
				t.Errorf("cookie %s: party %q, want %q", w.Name, o.Party, w.Party)
			}
		}
	}
	return r
}

func (s *seen) beacons(t *testing.T, want testsites.Want) ratio {
	r := ratio{name: "beacons"}
	for _, w := range want.Beacons {
		r.of++
		if slices.ContainsFunc(s.observations(), func(o evidence.Observation) bool {
			return o.Technology == evidence.WebBeacon && o.Host == w.Host && o.Request != nil && strings.HasSuffix(bare(o.Request.URL), w.Host+w.Path)
		}) {
			r.got++
		} else {
			t.Errorf("beacon to %s%s is not in the evidence", w.Host, w.Path)
		}
	}
	widgets := 0
	for _, o := range s.observations() {
		if o.Widget != nil {
			widgets++
		}
	}
	if len(want.Widgets) == 0 && widgets > 0 {
		t.Errorf("%d social widgets reported where there is none", widgets)
	}
	return r
}

// verdicts is recall: of the verdicts that a person wrote down, how many the audit gave. Of the rows that match an
// observation the first is the one that speaks of it.
func (s *seen) verdicts(t *testing.T, want testsites.Want) ratio {
	r := ratio{name: "verdict-recall"}
	for i, w := range want.Verdicts {
		found, wrong := false, ""
		for _, a := range s.report.Assessments {
			if !matches(w, a.Observation) || slices.ContainsFunc(want.Verdicts[:i], func(earlier testsites.Verdict) bool { return matches(earlier, a.Observation) }) {
				continue
			}
			found = true
			if !slices.Contains(w.Verdicts, a.Verdict) {
				wrong = fmt.Sprintf("%s %s at %s is %s (%s)", a.Observation.Technology, a.Observation.Name, a.Observation.Host, a.Verdict, a.Reason)
			}
		}
		if !found && w.Technology == string(evidence.ThirdPartyRequest) {
			continue // a host that gets nothing but beacons is judged by its beacons
		}
		r.of++
		if found && wrong == "" {
			r.got++
		} else {
			t.Errorf("verdict of %s %q %s: want %v; %s", w.Technology, w.Name, w.Host, w.Verdicts, wrong)
		}
	}
	return r
}

// precision: of the accusing verdicts that the audit gave, how many a person wrote down.
func (s *seen) precision(t *testing.T, want testsites.Want) ratio {
	r := ratio{name: "verdict-precision"}
	for _, a := range s.report.Assessments {
		if !slices.Contains([]string{"undeclared", "contradicted", "misdeclared"}, a.Verdict) {
			continue
		}
		r.of++
		o := a.Observation
		if right, _ := want.VerdictsOf(string(o.Technology), o.Name, o.Host); slices.Contains(right, a.Verdict) {
			r.got++
		} else {
			t.Errorf("accuses wrongly: %s %s at %s is %s (%s)", o.Technology, o.Name, o.Host, a.Verdict, a.Reason)
		}
	}
	return r
}

func matches(w testsites.Verdict, o evidence.Observation) bool {
	return w.Technology == string(o.Technology) && (w.Name == "" || w.Name == o.Name) && (w.Host == "" || w.Host == o.Host)
}

// findings: those that must be there, and of the others of medium severity or above none that nobody expected.
func (s *seen) findings(t *testing.T, want testsites.Want) ratio {
	r := ratio{name: "findings"}
	is := func(w testsites.Finding, rule, subject string) bool {
		return w.Rule == rule && (len(w.Subjects) == 0 || slices.Contains(w.Subjects, subject))
	}
	for _, w := range want.Findings.Must {
		r.of++
		ok := false
		for _, f := range s.report.Findings {
			ok = ok || is(w, f.Rule, f.Subject)
		}
		if ok {
			r.got++
		} else {
			t.Errorf("finding %s %v is missing", w.Rule, w.Subjects)
		}
	}
	for _, f := range s.report.Findings {
		expected := slices.ContainsFunc(append(want.Findings.Must, want.Findings.May...), func(w testsites.Finding) bool { return is(w, f.Rule, f.Subject) })
		forbidden := slices.ContainsFunc(want.Findings.MustNot, func(w testsites.Finding) bool { return is(w, f.Rule, f.Subject) })
		if forbidden || !expected && (f.Severity == "medium" || f.Severity == "high") {
			r.of++
			t.Errorf("finding %s (%s) on %q was not expected: %s", f.Rule, f.Severity, f.Subject, f.Message)
		}
	}
	return r
}

// notices: the documents that a person names are the ones found, and what a person reads in them is what was read:
// technologies, purposes of cookies, vendors, denials, claims, dates, opt-outs; and nothing that is not there.
func (s *seen) notices(t *testing.T, want testsites.Want) ratio {
	n := s.report.Notice
	r := ratio{name: "notice"}
	check := func(ok bool, format string, args ...any) {
		r.of++
		if ok {
			r.got++
		} else {
			t.Errorf("notice: "+format, args...)
		}
	}
	for _, u := range want.Notices {
		check(slices.ContainsFunc(n.Documents, func(d notice.DocumentJSON) bool { return d.URL == u }), "%s was not found", u)
	}
	if len(want.Notices) == 0 {
		check(len(n.Documents) == 0, "found where there is none: %v", n.Documents)
		return r
	}
	any := func(is func(notice.DocumentJSON) bool) bool { return slices.ContainsFunc(n.Documents, is) }
	d := want.Declared
	check(d.Language == "" || any(func(x notice.DocumentJSON) bool { return x.Language == d.Language }), "language %q is not read", d.Language)
	check(d.LastUpdated == "" || any(func(x notice.DocumentJSON) bool { return x.LastUpdated == d.LastUpdated }), "last update %q is not read", d.LastUpdated)
	check(d.Effective == "" || any(func(x notice.DocumentJSON) bool { return x.Effective == d.Effective }), "effective date %q is not read", d.Effective)
	declares := func(is func(notice.Declaration) bool) bool { return slices.ContainsFunc(n.Declarations, is) }
	for _, tech := range d.Technologies {
		check(declares(func(x notice.Declaration) bool { return !x.Denied && string(x.Technology) == tech }), "%s is declared and not read", tech)
	}
	for _, tech := range d.Undeclared {
		check(!declares(func(x notice.Declaration) bool {
			return !x.Denied && string(x.Technology) == tech && x.Strength != notice.Generic
		}), "%s is read and not declared", tech)
	}
	for _, purpose := range d.Purposes {
		check(declares(func(x notice.Declaration) bool {
			return !x.Denied && x.Technology == evidence.CookieTech && string(x.Purpose) == purpose
		}), "cookies for %s are declared and not read", purpose)
	}
	for _, vendor := range d.Recipients {
		check(declares(func(x notice.Declaration) bool { return !x.Denied && strings.HasPrefix(x.Recipient, vendor) }), "%s is named and not read", vendor)
	}
	for _, denial := range d.Denied {
		f := strings.Split(denial, "/")
		check(declares(func(x notice.Declaration) bool {
			return x.Denied && string(x.Technology) == f[0] && (f[1] == "" || string(x.Purpose) == f[1]) && (f[2] == "" || string(x.Party) == f[2])
		}), "%s is denied and not read", denial)
	}
	for _, x := range n.Declarations {
		if x.Denied {
			check(slices.ContainsFunc(d.Denied, func(denial string) bool {
				f := strings.Split(denial, "/")
				return f[0] == string(x.Technology) && (f[1] == "" || f[1] == string(x.Purpose))
			}), "a denial of %q for %q is read and not there: %s", x.Technology, x.Purpose, x.Quote)
		}
	}
	for _, c := range []struct{ name, got, want string }{{"DNT", string(n.Claims.DNT.Value), d.DNT}, {"GPC", string(n.Claims.GPC.Value), d.GPC}, {"consent", string(n.Claims.Consent.Value), d.Consent}} {
		check(c.want == "" || c.got == c.want, "%s is %q, want %q", c.name, c.got, c.want)
	}
	for _, u := range d.OptOut {
		check(slices.ContainsFunc(n.Claims.OptOut, func(o notice.OptOut) bool { return o.URL == u }), "opt-out %s is not read", u)
	}
	return r
}
