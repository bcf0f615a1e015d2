package notice

import (
	"slices"
	"strings"
	"testing"

	"trackaudit/crawler/evidence"
)

func noticeOf(t *testing.T, bodies ...string) *Notice {
	t.Helper()
	var docs []evidence.Document
	for i := 0; i < len(bodies); i += 2 {
		docs = append(docs, evidence.Document{URL: bodies[i], ContentType: "text/html", Body: []byte("<html><body>" + bodies[i+1] + "</body></html>")})
	}
	n, err := Read(docs, nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

const (
	driftPrivacy = `<h1>Privacy</h1><p>We use cookies for analytics. We do not sell your data to third parties.</p><p>Write to us with any question that you have about this notice, about what we keep of you, or about your rights. We answer within a month, in writing.</p>`
	driftCookies = `<h1>Cookies</h1><p>These are the cookies that we and others set on this site.</p><table><tr><th>Cookie</th><th>Provider</th><th>Purpose</th><th>Expires</th></tr>
<tr><td>_lm_id</td><td>Lumen</td><td>Statistics</td><td>1 year</td></tr><tr><td>cart</td><td>us</td><td>Shopping cart</td><td>session</td></tr></table>`
)

func TestDrift(t *testing.T) {
	old := noticeOf(t, "https://a.test/privacy", driftPrivacy, "https://a.test/cookies", driftCookies)
	data, err := Marshal(old)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		live   *Notice
		change []string
	}{
		{"the same", old, nil},
		{"other bytes, same text", noticeOf(t, "http://a.test/privacy/", "<nav nonce=77><a href=/>Home</a></nav>"+driftPrivacy+"<!-- 12:07 -->", "https://a.test/cookies#top", driftCookies), nil},
		{"moved", noticeOf(t, "https://a.test/legal/privacy", driftPrivacy, "https://a.test/cookies", driftCookies), nil},
		{"reworded", noticeOf(t, "https://a.test/privacy", strings.Replace(driftPrivacy, "analytics", "advertising", 1), "https://a.test/cookies", driftCookies),
			[]string{"changed https://a.test/privacy"}},
		{"one gone, one new", noticeOf(t, "https://a.test/privacy", driftPrivacy, "https://a.test/imprint", driftPrivacy+"<p>And more that is new.</p>"),
			[]string{"went https://a.test/cookies", "appeared https://a.test/imprint"}},
	} {
		var got []string
		for _, d := range Drift(signed, c.live) {
			got = append(got, string(d.Change)+" "+d.URL)
		}
		if !slices.Equal(got, c.change) {
			t.Errorf("%s: %q, want %q", c.name, got, c.change)
		}
	}
	// A file of an older version knows the bytes only.
	for i := range signed.Documents {
		signed.Documents[i].TextSHA256 = ""
	}
	if got := Drift(signed, old); len(got) != 0 {
		t.Errorf("by bytes: %+v", got)
	}
	if got := Drift(signed, noticeOf(t, "https://a.test/privacy", driftPrivacy+" ", "https://a.test/cookies", driftCookies)); len(got) != 1 {
		t.Errorf("other bytes: %+v", got)
	}
}

func TestDiff(t *testing.T) {
	old := noticeOf(t, "https://a.test/privacy", driftPrivacy+`<p>We do not respond to Do Not Track signals. <a href="https://optout.a.test/">Opt out</a></p>`, "https://a.test/cookies", driftCookies)
	if c := Diff(old, old); !c.Empty() {
		t.Errorf("a notice differs from itself: %+v", c)
	}
	new := noticeOf(t,
		"https://a.test/privacy", `<h1>Privacy</h1><p>For statistics and analytics, we use cookies. We sell your data to third parties.</p><p>Our servers log your IP address.</p><p>Write to us with any question that you have about this notice, or about what we keep. We answer within a month.</p>`,
		"https://a.test/cookies", strings.NewReplacer("1 year", "2 years", "session", "24 hours", "<td>cart</td>", "<td>cart</td>").Replace(driftCookies))
	c := Diff(old, new)
	var got []string
	for _, d := range c.Declarations {
		what := d.New
		if what == nil {
			what = d.Old
		}
		got = append(got, strings.Join([]string{string(d.Change), string(what.Technology), strings.Join(what.Names, ","), what.Recipient, strings.Join(d.Fields, ",")}, " "))
	}
	want := []string{"changed   third parties denied", "appeared ip_address   ", "changed cookie _lm_id Lumen retention", "changed cookie cart  retention"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if len(c.Documents) != 2 || len(c.OptOuts) != 1 || c.OptOuts[0].Change != Went {
		t.Errorf("documents %+v, opt-outs %+v", c.Documents, c.OptOuts)
	}
	dnt := slices.IndexFunc(c.Claims, func(c ClaimChange) bool { return c.Claim == "dnt" })
	if dnt < 0 || c.Claims[dnt].Old.Value != NotHonored || c.Claims[dnt].New.Value != Unstated {
		t.Errorf("claims: %+v", c.Claims)
	}
	// What a person rejected is not there.
	for i := range new.Declarations {
		if new.Declarations[i].Technology == evidence.IPAddress {
			new.Declarations[i].Review = Rejected
		}
	}
	for _, d := range Diff(old, new).Declarations {
		if d.Change == Appeared {
			t.Errorf("a rejected declaration appeared: %+v", d.New)
		}
	}
}

func TestReviewRoundTrip(t *testing.T) {
	n := noticeOf(t, "https://a.test/privacy", driftPrivacy, "https://a.test/cookies", driftCookies)
	n.Review = Accepted
	for i := range n.Declarations {
		n.Declarations[i].Review = []Review{Pending, Accepted, Rejected}[i%3]
	}
	data, err := Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	if again.Review != Accepted || again.Documents[0].SHA256 != n.Documents[0].SHA256 || again.Documents[0].TextSHA256 != n.Documents[0].TextSHA256 {
		t.Errorf("%s %+v", again.Review, again.Documents)
	}
	for i, d := range again.Declarations {
		if d.Review != n.Declarations[i].Review || declared(d) != declared(n.Declarations[i]) {
			t.Errorf("%+v became %+v", n.Declarations[i], d)
		}
	}
	if _, err := Unmarshal([]byte(strings.Replace(string(data), "review: rejected", "review: perhaps", 1))); err == nil {
		t.Error("an unknown word of review is taken")
	}
}
