package report

import (
	"fmt"
	"strings"
	"time"

	"trackaudit/classify"
	"trackaudit/classify/knowledge"
	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

const shop = "https://www.nordlicht-outdoor.test"

// audited is what a report is made from, with the visits themselves.
type audited struct {
	Input
	Visits      []evidence.Visit
	Assessments []classify.Assessment // of the visits' observations, in any order
}

// see takes in the visits in their order.
func (a audited) see(seen *Seen) *Seen {
	of := map[string][]classify.Assessment{} // by visit
	for _, one := range a.Assessments {
		visit, _, _ := strings.Cut(one.Observation.ID, ".")
		of[visit] = append(of[visit], one)
	}
	for i := range a.Visits {
		seen.Add(&a.Visits[i], of[a.Visits[i].ID])
	}
	return seen
}

func (a audited) report() *Report {
	a.Seen = a.see(NewSeen(nil))
	return New(a.Input)
}

// sample is an audit as it comes out of a shop that says less than it does: three pages under three choices, one of
// them timed out once.
func sample() audited {
	n := &notice.Notice{
		Documents: []notice.Document{
			{ID: "d1", URL: shop + "/privacy", SHA256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
				Language: "en", LastUpdated: "2025-03-01", Effective: "2025-03-15"},
			{ID: "d2", URL: shop + "/cookies", SHA256: "fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9", Language: "en"},
		},
		Claims: notice.Claims{
			DNT: notice.Claim{Value: notice.Honored, Document: "d1", Start: 5120, End: 5200,
				Quote: "If your browser sends a Do Not Track signal, we do not load any analytics."},
			GPC: notice.Claim{Value: notice.Unstated},
			Consent: notice.Claim{Value: "prior", Document: "d2", Start: 40, End: 120,
				Quote: "We place cookies that are not strictly necessary only after you have agreed."},
			OptOut: []notice.OptOut{{URL: "https://tools.google.com/dlpage/gaoptout", Regions: []notice.Region{}}},
		},
		Declarations: []notice.Declaration{
			declared("p1", "d1", evidence.CookieTech, knowledge.Analytics, "Google Analytics", notice.Specific, "4.1 Analytics",
				"We use Google Analytics, which sets cookies to measure how visitors use our shop.", 2100),
			declared("p2", "d1", evidence.WebBeacon, knowledge.Analytics, "Google Analytics", notice.Specific, "4.1 Analytics",
				"Google Analytics also sends small image requests (“web beacons”) with each page view.", 2200),
			declared("p3", "d1", "", knowledge.Advertising, "", notice.Generic, "6 Partners",
				"We may share information with our partners for advertising.", 3900),
			denied("p4", "d1", evidence.Fingerprinting, "7 What we do not do", "We do not fingerprint your browser or your device.", 4400),
			declared("p5", "d1", evidence.SocialWidget, knowledge.SocialMedia, "Facebook", notice.Specific, "5 Social media",
				"Our blog embeds Facebook’s Like button.", 3000),
			table("p6", "_ga", "Google", knowledge.Analytics, "13 months", "_ga | Google | Statistics | 13 months", 300),
			table("p7", "session", "Nordlicht", knowledge.StrictlyNecessary, "session", "session | Nordlicht | Basket | session", 360),
		},
	}
	visits := []evidence.Visit{
		visit("v0001", "/", evidence.ChoiceNone), visit("v0002", "/tents/aurora-3", evidence.ChoiceNone),
		visit("v0003", "/checkout", evidence.ChoiceNone), visit("v0004", "/", evidence.ChoiceGPC),
		visit("v0005", "/tents/aurora-3", evidence.ChoiceGPC), visit("v0006", "/checkout", evidence.ChoiceGPC),
		visit("v0007", "/", evidence.ChoiceReject),
	}
	visits[2].Complete, visits[2].Reason, visits[2].Detail = false, evidence.Timeout, "the page did not end within 30 s"
	visits[6].Complete, visits[6].Reason, visits[6].Detail = false, evidence.Blocked, "HTTP 403"
	visits[6].Reach = evidence.Reach{Outcome: "failed", Proof: "the button “Reject all” was pressed and the banner stayed"}
	in := audited{Visits: visits, Input: Input{
		Version: "v0.3.0", Target: shop + "/", Site: "nordlicht-outdoor.test", Started: noon, Finished: noon.Add(72 * time.Second),
		Browser: evidence.Browser{Product: "Chromium/156.0.8078.73", Mode: "shell", ThirdPartyCookies: "allow"},
		Notice:  n, Outcome: classify.Fail,
		Looked: []string{shop + "/privacy", shop + "/cookies", shop + "/datenschutz"},
		NoticeProblems: []error{&notice.UnreadableError{URL: shop + "/agb.pdf", Reason: "it is a PDF"},
			&notice.LanguageError{URL: shop + "/pl/prywatnosc", Language: "pl"}},
		Reason: "3 findings at or above medium that no baseline holds; 2 visits did not see their page",
		Notes:  []string{"Chrome was started again once."},
		Gaps: []classify.Gap{
			{URL: shop + "/checkout", Choice: evidence.ChoiceNone, Reason: evidence.Timeout, Detail: "the page did not end within 30 s"},
			{URL: shop + "/", Choice: evidence.ChoiceReject, Reason: evidence.Blocked, Detail: "HTTP 403"},
			{URL: shop + "/agb.pdf", Reason: classify.NoticeUnreadable, Detail: "it is a PDF"},
		},
	}}
	see := func(v int, o evidence.Observation, service, entity string, p knowledge.Purpose, verdict classify.Verdict, reason, declaration string) string {
		visit := &in.Visits[v]
		o.ID, o.Page, o.Phase, o.Count = fmt.Sprintf("%s.o%d", visit.ID, len(visit.Observations)+1), visit.FinalURL, evidence.BeforeChoice, 1
		o.At = 400 + 130*len(visit.Observations)
		o.Site = evidence.SiteOf(o.Host)
		visit.Observations = append(visit.Observations, o)
		in.Assessments = append(in.Assessments, classify.Assessment{Observation: o, Choice: visit.Choice, Service: service, Entity: entity,
			Purpose: p, Verdict: verdict, Reason: reason, Declaration: declaration})
		return o.ID
	}
	tag := []string{"https://www.googletagmanager.com/gtm.js?id=GTM-NL42:1", shop + "/:14"}
	var canvas, replay, ads []string
	for _, v := range []int{0, 1, 3, 4, 5} {
		see(v, cookie("session", "www.nordlicht-outdoor.test", evidence.FirstParty, "www.nordlicht-outdoor.test", 0, nil), "", "", knowledge.StrictlyNecessary,
			classify.Exempt, "It keeps the basket and nothing else.", "p7")
		see(v, cookie("_ga", ".nordlicht-outdoor.test", evidence.FirstParty, "www.google-analytics.com", 63072000, tag), "google-analytics", "Google LLC", knowledge.Analytics,
			classify.Misdeclared, "The notice states 13 months; it is stored for 24.", "p6")
		see(v, request(evidence.WebBeacon, "www.google-analytics.com", "/g/collect?v=2", tag), "google-analytics", "Google LLC", knowledge.Analytics,
			classify.Declared, "Google Analytics is named as a recipient.", "p2")
		replay = append(replay, see(v, evidence.Observation{Technology: evidence.SessionReplay, Name: "session_replay", Party: evidence.ThirdParty,
			Host: "in.replaybird.test", Setter: "cdn.replaybird.test", Source: "WebSocket.send",
			Initiator: append([]string{"https://cdn.replaybird.test/rec.js:22"}, tag...),
			API:       &evidence.APIUse{API: "session_replay", Calls: map[string]int{"MutationObserver": 3}, Details: map[string]string{"payload_grows": "true"}}},
			"", "ReplayBird Ltd", knowledge.Analytics, classify.Undeclared, "Nothing in the notice speaks of recording a session.", ""))
	}
	canvas = append(canvas, see(1, evidence.Observation{Technology: evidence.Fingerprinting, Name: "canvas", Party: evidence.ThirdParty,
		Host: "static.adsterling.test", Setter: "static.adsterling.test", Source: "HTMLCanvasElement.toDataURL",
		Initiator: []string{"https://static.adsterling.test/fp.js:9", shop + "/tents/aurora-3:88"},
		API:       &evidence.APIUse{API: "canvas", Calls: map[string]int{"toDataURL": 2, "fillText": 4}, Details: map[string]string{"width": "280", "distinct_colors": "12"}}},
		"", "Adsterling GmbH", knowledge.Advertising, classify.Contradicted, "The notice denies fingerprinting.", "p4"))
	for _, v := range []int{0, 1, 4} {
		ads = append(ads, see(v, cookie("uid", ".adsterling.test", evidence.ThirdParty, "static.adsterling.test", 34128000, []string{shop + "/:31"}),
			"", "Adsterling GmbH", knowledge.Advertising, classify.DeclaredGenerically, "Only an umbrella clause speaks of advertising partners.", "p3"))
	}
	see(0, request(evidence.ThirdPartyRequest, "fonts.gstatic.com", "/s/inter.woff2", []string{shop + "/app.css"}), "google-fonts", "Google LLC",
		knowledge.ContentDelivery, classify.Undeclared, "No recipient of this kind is named.", "")
	see(1, evidence.Observation{Technology: evidence.LocalStorage, Name: "nl:recent", Party: evidence.FirstParty, Host: "www.nordlicht-outdoor.test",
		Setter: "www.nordlicht-outdoor.test", Source: "Storage.setItem", Storage: &evidence.StorageItem{Key: "nl:recent", Value: evidence.Value{Hash: "9f86d081", Length: 64, Shape: "json"}}},
		"", "", knowledge.Unknown, classify.Unclassified, "It is not known what this is for.", "")
	in.Findings = findings(canvas, replay, ads)
	in.Destinations = destinations()
	return in
}

// gated is the sample under a policy: of its findings one is waived, one in the baseline, one switched off, and one was
// not seen in every audit.
func gated() audited {
	in := sample()
	in.Findings[0].Status, in.Findings[0].Waiver = classify.Waived, &classify.Waiver{Rule: "contradicts-notice",
		Reason: "the script leaves with the relaunch", Approver: "Jo Weber", Expires: time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)}
	in.Findings[1].Seen, in.Findings[1].Of = 2, 3
	in.Findings[2].Status = classify.Known
	in.Findings[3].Status = classify.Ignored
	return in
}

func findings(canvas, replay, ads []string) []classify.Finding {
	return []classify.Finding{
		{Rule: "contradicts-notice", Severity: classify.High, Subject: "canvas (Adsterling GmbH)",
			Message: "A script of static.adsterling.test drew 12 colours on a canvas of 280 pixels and read it back on 1 page. The notice says that there is no fingerprinting.",
			Fix:     "Remove https://static.adsterling.test/fp.js, loaded at line 88 of /tents/aurora-3, or withdraw the denial and name Adsterling GmbH.",
			Quote:   "We do not fingerprint your browser or your device.", Fingerprint: "v1:6b86b273ff34",
			Basis: "FTC Act section 5: a statement in a notice must be true (binding, US)", Observations: canvas},
		{Rule: "undeclared-session-replay", Severity: classify.High, Subject: "ReplayBird Ltd",
			Message: "in.replaybird.test received a recording of the page (mutations, pointer, scroll) on 3 pages, 5 of 5 visits, before any choice.",
			Fix:     "Add to the notice: “We use ReplayBird (ReplayBird Ltd) to record how visitors use our pages.” Or remove the tag in Google Tag Manager container GTM-NL42.",
			Basis:   "GDPR art. 13(1)(c) and (e) (binding, EU)", Fingerprint: "v1:d4735e3a265e", Observations: replay},
		{Rule: "retention-exceeds-declared", Severity: classify.Medium, Subject: "_ga",
			Message: "_ga is stored for 730 days; the notice states 13 months.", Quote: "_ga | Google | Statistics | 13 months",
			Fix:   "Set cookie_expires to 34128000 in the Google tag, or state 24 months in the cookie table.",
			Basis: "CJEU C-673/17 Planet49 (binding, EU)", Fingerprint: "v1:4e07408562be"},
		{Rule: "weakly-declared", Severity: classify.Low, Subject: "uid (adsterling.test)",
			Message: "The cookie uid of adsterling.test is covered by an umbrella clause only.", Quote: "We may share information with our partners for advertising.",
			Fix: "Name Adsterling GmbH as a recipient, with the purpose advertising.", Fingerprint: "v1:4b227777d4dd", Observations: ads,
			Basis: "GDPR art. 13(1)(e) (binding, EU)"},
		{Rule: "undeclared-recipient", Severity: classify.Low, Subject: "fonts.gstatic.com",
			Message: "Fonts were loaded from Google LLC on 1 page; the notice does not name it as a recipient.", Fix: "Serve the fonts from your own host, or name Google Fonts.",
			Basis: "GDPR art. 13(1)(e) (binding, EU)", Fingerprint: "v1:ef2d127de37b", Observations: []string{"v0001.o6"}},
		{Rule: "notice-stale", Severity: classify.Info, Subject: "Facebook",
			Message: "A Like button is declared and was not observed in 3 pages and these choices.", Quote: "Our blog embeds Facebook’s Like button.",
			Fix: "Check whether the widget is still in use.", Fingerprint: "v1:e7f6c011776e", Basis: "hygiene"},
	}
}

func destinations() []classify.Destination {
	none, gpc := evidence.ChoiceNone, evidence.ChoiceGPC
	d := func(host, entity string, p knowledge.Purpose, party evidence.Party, v classify.Verdict, choices []evidence.Choice, t ...evidence.Technology) classify.Destination {
		return classify.Destination{Host: host, Site: evidence.SiteOf(host), Entity: entity, Purpose: p, Party: party, Verdict: v, Technologies: t, Choices: choices}
	}
	both := []evidence.Choice{none, gpc}
	return []classify.Destination{
		d("www.nordlicht-outdoor.test", "", knowledge.StrictlyNecessary, evidence.FirstParty, classify.Exempt, both, evidence.CookieTech),
		d("www.googletagmanager.com", "Google LLC", knowledge.TagManagement, evidence.ThirdParty, classify.Declared, both, evidence.ThirdPartyRequest),
		d("www.google-analytics.com", "Google LLC", knowledge.Analytics, evidence.ThirdParty, classify.Declared, both, evidence.WebBeacon),
		d("in.replaybird.test", "ReplayBird Ltd", knowledge.Analytics, evidence.ThirdParty, classify.Undeclared, both, evidence.SessionReplay, evidence.WebSocket),
		d("static.adsterling.test", "Adsterling GmbH", knowledge.Advertising, evidence.ThirdParty, classify.Contradicted, both, evidence.Fingerprinting, evidence.CookieTech),
		d("fonts.gstatic.com", "Google LLC", knowledge.ContentDelivery, evidence.ThirdParty, classify.Undeclared, []evidence.Choice{none}, evidence.ThirdPartyRequest),
	}
}

func visit(id, path string, choice evidence.Choice) evidence.Visit {
	return evidence.Visit{ID: id, URL: shop + path, FinalURL: shop + path, Site: "nordlicht-outdoor.test", Choice: choice, Status: 200,
		Title: "Nordlicht Outdoor", Started: noon.Add(3 * time.Second), Complete: true, Reach: evidence.Reach{Outcome: "made"},
		Requests: make([]evidence.Request, 31)}
}

func cookie(name, host string, party evidence.Party, setter string, lifetime int64, initiator []string) evidence.Observation {
	return evidence.Observation{Technology: evidence.CookieTech, Name: name, Party: party, Host: host, Setter: setter, Source: "Set-Cookie",
		Initiator: initiator, Cookie: &evidence.Cookie{Name: name, Domain: host, Path: "/", Session: lifetime == 0, Lifetime: lifetime,
			StoredFor: lifetime, Secure: true, SameSite: "Lax", SetBy: "script", Value: evidence.Value{Hash: "0f1e2d3c", Length: 27, Shape: "GA1.1.digits.timestamp"}}}
}

func request(t evidence.Technology, host, path string, initiator []string) evidence.Observation {
	return evidence.Observation{Technology: t, Name: host, Party: evidence.ThirdParty, Host: host, Setter: evidence.HostOf(initiator[0]),
		Source: "Network.requestWillBeSent", Initiator: initiator,
		Request: &evidence.Request{ID: "r1", URL: "https://" + host + path, Method: "GET", Type: "Ping", Host: host, Status: 204}}
}

func declared(id, document string, t evidence.Technology, p knowledge.Purpose, recipient string, s notice.Strength, section, quote string, start int) notice.Declaration {
	return notice.Declaration{ID: id, Document: document, Technology: t, Purpose: p, Recipient: recipient, Strength: s, Section: section,
		Quote: quote, Start: start, End: start + len(quote), Origin: notice.FromRule, Confidence: 0.9, Lifetime: -1}
}

func denied(id, document string, t evidence.Technology, section, quote string, start int) notice.Declaration {
	d := declared(id, document, t, "", "", notice.Category, section, quote, start)
	d.Denied = true
	return d
}

func table(id, name, provider string, p knowledge.Purpose, retention, row string, start int) notice.Declaration {
	d := declared(id, "d2", evidence.CookieTech, p, provider, notice.Exact, "Cookies we use", row, start)
	d.Names, d.Retention, d.Origin, d.Confidence = []string{name}, retention, notice.FromTable, 1
	return d
}
