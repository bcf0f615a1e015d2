package browser

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"trackaudit/crawler/evidence"
)

// TestLocalNetwork: what a page of a public address asks of a name that leads to a private one is refused before it is
// asked, and recorded; with LocalNetwork it is asked.
func TestLocalNetwork(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	home := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
	}))
	home.Config.ErrorLog = quietLog
	home.StartTLS()
	defer home.Close()
	page := web.plant.put(plantSite+"/local", document(strings.ReplaceAll(`<img src="HOME/image"><script src="HOME/script"></script><iframe src="HOME/frame"></iframe>
		<link rel="stylesheet" href="HOME/style"><img src="/local-redirect">
		<script>fetch('HOME/fetch',{mode:'no-cors'}).catch(()=>0);navigator.sendBeacon('HOME/beacon','x')</script>`, "HOME", "https://router.example")))
	web.plant.handle(plantSite+"/local-redirect", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://router.example/redirect", http.StatusFound)
	})
	eachMode(t, func(t *testing.T, mode string) {
		for _, allowed := range []bool{false, true} {
			b := own(t, mode, func(o *Options) {
				o.LocalNetwork = allowed
				o.HostRules = append([]string{"MAP router.example " + home.Listener.Addr().String()}, o.HostRules...)
				o.more = []string{"--ip-address-space-overrides=" + web.plant.Listener.Addr().String() + "=public"}
			})
			mu.Lock()
			asked = nil
			mu.Unlock()
			v := visit(t, b, page, evidence.ChoiceNone)
			mu.Lock()
			got := len(asked)
			mu.Unlock()
			if !v.Complete || (got > 0) != allowed {
				t.Errorf("local network allowed: %v; the private address was asked for %v; complete %v (%s)", allowed, asked, v.Complete, v.Detail)
			}
			recorded := 0
			for _, r := range v.Requests {
				if r.Host == "router.example" {
					if recorded++; !allowed && r.Failed == "" {
						t.Errorf("%s %s is recorded without a word that it failed", r.Type, r.URL)
					}
				}
			}
			if recorded < 7 {
				t.Errorf("%d of 7 requests recorded", recorded)
			}
		}
	})
}
