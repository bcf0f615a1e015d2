package browser

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"trackaudit/crawler/evidence"
)

// TestRepeat: an ETag made for the visitor is told from one made of the content, one that names a version and one that
// changes each time; and a name of the window made for the visitor from one that every visitor gets.
func TestRepeat(t *testing.T) {
	fresh := func() string {
		var b [8]byte
		rand.Read(b[:])
		return `"` + hex.EncodeToString(b[:]) + `"`
	}
	// Chrome caches nothing from a server whose certificate it was told to ignore: this one speaks HTTP.
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()
	for path, c := range map[string]struct {
		etag  func() string
		known bool // the server answers 304
	}{
		"/visitor.gif": {fresh, true},
		"/content.gif": {func() string { return `"7d4f0a91c3e65b28"` }, true},
		"/version.gif": {func() string { return `W/"release-2026.11.24-b7f3"` }, true},
		"/changes.gif": {fresh, false},
	} {
		mux.HandleFunc(plantOther+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-cache")
			if tag := r.Header.Get("If-None-Match"); tag != "" && c.known {
				w.Header().Set("ETag", tag)
				w.WriteHeader(http.StatusNotModified)
				return
			}
			w.Header().Set("ETag", c.etag())
			w.Header().Set("Content-Type", "image/gif")
			io.WriteString(w, gif1x1)
		})
	}
	mux.HandleFunc(plantSite+"/repeat", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, document("<img src='http://"+plantOther+"/visitor.gif'><img src='http://"+plantOther+"/content.gif'><img src='http://"+plantOther+"/version.gif'><img src='http://"+plantOther+"/changes.gif'>"+
			"<script>name = 'checkout-frame-v12'; name = 'visitor-' + crypto.getRandomValues(new Uint32Array(2)).join('-')</script>"))
	})
	eachMode(t, func(t *testing.T, mode string) {
		b := own(t, mode, func(o *Options) {
			o.Repeat, o.HostRules = true, []string{"MAP * " + server.Listener.Addr().String()}
		})

		v := visit(t, b, "http://"+plantSite+"/repeat", evidence.ChoiceNone)
		n, names := 0, 0
		for _, o := range v.Observations {
			if o.Technology == evidence.WindowName {
				if names++; !strings.HasPrefix(o.Storage.Value.Text, "visitor-") {
					t.Errorf("the name of a window that every visitor gets is an identifier: %+v", *o.Storage)
				}
			}
			if o.Technology != evidence.CacheIdentifier {
				continue
			}
			if n++; o.Storage.Key != "http://"+plantOther+"/visitor.gif" || o.Party != evidence.ThirdParty || o.Storage.Value.Text == "" {
				t.Errorf("%s of %s: %+v", o.Name, o.Host, *o.Storage)
			}
		}
		if n != 1 || names != 1 {
			t.Errorf("%d identifiers in the cache and %d names of windows, want one of each", n, names)
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.visits)+len(b.owner) != 0 {
			t.Errorf("%d contexts and %d targets are still known", len(b.visits), len(b.owner))
		}
	})
}
