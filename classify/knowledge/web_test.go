package knowledge

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"html"
	"io/fs"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"trackaudit/crawler/evidence"
)

// testWeb is the web of ../shared/web, served on loopback, and Chrome to visit it with.
type testWeb struct {
	chrome, port, dir, log string
}

// startWeb serves held, a folder of the form of ../shared/web. A test without the web, node or Chrome is skipped.
func startWeb(t *testing.T, held string) testWeb {
	t.Helper()
	web := sharedWeb(t)
	chrome, err := exec.LookPath("chromium-headless-shell")
	if err != nil {
		t.Skip("no chromium-headless-shell")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no node")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	dir := t.TempDir()
	w := testWeb{chrome, port, dir, filepath.Join(dir, "requests.log")}
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join(web, "server.js"), port, w.log)
	cmd.Env = append(os.Environ(), "HELD="+held)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.Contains(line, "listening") {
		t.Fatalf("test web: %q, %v", line, err)
	}
	return w
}

func sharedWeb(t *testing.T) string {
	t.Helper()
	web, _ := filepath.Abs("../../../shared/web")
	if _, err := os.Stat(filepath.Join(web, "server.js")); err != nil {
		t.Skip("no ../shared/web")
	}
	return web
}

// visit returns the page as Chrome shows it after eight seconds of the page's time. A Chrome that hangs is ended with all
// its processes, which else keep its output open for ever, and the page is visited once more.
func (w testWeb) visit(t *testing.T, page string) []byte {
	for range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
		cmd := exec.CommandContext(ctx, w.chrome, "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors",
			"--host-resolver-rules=MAP * 127.0.0.1:"+w.port, "--user-data-dir="+filepath.Join(w.dir, "profile"),
			"--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
			"--virtual-time-budget=8000", "--dump-dom", page)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
		cmd.WaitDelay = 5 * time.Second
		dom, err := cmd.Output()
		cancel()
		if err == nil {
			return dom
		}
		t.Logf("%s: %v", page, err)
	}
	return nil
}

// asked is a line of the server's record.
type asked struct{ Host, Path string }

func (w testWeb) requests(t *testing.T) []asked {
	t.Helper()
	text, err := os.ReadFile(w.log)
	if err != nil {
		t.Fatal(err)
	}
	var list []asked
	for line := range bytes.Lines(text) {
		var a asked
		if err := json.Unmarshal(line, &a); err != nil {
			t.Fatal(err)
		}
		list = append(list, a)
	}
	return list
}

// linkInto makes a folder that the server can write into and that shows the saved web.
func linkInto(t *testing.T, web string, names ...string) string {
	t.Helper()
	held := t.TempDir()
	for _, name := range names {
		if err := os.Symlink(filepath.Join(web, name), filepath.Join(held, name)); err != nil {
			t.Fatal(err)
		}
	}
	return held
}

// operators are domains that the saved pages themselves call their own ("canonical"): the copies stand under others.
var operators = []string{"acontracorrientech.com", "official-coolair.com"}

// framesOf puts beside the saved sites one page for each that shows all of its pages in frames, so that Chrome
// starts once for a site. It returns the number of pages by host.
func framesOf(t *testing.T, web, held string) map[string]int {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(web, "sites"))
	if err != nil {
		t.Fatal(err)
	}
	all := filepath.Join(held, "sites", "frames.test")
	if err := os.MkdirAll(all, 0o700); err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, e := range entries {
		host := e.Name()
		if err := os.Symlink(filepath.Join(web, "sites", host), filepath.Join(held, "sites", host)); err != nil {
			t.Fatal(err)
		}
		var page strings.Builder
		page.WriteString("<!doctype html><title>frames</title>\n")
		err := fs.WalkDir(os.DirFS(filepath.Join(web, "sites", host)), ".", func(path string, d fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".html") {
				n[host]++
				page.WriteString("<iframe src=\"https://" + host + "/" + html.EscapeString(strings.TrimSuffix(path, "index.html")) + "\"></iframe>\n")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(all, host+".html"), []byte(page.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// TestHostsOfTheWeb counts the third-party hosts that Chrome contacts on the saved sites of ../shared/web, by the
// server's own record, and of how many facts know the owner and the purpose.
func TestHostsOfTheWeb(t *testing.T) {
	if testing.Short() {
		t.Skip("visits 14 sites")
	}
	web := sharedWeb(t)
	held := linkInto(t, web, "sdk")
	frames := framesOf(t, web, held)
	w := startWeb(t, held)
	own := map[string]bool{"frames.test": true}
	pages := 0
	for _, host := range slices.Sorted(maps.Keys(frames)) {
		own[evidence.SiteOf(host)] = true
		pages += frames[host]
		w.visit(t, "https://frames.test/"+host)
	}
	for _, domain := range operators {
		own[domain] = true
	}
	owner, purpose := map[string]bool{}, map[string]bool{}
	for _, r := range w.requests(t) {
		if own[evidence.SiteOf(r.Host)] {
			continue
		}
		m, ok := Embedded().Host(r.Host, r.Path)
		owner[r.Host] = owner[r.Host] || ok && m.Service.Entity != ""
		purpose[r.Host] = purpose[r.Host] || ok && m.Purpose != Unknown
	}
	var unknown []string
	known, used := 0, 0
	for _, host := range slices.Sorted(maps.Keys(owner)) {
		if owner[host] {
			known++
		}
		if purpose[host] {
			used++
		}
		if !owner[host] || !purpose[host] {
			unknown = append(unknown, host)
		}
	}
	n := len(owner)
	if n == 0 {
		t.Fatal("Chrome contacted no third party")
	}
	t.Logf("%d pages, %d third-party hosts: owner known of %d (%.1f %%), purpose of %d (%.1f %%)", pages, n,
		known, 100*float64(known)/float64(n), used, 100*float64(used)/float64(n))
	for i, host := range unknown {
		t.Logf("unknown %d: %s", i+1, host)
	}
	if 100*known < 85*n || 100*used < 80*n {
		t.Error("want the owner of 85 % and the purpose of 80 %")
	}
}
