package crawler

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"trackaudit/crawler/browser"
)

// TestLinks guards that only what certainly leads nowhere is called dead.
func TestLinks(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/gone":
			w.WriteHeader(http.StatusGone)
		case "/missing":
			w.WriteHeader(http.StatusNotFound)
		case "/busy":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/shut":
			w.WriteHeader(http.StatusForbidden)
		case "/moved":
			http.Redirect(w, r, "/missing", http.StatusFound)
		case "/picture":
			w.Header().Set("Content-Type", "image/png")
		case "/break":
			panic(http.ErrAbortHandler)
		}
	}))
	defer s.Close()
	addr := s.Listener.Addr().String()
	cfg := Config{Start: "http://www.site.test/", Browser: browser.Options{HostRules: []string{"MAP nowhere.test ~NOTFOUND", "MAP * " + addr}}}
	for url, dead := range map[string]bool{
		"http://www.site.test/": false, "http://www.site.test/gone": true, "http://www.site.test/missing": true, "http://a.test/busy": false,
		"http://a.test/shut": false, "http://a.test/moved": true, "http://a.test/picture": false, "http://a.test/break": false,
		"http://nowhere.test/": true, "javascript:alert(1)": false, "http://[::1/": false,
	} {
		links, err := Links(t.Context(), cfg, []string{url})
		if err != nil || len(links) != 1 {
			t.Fatalf("%s: %v, %v", url, links, err)
		}
		if l := links[0]; l.Dead != dead || l.URL != url || dead && l.Detail == "" {
			t.Errorf("%s: %+v, want dead %v", url, l, dead)
		}
	}
	many := make([]string, maxLinks+5)
	for i := range many {
		many[i] = "http://www.site.test/"
	}
	if links, err := Links(t.Context(), cfg, many); err != nil || len(links) != maxLinks {
		t.Errorf("%d links, %v", len(links), err)
	}
}
