package discover

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"trackaudit/crawler/evidence"
)

// web serves pages by "host/path" over HTTPS on one port; every host name leads there.
type web struct {
	*httptest.Server
	resolve func(host, port string) string

	mu   sync.Mutex
	hits []string
}

func newWeb(t *testing.T, pages map[string]http.HandlerFunc) *web {
	t.Helper()
	w := &web{}
	w.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		key := r.Host + r.URL.RequestURI()
		w.mu.Lock()
		w.hits = append(w.hits, key)
		w.mu.Unlock()
		h := pages[key]
		if h == nil {
			h = pages[r.Host+r.URL.Path]
		}
		if h == nil {
			http.NotFound(rw, r)
			return
		}
		h(rw, r)
	}))
	w.Config.ErrorLog = log.New(io.Discard, "", 0)
	w.StartTLS()
	t.Cleanup(w.Close)
	var err error
	w.resolve, err = ParseHostRules([]string{"MAP * " + w.Listener.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *web) asked(key string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Contains(w.hits, key)
}

func (w *web) config(start string) Config {
	return Config{Start: start, Pages: 10, Insecure: true, Resolve: w.resolve, Timeout: 10 * time.Second}
}

func htmlPage(body string) http.HandlerFunc {
	return typed("text/html; charset=utf-8", "<!doctype html><html lang=en><title>A page</title><body>"+body)
}

func typed(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(w, body)
	}
}

func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
}

func urls(list []Candidate) (out []string) {
	for _, c := range list {
		out = append(out, c.Kind+" "+c.URL)
	}
	return out
}

func TestSite(t *testing.T) {
	w := newWeb(t, map[string]http.HandlerFunc{
		"acme.test/": redirect("https://www.acme.test/"),
		"www.acme.test/": htmlPage(`<nav><a href=/about>About</a> <a href=/pricing>Pricing</a> <a href=/blog>Blog</a>
			<a href=/secret/x>Secret</a> <a href=/logout>Log out</a> <a href=https://else.test/>Else</a></nav>
			<footer><a href=/legal/privacy>Privacy Notice</a> <a href=/terms>Terms</a></footer>`),
		"www.acme.test/pricing": htmlPage(`Pricing`), "www.acme.test/from-sitemap": htmlPage(`x`), "www.acme.test/secret/x": htmlPage(`x`),
		"www.acme.test/about":         htmlPage(`<a href=/team>Team</a>`),
		"www.acme.test/legal/privacy": htmlPage(`<h1>Privacy</h1> See our <a href=/legal/cookies>Cookie Notice</a>, <a href=https://vendor.test/privacy>Privacy Policy</a>`),
		"www.acme.test/robots.txt":    typed("text/plain", "User-agent: *\nDisallow: /secret/\nSitemap: https://www.acme.test/maps.xml\n"),
		"www.acme.test/maps.xml": typed("application/xml", `<sitemapindex><sitemap><loc>https://www.acme.test/pages.xml.gz</loc></sitemap>
			<sitemap><loc>https://else.test/other.xml</loc></sitemap></sitemapindex>`),
		"www.acme.test/pages.xml.gz": func(w http.ResponseWriter, _ *http.Request) {
			z := gzip.NewWriter(w)
			_, _ = io.WriteString(z, `<urlset><url><loc>https://www.acme.test/from-sitemap</loc><image:loc>https://www.acme.test/i.png</image:loc></url></urlset>`)
			_ = z.Close()
		},
	})
	found, err := Site(context.Background(), w.config("https://acme.test"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"https://acme.test/", "https://www.acme.test/about", "https://www.acme.test/from-sitemap", "https://www.acme.test/legal/privacy"}
	for _, p := range want {
		if !slices.Contains(found.Pages, p) {
			t.Errorf("%s is not among the pages %v", p, found.Pages)
		}
	}
	if found.Pages[0] != want[0] || found.Final != "https://www.acme.test/" || found.Status != 200 {
		t.Errorf("start page is %s, led to %s with %d", found.Pages[0], found.Final, found.Status)
	}
	if !slices.Contains(found.Gone, "https://www.acme.test/blog") || slices.Contains(found.Gone, "https://www.acme.test/about") {
		t.Errorf("gone: %v", found.Gone)
	}
	for _, p := range found.Pages {
		if strings.Contains(p, "else.test") || strings.Contains(p, "logout") || strings.Contains(p, "secret") || p == "https://www.acme.test/" {
			t.Errorf("%s is among the pages", p)
		}
	}
	if got := urls(found.Notices); !slices.Equal(got, []string{"privacy https://www.acme.test/legal/privacy", "cookie https://www.acme.test/legal/cookies"}) {
		t.Errorf("notices: %v", got)
	}
	if !slices.Equal(found.Refused, []string{"https://www.acme.test/secret/x"}) || found.Robots == "" {
		t.Errorf("refused %v, robots %q", found.Refused, found.Robots)
	}
	for _, k := range []string{"www.acme.test/secret/x", "www.acme.test/logout", "else.test/", "else.test/other.xml", "www.acme.test/privacy"} {
		if w.asked(k) {
			t.Errorf("%s was asked for", k)
		}
	}
	if ok := found.Allowed(context.Background(), "https://www.acme.test/secret/y"); ok {
		t.Error("a forbidden page is allowed")
	}

	cfg := w.config("https://acme.test")
	cfg.IgnoreRobots = true
	again, _ := Site(context.Background(), cfg)
	if !slices.Contains(again.Pages, "https://www.acme.test/secret/x") || again.Robots != "" {
		t.Errorf("robots.txt not ignored: %v, %q", again.Pages, again.Robots)
	}
	for range 3 {
		again, _ := Site(context.Background(), w.config("https://acme.test"))
		if !slices.Equal(again.Pages, found.Pages) || !slices.Equal(again.Looked, found.Looked) {
			t.Fatalf("two runs differ:\n%v\n%v", again.Pages, found.Pages)
		}
	}
}

func TestWellKnownAddresses(t *testing.T) {
	home := htmlPage(`Nothing here but <a href=/x>x</a>`)
	w := newWeb(t, map[string]http.HandlerFunc{
		"acme.test/":            home,
		"acme.test/x":           htmlPage("x"),
		"acme.test/datenschutz": typed("text/html; charset=iso-8859-1", "<title>Datenschutzerkl\xe4rung | Acme</title><h1>Wir</h1>"),
		"acme.test/privacy":     home, // answers anything with its start page
		"acme.test/cookies":     redirect("/"),
	})
	found, err := Site(context.Background(), w.config("https://acme.test/"))
	if err != nil {
		t.Fatal(err)
	}
	if got := urls(found.Notices); !slices.Equal(got, []string{"privacy https://acme.test/datenschutz"}) {
		t.Errorf("notices: %v", got)
	}
	looked := strings.Join(found.Looked, "\n")
	for _, want := range []string{"https://acme.test/: 1 links", "https://acme.test/sitemap.xml: not found (404)",
		"https://acme.test/privacy-policy: not found (404)", "https://acme.test/privacy: a page, but none that calls itself a notice"} {
		if !strings.Contains(looked, want) {
			t.Errorf("looked does not say %q:\n%s", want, looked)
		}
	}
}

func TestSiteFindsNoticeOnLaterPage(t *testing.T) {
	w := newWeb(t, map[string]http.HandlerFunc{
		"acme.test/":     typed("text/html", `<html><meta http-equiv=refresh content="0; url=/en/"><body>`),
		"acme.test/en/":  htmlPage(`<a href=/en/a>a</a>`),
		"acme.test/en/a": htmlPage(`<a href=/en/b>b</a>`),
		"acme.test/en/b": htmlPage(`<footer><a href=/pp>Privacy policy</a></footer>`),
	})
	found, err := Site(context.Background(), w.config("https://acme.test/"))
	if err != nil {
		t.Fatal(err)
	}
	if got := urls(found.Notices); !slices.Equal(got, []string{"privacy https://acme.test/pp"}) {
		t.Errorf("notices: %v, looked %v", got, found.Looked)
	}
	for _, p := range []string{"https://acme.test/en/a", "https://acme.test/en/b"} {
		if !slices.Contains(found.Pages, p) {
			t.Errorf("%s is not among %v", p, found.Pages)
		}
	}
}

func TestSiteTrouble(t *testing.T) {
	w := newWeb(t, map[string]http.HandlerFunc{
		"closed.test/":           func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) },
		"broken.test/":           htmlPage(`<a href=/a>a</a>`),
		"broken.test/a":          htmlPage(`a`),
		"broken.test/robots.txt": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusBadGateway) },
		"film.test/":             typed("video/mp4", "x"),
		"own.test/":              htmlPage(`<a href=/a>a</a>`),
		"own.test/robots.txt":    typed("text/plain", "User-agent: *\nDisallow: /\n"),
	})
	t.Run("forbidden", func(t *testing.T) {
		found, err := Site(context.Background(), w.config("https://closed.test/"))
		var fe *FetchError
		if !errors.As(err, &fe) || fe.Kind != evidence.Blocked || found.Status != 403 {
			t.Errorf("status %d, error %v", found.Status, err)
		}
		if !slices.Equal(found.Pages, []string{"https://closed.test/"}) {
			t.Errorf("pages: %v", found.Pages)
		}
	})
	t.Run("robots.txt broken: nothing but the start page", func(t *testing.T) {
		found, err := Site(context.Background(), w.config("https://broken.test/"))
		if err != nil || len(found.Pages) != 1 || !strings.Contains(found.Robots, "502") {
			t.Errorf("pages %v, robots %q, %v", found.Pages, found.Robots, err)
		}
	})
	t.Run("everything forbidden: the start page was asked for", func(t *testing.T) {
		found, err := Site(context.Background(), w.config("https://own.test/"))
		if err != nil || len(found.Pages) != 1 || !strings.Contains(found.Robots, "asked for") {
			t.Errorf("pages %v, robots %q, %v", found.Pages, found.Robots, err)
		}
	})
	t.Run("no page", func(t *testing.T) {
		found, _ := Site(context.Background(), w.config("https://film.test/"))
		if len(found.Errors) == 0 {
			t.Error("a film as start page is no error")
		}
	})
	t.Run("nobody there", func(t *testing.T) {
		cfg := w.config("https://gone.test/")
		cfg.Resolve, _ = ParseHostRules([]string{"MAP * ~NOTFOUND"})
		_, err := Site(context.Background(), cfg)
		if err == nil || !strings.Contains(err.Error(), "no such host") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := Site(ctx, w.config("https://own.test/")); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("no address", func(t *testing.T) {
		for _, s := range []string{"", "acme.test", "file:///etc/passwd", "http://", "https://%zz/"} {
			if _, err := Site(context.Background(), Config{Start: s}); err == nil {
				t.Errorf("%q is accepted", s)
			}
		}
	})
}

func TestGet(t *testing.T) {
	bomb := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		zeros := bytes.Repeat([]byte(" "), 1<<20)
		for range 200 {
			_, _ = z.Write(zeros)
		}
		_ = z.Close()
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	stop := make(chan struct{})
	w := newWeb(t, map[string]http.HandlerFunc{
		"acme.test/ok":     htmlPage("<h1>Privacy</h1>"),
		"acme.test/moved":  redirect("/ok"),
		"acme.test/pdf":    typed("application/octet-stream", "%PDF-1.7 x"),
		"acme.test/image":  typed("image/png", "x"),
		"acme.test/binary": typed("application/octet-stream", "\x00\x01\x02"),
		"acme.test/bomb":   bomb,
		"acme.test/loop":   redirect("/loop"),
		"acme.test/file":   redirect("file:///etc/passwd"),
		"acme.test/403":    status(403),
		"acme.test/404":    status(404),
		"acme.test/410":    status(410),
		"acme.test/429":    status(429),
		"acme.test/500":    status(500),
		"acme.test/slow":   func(http.ResponseWriter, *http.Request) { <-stop },
		"acme.test/cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "x")
			panic(http.ErrAbortHandler)
		},
	})
	defer close(stop)
	cfg := w.config("")
	cfg.Timeout = 2 * time.Second
	for path, want := range map[string]string{"ok": "https://acme.test/ok", "moved": "https://acme.test/ok", "pdf": "https://acme.test/pdf"} {
		doc, err := Get(context.Background(), cfg, "https://acme.test/"+path)
		if err != nil || doc.URL != want || len(doc.Body) == 0 || doc.Status != 200 || doc.ContentType == "" {
			t.Errorf("%s: %+v, %v", path, doc, err)
		}
	}
	for _, tc := range []struct {
		addr string
		kind evidence.Reason
		text string
		dead bool
	}{
		{"https://acme.test/image", evidence.NotHTML, "not text but image/png", false},
		{"https://acme.test/binary", evidence.NotHTML, "not text", false},
		{"https://acme.test/bomb", evidence.TooLarge, "larger than 10 MB", false},
		{"https://acme.test/loop", evidence.RedirectLoop, "redirects in a circle", false},
		{"https://acme.test/file", evidence.Unreachable, "neither http nor https", false},
		{"https://acme.test/403", evidence.Blocked, "forbidden (403)", false},
		{"https://acme.test/429", evidence.Blocked, "(429)", false},
		{"https://acme.test/404", evidence.HTTPError, "not found (404)", true},
		{"https://acme.test/410", evidence.HTTPError, "gone (410)", true},
		{"https://acme.test/500", evidence.HTTPError, "(500)", false},
		{"https://acme.test/cut", evidence.Unreachable, "connection closed by the server", false},
		{"https://acme.test/slow", evidence.Timeout, "no answer in time", false},
		{"file:///etc/passwd", evidence.Unreachable, "not an http or https address", false},
	} {
		_, err := Get(context.Background(), cfg, tc.addr)
		checkFetchError(t, tc.addr, err, tc.kind, tc.text, tc.dead)
	}

	strict := cfg
	strict.Insecure = false
	_, err := Get(context.Background(), strict, "https://acme.test/ok")
	checkFetchError(t, "strict TLS", err, evidence.TLSError, "certificate", false)

	nowhere := cfg
	nowhere.Resolve, _ = ParseHostRules([]string{"MAP * ~NOTFOUND"})
	_, err = Get(context.Background(), nowhere, "https://acme.test/ok")
	checkFetchError(t, "no such host", err, evidence.Unreachable, "no such host: acme.test", false)

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	_, err = Get(context.Background(), cfg, "http://acme.test/plain-http-on-a-tls-port")
	if err == nil {
		t.Error("plain http on a TLS port is answered")
	}
	refused := cfg
	refused.Resolve, _ = ParseHostRules([]string{"MAP * " + l.Addr().String()})
	_, err = Get(context.Background(), refused, "https://acme.test/ok")
	checkFetchError(t, "refused", err, evidence.Unreachable, "connection refused", false)

	private := Config{Insecure: true, Control: func(network, address string) error { return fmt.Errorf("%s is private", address) }}
	_, err = Get(context.Background(), private, w.URL)
	if err == nil || !strings.Contains(err.Error(), "is private") {
		t.Errorf("a refused address was dialed: %v", err)
	}
	private.Resolve = w.resolve
	if _, err = Get(context.Background(), private, "https://acme.test/ok"); err != nil {
		t.Errorf("a host named by a rule is refused: %v", err)
	}
}

func checkFetchError(t *testing.T, name string, err error, kind evidence.Reason, text string, dead bool) {
	t.Helper()
	var fe *FetchError
	if !errors.As(err, &fe) {
		t.Errorf("%s: error %v is no FetchError", name, err)
		return
	}
	if fe.Kind != kind || !strings.Contains(fe.Error(), text) || fe.Dead() != dead {
		t.Errorf("%s: %s, %q, dead %v; want %s, %q, %v", name, fe.Kind, fe, fe.Dead(), kind, text, dead)
	}
}
