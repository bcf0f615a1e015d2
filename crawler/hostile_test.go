package crawler

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"trackaudit/crawler/browser"
	"trackaudit/crawler/evidence"
)

// hostile is a page that means harm, and what a visit of it must come to.
type hostile struct {
	name  string
	body  string           // of the page, beside its text
	serve http.HandlerFunc // instead of body
	want  []evidence.Reason
	slow  bool // only with TRACKAUDIT_SOAK=1
}

// whole is a visit that sees all of the page in spite of what it does.
const seenWhole evidence.Reason = ""

// hostiles is the table of issue 4, "Hostile pages". What ends the browser itself, the disk or the crawl is tested
// beside it.
var hostiles = []hostile{
	{name: "endless script", body: `<script>for(;;);</script>`, want: []evidence.Reason{evidence.Timeout}},
	{name: "endless script later", body: `<script>setTimeout(()=>{for(;;);},2000)</script>`, want: []evidence.Reason{evidence.Timeout}, slow: true},
	{name: "endless promises", body: `<script>const f=()=>Promise.resolve().then(f);f()</script>`, want: []evidence.Reason{evidence.Timeout}},
	{name: "memory loop", body: `<script>const a=[];for(;;)a.push(new Array(33554431).fill({}))</script>`, want: []evidence.Reason{evidence.Crashed, evidence.Timeout}, slow: true},
	{name: "400,000 nodes", body: `<script>const f=document.createDocumentFragment();for(let i=0;i<400000;i++)f.append(document.createElement('p'));document.body.append(f)</script>`,
		want: []evidence.Reason{seenWhole, evidence.Timeout}},
	{name: "headers never come", serve: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, want: []evidence.Reason{evidence.Timeout}},
	{name: "body trickles", serve: trickle, want: []evidence.Reason{evidence.Timeout}},
	{name: "image trickles", body: `<img src="trickle.gif">`, want: []evidence.Reason{seenWhole}},
	{name: "dialogs", body: `<script>for(let i=0;i<50;i++){alert(i);confirm(i);prompt(i)}onbeforeunload=()=>'stay'</script>`, want: []evidence.Reason{seenWhole}},
	{name: "redirect loop", serve: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path+"?"+r.URL.RawQuery+"x", http.StatusFound)
	}, want: []evidence.Reason{evidence.RedirectLoop}},
	{name: "script redirect loop", body: `<script>location.href=location.pathname+'?'+Math.random()</script>`, want: []evidence.Reason{evidence.Timeout}},
	{name: "meta redirect loop", body: `<meta http-equiv="refresh" content="0">`, want: []evidence.Reason{evidence.Timeout}},
	{name: "pushState storm", body: `<script>setInterval(()=>history.pushState(0,'','?'+Math.random()),1)</script>`, want: []evidence.Reason{evidence.Timeout}},
	{name: "window.open storm", body: `<script>setInterval(()=>open('popup.html','_blank'),100)</script>`, want: []evidence.Reason{seenWhole}},
	{name: "closes itself", body: `<script>setTimeout(()=>{open('','_self');close()},300)</script>`, want: []evidence.Reason{seenWhole, evidence.Crashed}},
	{name: "download", serve: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Disposition", "attachment; filename=x.html")
		_, _ = io.WriteString(w, "x")
	}, want: []evidence.Reason{evidence.NotHTML}},
	{name: "100 MB document", serve: large(false), want: []evidence.Reason{evidence.TooLarge, evidence.Timeout}},
	{name: "100 MB script", body: `<script src="large.js"></script>`, want: []evidence.Reason{seenWhole}},
	{name: "gzip bomb", serve: large(true), want: []evidence.Reason{evidence.TooLarge, evidence.Timeout}},
	{name: "10,000 cookies", body: `<script>for(let i=0;i<10000;i++)document.cookie='c'+i+'=0123456789'</script>`, want: []evidence.Reason{seenWhole}},
	{name: "10,000 storage keys", body: `<script>for(let i=0;i<10000;i++)localStorage.setItem('k'+i,'0123456789')</script>`, want: []evidence.Reason{seenWhole}},
	{name: "50 MB of storage", body: `<script>for(let i=0;i<11;i++){const f=document.createElement('iframe');f.src='https://s'+i+'.large.test/storage.html';document.body.append(f)}</script>`,
		want: []evidence.Reason{seenWhole}, slow: true},
	{name: "5,000 frames", body: `<script>for(let i=0;i<5000;i++)document.body.append(document.createElement('iframe'))</script>`,
		want: []evidence.Reason{seenWhole, evidence.Timeout}, slow: true},
	{name: "fetch storm", body: `<script>for(let i=0;i<20000;i++)fetch('/nothing?'+i)</script>`, want: []evidence.Reason{evidence.Timeout}, slow: true},
	{name: "console storm", body: `<script>for(let i=0;i<100000;i++)console.log(i,document)</script>`, want: []evidence.Reason{seenWhole, evidence.Timeout}, slow: true},
	{name: "hook storm", body: `<script>for(let i=0;i<100000;i++)document.cookie='a='+i</script>`, want: []evidence.Reason{seenWhole, evidence.Timeout}},
	{name: "worker storm", body: `<script>for(let i=0;i<60;i++)new Worker(URL.createObjectURL(new Blob(['for(;;);'])))</script>`, want: []evidence.Reason{seenWhole, evidence.Timeout}, slow: true},
	{name: "redirect to file:", serve: redirect("file:///etc/passwd"), want: []evidence.Reason{evidence.Blocked}},
	{name: "redirect to chrome:", serve: redirect("chrome://version/"), want: []evidence.Reason{evidence.Blocked}},
	{name: "redirect to javascript:", serve: redirect("javascript:alert(1)"), want: []evidence.Reason{evidence.Blocked, evidence.NotHTML}},
	{name: "redirect to private", serve: func(w http.ResponseWriter, r *http.Request) { redirect(secret(r))(w, r) }, want: []evidence.Reason{evidence.Blocked}},
	{name: "script to private", serve: func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, hostilePage(`<script>location='`+secret(r)+`'</script>`))
	}, want: []evidence.Reason{evidence.Blocked}},
	{name: "private frames", serve: func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, hostilePage(`<iframe src="`+secret(r)+`"></iframe><img src="`+secret(r)+`"><script>fetch('`+secret(r)+`',{mode:'no-cors'})</script>`))
	}, want: []evidence.Reason{seenWhole}},
}

// secret is an address on the private network, which is to say this server by its IP address.
func secret(r *http.Request) string {
	return "https://" + r.Context().Value(http.LocalAddrContextKey).(fmt.Stringer).String() + "/secret"
}

func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}
}

func trickle(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = io.WriteString(w, hostilePage(""))
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_, _ = io.WriteString(w, "<p>more</p>")
			w.(http.Flusher).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

// large serves 100 MB of text, or 2 GB of it in a small package.
func large(packed bool) http.HandlerFunc {
	line := []byte(strings.Repeat("<p>All work and no play makes this a dull page.</p>\n", 1<<20/52))
	return func(w http.ResponseWriter, r *http.Request) {
		var out io.Writer = w
		n := 100
		if strings.HasSuffix(r.URL.Path, ".js") {
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = io.WriteString(w, "/*")
			defer io.WriteString(w, "*/") //nolint: the client may be gone
		} else {
			w.Header().Set("Content-Type", "text/html")
		}
		if packed {
			n = 2000
			w.Header().Set("Content-Encoding", "gzip")
			z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
			defer z.Close()
			out = z
		}
		for range n {
			if _, err := out.Write(line); err != nil {
				return
			}
		}
	}
}

// hostilePage is a page of enough content to be called one, with a body of its own.
func hostilePage(body string) string {
	return `<!doctype html><html lang="en"><title>Page</title><h1>A page</h1><p>That has text enough to be a page.</p>` + body
}

// hostileServer serves the pages of list and as many ordinary ones. The ordinary ones set a cookie by script and
// load a pixel, so that a visit that lost something shows it.
type hostileServer struct {
	*httptest.Server
	mu      sync.Mutex
	secrets int // requests by a private address
}

func serveHostile(t *testing.T, list []hostile) *hostileServer {
	s := &hostileServer{}
	pages := map[string]http.HandlerFunc{}
	var home strings.Builder
	for i, h := range list {
		serve := h.serve
		if serve == nil {
			serve = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, hostilePage(h.body)) }
		}
		pages[pathOf(h)] = serve
		plain := fmt.Sprintf("/ordinary/%d.html", i)
		pages[plain] = func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, hostilePage(`<script>document.cookie='ordinary=1'</script><img src="https://pixel.test/p.gif?1">`))
		}
		fmt.Fprintf(&home, `<a href="%s">%s</a> <a href="%s">An ordinary page</a> `, pathOf(h), h.name, plain)
	}
	pages["/"] = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, hostilePage(home.String())) }
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		base := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
		switch h := pages[r.URL.Path]; {
		case r.URL.Path == "/secret":
			s.mu.Lock()
			s.secrets++
			s.mu.Unlock()
			_, _ = io.WriteString(w, hostilePage("The secrets of the house."))
		case h != nil:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			h(w, r)
		case base == "p.gif", base == "nothing":
			w.WriteHeader(http.StatusNoContent)
		case base == "trickle.gif":
			trickle(w, r)
		case base == "large.js":
			large(false)(w, r)
		case base == "popup.html":
			_, _ = io.WriteString(w, hostilePage(""))
		case base == "storage.html":
			_, _ = io.WriteString(w, `<script>for(let i=0;i<5;i++)try{localStorage.setItem('k'+i,'x'.repeat(1e6-10))}catch(e){}</script>`)
		default:
			http.NotFound(w, r)
		}
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s
}

func pathOf(h hostile) string {
	return "/" + strings.NewReplacer(" ", "-", ",", "", ":", "", ".", "-").Replace(h.name) + "/page.html"
}

// TestHostilePages visits them all in one crawl, each beside an ordinary page: each ends within its deadline and
// is called what it is, and no ordinary page misses anything.
func TestHostilePages(t *testing.T) {
	list := slices.Clone(hostiles)
	if os.Getenv("TRACKAUDIT_SOAK") == "" {
		list = slices.DeleteFunc(list, func(h hostile) bool { return h.slow })
	}
	if only := os.Getenv("TRACKAUDIT_ROW"); only != "" {
		list = slices.DeleteFunc(list, func(h hostile) bool { return !strings.Contains(h.name, only) })
	}
	s := serveHostile(t, list)
	const timeout = 10 * time.Second
	cfg := Config{Start: "https://www.hostile.test/", Pages: 2*len(list) + 1, Jobs: 3, NoNotices: true, IgnoreRobots: true,
		Choices: []evidence.Choice{evidence.ChoiceNone},
		Browser: browser.Options{HostRules: []string{"MAP *.test " + s.Listener.Addr().String()}, Insecure: true, HashKey: []byte("k"), Timeout: timeout}}
	visits := map[string]evidence.Visit{}
	began := time.Now()
	r, err := Crawl(context.Background(), cfg, func(v evidence.Visit) error { visits[v.URL] = v; return nil })
	if err != nil {
		t.Fatal(err)
	}
	seconds := func(v evidence.Visit) float64 { return v.Finished.Sub(v.Started).Seconds() }
	t.Logf("%-24s %-14s %7s  %s", "hostile page", "recorded as", "seconds", "in words")
	for _, h := range list {
		v, ok := visits["https://www.hostile.test"+pathOf(h)]
		if !ok {
			t.Errorf("%s: not visited", h.name)
			continue
		}
		called := string(v.Reason)
		if v.Complete {
			called = "whole"
		}
		t.Logf("%-24s %-14s %7.1f  %s", h.name, called, seconds(v), v.Detail)
		if !slices.Contains(h.want, v.Reason) || v.Complete != (v.Reason == "") || !v.Complete && v.Detail == "" {
			t.Errorf("%s: complete %v, %q (%s), want one of %q", h.name, v.Complete, v.Reason, v.Detail, h.want)
		}
		if limit := timeout + 10*time.Second; v.Finished.Sub(v.Started) > limit {
			t.Errorf("%s took %.1f s, more than %v", h.name, seconds(v), limit)
		}
		if strings.Contains(v.Title, "secrets") {
			t.Errorf("%s: it was read", h.name)
		}
	}
	slowest := 0.0
	for i := range list {
		v := visits[fmt.Sprintf("https://www.hostile.test/ordinary/%d.html", i)]
		found := map[evidence.Technology]bool{}
		for _, o := range v.Observations {
			found[o.Technology] = true
		}
		if !v.Complete || v.Tries != 1 || !found[evidence.CookieTech] || !found[evidence.WebBeacon] {
			t.Errorf("the ordinary page beside %s: complete %v %q (%s), %d tries, found %v", list[i].name, v.Complete, v.Reason, v.Detail, v.Tries, found)
		}
		slowest = max(slowest, seconds(v))
	}
	t.Logf("%d hostile and %d ordinary pages in %.1f s; the ordinary ones whole, the slowest in %.1f s; %d restarts", len(list), len(list)+1, time.Since(began).Seconds(), slowest, r.Restarts)
	if s.secrets > 0 {
		t.Errorf("a page reached the private network %d times", s.secrets)
	}
	if r.Restarts > 0 {
		t.Errorf("the browser was lost %d times", r.Restarts)
	}
}
