package browser

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"trackaudit/crawler/evidence"
)

// everywhere plants a page that runs probe, an expression, as the first script of the page, a foreign frame, a frame
// nested in it, a srcdoc frame, a dedicated and a shared worker, a service worker and two popups, and reports what it
// gives to the server, under the name of the place.
func everywhere(name, probe string) (url string) {
	report := func(place string) string {
		return fmt.Sprintf(`(p => fetch('https://%s/%s-told?at=%s', {method: 'POST', mode: 'no-cors', body: JSON.stringify(p)}))(%s)`, plantOther, name, place, probe)
	}
	script := func(place string) string { return "<script>" + report(place) + "</script>" }
	async := func(place string) string {
		return fmt.Sprintf(`(async () => fetch('https://%s/%s-told?at=%s', {method: 'POST', mode: 'no-cors', body: JSON.stringify(%s)}))()`, plantOther, name, place, probe)
	}
	p := web.plant
	at := func(host, file string) string { return host + "/" + name + "-" + file }
	p.put(at(plantDeep, "nested"), "<!doctype html>"+script("nested"))
	p.put(at(plantThird, "frame"), "<!doctype html>"+script("frame")+"<iframe src='https://"+at(plantDeep, "nested")+"'></iframe>")
	p.put(at(plantSite, "worker.js"), async("worker"))
	p.put(at(plantSite, "shared.js"), async("shared"))
	p.put(at(plantSite, "service.js"), async("service"))
	p.put(at(plantThird, "popup"), document(script("popup")))
	p.put(at(plantThird, "noopener"), document(script("noopener")))
	return p.put(at(plantSite, "page"), document(script("page")+fmt.Sprintf(`
<iframe src="https://%s"></iframe><iframe srcdoc="%s"></iframe>
<script>
new Worker('/%[3]s-worker.js'); new SharedWorker('/%[3]s-shared.js');
navigator.serviceWorker.register('/%[3]s-service.js');
open('https://%s'); open('https://%s', '', 'noopener');
</script>`, at(plantThird, "frame"), strings.ReplaceAll(script("srcdoc"), `"`, "&quot;"), name, at(plantThird, "popup"), at(plantThird, "noopener"))))
}

// places are where everywhere runs its probe.
var places = []string{"page", "frame", "nested", "srcdoc", "worker", "shared", "service", "popup", "noopener"}

// toldFrom collects the reports of a probe by place, each with the request that brought it.
func toldFrom(t *testing.T, name string) map[string]plantHit {
	t.Helper()
	found := map[string]plantHit{}
	for _, h := range web.plant.log("/" + name + "-told") {
		found[strings.TrimPrefix(h.query, "at=")] = h
	}
	for _, place := range places {
		if _, ok := found[place]; !ok {
			t.Errorf("nothing was told from the %s", place)
		}
	}
	return found
}

// TestSignals: DNT and GPC go out on every request and are seen by the first script, wherever it runs.
func TestSignals(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		for choice, want := range map[evidence.Choice]struct{ header, told string }{
			evidence.ChoiceNone: {"", `{"dnt":null,"gpc":null}`},
			evidence.ChoiceDNT:  {"DNT", `{"dnt":"1","gpc":null}`},
			evidence.ChoiceGPC:  {"Sec-GPC", `{"dnt":null,"gpc":true}`},
		} {
			t.Run(string(choice), func(t *testing.T) {
				name := "signal-" + mode + "-" + string(choice)
				url := everywhere(name, "({dnt: navigator.doNotTrack || null, gpc: navigator.globalPrivacyControl || null})")
				v := visit(t, shared(t, mode), url, choice)
				for place, h := range toldFrom(t, name) {
					if h.body != want.told {
						t.Errorf("%s: %s, want %s", place, h.body, want.told)
					}
				}
				n := 0
				for _, h := range web.plant.log("/" + name) {
					n++
					for _, header := range []string{"DNT", "Sec-GPC"} {
						value := h.header.Get(header)
						// Chrome asks for the main script of a service worker before there is a session to tell it to.
						if header == want.header && value != "1" && !strings.HasSuffix(h.path, "-service.js") {
							t.Errorf("%s: no %s: 1", h.url(), header)
						}
						if header != want.header && value != "" {
							t.Errorf("%s: %s: %s", h.url(), header, value)
						}
					}
				}
				if proof := fmt.Sprintf("%s: 1 went out with ", want.header); v.Reach.Outcome != "made" || want.header != "" && !strings.HasPrefix(v.Reach.Proof, proof) || want.header == "" && v.Reach.Proof != "" || strings.Contains(v.Reach.Proof, " 0 of") {
					t.Errorf("the choice: %+v", v.Reach)
				}
				if seen := len(v.Requests); seen < n {
					t.Errorf("the server was asked %d times, the evidence holds %d requests", n, seen)
				}
			})
		}
	})
}

// TestSignalsOnTestWeb: a site that promises to obey a signal does, with it, what its truth says.
func TestSignalsOnTestWeb(t *testing.T) {
	b := shared(t, "shell")
	for _, choice := range []evidence.Choice{evidence.ChoiceDNT, evidence.ChoiceGPC} {
		for start, tracks := range map[string]bool{"https://www.shearwaterline.test/": false, "https://www.petrelferries.test/": true} {
			v := visit(t, b, start, choice)
			got := false
			for _, o := range v.Observations {
				got = got || o.Cookie != nil
			}
			if got != tracks {
				t.Errorf("%s with %s: cookies %v, want %v", start, choice, got, tracks)
			}
		}
	}
}

// TestOrdinary: nothing that a page or a server sees says that the browser is driven, wherever a script runs.
func TestOrdinary(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		b := shared(t, mode)
		name := "ordinary-" + mode
		url := everywhere(name, `({webdriver: navigator.webdriver || null, ua: navigator.userAgent, platform: navigator.platform, languages: navigator.languages,
			brands: navigator.userAgentData ? navigator.userAgentData.brands.map(b => b.brand + ' ' + b.version) : null,
			binding: Object.getOwnPropertyNames(globalThis).filter(n => /^c[0-9a-f]{16}$/.test(n)).length,
			native: [fetch, globalThis.Storage && Storage.prototype.setItem, globalThis.HTMLCanvasElement && HTMLCanvasElement.prototype.toDataURL,
				Function.prototype.toString].filter(f => f && !/\[native code\]/.test(Function.prototype.toString.call(f))).map(f => f.name),
			own: new Error().stack.includes('trackaudit')})`)
		web.plant.put(plantSite+"/"+name+"-page-hints", "", "Accept-CH: Sec-CH-UA-Full-Version-List")
		visit(t, b, url, evidence.ChoiceNone)
		agents := map[string]bool{}
		for place, h := range toldFrom(t, name) {
			var told struct {
				Webdriver *bool
				UA        string
				Platform  string
				Languages []string
				Brands    []string
				Binding   int
				Native    []string
				Own       bool
			}
			if err := json.Unmarshal([]byte(h.body), &told); err != nil {
				t.Fatalf("%s: %v: %s", place, err, h.body)
			}
			if told.Webdriver != nil {
				t.Errorf("%s: navigator.webdriver is %v", place, *told.Webdriver)
			}
			if strings.Contains(told.UA, "Headless") || !strings.Contains(told.UA, "Chrome/") {
				t.Errorf("%s: user agent %s", place, told.UA)
			}
			if brands := strings.Join(told.Brands, ", "); strings.Contains(brands, "Headless") || !strings.Contains(brands, "Google Chrome") {
				t.Errorf("%s: brands %s", place, brands)
			}
			if told.Binding > 0 || told.Own {
				t.Errorf("%s: our binding or our name is in sight: %s", place, h.body)
			}
			if len(told.Native) > 0 {
				t.Errorf("%s: %v do not look native", place, told.Native)
			}
			if len(told.Languages) == 0 || told.Languages[0] != "en-US" {
				t.Errorf("%s: languages %v", place, told.Languages)
			}
			agents[told.UA] = true
		}
		for _, h := range web.plant.log("/" + name) {
			agents[h.header.Get("User-Agent")] = true
			for _, header := range []string{"User-Agent", "Sec-Ch-Ua", "Sec-Ch-Ua-Full-Version-List"} {
				if header == "Sec-Ch-Ua" && mode == "shell" && strings.HasSuffix(h.path, "-noopener") {
					continue // the shell asks for a noopener popup's document before its session can rename it
				}
				if strings.Contains(h.header.Get(header), "Headless") {
					t.Errorf("%s: %s: %s", h.url(), header, h.header.Get(header))
				}
			}
			if h.header.Get("Sec-Fetch-Dest") == "document" && h.header.Get("Sec-Ch-Ua") == "" {
				t.Errorf("%s: no client hint", h.url())
			}
		}
		if len(agents) != 1 {
			t.Errorf("the browser gives different names of itself: %v", agents)
		}
		if v := b.Version(); strings.Contains(v.Product, "Headless") || v.Mode != mode || v.ThirdPartyCookies != "allow" {
			t.Errorf("version %+v", v)
		}
	})
}

// TestPopupDoesNotStallFrames guards that a window that is opened while a frame of its opener loads does not leave
// that frame paused for good, as waiting for the debugger does in Chrome.
func TestPopupDoesNotStallFrames(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		web.plant.put(plantThird+"/stall-frame", "<!doctype html><script>setTimeout(() => fetch('/stall-late'), 300)</script><script src='/stall.js'></script>")
		web.plant.put(plantThird+"/stall.js", "document.cookie = 'stalled=no; SameSite=None; Secure'")
		for i, opened := range []string{"about:blank", "https://" + plantOther + "/stall-popup"} {
			url := web.plant.put(fmt.Sprintf("%s/stall-%d", plantSite, i), document("<iframe src='https://"+plantThird+"/stall-frame'></iframe><script>open('"+opened+"')</script>"))
			v := visit(t, shared(t, mode), url, evidence.ChoiceNone)
			for _, r := range v.Requests {
				if r.Status == 0 {
					t.Errorf("with a popup of %s, %s was not answered", opened, r.URL)
				}
			}
			if v.Dwell.Ended != "budget" {
				t.Errorf("with a popup of %s, the watch ended by %s", opened, v.Dwell.Ended)
			}
			if !v.Complete || find(v, evidence.CookieTech, "stalled") == nil || !asked(v, "https://"+plantThird+"/stall-late") {
				t.Errorf("with a popup of %s, the frame did not run on", opened)
			}
		}
	})
}

// find returns the observation of a technology and name.
func find(v evidence.Visit, tech evidence.Technology, name string) *evidence.Observation {
	for i, o := range v.Observations {
		if o.Technology == tech && o.Name == name {
			return &v.Observations[i]
		}
	}
	return nil
}

// asked says whether a request went to an address, whatever its query.
func asked(v evidence.Visit, url string) bool {
	for _, r := range v.Requests {
		if pathOf(r.URL) == url {
			return true
		}
	}
	return false
}
