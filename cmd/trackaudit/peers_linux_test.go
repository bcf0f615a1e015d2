package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// peerPages is the size of the site that both visit.
const peerPages = 20

// peerFacts are what each page of the site does, by a name that occurs nowhere else.
var peerFacts = []struct{ what, name string }{
	{"cookie by Set-Cookie", "peer_http"},
	{"cookie by script", "peer_script"},
	{"cookie of a third party", "peer_third"},
	{"cookie set, then deleted", "peer_brief"},
	{"local storage", "peer_local"},
	{"session storage", "peer_session"},
	{"IndexedDB", "peer_db"},
	{"storage in a foreign frame", "peer_frame"},
	{"pixel", "pixel.seen.test"},
	{"beacon after 5 s", "late.seen.test"},
	{"beacon when the page is left", "bye.seen.test"},
}

const peerScript = `document.cookie='peer_script=0123456789abcdef;max-age=9999';document.cookie='peer_brief=0123456789abcdef;max-age=9999';
setTimeout(()=>document.cookie='peer_brief=;max-age=0',200);localStorage.setItem('peer_local','0123456789abcdef');sessionStorage.setItem('peer_session','0123456789abcdef');
indexedDB.open('peer_db');new Image().src='https://pixel.seen.test/p.gif?'+Math.random();setTimeout(()=>navigator.sendBeacon('https://late.seen.test/b','x'),5000);
addEventListener('pagehide',()=>navigator.sendBeacon('https://bye.seen.test/b','x'))`

// peerSite serves the site for every host below .test.
func peerSite(t *testing.T) string {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch host, _, _ := strings.Cut(r.Host, ":"); {
		case host == "tag.seen.test":
			w.Header().Set("Content-Type", "text/javascript")
			http.SetCookie(w, &http.Cookie{Name: "peer_third", Value: "0123456789abcdef", MaxAge: 9999, Secure: true, SameSite: http.SameSiteNoneMode})
			_, _ = io.WriteString(w, peerScript)
		case host == "frame.seen.test":
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, `<script>localStorage.setItem('peer_frame','0123456789abcdef')</script>`)
		case host != "www.peers.test":
			w.WriteHeader(http.StatusNoContent)
		case r.URL.Path != "/" && !strings.HasPrefix(r.URL.Path, "/topic"):
			http.NotFound(w, r)
		default:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			http.SetCookie(w, &http.Cookie{Name: "peer_http", Value: "0123456789abcdef", MaxAge: 9999})
			fmt.Fprintf(w, `<!doctype html><html lang="en"><title>%s</title><h1>A page</h1><p>One of %d.</p>`, r.URL.Path, peerPages)
			for i := 1; i < peerPages; i++ {
				fmt.Fprintf(w, `<p><a href="https://www.peers.test/topic%d.html">Topic number %d</a></p>`, i, i)
			}
			_, _ = io.WriteString(w, `<script src="https://tag.seen.test/t.js"></script><iframe src="https://frame.seen.test/"></iframe>`)
		}
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return "MAP *.test " + s.Listener.Addr().String()
}

const blacklight = `const { collect } = require('@themarkup/blacklight-collector');
const [dir, rule, pages] = process.argv.slice(2);
collect('https://www.peers.test/', { outDir: dir, numPages: +pages - 1, puppeteerExecutablePath: process.env.PEER_CHROME,
  extraChromiumArgs: ['--disable-features=TrackingProtection3pcd', '--host-resolver-rules=' + rule] })
  .then(r => { console.log(JSON.stringify({ status: r.status, pages: (r.browsing_history || []).length })); process.exit(0) }, e => { console.error(e); process.exit(1) });`

// TestPeers audits the same site of 20 pages with trackaudit and with Blacklight's collector, in turns, each at its
// defaults, and prints seconds and CPU seconds a page and what each has in its results. It runs with
// TRACKAUDIT_PEERS=1 and installs the peer with npm into a folder that goes with the test; TRACKAUDIT_PEERS may
// instead name a folder that holds it.
func TestPeers(t *testing.T) {
	peers := os.Getenv("TRACKAUDIT_PEERS")
	if peers == "" {
		t.Skip("TRACKAUDIT_PEERS is not set")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("the peer needs node")
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("the peer needs chromium")
	}
	if peers == "1" {
		peers = t.TempDir()
		npm := exec.Command("npm", "install", "--no-audit", "--no-fund", "--silent", "@themarkup/blacklight-collector")
		npm.Dir, npm.Env = peers, append(os.Environ(), "PUPPETEER_SKIP_DOWNLOAD=1")
		if out, err := npm.CombinedOutput(); err != nil {
			t.Skipf("the peer cannot be installed: %v\n%s", err, out)
		}
	}
	script := filepath.Join(peers, "blacklight.js")
	if err := os.WriteFile(script, []byte(blacklight), 0o644); err != nil {
		t.Fatal(err)
	}
	bin := build(t)
	rule := peerSite(t)
	tools := []struct {
		name string
		args func(dir string) []string
		runs []usage
		has  string
	}{
		{name: "trackaudit, defaults", args: func(dir string) []string {
			return []string{bin, "audit", "https://www.peers.test/", "--host-rule", rule, "--insecure", "--out", dir, "--quiet"}
		}},
		{name: "trackaudit, full Chromium", args: func(dir string) []string {
			return []string{bin, "audit", "https://www.peers.test/", "--host-rule", rule, "--insecure", "--out", dir, "--quiet", "--chrome", chromium}
		}},
		{name: "blacklight-collector, defaults", args: func(dir string) []string {
			return []string{node, script, dir, rule, fmt.Sprint(peerPages)}
		}},
	}
	t.Logf("a site of %d pages; two rounds in turns; load of the machine %s", peerPages, loadAverage())
	for round := range 2 {
		for i := range tools {
			tool := &tools[i]
			dir := filepath.Join(t.TempDir(), "out")
			args := tool.args(dir)
			u, out := measured(t, exec.Command(args[0], args[1:]...), "PEER_CHROME="+chromium)
			tool.runs = append(tool.runs, u)
			if round == 0 {
				tool.has = results(t, dir)
			}
			t.Logf("%-31s %5.1f s, %5.1f CPU-s %s", tool.name, u.wall, u.cpu, strings.TrimSpace(lastLine(out, "{\"status\"")))
		}
	}
	t.Logf("%-31s %9s %9s", "", "s a page", "CPU-s a page")
	var wall []float64
	for _, tool := range tools {
		var sum usage
		for _, u := range tool.runs {
			sum.wall, sum.cpu = sum.wall+u.wall, sum.cpu+u.cpu
		}
		n := float64(len(tool.runs) * peerPages)
		wall = append(wall, sum.wall/n)
		t.Logf("%-31s %9.2f %9.2f", tool.name, sum.wall/n, sum.cpu/n)
	}
	t.Logf("trackaudit at its defaults is %.1f times as fast; in the same browser %.1f times", wall[2]/wall[0], wall[2]/wall[1])
	for _, f := range peerFacts {
		line := fmt.Sprintf("%-31s", f.what)
		for _, tool := range tools {
			line += fmt.Sprintf(" %-6v", strings.Contains(tool.has, f.name))
		}
		t.Log(line)
	}
	for _, f := range peerFacts {
		if !strings.Contains(tools[0].has, f.name) {
			t.Errorf("trackaudit has no %s (%s)", f.what, f.name)
		}
	}
}

// results is the text of all that a tool wrote down, save copies of the pages themselves.
func results(t *testing.T, dir string) string {
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".json" && filepath.Ext(path) != ".jsonl" {
			return err
		}
		data, err := os.ReadFile(path)
		b.Write(data)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return b.String()
}

func lastLine(out, start string) string {
	last := ""
	for _, line := range strings.Split(out, "\n") {
		if strings.HasPrefix(line, start) && json.Valid([]byte(line)) {
			last = line
		}
	}
	return last
}
