package testsites

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// browserNames are looked for on PATH, best first.
var browserNames = []string{"chromium-headless-shell", "chrome-headless-shell", "chromium", "google-chrome", "microsoft-edge"}

func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range browserNames {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatalf("no browser found: one of %s must be on PATH", strings.Join(browserNames, ", "))
	return ""
}

// openPage loads a page in a fresh browser, runs it for some virtual time and returns its final document. With
// broken, the browser may say that it cannot load the page.
func openPage(t *testing.T, browser, rule, address string, broken bool) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	args := []string{
		"--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-popup-blocking",
		"--ignore-certificate-errors", "--host-resolver-rules=" + rule, "--user-data-dir=" + t.TempDir(),
		"--virtual-time-budget=12000", "--dump-dom", address,
	}
	if os.Geteuid() == 0 {
		args = append([]string{"--no-sandbox"}, args...)
	}
	cmd := exec.CommandContext(ctx, browser, args...)
	cmd.WaitDelay = time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && !broken {
		t.Fatalf("%s: %v\n%s", browser, err, errs.String())
	}
	return out.String()
}

// probe is put in front of every page: it notes what scripts write to the cookie jar, moves the mouse, presses a
// key, scrolls and leaves like a visitor, and reports what was written, with the keys in web storage, to the page's
// own origin. It is how the test sees what no server is told.
const probe = `<script>(function () {
  var written = [], d = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
  Object.defineProperty(document, 'cookie', {
    get: function () { return d.get.call(document); },
    set: function (v) {
      var src = (document.currentScript && document.currentScript.src) || '', m = /https?:\/\/[^\s)]*\.js/g, s = new Error().stack;
      written.push({ raw: String(v), from: (s.match(m) || [src])[0] || location.href });
      d.set.call(document, v);
    }
  });
  setTimeout(function () { // a visitor
    var at = document.body || document.documentElement;
    [[20, 30], [60, 90], [200, 140]].forEach(function (p) {
      at.dispatchEvent(new MouseEvent('mousemove', { clientX: p[0], clientY: p[1], bubbles: true }));
    });
    at.setAttribute('data-touched', 'yes');
    at.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true }));
    at.dispatchEvent(new WheelEvent('wheel', { deltaY: 200, bubbles: true }));
    document.dispatchEvent(new Event('scroll', { bubbles: true }));
  }, 8600);
  setTimeout(function () { // who leaves
    Object.defineProperty(document, 'hidden', { get: function () { return true; } });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    dispatchEvent(new PageTransitionEvent('pagehide'));
  }, 9000);
  setTimeout(function () {
    var sent = { cookies: written, local: [], session: [] };
    try { sent.local = Object.keys(localStorage); sent.session = Object.keys(sessionStorage); } catch (e) {}
    fetch('/` + probePath + `', { method: 'POST', body: JSON.stringify(sent) });
  }, 9500);
})();</script>`

const probePath = "test-probe"

type probed struct {
	Cookies        []struct{ Raw, From string }
	Local, Session []string
}

// withProbe returns a copy of the web in which every page reports to the test.
func withProbe(hosts map[string]map[string]*resource) map[string]map[string]*resource {
	out := map[string]map[string]*resource{}
	for host, paths := range hosts {
		out[host] = map[string]*resource{"/" + probePath: {kind: "empty"}}
		for p, r := range paths {
			if r.static && strings.HasPrefix(contentType(r.file), "text/html") {
				changed := *r
				changed.body = bytes.Replace(r.body, []byte("<head>"), []byte("<head>"+probe), 1)
				r = &changed
			}
			out[host][p] = r
		}
	}
	return out
}

// TestSitesDoWhatTheTruthSays loads every page of every site (of one with a base, the start page) in a real browser
// and compares what the server and the probe saw with want.json.
func TestSitesDoWhatTheTruthSays(t *testing.T) {
	browser := findBrowser(t)
	hosts := withProbe(web(t))
	gate := make(chan bool, 2)
	for name, site := range load(t) {
		a, err := open(name)
		if err != nil {
			t.Fatal(err)
		}
		pages := site.Want.Pages
		if len(pages) == 0 || a.base != "" {
			pages = []string{site.Start}
		}
		for _, page := range pages {
			u, err := url.Parse(page)
			if err != nil {
				t.Fatal(err)
			}
			t.Run(name+u.Path, func(t *testing.T) {
				t.Parallel()
				gate <- true
				defer func() { <-gate }()
				s, err := serve("", hosts)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				dom := openPage(t, browser, s.HostRule(), page, site.Want.Visit.Status == 0)
				if site.Want.Visit.Complete && !strings.Contains(dom, "<h1") {
					t.Errorf("the page has no heading:\n%.600s", dom)
				}
				compare(t, site, u, s.Log())
				recorded(t, site, u, s.Log())
			})
		}
	}
}

// recorded checks that the recorders of a site record: their payload must grow with what the visitor does.
func recorded(t *testing.T, site Site, page *url.URL, log []Hit) {
	if page.String() != site.Start {
		return
	}
	for _, r := range site.Want.Replay {
		kinds := map[string]bool{}
		for _, h := range log {
			if h.Method != http.MethodPost || h.URL() != r.Ingest {
				continue
			}
			var p struct {
				Events []struct {
					Type int
					Data struct{ Source int }
				}
			}
			if err := json.Unmarshal(h.Body, &p); err != nil {
				t.Errorf("%s: payload: %v", r.Service, err)
			}
			for _, e := range p.Events {
				kinds[fmt.Sprintf("%d/%d", e.Type, e.Data.Source)] = true
			}
		}
		for kind, what := range map[string]string{
			"2/0": "snapshot", "3/0": "mutation", "3/1": "mouse move", "3/3": "scroll", "3/6": "key",
		} {
			if !kinds[kind] {
				t.Errorf("%s recorded no %s: %v", r.Service, what, kinds)
			}
		}
	}
}

// seen are the facts of one visit, in the words of facts(want).
type seen map[string]bool

// compare checks a log against what the truth says happens on a page.
func compare(t *testing.T, site Site, page *url.URL, log []Hit) {
	want, may := facts(site, page)
	got := seen{}
	for _, h := range log {
		if !h.Known {
			t.Errorf("unknown host asked for: %s", h.URL())
			continue
		}
		if h.Path == "/"+probePath {
			var p probed
			if err := json.Unmarshal(h.Body, &p); err != nil {
				t.Errorf("probe on %s: %v", h.Host, err)
			}
			got.probed(h.Host, p)
			continue
		}
		got["host "+h.Host] = true
		for _, raw := range h.SetCookie {
			got[cookieFact(h.Host, h.Host, "http", raw)] = true
		}
		if h.Beacon() {
			got["beacon "+h.Host+h.Path] = true
		}
		if h.URL() == site.Start && site.Want.Visit.Status != 0 && h.Status != site.Want.Visit.Status {
			t.Errorf("start page: status %d, want %d", h.Status, site.Want.Visit.Status)
		}
	}
	for _, f := range slices.Sorted(maps.Keys(want)) {
		if before, after, ok := strings.Cut(f, "*"); ok { // a name that is another on every visit
			for g := range got {
				if strings.HasPrefix(g, before) && strings.HasSuffix(g, after) {
					delete(got, g)
					got[f] = true
				}
			}
		}
		if !got[f] {
			t.Errorf("did not happen: %s", f)
		}
	}
	for _, f := range slices.Sorted(maps.Keys(got)) {
		if !want[f] && !may[f] {
			t.Errorf("happened, but the truth does not say so: %s", f)
		}
	}
}

func (s seen) probed(host string, p probed) {
	for _, c := range p.Cookies {
		u, err := url.Parse(c.From)
		if err != nil {
			continue
		}
		s[cookieFact(host, u.Host, "script", c.Raw)] = true
	}
	for _, k := range p.Local {
		s["local_storage "+host+" "+k] = true
	}
	for _, k := range p.Session {
		s["session_storage "+host+" "+k] = true
	}
}

// lifetimeRE finds the lifetime that a setter asks for.
var lifetimeRE = regexp.MustCompile(`(?i);\s*max-age=(-?\d+)`)

func cookieFact(host, setter, by, raw string) string {
	c, err := http.ParseSetCookie(raw)
	if err != nil {
		return "bad cookie " + raw
	}
	domain := strings.TrimPrefix(c.Domain, ".")
	if domain == "" {
		domain = host
	}
	life := int64(0)
	if m := lifetimeRE.FindStringSubmatch(raw); m != nil {
		life, _ = strconv.ParseInt(m[1], 10, 64)
	} else if !c.Expires.IsZero() {
		life = -1 // the test sites state lifetimes by Max-Age
	}
	return fmt.Sprintf("cookie %s of %s by %s of %s for %d s", c.Name, domain, by, setter, life)
}

// facts are what must and what may happen on a page of a site.
func facts(site Site, page *url.URL) (want, may seen) {
	want, may = seen{}, seen{}
	put := func(fact, on, when string) {
		if when == "typing" {
			may[fact] = true // the visitor of this test types nothing
		} else if on == page.Path || on == "" && page.String() == site.Start {
			want[fact] = true
		} else {
			may[fact] = true
		}
	}
	w := site.Want
	for _, h := range w.Hosts {
		put("host "+h.Host, h.On, h.When)
	}
	for _, c := range w.Cookies {
		put(fmt.Sprintf("cookie %s of %s by %s of %s for %d s", c.Name, c.Domain, c.SetBy, c.Setter, c.Lifetime), c.On, c.When)
	}
	for _, s := range w.Storage {
		if s.Technology == "local_storage" || s.Technology == "session_storage" {
			put(s.Technology+" "+s.Host+" "+s.Key, s.On, s.When)
		}
	}
	for _, b := range w.Beacons {
		put("beacon "+b.Host+b.Path, b.On, b.When)
	}
	return want, may
}
