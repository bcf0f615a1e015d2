package classify

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
)

var (
	proposed = regexp.MustCompile(`“([^”]+)”`)
	newRow   = regexp.MustCompile(`Add the row: (.+?)\. Or `)
)

// TestFixSettles does what a finding's fix says, by adding its sentence or row to the notice, and has the notice read
// again: the finding must be gone. What we tell people to write, our own reader must understand.
func TestFixSettles(t *testing.T) {
	const year = 365 * 86400
	const text = `<p>This privacy notice tells what we do with personal data. We use cookies for personalization.</p>
<p>When you place an order, we keep your name, your address and what you ordered for as long as tax law requires. You
may ask us at any time which data we hold about you, have them corrected, and have them erased. Write to us by post
or by mail, and we answer within a month. If you are not content with our answer, you may turn to the authority.</p>`
	const table = `<table><tr><th>Name</th><th>Provider</th><th>Purpose</th><th>Lifetime</th><th>Type</th></tr>
<tr><td>a_one</td><td>Site</td><td>personalization</td><td>1 day</td><td>cookie</td></tr>
<tr><td>a_two</td><td>Site</td><td>personalization</td><td>1 day</td><td>cookie</td></tr>ROWS</table>`
	recorder := use(evidence.SessionReplay, "session_replay", "https://cdn.box.test/r.js")
	for name, c := range map[string]struct {
		o    evidence.Observation
		rule string
		with string
	}{
		"cookie":                     {cookie("_tal_id", "site.test", "cdn.tally.test", 2*year), "undeclared-purpose", ""},
		"cookie of a third party":    {cookie("loom_id", "loom.test", "px.loom.test", year), "undeclared-purpose", ""},
		"cookie not in the table":    {cookie("loom_id", "loom.test", "px.loom.test", year), "undeclared-cookie", table},
		"unknown, not in the table":  {cookie("zz_top", "www.site.test", "www.site.test", year), "undeclared-cookie", table},
		"storage":                    {item(evidence.LocalStorage, "_tal_x", "cdn.tally.test"), "undeclared-technology", ""},
		"storage of an unknown":      {item(evidence.LocalStorage, "k", "cdn.oddvendor.test"), "undeclared-technology", ""},
		"beacon":                     {request(evidence.WebBeacon, "https://px.loom.test/p.gif"), "undeclared-technology", ""},
		"beacon of an unknown":       {request(evidence.WebBeacon, "https://px.oddvendor.test/p.gif"), "undeclared-technology", ""},
		"session replay":             {recorder, "undeclared-session-replay", ""},
		"fingerprinting":             {use(evidence.Fingerprinting, "canvas", "https://fp.loom.test/f.js"), "undeclared-fingerprinting", ""},
		"form capture":               {use(evidence.FormCapture, "form_capture", "https://cdn.loom.test/f.js"), "undeclared-form-capture", ""},
		"form capture of an unknown": {use(evidence.FormCapture, "form_capture", "https://cdn.oddvendor.test/f.js"), "undeclared-form-capture", ""},
		"widget":                     {widget(), "undeclared-technology", ""},
		"recipient that advertises":  {request(evidence.ThirdPartyRequest, "https://px.loom.test/a.js"), "undeclared-recipient", ""},
		"recipient that delivers":    {request(evidence.ThirdPartyRequest, "https://cdn.crate.test/a.css"), "undeclared-recipient", ""},
		"recipient that is unknown":  {request(evidence.ThirdPartyRequest, "https://cdn.oddvendor.test/a.js"), "undeclared-recipient", ""},
		"IndexedDB":                  {item(evidence.IndexedDB, "db", "cdn.oddvendor.test"), "undeclared-technology", ""},
		"service worker":             {item(evidence.ServiceWorker, "sw", "cdn.oddvendor.test"), "undeclared-technology", ""},
		"cache storage":              {item(evidence.CacheStorage, "c", "cdn.oddvendor.test"), "undeclared-technology", ""},
		"session storage":            {item(evidence.SessionStorage, "s", "cdn.oddvendor.test"), "undeclared-technology", ""},
		"WebSocket":                  {request(evidence.WebSocket, "wss://ws.oddvendor.test/s"), "undeclared-technology", ""},
		"WebRTC":                     {request(evidence.WebRTC, "stun:stun.oddvendor.test"), "undeclared-technology", ""},
		"window.name":                {item(evidence.WindowName, "window.name", "cdn.oddvendor.test"), "undeclared-technology", ""},
		"cache identifier":           {item(evidence.CacheIdentifier, "etag", "cdn.oddvendor.test"), "undeclared-technology", ""},
		"geolocation":                {use(evidence.Geolocation, "geolocation", "https://cdn.oddvendor.test/g.js"), "undeclared-technology", ""},
	} {
		find := func(add, rows string) (found []Finding, all string) {
			body := "<h1>Privacy notice</h1>" + text + "<p>" + html.EscapeString(add) + "</p>" + strings.ReplaceAll(c.with, "ROWS", rows)
			n, err := notice.Read([]evidence.Document{{URL: "https://www.site.test/privacy", ContentType: "text/html", Body: []byte("<html lang=en>" + body)}}, facts(t))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			in := Input{Visits: visits(c.o), Notice: n, Facts: facts(t)}
			for _, f := range Judge(in, nil).Findings {
				if all += f.Rule + " "; f.Rule == c.rule {
					found = append(found, f)
				}
			}
			return found, all
		}
		before, all := find("", "")
		if len(before) != 1 {
			t.Errorf("%s: no finding %s before the fix, but %s", name, c.rule, all)
			continue
		}
		add, rows := "", ""
		fix := strings.ReplaceAll(before[0].Fix, "[purpose]", "analytics")
		if m := proposed.FindStringSubmatch(fix); m != nil {
			add = m[1]
		}
		if m := newRow.FindStringSubmatch(fix); m != nil {
			rows = "<tr><td>" + strings.ReplaceAll(html.EscapeString(m[1]), " | ", "</td><td>") + "</td></tr>"
		}
		if add+rows == "" {
			t.Errorf("%s: the fix proposes no words: %s", name, fix)
		}
		if after, _ := find(add, rows); len(after) > 0 {
			t.Errorf("%s: %s is still there after the fix %q: %s", name, c.rule, add+rows, after[0].Message)
		}
	}
}
