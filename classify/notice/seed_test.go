package notice

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"trackaudit/crawler/evidence"
)

const seedFile = "seed-000_1abc73f8c68495c3.txt"

// TestCorpusSeed holds the whole reading of the seed that the corpus' README gives.
func TestCorpusSeed(t *testing.T) {
	body, err := os.ReadFile(corpusFile(t, seedFile))
	if err != nil {
		t.Fatal(err)
	}
	n, err := readAll([]evidence.Document{{URL: seedFile, Body: body}}, corpusNames())
	if err != nil {
		t.Fatal(err)
	}
	checkQuotes(t, n)
	d := n.Documents[0]
	same := func(what string, got []string, want ...string) {
		t.Helper()
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	collect := func(what func(Declaration) (string, bool)) []string {
		found := map[string]bool{}
		for _, d := range n.Declarations {
			if word, ok := what(d); ok {
				found[word] = true
			}
		}
		return slices.Sorted(maps.Keys(found))
	}

	same("technologies", collect(func(d Declaration) (string, bool) { return string(d.Technology), d.Technology != "" && !d.Denied }),
		"cookie", "web_beacon", "geolocation", "local_storage", "flash_cookie", "ip_address", "device_id", "social_widget")
	same("denied technologies", collect(func(d Declaration) (string, bool) { return string(d.Technology), d.Technology != "" && d.Denied }))
	// "Cookies can remember login information … shopping cart contents" is the functional use of them.
	same("purposes of cookies", collect(func(d Declaration) (string, bool) {
		return string(d.Purpose), d.Technology == evidence.CookieTech && d.Purpose != ""
	}), "strictly_necessary", "personalization", "analytics", "advertising", "functional")
	same("purposes in 2.2", collect(func(d Declaration) (string, bool) {
		return string(d.Purpose), d.Technology == evidence.CookieTech && d.Purpose != "" && strings.HasPrefix(d.Section, "2.2 ")
	}), "strictly_necessary", "personalization", "analytics", "advertising")
	same("technologies in 2.2", collect(func(d Declaration) (string, bool) {
		return string(d.Technology), d.Technology != "" && strings.HasPrefix(d.Section, "2.2 ")
	}), "cookie", "web_beacon", "geolocation", "local_storage", "flash_cookie", "ip_address", "device_id")
	same("purposes of others' cookies", collect(func(d Declaration) (string, bool) {
		return string(d.Purpose), d.Technology == evidence.CookieTech && d.Party == evidence.ThirdParty
	}), "analytics", "advertising")
	same("recipients", collect(func(d Declaration) (string, bool) { return d.Recipient, d.Recipient != "" }),
		"affiliates", "business partners", "service providers", "advertising partners", "social networks", "third parties", "authorities")
	same("recipients by name", collect(func(d Declaration) (string, bool) {
		return d.Recipient, d.Strength == Specific || d.Strength == Exact
	}))
	same("regions of declarations on technologies", collect(func(d Declaration) (string, bool) { return string(d.Region), d.Technology != "" }), "")
	same("sections on cookies", collect(func(d Declaration) (string, bool) { return d.Section, d.Technology == evidence.FlashCookie }),
		"2.2 How We Collect Personal Data", "3.2 Matters That May Require Consent")
	if !slices.ContainsFunc(n.Declarations, func(d Declaration) bool { return d.Technology == evidence.SocialWidget && d.WithoutClick }) {
		t.Error("no widget that reports even without a click")
	}

	var regions []string
	for _, s := range d.Sections {
		if s.Region != "" {
			regions = append(regions, s.Number+" "+string(s.Region))
		}
	}
	same("sections of one region", slices.Sorted(slices.Values(regions)), "3.3 outside_us", "10 outside_us", "11 outside_us", "13 us-ca")

	if c := n.Claims.DNT; c.Value != NotHonored || !strings.Contains(c.Quote, "our websites to not change how they collect or track data") {
		t.Errorf("DNT: %+v", c)
	}
	if c := n.Claims.Consent; c.Value != consentImplied || !strings.HasPrefix(c.Quote, "By continuing to use this website") {
		t.Errorf("consent: %+v", c)
	}
	if n.Claims.GPC.Value != Unstated {
		t.Errorf("GPC: %+v", n.Claims.GPC)
	}
	if d.LastUpdated != "2018-04-05" || d.Effective != "" {
		t.Errorf("updated %q, effective %q", d.LastUpdated, d.Effective)
	}
	if o := n.Claims.OptOut; len(o) != 2 || o[0].URL != "http://www.aboutads.info/choices/" || !slices.Equal(o[0].Regions, []Region{"us"}) ||
		o[1].URL != "http://www.youronlinechoices.com/" || !slices.Equal(o[1].Regions, []Region{"eu"}) {
		t.Errorf("opt-outs: %+v", o)
	}
	if !strings.Contains(d.Banner, "By continuing to use this website, you are giving consent to cookies being used.") {
		t.Errorf("banner: %q", d.Banner)
	}
	text := d.Text[d.Body.Start:d.Body.End]
	for _, outside := range []string{"Register for a Live Demo", "Select Your Region", "Got It!", "best browsing experience", "Chat Now"} {
		if strings.Contains(text, outside) {
			t.Errorf("the notice's body holds %q", outside)
		}
	}
	if !strings.Contains(text, "LAST UPDATED: April 5, 2018") || !strings.Contains(text, "For questions regarding this Privacy Notice") {
		t.Errorf("the notice's body is %q … %q", text[:80], text[len(text)-80:])
	}
}
