package crawler

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"trackaudit/crawler/browser"
	"trackaudit/crawler/evidence"
)

// TestBrowserKilled kills the real browser in the middle of a visit: the crawl starts it again and repeats the
// visit; a page under which it dies every time is given up after three tries and called so.
func TestBrowserKilled(t *testing.T) {
	for deaths, want := range map[int32]struct {
		complete bool
		reason   evidence.Reason
		tries    int
	}{
		1:   {true, "", 2},
		100: {false, evidence.BrowserLost, 3},
	} {
		t.Run(fmt.Sprintf("%d deaths", deaths), func(t *testing.T) {
			profiles := t.TempDir()
			t.Setenv("TMPDIR", profiles)
			var died atomic.Int32
			s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/kill" && died.Add(1) <= deaths:
					kill(t, profiles)
				case r.URL.Path == "/":
					w.Header().Set("Content-Type", "text/html")
					fmt.Fprint(w, "<title>t</title><h1>A page</h1><p>that asks for its own end.</p><script>fetch('/kill')</script>")
				default:
					http.NotFound(w, r)
				}
			}))
			defer s.Close()
			cfg := Config{Start: "https://acme.test/", Pages: 1, Choices: []evidence.Choice{evidence.ChoiceNone}, NoNotices: true,
				Browser: browser.Options{HostRules: []string{"MAP * " + s.Listener.Addr().String()}, Insecure: true}}
			var visits []evidence.Visit
			r, err := Crawl(context.Background(), cfg, func(v evidence.Visit) error { visits = append(visits, v); return nil })
			if err != nil {
				t.Fatal(err)
			}
			if len(visits) != 1 {
				t.Fatalf("%d visits recorded, want 1", len(visits))
			}
			if v := visits[0]; v.Complete != want.complete || v.Reason != want.reason || v.Tries != want.tries {
				t.Errorf("complete %v, reason %q, %d tries (%s); want %v, %q, %d", v.Complete, v.Reason, v.Tries, v.Detail, want.complete, want.reason, want.tries)
			}
			if r.Restarts != want.tries-1 {
				t.Errorf("%d restarts, want %d", r.Restarts, want.tries-1)
			}
			if left, _ := filepath.Glob(filepath.Join(profiles, "*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// kill ends the browser whose profile lies below dir: the parent process alone, as the kernel would when memory is
// short.
func kill(t *testing.T, dir string) {
	names, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, name := range names {
		cmd, _ := os.ReadFile(name)
		if args := string(cmd); strings.Contains(args, "--user-data-dir="+dir) && strings.Contains(args, "--remote-debugging-pipe") && !strings.Contains(args, "--type=") {
			var pid int
			if _, err := fmt.Sscanf(name, "/proc/%d/", &pid); err != nil {
				t.Error(err)
				return
			}
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}
