package testsites

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// load reads every site once for a test.
func load(t *testing.T) map[string]Site {
	t.Helper()
	sites := map[string]Site{}
	for _, name := range Names() {
		s, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		sites[name] = s
	}
	return sites
}

func web(t *testing.T) map[string]map[string]*resource {
	t.Helper()
	hosts, err := hostsOf(nil)
	if err != nil {
		t.Fatal(err)
	}
	return hosts
}

func TestTruthIsConsistent(t *testing.T) {
	hosts := web(t)
	exits := map[string]int{"pass": 0, "fail": 1, "inconclusive": 3}
	verdicts := map[string]bool{}
	for _, v := range strings.Fields("declared declared_generically misdeclared undeclared contradicted exempt unclassified") {
		verdicts[v] = true
	}
	sites := load(t)
	if _, ok := sites[Demo]; !ok {
		t.Errorf("there is no site %q for the demo", Demo)
	}
	for name, s := range sites {
		bad := func(format string, args ...any) { t.Helper(); t.Errorf(name+": "+format, args...) }
		w := s.Want
		if s.About == "" || !strings.HasSuffix(s.About, ".") {
			bad("about is no sentence: %q", s.About)
		}
		unreadable := false
		for _, f := range w.Findings.Must {
			unreadable = unreadable || f.Rule == "notice-unreadable"
		}
		if exit, ok := exits[w.Outcome]; !ok || exit != w.Exit {
			bad("outcome %q and exit %d do not agree", w.Outcome, w.Exit)
		}
		if w.Visit.Complete == (w.Visit.Reason != "") || w.Visit.Complete == (w.Outcome == "inconclusive") && !unreadable {
			bad("visit %+v and outcome %q do not agree", w.Visit, w.Outcome)
		}
		start, err := url.Parse(s.Start)
		if err != nil || !contains(s.Hosts, start.Host) {
			bad("start %q is not on a host of the site", s.Start)
			continue
		}
		contacted := map[string]string{}
		for _, h := range w.Hosts {
			if contacted[h.Host] != "" {
				bad("host %s stands there twice", h.Host)
			}
			contacted[h.Host] = h.Party
			if hosts[h.Host] == nil {
				bad("host %s does not exist", h.Host)
			}
			if first := siteOf(h.Host) == siteOf(start.Host); first != (h.Party == "first") {
				bad("host %s is not %s party", h.Host, h.Party)
			}
		}
		if contacted[start.Host] == "" {
			bad("the start host is not among the hosts")
		}
		for _, c := range w.Cookies {
			if contacted[c.Setter] == "" {
				bad("cookie %s: setter %s is not contacted", c.Name, c.Setter)
			}
			if siteOf(c.Domain) != siteOf(c.Setter) && c.SetBy == "http" {
				bad("cookie %s: %s cannot set it for %s", c.Name, c.Setter, c.Domain)
			}
			if c.Session != (c.Lifetime == 0) || c.Purpose == "" || (c.SetBy != "http" && c.SetBy != "script") {
				bad("cookie %s: %+v", c.Name, c)
			}
			if first := siteOf(c.Domain) == siteOf(start.Host); first != (c.Party == "first") {
				bad("cookie %s is not %s party", c.Name, c.Party)
			}
			covered := false
			for _, v := range w.Verdicts {
				covered = covered || v.Technology == "cookie" && (v.Name == "" || v.Name == c.Name)
			}
			if !covered {
				bad("cookie %s has no verdict", c.Name)
			}
		}
		for _, host := range mentioned(w) {
			if contacted[host] == "" {
				bad("host %s does something but is not contacted", host)
			}
		}
		for _, v := range w.Verdicts {
			for _, word := range v.Verdicts {
				if !verdicts[word] {
					bad("%q is no verdict", word)
				}
			}
			if len(v.Verdicts) == 0 {
				bad("%s %s: no verdict", v.Technology, v.Name)
			}
		}
		for _, page := range append(append([]string{}, w.Pages...), w.Notices...) {
			u, err := url.Parse(page)
			if err != nil || !contains(s.Hosts, u.Host) {
				bad("page %s is not on the site", page)
			} else if r := lookup(hosts[u.Host], u.Path); r == nil {
				bad("page %s is not served", page)
			}
		}
		if len(w.Pages) > 0 && w.Pages[0] != s.Start {
			bad("the first page is not the start")
		}
	}
}

// mentioned collects the hosts that take part in what a site does.
func mentioned(w Want) []string {
	var list []string
	for _, b := range w.Beacons {
		list = append(list, b.Host)
	}
	for _, s := range w.Storage {
		list = append(list, s.Host, s.Setter)
	}
	for _, x := range w.Widgets {
		list = append(list, x.Host)
	}
	addresses := []string{}
	for _, a := range w.APIs {
		addresses = append(addresses, a.Script)
	}
	for _, r := range w.Replay {
		addresses = append(addresses, r.Script, r.Ingest)
	}
	for _, a := range addresses {
		if u, err := url.Parse(a); err == nil {
			list = append(list, u.Host)
		}
	}
	return list
}

// siteOf is the registrable domain: every host of the test web is below NAME.test.
func siteOf(host string) string {
	parts := strings.Split(host, ".")
	return strings.Join(parts[max(0, len(parts)-2):], ".")
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// deadLinks are addresses that must not exist.
var deadLinks = map[string]bool{"https://www.quickmuffin.test/privacy": true, "https://www.tallyworks.test/objections/2019": true}

var (
	linkRE     = regexp.MustCompile(`(?:src|href|action)="([^"]*)"`)
	absoluteRE = regexp.MustCompile(`(?:https?|wss?)://[a-z0-9.-]+\.test(?:/[^\s'"<>(){}?#&,]*)?`)
)

func TestReferencesResolve(t *testing.T) {
	hosts := web(t)
	checked := 0
	for host, paths := range hosts {
		for p, r := range paths {
			base := &url.URL{Scheme: "https", Host: host, Path: p}
			refs := absoluteRE.FindAllString(string(r.body), -1)
			for _, kv := range r.header {
				refs = append(refs, absoluteRE.FindAllString(kv[1], -1)...)
			}
			if strings.HasPrefix(contentType(r.file), "text/html") && r.static {
				for _, m := range linkRE.FindAllStringSubmatch(string(r.body), -1) {
					refs = append(refs, m[1])
				}
			}
			for _, ref := range refs {
				u, err := base.Parse(strings.ReplaceAll(strings.TrimRight(ref, ".;"), "&amp;", "&"))
				if err != nil {
					t.Errorf("%s%s: bad reference %q", host, p, ref)
					continue
				}
				if u.Scheme == "mailto" || u.Scheme == "data" || u.Scheme == "javascript" {
					continue
				}
				checked++
				if u.Path == "" {
					u.Path = "/"
				}
				dead := deadLinks[u.Scheme+"://"+u.Host+u.Path]
				if found := lookup(hosts[u.Host], u.Path) != nil; found == dead {
					t.Errorf("%s%s: reference %s: served %v, meant to be dead %v", host, p, u, found, dead)
				}
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d references were found: the test looks in the wrong place", checked)
	}
}

var inlineRE = regexp.MustCompile(`(?s)<script>(.*?)</script>`)

func TestScriptsParse(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed: the syntax of scripts is checked where it is")
	}
	dir := t.TempDir()
	var list []string
	keep := func(name string, body []byte) {
		file := filepath.Join(dir, strings.NewReplacer("/", "_", "*", "any").Replace(name)+".js")
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
		list = append(list, file)
	}
	for host, paths := range web(t) {
		for p, r := range paths {
			if strings.HasPrefix(contentType(r.file), "text/javascript") && r.static {
				keep(host+p, r.body)
			}
			for _, m := range inlineRE.FindAllSubmatch(r.body, -1) {
				keep(host+p+"-inline", m[1])
			}
		}
	}
	// One process for all: vm.Script compiles without running.
	const check = `const fs=require('fs'),vm=require('vm');let bad=0;
for(const f of process.argv.slice(1)){try{new vm.Script(fs.readFileSync(f,'utf8'),{filename:f})}catch(e){bad=1;console.log(f+': '+e)}}
process.exit(bad)`
	if out, err := exec.Command(node, append([]string{"-e", check, "--"}, list...)...).CombinedOutput(); err != nil {
		t.Errorf("%d scripts: %v\n%s", len(list), err, out)
	}
}

func TestArchiveErrors(t *testing.T) {
	for name, tc := range map[string]struct{ data, want string }{
		"header":       {"start https\n", "header line 1"},
		"unknown key":  {"stert: x\n", "unknown key"},
		"not a host":   {"-- readme --\nx\n", "HOST/path"},
		"not reserved": {"-- www.shop.example/x.html --\nx\n", "not a reserved"},
		"twice":        {"-- a.test/x --\n-- a.test/x --\n", "twice"},
		"order":        {"-- a.test/x.headers --\n:colour blue\n", "unknown order"},
		"status":       {"-- a.test/x.headers --\n:status 99\n", "no such status"},
		"no header":    {"-- a.test/x.headers --\nSet-Cookie\n", "not a header"},
		"include":      {"-- a.test/x.html --\n<!--#include _no.html-->\n", "cannot include"},
		"endless":      {"-- a.test/_x.html --\n<!--#include _x.html-->\n-- a.test/y.html --\n<!--#include _x.html-->\n", "cannot include"},
		"base":         {"base: nowhere\n", "there is no such site"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseArchive("x", []byte(tc.data), rawSite)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q in it", err, tc.want)
			}
		})
	}
}

func TestBaseAndInclude(t *testing.T) {
	base := "-- a.test/index.html --\n<!--#include _h.html title=\"Hi\"-->to a.test\n-- a.test/_h.html --\n<b>{{title}}{{other}}</b>\n-- a.test/kept --\nk\n"
	mine := "base: below\nrename: a.test b.test\n\n-- b.test/_h.html --\n<i>{{title}}</i>\n"
	a, err := parseArchive("x", []byte(mine), func(string) ([]byte, error) { return []byte(base), nil })
	if err != nil {
		t.Fatal(err)
	}
	if got := string(a.resources["b.test"]["/index.html"].body); got != "<i>Hi</i>to b.test\n" {
		t.Errorf("got %q", got)
	}
	if len(a.resources) != 1 || a.resources["b.test"]["/kept"] == nil || a.resources["b.test"]["/_h.html"] != nil {
		t.Errorf("got %v", a.resources)
	}
}

func TestWantRefusesUnknownFields(t *testing.T) {
	for _, data := range []string{`{"hosts": [{"hots": "x"}]}`, `{} {}`, `[]`} {
		if _, err := parseWant([]byte(data)); err == nil {
			t.Errorf("%s was accepted", data)
		}
	}
}
