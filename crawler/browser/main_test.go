package browser

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
	"trackaudit/testsites"
)

// web is what the tests visit: the test web with its own request log, and the pages that single tests plant.
var web struct {
	sites *testsites.Server
	plant *plantServer
	facts *knowledge.Facts
}

// TestMain serves the test web, shares one browser of each mode among all tests, and fails when anything is left
// behind at the end: a process, a folder, a goroutine.
func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	fail := func(err error) int {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	temp, err := os.MkdirTemp("", "trackaudit-browser-test-")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(temp)
	os.Setenv("TMPDIR", temp) // profiles lie below it, and every process of a browser carries it
	if web.sites, err = testsites.Start(testsites.Options{}); err != nil {
		return fail(err)
	}
	if web.facts, err = knowledge.Load(knowledge.Overlay{Name: "vendors", TSV: testsites.Vendors()}); err != nil {
		return fail(err)
	}
	web.plant = startPlant()
	code := m.Run()
	for _, s := range sharedBrowsers {
		if s.b != nil {
			s.b.Close()
		}
	}
	web.sites.Close()
	web.plant.Close()
	if left := leftBehind(temp); left != "" && code == 0 {
		return fail(fmt.Errorf("left behind after all tests: %s", left))
	}
	return code
}

// leftBehind names what is still there of the browsers that kept their profiles below temp. Processes and
// goroutines that are just ending get some time for it.
func leftBehind(temp string) string {
	deadline := time.Now().Add(5 * time.Second)
	for {
		var left []string
		for pid, cmd := range processesOf(temp) {
			left = append(left, fmt.Sprintf("process %d (%.80s)", pid, cmd))
		}
		profiles, _ := filepath.Glob(filepath.Join(temp, "trackaudit-profile-*"))
		left = append(left, profiles...)
		left = append(left, goroutines()...)
		if len(left) == 0 || time.Now().After(deadline) {
			return strings.Join(left, "\n")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// goroutines are the stacks of those that this package or chromedp has started.
func goroutines() []string {
	buf := make([]byte, 4<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var list []string
	for i, g := range bytes.Split(buf, []byte("\n\n")) {
		if i > 0 && (bytes.Contains(g, []byte("crawler/browser.(*")) || bytes.Contains(g, []byte("chromedp/chromedp."))) {
			list = append(list, string(g))
		}
	}
	return list
}

// processesOf lists the processes whose environment or command line names dir, by ID with their command line. It
// is empty where there is no /proc.
func processesOf(dir string) map[int]string {
	found := map[int]string{}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return found
	}
	for _, e := range entries {
		var pid int
		if _, err := fmt.Sscanf(e.Name(), "%d", &pid); err != nil || pid == os.Getpid() {
			continue
		}
		env, _ := os.ReadFile(filepath.Join("/proc", e.Name(), "environ"))
		cmd, _ := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		if bytes.Contains(env, []byte("TMPDIR="+dir)) || bytes.Contains(cmd, []byte(dir)) {
			found[pid] = strings.ReplaceAll(string(cmd), "\x00", " ")
		}
	}
	return found
}

// modes are the browsers that the tests drive.
var modes = []string{"shell", "full"}

type sharedBrowser struct {
	once sync.Once
	b    *Browser
	err  error
}

var sharedBrowsers = map[string]*sharedBrowser{"shell": {}, "full": {}, "hostile": {}}

// installed is the browser of a mode; the test is skipped if this machine has none.
func installed(t testing.TB, mode string) Binary {
	t.Helper()
	all := FindAll()
	if len(all) == 0 {
		t.Fatal("no browser is installed")
	}
	for _, b := range all {
		if b.Mode == mode {
			return b
		}
	}
	t.Skipf("no browser of mode %s is installed", mode)
	return Binary{}
}

// options lead a browser to the test web.
func options(t testing.TB, mode string) Options {
	return Options{Path: installed(t, mode).Path, HostRules: []string{web.plant.rule(), web.sites.HostRule()}, Insecure: true,
		Facts: web.facts, HashKey: []byte("test"), KeepValues: true}
}

// shared is the one browser of a mode that the tests share.
func shared(t testing.TB, mode string) *Browser {
	t.Helper()
	o := options(t, mode)
	s := sharedBrowsers[mode]
	s.once.Do(func() { s.b, s.err = Start(context.Background(), o) })
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.b
}

// own starts a browser that the test may ill-treat.
func own(t testing.TB, mode string, change func(*Options)) *Browser {
	t.Helper()
	o := options(t, mode)
	if change != nil {
		change(&o)
	}
	b, err := Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// visit makes one visit that must not lose the browser.
func visit(t testing.TB, b *Browser, url string, choice evidence.Choice) evidence.Visit {
	t.Helper()
	r, err := b.Visit(context.Background(), Job{ID: "v0001", URL: url, Choice: choice})
	if err != nil {
		t.Fatalf("visit of %s: %v", url, err)
	}
	return r.Visit
}

// eachMode runs a test in every browser there is.
func eachMode(t *testing.T, f func(t *testing.T, mode string)) {
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) { f(t, mode) })
	}
}
