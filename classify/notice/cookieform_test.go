package notice

import (
	"fmt"
	"strings"
	"testing"

	"trackaudit/crawler/evidence"
)

// listed sums up what a notice's tables and lists declare, one line a declaration.
func listed(t *testing.T, contentType, body string) string {
	t.Helper()
	url := "notice.html"
	switch contentType {
	case "text/plain":
		url = "notice.txt"
	case "text/markdown":
		url = "notice.md"
	}
	n, err := readAll([]evidence.Document{{URL: url, ContentType: contentType, Body: []byte(body)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	checkQuotes(t, n)
	var out strings.Builder
	for _, d := range n.Declarations {
		if d.Origin == FromTable || d.Origin == FromCMP {
			fmt.Fprintf(&out, "%s %s %s by %q for %s, %d\n", d.Technology, strings.Join(d.Names, " "), d.Party, d.Recipient, d.Purpose, d.Lifetime)
		}
	}
	return out.String()
}

const (
	day   = 86400
	month = 30 * day
	year  = 365 * day
)

const htmlHead = `<html lang="en"><body><h1>Cookie notice</h1><p>Acme Lamps uses cookies on its site, and this is the list of them. We sell lamps to people who like lamps, and we keep the orders that you place for as long as the law demands it of us.</p>`

func TestCookieForms(t *testing.T) {
	for _, c := range []struct {
		form, contentType, body, want string
	}{
		{"OneTrust table", "text/html", htmlHead + `<h3>Targeting Cookies</h3><table><tr><th>Cookie Subgroup</th><th>Cookies</th><th>Cookies used</th><th>Lifespan</th></tr>
<tr><td>ads.test</td><td>_px_uid, px_seg_xxxx</td><td>Third Party</td><td>364 Days, 29 Days</td></tr></table>`,
			fmt.Sprintf("cookie _px_uid px_seg_* third by %q for advertising, %d\n", "ads.test", 364*day)},

		{"OneTrust list", "text/html", htmlHead + `<h3>Performance Cookies</h3><ul><li><div><div>Name</div><div>_lm_id</div></div><div><div>Host</div><div>stats.test</div></div>
<div><div>Duration</div><div>2 years</div></div><div><div>Type</div><div>3rd Party</div></div><div><div>Description</div><div>Counts visits.</div></div></li>
<li><div><div>Name</div><div>_lm_ses</div></div><div><div>Host</div><div>stats.test</div></div><div><div>Duration</div><div>30 minutes</div></div></li></ul>`,
			fmt.Sprintf("cookie _lm_id third by %q for analytics, %d\ncookie _lm_ses  by %q for analytics, %d\n", "stats.test", 2*year, "stats.test", 1800)},

		{"Cookiebot", "text/html", htmlHead + `<h3>Statistics (2)</h3><table class="CookieDeclarationTable"><tr><th>Name</th><th>Provider</th><th>Purpose</th><th>Maximum Storage Duration</th><th>Type</th></tr>
<tr><td>_lm_id [x2]</td><td>Lumen</td><td>Registers a unique ID.</td><td>2 years</td><td>HTTP Cookie</td></tr>
<tr><td>lm:queue</td><td>Lumen</td><td>Pending</td><td>Persistent</td><td>HTML Local Storage</td></tr>
<tr><td>collect</td><td>Lumen</td><td>Sends data on the device.</td><td>Session</td><td>Pixel Tracker</td></tr></table>`,
			fmt.Sprintf("cookie _lm_id  by %q for analytics, %d\nlocal_storage lm:queue  by %q for analytics, %d\nweb_beacon collect  by %q for analytics, 0\n", "Lumen", 2*year, "Lumen", forever, "Lumen")},

		{"CookieYes", "text/html", htmlHead + `<h3>Advertisement</h3><ul class="cky-cookie-des-table"><li><div>Cookie</div><div>px_test</div></li><li><div>Duration</div><div>15 minutes</div></li>
<li><div>Description</div><div>Checks whether the browser takes cookies.</div></li></ul><ul class="cky-cookie-des-table"><li><div>Cookie</div><div>PXID</div></li><li><div>Duration</div><div>1 year 24 days</div></li>
<li><div>Description</div><div>Shows advertisements.</div></li></ul>`,
			fmt.Sprintf("cookie px_test  by %q for advertising, 900\ncookie PXID  by %q for advertising, %d\n", "", "", year+24*day)},

		{"Complianz", "text/html", htmlHead + `<details><summary><h3>Lumen Statistics</h3><p>Statistics</p></summary><h4>Usage</h4><p>We use Lumen for website statistics.</p>
<h4>Statistics</h4><div><div><h5>Name</h5></div><div><a href="/x">_lm_id</a></div><div><h5>Expiration</h5></div><div>13 months</div><div><h5>Function</h5></div><div>Store and count pageviews</div></div>
<div><div><h5>Name</h5></div><div><a href="/x">_lm_gid</a></div><div><h5>Expiration</h5></div><div>1 day</div><div><h5>Function</h5></div><div>Store and count pageviews</div></div></details>`,
			fmt.Sprintf("cookie _lm_id  by %q for analytics, %d\ncookie _lm_gid  by %q for analytics, %d\n", "", 13*month, "", day)},

		{"Iubenda", "text/html", htmlHead + `<h3>Lumen Statistics (Lumen Ltd)</h3><p>Lumen is a web analysis service.</p><p>Personal Data processed: Trackers; Usage Data.</p>
<p>Trackers duration:</p><ul><li>_lm_id: 2 years</li><li>_lm_*: 14 days</li><li>lmSession: duration of the session</li></ul>`,
			fmt.Sprintf("cookie _lm_id  by %q for analytics, %d\ncookie _lm_*  by %q for analytics, %d\ncookie lmSession  by %q for analytics, 0\n", "", 2*year, "", 14*day, "")},

		{"Markdown table", "text/markdown", "# Cookie notice\n\nAcme Lamps uses these cookies on its site.\n\n| Cookie | Set by | What it does | Expires |\n| --- | --- | --- | --- |\n| _ac_[id] | Acme Lamps | Keeps your basket secure | Session |\n| _gat_gtag_UA_* | Lumen | Counts visits | 1 minute |\n",
			fmt.Sprintf("cookie _ac_*  by %q for security, 0\ncookie _gat_gtag_UA_*  by %q for analytics, 60\n", "Acme Lamps", "Lumen")},

		{"transposed", "text/html", htmlHead + `<table><tr><th>Name</th><td>_ac_id</td><td>_lm_id</td></tr><tr><th>Provider</th><td>Acme</td><td>Lumen</td></tr>
<tr><th>Purpose</th><td>Remembers your language</td><td>Counts visits</td></tr><tr><th>Expiry</th><td>1 year</td><td>90 days</td></tr></table>`,
			fmt.Sprintf("cookie _lm_id  by %q for analytics, %d\ncookie _ac_id  by %q for personalization, %d\n", "Lumen", 90*day, "Acme", year)},

		{"titled", "text/html", htmlHead + `<table><tr><td colspan="3">Cookies for advertising</td></tr><tr><th>Cookie name</th><th>Domain</th><th>Retention</th></tr><tr><td>px_uid</td><td>ads.test</td><td>6 months</td></tr></table>`,
			fmt.Sprintf("cookie px_uid  by %q for advertising, %d\n", "ads.test", 6*month)},

		{"one row", "text/html", htmlHead + `<table><thead><tr><th>Cookie</th><th>Purpose</th><th>Duration</th></tr></thead><tbody><tr><td>consent</td><td>Holds your choice</td><td>6 months</td></tr></tbody></table>`,
			fmt.Sprintf("cookie consent  by %q for , %d\n", "", 6*month)},

		{"per category", "text/html", htmlHead + `<h3>Strictly necessary cookies</h3><table><tr><th>Cookie</th><th>Expires</th></tr><tr><td>sid</td><td>Session</td></tr></table>
<h3>Analytics cookies</h3><table><tr><th>Cookie</th><th>Expires</th></tr><tr><td>_lm_id</td><td>2 years</td></tr></table>`,
			fmt.Sprintf("cookie sid  by %q for strictly_necessary, 0\ncookie _lm_id  by %q for analytics, %d\n", "", "", 2*year)},

		{"category rows", "text/html", htmlHead + `<table><tr><th>Name</th><th>Purpose</th><th>Expiry</th></tr><tr><td colspan="3">Marketing</td></tr><tr><td>px_uid</td><td>Knows your browser again</td><td>1 year</td></tr></table>`,
			fmt.Sprintf("cookie px_uid  by %q for advertising, %d\n", "", year)},

		{"definition list of names", "text/html", htmlHead + `<dl><dt>_lm_id</dt><dd>Counts visits. Expires after 13 months.</dd><dt>_ac_lang</dt><dd>Remembers your language for 1 year.</dd></dl>`,
			fmt.Sprintf("cookie _lm_id  by %q for analytics, %d\ncookie _ac_lang  by %q for personalization, %d\n", "", 13*month, "", year)},

		{"definition list of labels", "text/html", htmlHead + `<dl><dt>Name</dt><dd>_lm_id</dd><dt>Provider</dt><dd>Lumen</dd><dt>Purpose</dt><dd>Counts visits</dd><dt>Storage period</dt><dd>90 days</dd></dl>`,
			fmt.Sprintf("cookie _lm_id  by %q for analytics, %d\n", "Lumen", 90*day)},

		{"cards", "text/html", htmlHead + `<div class="card"><h4>_lm_id</h4><p>Provider: Lumen</p><p>Purpose: counts visits</p><p>Expiry: 2 years</p></div><div class="card"><h4>px_uid</h4><p>Provider: Pixelry</p><p>Purpose: shows advertisements</p><p>Expiry: 1 month</p></div>`,
			fmt.Sprintf("cookie _lm_id  by %q for analytics, %d\ncookie px_uid  by %q for advertising, %d\n", "Lumen", 2*year, "Pixelry", month)},

		{"lines of labels", "text/plain", "Cookie notice\n\nAcme Lamps uses cookies on its site, and this is the list of them. We sell lamps to people who like lamps, and we keep the orders that you place for as long as the law demands it of us.\n\nName: _lm_id\nProvider: Lumen\nPurpose: counts visits\nExpiry: 2 years\n\nName: ac_sid\nProvider: Acme Lamps\nPurpose: keeps you signed in\nExpiry: session\n",
			fmt.Sprintf("cookie _lm_id  by %q for analytics, %d\ncookie ac_sid  by %q for functional, 0\n", "Lumen", 2*year, "Acme Lamps")},

		{"list", "text/plain", "Cookie notice\n\nWe sell lamps to people who like lamps, and we keep the orders that you place for as long as the law demands it of us.\n\nAcme Lamps uses these cookies on its site:\n\n- _lm_id (2 years): counts visits for Lumen\n- _ac_lang – remembers your language, expires after 1 year\n- px_uid: shows advertisements (Pixelry, 30 days)\n",
			fmt.Sprintf("cookie _lm_id  by %q for analytics, %d\ncookie _ac_lang  by %q for personalization, %d\ncookie px_uid  by %q for advertising, %d\n", "", 2*year, "", year, "", 30*day)},

		{"types of cookies", "text/html", htmlHead + `<table><tr><th>Type of cookie</th><th>Description</th></tr><tr><td>Essential</td><td>They keep you signed in.</td></tr><tr><td>Performance</td><td>They count visits.</td></tr><tr><td>Targeting</td><td>They show what may interest you.</td></tr></table>`,
			fmt.Sprintf("cookie   by %q for strictly_necessary, -1\ncookie   by %q for analytics, -1\ncookie   by %q for advertising, -1\n", "", "", "")},

		{"vendors", "text/html", htmlHead + `<h2>Third parties that set cookies</h2><table><tr><th>Company</th><th>Purpose</th><th>Privacy policy</th></tr><tr><td>Brightlamp Ltd</td><td>Advertising</td><td>https://b.test/privacy</td></tr><tr><td>Lumen</td><td>Statistics</td><td>https://l.test/privacy</td></tr></table>`,
			fmt.Sprintf("cookie  third by %q for advertising, -1\ncookie  third by %q for analytics, -1\n", "Brightlamp Ltd", "Lumen")},

		{"kinds of vendors", "text/html", htmlHead + `<h2>Third parties that set cookies</h2><table><tr><th>Third party</th><th>Description</th></tr><tr><td>Integrations</td><td>Other tools</td></tr><tr><td>Hosting</td><td>Servers</td></tr><tr><td>Lumen Hosting</td><td>Statistics</td></tr></table>`,
			fmt.Sprintf("cookie  third by %q for analytics, -1\n", "Lumen Hosting")},

		{"vendors in place of names", "text/html", htmlHead + `<table><tr><th>Cookie</th><th>Purpose</th></tr><tr><td>Bright Lamp, Inc.</td><td>Advertising</td></tr><tr><td>Our own cookies</td><td>They keep you signed in</td></tr></table>`,
			fmt.Sprintf("cookie  third by %q for advertising, -1\ncookie   by %q for functional, -1\n", "Bright Lamp, Inc.", "")},

		{"tools of partners", "text/html", htmlHead + `<h2>Trackers in our app</h2><table><tr><th>Tracker name</th><th>Partner</th><th>Purpose</th></tr><tr><td>Sunward</td><td>Sunward Ltd</td><td>Advertising</td></tr><tr><td>Sign in with Orbit</td><td>Orbit</td><td>Keeps you signed in</td></tr><tr><td>lampsight</td><td>Orbit</td><td>Counts visits</td></tr></table>`,
			fmt.Sprintf("cookie   by %q for advertising, -1\ncookie   by %q for functional, -1\ncookie   by %q for analytics, -1\n", "Sunward Ltd", "Orbit", "Orbit")},

		{"prefixes", "text/html", htmlHead + `<table><tr><th>Cookie</th><th>Purpose</th></tr><tr><td>_dc_gtm_UA-#</td><td>Counts visits</td></tr><tr><td>_gat_&lt;id&gt;</td><td>Counts visits</td></tr><tr><td>mp_</td><td>Counts visits</td></tr></table>`,
			fmt.Sprintf("cookie _dc_gtm_UA-*  by %q for analytics, -1\ncookie _gat_*  by %q for analytics, -1\ncookie mp_*  by %q for analytics, -1\n", "", "", "")},

		// What is no list of cookies.
		{"requests", "text/html", htmlHead + `<table><tr><th>Request type</th><th>Number</th><th>Days to respond</th></tr><tr><td>Deletion</td><td>12</td><td>4</td></tr></table>`, ""},
		{"data kept", "text/html", htmlHead + `<h2>What we keep</h2><table><tr><th>Type of data</th><th>Purpose</th><th>Retention</th></tr><tr><td>Orders</td><td>To deliver lamps</td><td>10 years</td></tr></table>`, ""},
		{"contact", "text/html", htmlHead + `<p>Name: Acme Lamps Ltd</p><p>Address: 1 Lamp Street</p><p>Purpose: to answer your questions</p>`, ""},
		{"prose list", "text/plain", "Cookie notice\n\nWe sell lamps to people who like lamps, and we keep the orders that you place for as long as the law demands it of us.\n\nAcme Lamps uses cookies on its site.\n\n- Orders: we keep them for 10 years.\n- Newsletter: you may leave it at any time.\n", ""},
		{"versions", "text/html", htmlHead + `<table><tr><th>Version</th><th>Section</th><th>Date</th></tr><tr><td>1.2</td><td>cookies</td><td>2 May 2018</td></tr></table>`, ""},
	} {
		if got := listed(t, c.contentType, c.body); got != c.want {
			t.Errorf("%s:\n%swant\n%s", c.form, got, c.want)
		}
	}
}
