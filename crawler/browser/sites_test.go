package browser

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"trackaudit/crawler/evidence"
	"trackaudit/testsites"
)

// TestSites visits the start page of every site of the test web and compares the evidence with the site's truth,
// in both directions, and with two logs that nothing of ours wrote: the server's own, and that of Chrome's network
// stack. What either holds and the evidence lacks was missed.
func TestSites(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		var log *netLog
		b := own(t, mode, func(o *Options) { log = withNetLog(t, o) })
		var all recall
		var visits []evidence.Visit
		for _, name := range testsites.Names() {
			t.Run(name, func(t *testing.T) {
				site, err := testsites.Load(name)
				if err != nil {
					t.Fatal(err)
				}
				b.o.Forms = slices.Contains(site.Want.Args, "--forms")
				web.sites.ResetLog()
				v := visit(t, b, site.Start, evidence.ChoiceNone)
				visits = append(visits, v)
				compareVisit(t, site.Want, v)
				r := recallOf(siteHits(settledLog(web.sites)), v)
				all.add(r)
				t.Logf("recall: %s", r)
				r.check(t)
			})
		}
		t.Logf("recall over all sites, by the server's log: %s", all)
		all.check(t)
		b.Close()
		net := log.recall(t, visits)
		t.Logf("recall over all sites, by Chrome's net log: %s", net)
		net.check(t)
	})
}

// compareVisit checks a visit against the truth of a site. Both are put in words, one line a fact.
func compareVisit(t *testing.T, w testsites.Want, v evidence.Visit) {
	t.Helper()
	if v.Complete != w.Visit.Complete || string(v.Reason) != w.Visit.Reason || v.Status != w.Visit.Status {
		t.Errorf("visit: complete %v, reason %q, status %d; want %v, %q, %d (%s)", v.Complete, v.Reason, v.Status,
			w.Visit.Complete, w.Visit.Reason, w.Visit.Status, v.Detail)
	}
	want, got := wantedFacts(w), seenFacts(v)
	for _, f := range slices.Sorted(maps.Keys(want)) {
		found := got[f]
		for g := range got {
			if starred(f, g) {
				found = true
				delete(got, g)
			}
		}
		if !found {
			t.Errorf("not in the evidence: %s", f)
		}
	}
	for _, f := range slices.Sorted(maps.Keys(got)) {
		if !want[f] {
			t.Errorf("in the evidence, not in the truth: %s", f)
		}
	}
}

// starred says that a fact is one of those that a wanted one with a "*" stands for.
func starred(want, got string) bool {
	before, after, ok := strings.Cut(want, "* ")
	return ok && strings.HasPrefix(got, before) && strings.HasSuffix(got, " "+after)
}

func wantedFacts(w testsites.Want) map[string]bool {
	facts := map[string]bool{}
	put := func(on, format string, args ...any) {
		if on == "" {
			facts[fmt.Sprintf(format, args...)] = true
		}
	}
	for _, h := range w.Hosts {
		put(h.On, "host %s, %s party", h.Host, h.Party)
	}
	for _, c := range w.Cookies {
		put(c.On, "cookie %s of %s by %s of %s, %s party, session %v, %d s, deleted %v", c.Name, c.Domain, c.SetBy, c.Setter, c.Party, c.Session, c.Lifetime, c.Deleted)
	}
	for _, s := range w.Storage {
		put(s.On, "%s %s of %s by %s, %s party", s.Technology, s.Key, s.Host, s.Setter, s.Party)
	}
	for _, b := range w.Beacons {
		put(b.On, "%s to %s%s", b.Form, b.Host, b.Path)
		if b.When == "typing" {
			put(b.On, "what is typed goes to %s", b.Host)
		}
	}
	for _, x := range w.Widgets {
		for _, f := range x.Forms {
			put(x.On, "widget of %s from %s as %s", x.Service, x.Host, f)
		}
	}
	for _, a := range w.APIs {
		put(a.On, "%s by %s", a.API, a.Script)
	}
	for _, r := range w.Replay {
		put("", "replay of %s by %s to %s", r.Service, r.Script, evidence.HostOf(r.Ingest))
	}
	return facts
}

// seenFacts puts what is in the evidence into the words of wantedFacts.
func seenFacts(v evidence.Visit) map[string]bool {
	facts := map[string]bool{}
	for _, r := range v.Requests {
		facts[fmt.Sprintf("host %s, %s party", r.Host, r.Party)] = true
	}
	for _, o := range v.Observations {
		f := ""
		script := ""
		if len(o.Initiator) > 0 {
			script = scriptOf(o.Initiator[0])
		}
		switch {
		case o.Cookie != nil:
			c := o.Cookie
			f = fmt.Sprintf("cookie %s of %s by %s of %s, %s party, session %v, %d s, deleted %v", c.Name, c.Domain, c.SetBy, o.Setter, o.Party, c.Session, c.Lifetime, c.Deleted)
		case o.Storage != nil:
			f = fmt.Sprintf("%s %s of %s by %s, %s party", o.Technology, o.Name, o.Host, o.Setter, o.Party)
		case o.Technology == evidence.WebBeacon:
			f = fmt.Sprintf("%s to %s%s", formOf(o.Source), o.Host, strings.TrimPrefix(pathOf(o.Request.URL), "https://"+o.Host))
		case o.Widget != nil:
			f = fmt.Sprintf("widget of %s from %s as %s", o.Widget.Service, o.Host, o.Widget.Form)
		case o.Technology == evidence.Fingerprinting:
			f = fmt.Sprintf("%s by %s", o.API.API, script)
		case o.Technology == evidence.SessionReplay:
			f = fmt.Sprintf("replay of %s by %s to %s", o.API.Details["recorder"], script, o.Host)
		case o.Technology == evidence.FormCapture:
			f = fmt.Sprintf("what is typed goes to %s", o.Host)
		case o.Technology == evidence.ThirdPartyRequest:
			continue // the hosts say it
		default:
			f = fmt.Sprintf("%s %s", o.Technology, o.Name)
		}
		facts[f] = true
	}
	return facts
}

func formOf(source string) string {
	switch source {
	case "navigator.sendBeacon or ping":
		return "beacon"
	case "fetch keepalive":
		return "keepalive"
	}
	return source
}

func pathOf(url string) string {
	path, _, _ := strings.Cut(url, "?")
	return path
}

// hit is a request as a server's own log holds it.
type hit struct {
	method, host, url string
	setCookies        []string
}

// recall says how much of a server's log is in the evidence.
type recall struct {
	hosts, hostsSeen       int
	requests, requestsSeen int
	cookies, cookiesSeen   int
	missed                 []string
}

func recallOf(log []hit, v evidence.Visit) recall {
	var r recall
	hosts, requests, cookies := map[string]bool{}, map[string]int{}, map[string]bool{}
	for _, q := range v.Requests {
		hosts[q.Host] = true
		requests[q.Method+" "+q.URL]++
	}
	for _, o := range v.Observations {
		if o.Cookie != nil && o.Cookie.SetBy == "http" {
			cookies[o.Setter+" "+o.Name] = true
		}
	}
	seenHost, seenCookie := map[string]bool{}, map[string]bool{}
	count := func(all, seen *int, ok bool, what string) {
		*all++
		if ok {
			*seen++
		} else {
			r.missed = append(r.missed, what)
		}
	}
	for _, h := range log {
		if !seenHost[h.host] {
			seenHost[h.host] = true
			count(&r.hosts, &r.hostsSeen, hosts[h.host], "host "+h.host)
		}
		k := h.method + " " + h.url
		requests[k]--
		count(&r.requests, &r.requestsSeen, requests[k] >= 0, k)
		for _, raw := range h.setCookies {
			c, err := http.ParseSetCookie(raw)
			if err != nil || c.MaxAge < 0 || seenCookie[h.host+" "+c.Name] {
				continue
			}
			seenCookie[h.host+" "+c.Name] = true
			count(&r.cookies, &r.cookiesSeen, cookies[h.host+" "+c.Name], "Set-Cookie "+c.Name+" of "+h.url)
		}
	}
	return r
}

func (r *recall) add(o recall) {
	r.hosts += o.hosts
	r.hostsSeen += o.hostsSeen
	r.requests += o.requests
	r.requestsSeen += o.requestsSeen
	r.cookies += o.cookies
	r.cookiesSeen += o.cookiesSeen
	r.missed = append(r.missed, o.missed...)
}

// The least recall that passes.
const leastRequests = 0.99

func (r recall) check(t *testing.T) {
	t.Helper()
	if r.hostsSeen < r.hosts || r.cookiesSeen < r.cookies || float64(r.requestsSeen) < leastRequests*float64(r.requests) {
		t.Errorf("missed:\n%s", strings.Join(r.missed, "\n"))
	}
}

func (r recall) String() string {
	part := func(seen, all int) string {
		if all == 0 {
			return "1.000 (0/0)"
		}
		return fmt.Sprintf("%.3f (%d/%d)", float64(seen)/float64(all), seen, all)
	}
	return fmt.Sprintf("hosts %s, requests %s, Set-Cookie %s", part(r.hostsSeen, r.hosts), part(r.requestsSeen, r.requests), part(r.cookiesSeen, r.cookies))
}

// settledLog is the server's log once nothing more arrives: the last beacons of a page may come after its visit.
func settledLog(s *testsites.Server) []testsites.Hit {
	log := s.Log()
	for quiet := 0; quiet < 3; {
		time.Sleep(15 * time.Millisecond)
		next := s.Log()
		if quiet++; len(next) != len(log) {
			quiet = 0
		}
		log = next
	}
	return log
}

func siteHits(log []testsites.Hit) []hit {
	var list []hit
	for _, h := range log {
		if !h.Known {
			continue // the browser's own traffic; compareVisit guards that it stays out of the evidence
		}
		list = append(list, hit{h.Method, h.Host, h.URL(), h.SetCookie})
	}
	return list
}
