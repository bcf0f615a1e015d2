package browser

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"trackaudit/crawler/evidence"
)

// realWeb is the folder of real pages and trackers beside the repository; the tests that need it take minutes and
// run with TRACKAUDIT_WEB=1. The tracker packages are looked for in it, or where TRACKAUDIT_WEB_PACKAGES says.
const realWeb = "../../../shared/web"

// webServer is the server of the real pages, with the log that nothing of ours writes.
type webServer struct {
	rule string
	log  *os.File
	buf  *bufio.Reader
}

func startWeb(t *testing.T) *webServer {
	t.Helper()
	if os.Getenv("TRACKAUDIT_WEB") == "" {
		t.Skip("TRACKAUDIT_WEB is not set")
	}
	root, err := filepath.Abs(realWeb)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(root); err != nil {
		t.Skip("there is no ../shared/web")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("its server needs node")
	}
	held := t.TempDir()
	packages := os.Getenv("TRACKAUDIT_WEB_PACKAGES")
	if packages == "" {
		packages = filepath.Join(root, "npm")
	}
	for name, target := range map[string]string{"sites": filepath.Join(root, "sites"), "sdk": filepath.Join(root, "sdk"), "npm": packages} {
		if err := os.Symlink(target, filepath.Join(held, name)); err != nil {
			t.Fatal(err)
		}
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	free.Close()
	logName := filepath.Join(held, "requests.jsonl")
	cmd := exec.Command(node, filepath.Join(root, "server.js"), addr[strings.LastIndexByte(addr, ':')+1:], logName)
	cmd.Env = append(os.Environ(), "HELD="+held)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	f, err := os.Open(logName)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return &webServer{"MAP * " + addr, f, bufio.NewReader(f)}
}

// hits reads what the server was asked since the last call, once nothing more comes.
func (w *webServer) hits(t *testing.T) []hit {
	t.Helper()
	var list []hit
	var half []byte
	for quiet := 0; quiet < 4; {
		line, err := w.buf.ReadBytes('\n')
		half = append(half, line...)
		if err != nil {
			quiet++
			time.Sleep(25 * time.Millisecond)
			continue
		}
		quiet = 0
		var h struct {
			Method, Host, Path, Query, Site, Referer string
			Set                                      []string
		}
		if err := json.Unmarshal(half, &h); err != nil {
			t.Fatalf("%v: %.200s", err, half)
		}
		half = nil
		u := "https://" + h.Host + h.Path
		if h.Query != "" {
			u += "?" + h.Query
		}
		list = append(list, hit{h.Method, h.Host, u, h.Set})
	}
	return list
}

// pages are the start pages of the sites and the pages that load one tracker each.
func (w *webServer) pages(t *testing.T) []string {
	t.Helper()
	var list []string
	var sites []struct {
		Host  string
		Start []string `json:"start_pages"`
	}
	raw, err := os.ReadFile(filepath.Join(realWeb, "sites.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &sites); err != nil {
		t.Fatal(err)
	}
	for _, s := range sites {
		for _, p := range s.Start {
			list = append(list, "https://"+s.Host+p)
		}
	}
	sdk, _ := filepath.Glob(filepath.Join(realWeb, "sdk", "*.html"))
	for _, name := range sdk {
		list = append(list, "https://"+strings.TrimSuffix(filepath.Base(name), ".html")+".sdk.test/")
	}
	return list
}

// browserHosts are asked by the browser on its own account.
var browserHosts = []string{"accounts.google.com", "update.googleapis.com", "clients2.google.com", "clientservices.googleapis.com",
	"content-autofill.googleapis.com", "optimizationguide-pa.googleapis.com", "safebrowsing.googleapis.com", "edgedl.me.gvt1.com", "redirector.gvt1.com",
	"android.clients.google.com", "mtalk.google.com", "www.googleapis.com"}

// TestRealWeb prints how much of what a server was asked is in the evidence, page by page.
func TestRealWeb(t *testing.T) {
	w := startWeb(t)
	eachMode(t, func(t *testing.T, mode string) {
		var log *netLog
		b := own(t, mode, func(o *Options) { o.HostRules, log = []string{w.rule}, withNetLog(t, o) })
		var all recall
		var visits []evidence.Visit
		incomplete := 0
		w.hits(t)
		for _, u := range w.pages(t) {
			v := visit(t, b, u, evidence.ChoiceNone)
			visits = append(visits, v)
			r := recallOf(w.ofPages(t, v, mode), clipped(v))
			all.add(r)
			note := ""
			if !v.Complete {
				incomplete++
				note = fmt.Sprintf(" · %s: %s", v.Reason, v.Detail)
			}
			t.Logf("%-60s %s · %s%s", u, r, v.Dwell.Ended, note)
			for _, m := range r.missed {
				t.Logf("    missed %.200s", m)
			}
		}
		t.Logf("recall over %d pages (%d incomplete), by the server's log: %s", len(w.pages(t)), incomplete, all)
		all.check(t)
		b.Close()
		net := log.recall(t, visits)
		t.Logf("recall over %d pages, by Chrome's net log: %s", len(w.pages(t)), net)
		for _, m := range net.missed {
			t.Logf("    missed %.400s", m)
		}
		net.check(t)
	})
}

// ofPages leaves out what the browser asked for on its own account.
func (w *webServer) ofPages(t *testing.T, v evidence.Visit, mode string) []hit {
	var list []hit
	for _, h := range w.hits(t) {
		if slices.Contains(browserHosts, h.host) && !slices.ContainsFunc(v.Requests, func(r evidence.Request) bool { return r.Host == h.host }) {
			continue
		}
		list = append(list, h)
	}
	return list
}

// clipped is a visit with its addresses as the server's log writes them: queries cut, without a fragment, over TLS.
func clipped(v evidence.Visit) evidence.Visit {
	v.Requests = slices.Clone(v.Requests)
	for i := range v.Requests {
		r := &v.Requests[i]
		u, err := url.Parse(r.URL)
		if err != nil {
			continue
		}
		r.URL = "https://" + r.Host + u.EscapedPath()
		if q := u.RawQuery; q != "" {
			r.URL += "?" + q[:min(len(q), 2000)]
		}
	}
	return v
}

// libraries are what the trackers of sdk/ were seen to do in a plain browser by other means (../shared/web/README.md):
// cookies by the beginning of their name with their lifetime in days, storage, and where they send to.
var libraries = map[string]struct {
	cookie  string
	days    int64
	storage []evidence.Technology
	host    string
	other   evidence.Technology
}{
	"posthog":         {"ph_", 365, []evidence.Technology{evidence.LocalStorage, evidence.SessionStorage}, "us.i.posthog.com", ""},
	"mixpanel":        {"mp_", 365, []evidence.Technology{evidence.LocalStorage, evidence.SessionStorage, evidence.IndexedDB}, "api-js.mixpanel.com", ""},
	"amplitude":       {"AMP_", 365, []evidence.Technology{evidence.LocalStorage, evidence.SessionStorage, evidence.IndexedDB}, "api2.amplitude.com", ""},
	"amplitudelegacy": {"amp_", 365, nil, "", ""},
	"keen":            {"keen", 365, nil, "", ""},
	"raygun":          {"", 0, []evidence.Technology{evidence.LocalStorage}, "", ""},
	"galite":          {"", 0, []evidence.Technology{evidence.LocalStorage}, "", ""},
	"countly":         {"", 0, []evidence.Technology{evidence.LocalStorage}, "", ""},
	"fingerprintjs":   {"", 0, nil, "", evidence.Fingerprinting},
	"fingerprintjs2":  {"", 0, nil, "", evidence.Fingerprinting},
	"rrweb":           {"", 0, nil, "", evidence.SessionReplay},
}

// TestRealTrackers checks that each library's doings are in the evidence.
func TestRealTrackers(t *testing.T) {
	w := startWeb(t)
	b := own(t, "shell", func(o *Options) { o.HostRules = []string{w.rule} })
	for name, want := range libraries {
		v := visit(t, b, "https://"+name+".sdk.test/", evidence.ChoiceNone)
		techs := map[evidence.Technology]bool{}
		cookie, host := want.cookie == "", want.host == ""
		for _, o := range v.Observations {
			techs[o.Technology] = true
			if c := o.Cookie; c != nil && want.cookie != "" && strings.HasPrefix(c.Name, want.cookie) {
				days := (c.Lifetime + 43200) / 86400
				cookie = cookie || days == want.days
				t.Logf("%s: cookie %s for %d days, set by %s", name, c.Name, days, o.Setter)
			}
			host = host || o.Host == want.host
		}
		if !cookie || !host {
			t.Errorf("%s: cookie %v, host %v", name, cookie, host)
		}
		for _, tech := range append(want.storage, want.other) {
			if tech != "" && !techs[tech] {
				t.Errorf("%s: no %s among %v; APIs %+v", name, tech, techs, v.APIs)
			}
		}
	}
}
