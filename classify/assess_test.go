package classify

import (
	"iter"
	"slices"
	"strings"
	"testing"

	"trackaudit/classify/knowledge"
	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
)

// vendors are facts on made-up vendors, so that no test depends on what is embedded.
const vendors = `service	tally	Tally	Tally Inc.			analytics	test
service	loom	Loom Ads	Loom Ltd.			advertising	test
service	house-ads	House Ads	House Corp.			advertising	test
service	house-stats	House Stats	House Corp.			analytics	test
service	crate	Crate	Crate B.V.			content_delivery	test
service	gather	Gather	Gather Inc.			social_media	test
service	box	Scenebox	Scenebox GmbH			analytics	test
domain	tally.test	tally		test
domain	loom.test	loom		test
domain	ads.house.test	house-ads		test
domain	stats.house.test	house-stats		test
domain	crate.test	crate		test
domain	gather.test	gather		test
domain	box.test	box		test
cloak	cloak.test	tally	test
cookie	_tal_*	tally	analytics	2y	1		+_tal_id -_tal_	test
cookie	loom_id	loom	advertising	1y	1		+loom_id -loom	test
cookie	sid		strictly_necessary	session	0.9		+sid -side	test
cookie	choice		strictly_necessary	180d	1	consent	+choice -choices	test
`

func facts(t *testing.T) *knowledge.Facts {
	t.Helper()
	f, err := knowledge.Load(knowledge.Overlay{Name: "test", TSV: []byte(vendors)})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The observations of the tests, all on https://www.site.test/.
func cookie(name, domain, setter string, lifetime int64) evidence.Observation {
	o := evidence.Observation{ID: "o-" + name, Technology: evidence.CookieTech, Name: name, Host: domain, Site: evidence.SiteOf(domain), Setter: setter,
		Page: "https://www.site.test/", Phase: evidence.BeforeChoice, Initiator: []string{"https://" + setter + "/a.js:3", "https://www.site.test/:9"},
		Cookie: &evidence.Cookie{Name: name, Domain: domain, Lifetime: lifetime, Session: lifetime == 0, Value: evidence.Value{Length: 32, Shape: "hex", Entropy: 100}}}
	return withParty(o)
}

func item(t evidence.Technology, key, setter string) evidence.Observation {
	return withParty(evidence.Observation{ID: "o-" + key, Technology: t, Name: key, Host: "www.site.test", Site: "site.test", Setter: setter, Page: "https://www.site.test/",
		Storage: &evidence.StorageItem{Key: key, Value: evidence.Value{Length: 20, Shape: "hex", Entropy: 60}}})
}

func request(t evidence.Technology, url string) evidence.Observation {
	host := evidence.HostOf(url)
	return withParty(evidence.Observation{ID: "o-" + host + "-" + string(t), Technology: t, Name: host, Host: host, Site: evidence.SiteOf(host), Setter: "www.site.test", Page: "https://www.site.test/",
		Phase: evidence.BeforeChoice, Initiator: []string{"https://www.site.test/:12"}, Request: &evidence.Request{ID: "r-" + host, URL: url, Host: host, Type: "Image"}})
}

func use(t evidence.Technology, api, script string) evidence.Observation {
	host := evidence.HostOf(script)
	return withParty(evidence.Observation{ID: "o-" + api, Technology: t, Name: api, Host: host, Site: evidence.SiteOf(host), Setter: host, Page: "https://www.site.test/",
		Phase: evidence.BeforeChoice, Initiator: []string{script + ":1", "https://www.site.test/:14"}, API: &evidence.APIUse{API: api}})
}

func widget() evidence.Observation {
	o := request(evidence.SocialWidget, "https://widgets.gather.test/follow")
	o.Request, o.Name, o.Widget = nil, "Gather button", &evidence.Widget{Service: "gather", Form: "frame", URL: "https://widgets.gather.test/follow"}
	return o
}

func withParty(o evidence.Observation) evidence.Observation {
	o.Party = evidence.FirstParties{}.PartyOf(o.Host, "site.test")
	return o
}

func visits(obs ...evidence.Observation) iter.Seq[evidence.Visit] { return each(visitWith(obs...)) }

func visitWith(obs ...evidence.Observation) evidence.Visit {
	return evidence.Visit{ID: "v0001", URL: "https://www.site.test/", FinalURL: "https://www.site.test/", Site: "site.test", Status: 200, Complete: true, Choice: evidence.ChoiceNone, Observations: obs}
}

func each(visits ...evidence.Visit) iter.Seq[evidence.Visit] { return slices.Values(visits) }

// assessments gives those of all visits, in their order.
func assessments(in Input) []Assessment {
	var all []Assessment
	Judge(in, func(_ *evidence.Visit, list []Assessment) { all = append(all, list...) })
	return all
}

// says builds a notice of declarations.
func says(ds ...notice.Declaration) *notice.Notice {
	n := &notice.Notice{Documents: []notice.Document{{ID: "d1", URL: "https://www.site.test/privacy"}}}
	for i := range ds {
		ds[i].ID = "n" + string(rune('1'+i))
		if ds[i].Strength == "" {
			ds[i].Strength = notice.Category
		}
		if ds[i].Lifetime == 0 && ds[i].Retention == "" {
			ds[i].Lifetime = -1
		}
	}
	n.Declarations = ds
	n.Claims.DNT.Value = notice.NotHonored
	return n
}

type d = notice.Declaration

// TestVerdicts holds the order in which declarations decide: exact name and domain, named vendor, technology ×
// purpose × party, technology, umbrella clause; and denials against what is less specific.
func TestVerdicts(t *testing.T) {
	const year = 365 * 86400
	ga := cookie("_tal_id", "site.test", "cdn.tally.test", 2*year)
	ad := cookie("loom_id", "loom.test", "px.loom.test", year)
	own := cookie("theme_x", "www.site.test", "www.site.test", year)
	row := func(name, provider string, p knowledge.Purpose, keep string, life int64) d {
		return d{Technology: evidence.CookieTech, Purpose: p, Recipient: provider, Strength: notice.Exact, Names: []string{name}, Retention: keep, Lifetime: life, Origin: notice.FromTable}
	}
	other := row("other", "", knowledge.Personalization, "", -1)
	for _, c := range []struct {
		name string
		n    *notice.Notice
		o    evidence.Observation
		want Verdict
	}{
		{"no notice", nil, ga, Undeclared},
		{"no notice, the site's own", nil, own, Unclassified},
		{"necessary", says(d{Technology: evidence.WebBeacon}), cookie("sid", "www.site.test", "www.site.test", 0), Exempt},
		{"consent record", says(d{Technology: evidence.WebBeacon}), cookie("choice", "www.site.test", "www.site.test", year), Exempt},
		{"no cookies at all, they say", says(d{Technology: evidence.CookieTech, Denied: true}), cookie("sid", "www.site.test", "www.site.test", 0), Contradicted},

		{"by name", says(row("_tal_id", "Tally", knowledge.Analytics, "2 years", 2*year), other), ga, Declared},
		{"by pattern", says(row("_tal_<id>", "Tally", knowledge.Analytics, "2 years", 2*year), other), ga, Declared},
		{"by pattern of x", says(row("_tal_xxxx", "", knowledge.Analytics, "", -1), other), ga, Declared},
		{"another purpose", says(row("_tal_id", "Tally", knowledge.Personalization, "2 years", 2*year), other), ga, Misdeclared},
		{"longer than said", says(row("_tal_id", "Tally", knowledge.Analytics, "30 days", 30*86400), other), ga, Misdeclared},
		{"session, they say", says(row("_tal_id", "Tally", knowledge.Analytics, "session", 0), other), ga, Misdeclared},
		{"a little longer", says(row("_tal_id", "Tally", knowledge.Analytics, "18 months", 540*86400), other), ga, Declared},
		{"two rows, one fits", says(row("_tal_id", "", knowledge.Personalization, "", -1), row("_tal_id", "", knowledge.Analytics, "", -1)), ga, Declared},
		{"not in the list", says(row("a_b", "", knowledge.Analytics, "", -1), row("c_d", "", knowledge.Analytics, "", -1)), ga, Undeclared},
		{"the site's own, not in the list", says(row("a_b", "", knowledge.Analytics, "", -1), row("c_d", "", knowledge.Analytics, "", -1)), own, Undeclared},
		{"one row is an example", says(row("a_b", "", knowledge.Analytics, "", -1), d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics}), ga, Declared},
		{"in a sentence", says(d{Technology: evidence.CookieTech, Quote: "We set one cookie, theme_x."}), own, Declared},
		{"part of a word in a sentence", says(d{Technology: evidence.CookieTech, Quote: "We set one cookie, theme_x2."}), own, Unclassified},

		{"by vendor", says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics, Party: evidence.ThirdParty, Recipient: "Tally", Strength: notice.Specific}), ga, Declared},
		{"by vendor, without technology", says(d{Party: evidence.ThirdParty, Recipient: "Tally Inc.", Strength: notice.Specific}), ga, Declared},
		{"by another vendor", says(d{Party: evidence.ThirdParty, Recipient: "Loom Ads", Strength: notice.Specific}), ga, Undeclared},
		{"by another service of the house", says(d{Party: evidence.ThirdParty, Recipient: "House Stats", Strength: notice.Specific}), request(evidence.WebBeacon, "https://ads.house.test/p.gif"), Undeclared},
		{"by the house, for that purpose", says(d{Party: evidence.ThirdParty, Recipient: "House Corp.", Purpose: knowledge.Advertising, Strength: notice.Specific}), request(evidence.WebBeacon, "https://ads.house.test/p.gif"), Declared},
		{"by the house, for another purpose", says(d{Party: evidence.ThirdParty, Recipient: "House Corp.", Purpose: knowledge.Analytics, Strength: notice.Specific}), request(evidence.WebBeacon, "https://ads.house.test/p.gif"), Undeclared},
		{"a vendor does not cover its recorder", says(d{Technology: evidence.CookieTech, Recipient: "Scenebox", Party: evidence.ThirdParty, Strength: notice.Specific}), use(evidence.SessionReplay, "session_replay", "https://cdn.box.test/r.js"), Undeclared},
		{"a recorder declared", says(d{Technology: evidence.SessionReplay}), use(evidence.SessionReplay, "session_replay", "https://cdn.box.test/r.js"), Declared},
		{"umbrella does not cover fingerprinting", says(d{Technology: evidence.CookieTech, Strength: notice.Generic}), use(evidence.Fingerprinting, "canvas", "https://fp.loom.test/f.js"), Undeclared},

		{"technology × purpose", says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics}), ga, Declared},
		{"for another purpose", says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics}), ad, Undeclared},
		{"first party only", says(d{Technology: evidence.CookieTech, Purpose: knowledge.Advertising, Party: evidence.FirstParty}), ad, Undeclared},
		{"third party by setter", says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics, Party: evidence.ThirdParty}), ga, Declared},
		{"without a purpose", says(d{Technology: evidence.CookieTech}), ga, DeclaredGenerically},
		{"umbrella", says(d{Technology: evidence.CookieTech, Strength: notice.Generic}), item(evidence.LocalStorage, "k", "cdn.tally.test"), DeclaredGenerically},
		{"cookies are not local storage", says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics}), item(evidence.LocalStorage, "k", "cdn.tally.test"), Undeclared},
		{"beacons, with the purposes of cookies", says(d{Technology: evidence.WebBeacon}, d{Technology: evidence.CookieTech, Purpose: knowledge.Advertising}), request(evidence.WebBeacon, "https://px.loom.test/p.gif"), Declared},
		{"unknown item, technology declared", says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics}), own, Unclassified},
		{"unknown third party", says(d{Technology: evidence.WebBeacon}), cookie("zz", "who.test", "who.test", year), Undeclared},

		{"kind of recipient", says(d{Party: evidence.ThirdParty, Recipient: "service providers"}), request(evidence.ThirdPartyRequest, "https://cdn.crate.test/a.css"), Declared},
		{"another kind of recipient", says(d{Party: evidence.ThirdParty, Recipient: "service providers"}), request(evidence.ThirdPartyRequest, "https://px.loom.test/a.js"), DeclaredGenerically},
		{"a third party's technology", says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics, Party: evidence.ThirdParty}), request(evidence.ThirdPartyRequest, "https://px.loom.test/a.js"), DeclaredGenerically},
		{"a technology of another vendor", says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics, Party: evidence.ThirdParty},
			d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics, Party: evidence.ThirdParty, Recipient: "Crate", Strength: notice.Specific}),
			request(evidence.ThirdPartyRequest, "https://px.loom.test/a.js"), Undeclared},
		{"no recipient at all", says(d{Technology: evidence.CookieTech}), request(evidence.ThirdPartyRequest, "https://cdn.crate.test/a.css"), Undeclared},
		{"widget", says(d{Technology: evidence.SocialWidget}), widget(), Declared},
		{"a vendor does not cover its widget", says(d{Recipient: "Gather", Party: evidence.ThirdParty, Strength: notice.Specific}), widget(), Undeclared},

		{"denied", says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics}, d{Technology: evidence.CookieTech, Purpose: knowledge.Advertising, Denied: true}), ad, Contradicted},
		{"denied for another purpose", says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics}, d{Technology: evidence.CookieTech, Purpose: knowledge.Advertising, Denied: true}), ga, Declared},
		{"denied of third parties", says(d{Technology: evidence.CookieTech, Party: evidence.ThirdParty, Denied: true}), ad, Contradicted},
		{"denied, but named", says(d{Technology: evidence.CookieTech, Party: evidence.ThirdParty, Denied: true}, d{Technology: evidence.CookieTech, Party: evidence.ThirdParty, Recipient: "Loom Ads", Strength: notice.Specific}), ad, Declared},
		{"sharing denied", says(d{Party: evidence.ThirdParty, Denied: true}), request(evidence.WebBeacon, "https://px.loom.test/p.gif"), Contradicted},
		{"sharing denied, fonts delivered", says(d{Party: evidence.ThirdParty, Denied: true}), request(evidence.ThirdPartyRequest, "https://cdn.crate.test/a.woff2"), Undeclared},
		{"another vendor denied", says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics}, d{Technology: evidence.CookieTech, Recipient: "Loom Ads", Party: evidence.ThirdParty, Strength: notice.Specific, Denied: true}), ga, Declared},
		{"rejected by a person", says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics, Review: notice.Rejected}), ga, Undeclared},
	} {
		in := Input{Visits: visits(c.o), Notice: c.n, Facts: facts(t)}
		got := assessments(in)[0]
		if got.Verdict != c.want {
			t.Errorf("%s: %s (%s), want %s", c.name, got.Verdict, got.Reason, c.want)
		}
		if got.Reason == "" {
			t.Errorf("%s: no reason", c.name)
		}
	}
}

// TestUnreadableNotice guards that what an unread document may declare is not held against the site.
func TestUnreadableNotice(t *testing.T) {
	in := Input{Visits: visits(cookie("_tal_id", "site.test", "cdn.tally.test", 100)), Facts: facts(t),
		NoticeProblems: []error{&notice.UnreadableError{URL: "https://www.site.test/privacy", Reason: "403"}}}
	a := assessments(in)
	if a[0].Verdict != Unclassified {
		t.Errorf("verdict %s, want unclassified", a[0].Verdict)
	}
	judged := Judge(in, nil)
	outcome, _ := Policy{FailOn: Medium}.Outcome(judged.Findings, judged.Gaps)
	if outcome != Inconclusive {
		t.Errorf("outcome %s, want inconclusive", outcome)
	}
}

func TestAsGlob(t *testing.T) {
	for written, want := range map[string]string{"_ga_<container-id>": "_ga_*", "_hjSession_{site_id}": "_hjSession_*", "_ga_XXXXXXXX": "_ga_*", "_gat_gtag_UA_#": "_gat_gtag_UA_*",
		"_ga": "_ga", "maxx": "maxx", "x": "x", "wp-settings-[UID]-time": "wp-settings-*-time", "a<b": "a<b", "": ""} {
		if got := asGlob(written); got != want {
			t.Errorf("asGlob(%q) = %q, want %q", written, got, want)
		}
	}
}

func TestSpan(t *testing.T) {
	for seconds, want := range map[int64]string{0: "the session", -1: "the session", 1: "1 second", 1800: "30 minutes", 3600: "1 hour", 86400: "1 day", 30 * 86400: "30 days", 395 * 86400: "13 months", 365 * 86400: "12 months", 730 * 86400: "2 years"} {
		if got := Span(seconds); got != want {
			t.Errorf("Span(%d) = %q, want %q", seconds, got, want)
		}
	}
}

func TestStable(t *testing.T) {
	for name, want := range map[string]string{"sess_8f3a9c21": "sess_*", "cart": "cart", "user_12345_x": "user_*_x", "wp-settings-1": "wp-settings-1", "experiment2024b": "experiment2024b",
		"k-0f8fad5b-d9cb-469f-a165-70867728950e": "k-*", "a1b2c3d4e5f6g7": "*", "deadbeef": "deadbeef", "consent_v2": "consent_v2", "": ""} {
		if got := stable(name); got != want {
			t.Errorf("stable(%q) = %q, want %q", name, got, want)
		}
	}
}

// TestUnknownIsFirstClass holds what is said of an item that nobody knows.
func TestUnknownIsFirstClass(t *testing.T) {
	visit := func(id, hash string) evidence.Visit {
		o := cookie("theme_x", "www.site.test", "www.site.test", 365*86400)
		o.ID, o.Cookie.Value.Hash = id+".o1", hash
		v := visitWith(o)
		v.ID = id
		v.Flows = []evidence.Flow{{From: o.ID, Host: "px.loom.test", Site: "loom.test", Party: evidence.ThirdParty}}
		return v
	}
	n := says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics})
	for second, want := range map[string]string{"b": "differs between fresh profiles", "a": "the same in every fresh profile"} {
		a := assessments(Input{Visits: each(visit("v0001", "a"), visit("v0002", second)), Notice: n, Facts: facts(t)})[0]
		for _, w := range []string{want, "set for 12 months", "could tell one visitor from all others", "sent to px.loom.test"} {
			if a.Verdict != Unclassified || !strings.Contains(a.Reason, w) {
				t.Errorf("%s: %q does not say %q", a.Verdict, a.Reason, w)
			}
		}
	}
}
