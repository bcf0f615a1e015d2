package crawler

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"trackaudit/crawler/browser"
	"trackaudit/crawler/evidence"
)

// TestSoak makes many visits (2,000, or TRACKAUDIT_VISITS) and kills the browser with -9 ten times in their
// second half. It prints the memory of this process and of the browser's processes as it goes, and checks that no visit is lost or
// doubled, that memory stays flat after a warm-up, and that nothing is left behind. It runs with TRACKAUDIT_SOAK=1.
func TestSoak(t *testing.T) {
	if os.Getenv("TRACKAUDIT_SOAK") == "" {
		t.Skip("TRACKAUDIT_SOAK is not set")
	}
	visits := 2000
	if n, err := strconv.Atoi(os.Getenv("TRACKAUDIT_VISITS")); err == nil {
		visits = n
	}
	profiles := t.TempDir()
	t.Setenv("TMPDIR", profiles)
	s := manyPages(t, visits)
	cfg := Config{Start: "https://www.many.test/", Pages: visits, NoNotices: true, IgnoreRobots: true, Choices: []evidence.Choice{evidence.ChoiceNone},
		Browser: browser.Options{HostRules: []string{"MAP *.test " + s.Listener.Addr().String()}, Insecure: true, HashKey: []byte("k")}}
	seen := map[string]int{}
	browsers := groups{profiles, map[string]bool{}}
	var tool, chrome []float64
	kills, incomplete, again := 0, 0, 0
	every := max(visits/40, 1)
	began := time.Now()
	t.Logf("%7s %9s %9s %10s %12s %s", "visits", "pages/s", "heap MB", "tool RSS", "browser MB", "processes")
	r, err := Crawl(context.Background(), cfg, func(v evidence.Visit) error {
		seen[v.URL]++
		if !v.Complete {
			incomplete++
			t.Logf("%s: %s (%s)", v.URL, v.Reason, v.Detail)
		}
		if v.Tries > 1 {
			again++
		}
		if n := len(seen); n%every == 0 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			private, processes := browsers.memory()
			tool = append(tool, float64(m.HeapInuse)/(1<<20))
			if kills == 0 { // what was killed does not grow
				chrome = append(chrome, private)
			}
			t.Logf("%7d %9.2f %9.1f %10.1f %12.1f %d", n, float64(n)/time.Since(began).Seconds(), tool[len(tool)-1], rss(), private, processes)
		}
		if n := len(seen); kills < 10 && n >= visits/2+(kills+1)*visits/22 {
			kills++
			kill(t, profiles)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	doubled := 0
	for url, n := range seen {
		if n != 1 {
			doubled++
			t.Errorf("%s is recorded %d times", url, n)
		}
	}
	if len(seen) != visits || len(r.Pages) != visits {
		t.Errorf("%d pages recorded, %d planned, want %d", len(seen), len(r.Pages), visits)
	}
	if incomplete > 0 {
		t.Errorf("%d visits are not complete", incomplete)
	}
	growth := func(list []float64) float64 { // of the last fifth over the second
		n := max(len(list)/5, 1)
		return 100 * (mean(list[len(list)-n:])/mean(list[n:2*n]) - 1)
	}
	t.Logf("%d visits in %.0f s (%.2f a second); the browser killed %d times, %d visits repeated, %d restarts, %d pages lost, %d doubled", len(seen), time.Since(began).Seconds(),
		float64(len(seen))/time.Since(began).Seconds(), kills, again, r.Restarts, visits-len(seen), doubled)
	t.Logf("growth after warm-up: tool %.1f %% of heap in use (all visits), browser %.1f %% of private memory (first half, without kills); load of the machine %s", growth(tool), growth(chrome), loadAverage())
	if g := growth(tool); g > 10 {
		t.Errorf("the tool's memory grew by %.1f %%", g)
	}
	if g := growth(chrome); g > 10 {
		t.Errorf("the browser's memory grew by %.1f %%", g)
	}
	left, _ := filepath.Glob(filepath.Join(profiles, "*"))
	if _, processes := browsers.memory(); len(left) > 0 || processes > 0 {
		t.Errorf("left behind: %v, %d processes", left, processes)
	}
}

// manyPages serves a site of so many pages; each links to its neighbours and a sitemap names them all. Each sets a
// cookie, stores a key and loads a script and a pixel of third parties.
func manyPages(t testing.TB, n int) *httptest.Server {
	var mu sync.Mutex
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		page := func(i int) string { return fmt.Sprintf("/section%d/topic%d.html", i%10, i) }
		var i int
		switch path := r.URL.Path; {
		case strings.HasSuffix(path, ".js"):
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = io.WriteString(w, "document.cookie='_id='+Math.random();localStorage.setItem('k','1');new Image().src='https://pixel.test/p.gif?'+Math.random()")
			return
		case strings.HasSuffix(path, ".gif"):
			w.WriteHeader(http.StatusNoContent)
			return
		case path == "/sitemap.xml":
			w.Header().Set("Content-Type", "application/xml")
			fmt.Fprint(w, `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
			for i := 1; i < n; i++ {
				fmt.Fprintf(w, "<url><loc>https://www.many.test%s</loc></url>", page(i))
			}
			fmt.Fprint(w, "</urlset>")
			return
		case path != "/":
			if _, err := fmt.Sscanf(path[strings.LastIndexByte(path, '/')+1:], "topic%d.html", &i); err != nil || i >= n {
				http.NotFound(w, r)
				return
			}
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!doctype html><html lang=en><title>Topic %d</title><h1>Topic %d</h1><p>A page of a site that has %d of them.</p>", i, i, n)
		for k := 1; k <= 10; k++ {
			fmt.Fprintf(w, `<p>Read on about <a href="%s">topic %d</a>.</p>`, page((i*10+k)%n), (i*10+k)%n)
		}
		fmt.Fprint(w, `<script src="https://tag.test/t.js"></script>`)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s
}

// groups are the process groups of browsers that keep their profile below dir. Their children do not name it.
type groups struct {
	dir  string
	seen map[string]bool
}

// memory is the private memory in MB of the living processes of the groups, and how many they are.
func (g *groups) memory() (private float64, processes int) {
	own := map[string]string{} // process → its group
	names, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range names {
		stat, _ := os.ReadFile(p + "/stat")
		_, rest, _ := strings.Cut(string(stat), ") ")
		f := strings.Fields(rest)
		if len(f) < 3 || f[0] == "Z" {
			continue
		}
		own[p] = f[2]
		if cmd, _ := os.ReadFile(p + "/cmdline"); strings.Contains(string(cmd), "--user-data-dir="+g.dir) {
			g.seen[f[2]] = true
		}
	}
	for p, group := range own {
		if g.seen[group] {
			processes++
			private += (field(p+"/smaps_rollup", "Private_Clean:") + field(p+"/smaps_rollup", "Private_Dirty:")) / 1024
		}
	}
	return private, processes
}

// rss is the resident memory of this process in MB.
func rss() float64 { return field("/proc/self/status", "VmRSS:") / 1024 }

func field(file, name string) float64 {
	text, _ := os.ReadFile(file)
	_, rest, _ := strings.Cut(string(text), name)
	var v float64
	_, _ = fmt.Sscan(rest, &v)
	return v
}

func mean(list []float64) float64 {
	sum := 0.0
	for _, v := range list {
		sum += v
	}
	return sum / float64(len(list))
}

func loadAverage() string {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
