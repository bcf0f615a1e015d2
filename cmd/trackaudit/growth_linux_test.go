package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestGrowth audits generated sites of 10, 100 and 1,000 pages (TRACKAUDIT_SITES names other numbers) with the
// command itself and prints time, CPU and memory (of the browser and the command, shared pages counted once): a page must
// cost the same on each. It runs with TRACKAUDIT_SITES
// set.
func TestGrowth(t *testing.T) {
	sizes := os.Getenv("TRACKAUDIT_SITES")
	if sizes == "" {
		t.Skip("TRACKAUDIT_SITES is not set")
	}
	if sizes == "1" {
		sizes = "10 100 1000"
	}
	bin := build(t)
	t.Logf("%7s %9s %9s %9s %11s %14s %10s %14s %s", "pages", "seconds", "s a page", "CPU-s/page", "peak MB", "with browser", "processes", "evidence KB/page", "load")
	for _, size := range strings.Fields(sizes) {
		n, err := strconv.Atoi(size)
		if err != nil {
			t.Fatal(err)
		}
		rule := generatedSite(t, n)
		dir := filepath.Join(t.TempDir(), "run")
		u, out := measured(t, exec.Command(bin, "audit", "https://www.many.test/", "--host-rule", rule, "--insecure", "--out", dir, "--pages", size, "--quiet", "--format", "junit"))
		lines, bytes := 0, 0.0
		f, err := os.Open(filepath.Join(dir, evidenceFile))
		if err != nil {
			t.Fatalf("%v\n%.2000s", err, out)
		}
		for r := bufio.NewReaderSize(f, 1<<20); ; {
			line, err := r.ReadString('\n')
			if bytes += float64(len(line)); err != nil {
				break
			}
			lines++
		}
		f.Close()
		if lines != n {
			t.Errorf("%d visits of %d pages", lines, n)
		}
		t.Logf("%7d %9.1f %9.3f %9.3f %11.1f %14.1f %10d %14.1f   %s", n, u.wall, u.wall/float64(n), u.cpu/float64(n), u.memory, u.family, u.processes, bytes/float64(n)/1024, loadAverage())
	}
}

// TestOnePage prints what a whole audit of one page takes, launch included. It runs with TRACKAUDIT_BENCH=1 and never
// fails on time.
func TestOnePage(t *testing.T) {
	if os.Getenv("TRACKAUDIT_BENCH") == "" {
		t.Skip("TRACKAUDIT_BENCH is not set")
	}
	bin, rule := build(t), peerSite(t)
	var line []string
	for range 5 {
		u, out := measured(t, exec.Command(bin, "audit", "https://www.peers.test/", "--host-rule", rule, "--insecure", "--pages", "1", "--out", filepath.Join(t.TempDir(), "run"), "--quiet", "--format", "json"))
		if !strings.Contains(out, `"complete": true`) && !strings.Contains(out, `"complete":true`) {
			t.Errorf("the page is not complete: %.500s", out)
		}
		line = append(line, fmt.Sprintf("%.2f", u.wall))
	}
	t.Logf("a whole audit of one page, launch included, five times: %s s; load of the machine %s", strings.Join(line, " "), loadAverage())
}

// generatedSite serves n pages that a sitemap names. Each sets a cookie, stores a key, and loads a script and a pixel
// of third parties.
func generatedSite(t *testing.T, n int) string {
	page := func(i int) string { return fmt.Sprintf("/section%d/topic%d.html", i%10, i) }
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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
	return "MAP *.test " + s.Listener.Addr().String()
}
