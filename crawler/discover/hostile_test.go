package discover

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Whatever a site answers, discovery ends in time, within bounded memory, and goes on with the rest.
func TestHostileSite(t *testing.T) {
	stop := make(chan struct{})
	flood := func(contentType string, chunk string, n int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			for range n {
				if _, err := io.WriteString(w, chunk); err != nil {
					return
				}
			}
		}
	}
	trickle := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		for {
			_, _ = io.WriteString(w, " ")
			w.(http.Flusher).Flush()
			select {
			case <-stop:
				return
			case <-r.Context().Done():
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
	hang := func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	}
	bomb := func(w http.ResponseWriter, _ *http.Request) {
		z := gzip.NewWriter(w)
		for range 100 {
			_, _ = io.WriteString(z, strings.Repeat("<url><loc>https://acme.test/x</loc></url>", 25000))
		}
		_ = z.Close()
	}
	var many strings.Builder
	for i := range 60000 {
		fmt.Fprintf(&many, "<a href=/l%d>x</a>", i)
	}
	w := newWeb(t, map[string]http.HandlerFunc{
		"acme.test/": htmlPage(`<a href=/flood>a</a><a href=/deep>b</a><a href=/many>c</a><a href=/hang>d</a><a href=/trickle>e</a>
			<a href=/loop>f</a><a href=/away>g</a><a href=/fine>h</a>`),
		"acme.test/flood":       flood("text/html", strings.Repeat("<p>x", 1<<18), 100),
		"acme.test/deep":        htmlPage(strings.Repeat("<div>", 200000)),
		"acme.test/many":        htmlPage(many.String()),
		"acme.test/hang":        hang,
		"acme.test/trickle":     trickle,
		"acme.test/loop":        redirect("/loop"),
		"acme.test/away":        redirect("http://169.254.169.254/latest/"),
		"acme.test/fine":        htmlPage(`<footer><a href=/pp>Privacy policy</a></footer>`),
		"acme.test/robots.txt":  flood("text/plain", "User-agent: *\nDisallow: /nothing\n"+strings.Repeat("# x\n", 1000)+"Sitemap: https://acme.test/map.xml\n", 1000),
		"acme.test/map.xml":     typed("application/xml", `<sitemapindex><sitemap><loc>https://acme.test/map.xml</loc></sitemap><sitemap><loc>https://acme.test/bomb.xml.gz</loc></sitemap></sitemapindex>`),
		"acme.test/bomb.xml.gz": bomb,
	})
	defer close(stop)
	cfg := w.config("https://acme.test/")
	cfg.Timeout = 10 * time.Second // a busy machine takes longer to read the floods than to be flooded
	cfg.Pages = 20
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	begin := time.Now()
	found, err := Site(context.Background(), cfg)
	took := time.Since(begin)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Errorf("the start page was fine: %v", err)
	}
	if took > cfg.Timeout { // two pages that keep us waiting for a quarter of it each, side by side
		t.Errorf("took %v", took)
	}
	if grown := (after.HeapSys - before.HeapSys) >> 20; after.HeapSys > before.HeapSys && grown > 400 {
		t.Errorf("the heap grew by %d MB", grown)
	}
	if got := urls(found.Notices); len(got) != 1 || got[0] != "privacy https://acme.test/pp" {
		t.Errorf("notices %v, looked\n%s", got, strings.Join(found.Looked, "\n"))
	}
	if len(found.Pages) != 20 {
		t.Errorf("pages: %v", found.Pages)
	}
	t.Logf("%v, heap %d MB\n%s", took, after.HeapSys>>20, strings.Join(found.Looked, "\n"))
}
