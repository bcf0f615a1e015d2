package classify

import (
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"trackaudit/classify/knowledge"
	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
)

func rulesOf(in Input) []string {
	var out []string
	for _, f := range Judge(in, nil).Findings {
		out = append(out, f.Rule)
	}
	return slices.Compact(slices.Sorted(slices.Values(out)))
}

// TestRulesFire holds each rule to a case in which it must fire and one, next to it, in which it must not.
func TestRulesFire(t *testing.T) {
	const year = 365 * 86400
	tally := cookie("_tal_id", "site.test", "cdn.tally.test", 2*year)
	declares := says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics}, d{Technology: evidence.WebBeacon, Purpose: knowledge.Analytics})
	under := func(choice evidence.Choice, obs ...evidence.Observation) evidence.Visit {
		v := visitWith(obs...)
		v.Choice = choice
		return v
	}
	claims := func(n *notice.Notice, set func(*notice.Claims)) *notice.Notice {
		c := *n
		set(&c.Claims)
		return &c
	}
	beacon := request(evidence.WebBeacon, "https://px.tally.test/p.gif")
	ad := request(evidence.WebBeacon, "https://px.loom.test/p.gif")
	cloaked := request(evidence.ThirdPartyRequest, "https://stats.site.test/c.js")
	cloaked.Request.CNAMEs = []string{"custom.cloak.test"}
	delivered := request(evidence.ThirdPartyRequest, "https://img.site.test/a.png")
	delivered.Request.CNAMEs = []string{"site.crate.test"}
	mail := request(evidence.WebBeacon, "https://px.tally.test/p.gif?m=ada%40example.org")
	plain := request(evidence.WebBeacon, "http://px.tally.test/p.gif")
	capture := use(evidence.FormCapture, "form_capture", "https://cdn.loom.test/f.js")
	sharing := func(to string) iter.Seq[evidence.Visit] {
		v := visitWith(tally)
		v.Flows = []evidence.Flow{{From: tally.ID, Host: to, Site: evidence.SiteOf(to), Party: evidence.ThirdParty, Encoding: "plain", In: "url"}}
		return each(v)
	}
	for _, c := range []struct {
		rule         string
		fires, quiet Input
	}{
		{"contradicts-notice", Input{Visits: visits(ad), Notice: says(d{Technology: evidence.WebBeacon, Purpose: knowledge.Advertising, Denied: true})},
			Input{Visits: visits(beacon), Notice: says(d{Technology: evidence.WebBeacon, Purpose: knowledge.Advertising, Denied: true})}},
		{"undeclared-technology", Input{Visits: visits(beacon), Notice: says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics})}, Input{Visits: visits(beacon), Notice: declares}},
		{"undeclared-purpose", Input{Visits: visits(ad), Notice: declares}, Input{Visits: visits(beacon), Notice: declares}},
		{"undeclared-recipient", Input{Visits: visits(request(evidence.ThirdPartyRequest, "https://cdn.crate.test/a.js")), Notice: declares},
			Input{Visits: visits(request(evidence.ThirdPartyRequest, "https://cdn.crate.test/a.js")), Notice: says(d{Party: evidence.ThirdParty, Recipient: "service providers"})}},
		{"undeclared-fingerprinting", Input{Visits: visits(use(evidence.Fingerprinting, "canvas", "https://fp.loom.test/f.js")), Notice: declares},
			Input{Visits: visits(use(evidence.Fingerprinting, "canvas", "https://fp.loom.test/f.js")), Notice: says(d{Technology: evidence.Fingerprinting})}},
		{"undeclared-session-replay", Input{Visits: visits(use(evidence.SessionReplay, "session_replay", "https://cdn.box.test/r.js")), Notice: declares},
			Input{Visits: visits(use(evidence.SessionReplay, "session_replay", "https://cdn.box.test/r.js")), Notice: says(d{Technology: evidence.SessionReplay})}},
		{"undeclared-form-capture", Input{Visits: visits(capture), Notice: declares}, Input{Visits: visits(capture), Notice: says(d{Technology: evidence.FormCapture})}},
		{"weakly-declared", Input{Visits: visits(tally), Notice: says(d{Technology: evidence.CookieTech}), Require: RequireCategory}, Input{Visits: visits(tally), Notice: says(d{Technology: evidence.CookieTech}), Require: RequireGeneric}},
		{"widget-before-interaction", Input{Visits: visits(widget()), Notice: says(d{Technology: evidence.SocialWidget})}, Input{Visits: visits(beacon), Notice: says(d{Technology: evidence.SocialWidget})}},
		{"cloaked-third-party", Input{Visits: visits(cloaked), Notice: declares}, Input{Visits: visits(delivered), Notice: declares}},
		{"personal-data-in-url", Input{Visits: visits(mail), Notice: declares}, Input{Visits: visits(beacon), Notice: declares}},
		{"insecure-tracking", Input{Visits: visits(plain), Notice: declares}, Input{Visits: visits(beacon), Notice: declares}},
		{"identifier-shared", Input{Visits: sharing("sync.unheard.test"), Notice: declares}, Input{Visits: sharing("site.test"), Notice: declares}},
		{"tracking-before-consent", Input{Visits: visits(tally), Notice: declares, Laws: []string{"eu"}}, Input{Visits: visits(tally), Notice: declares}},
		{"tracking-before-consent", Input{Visits: visits(tally), Notice: claims(declares, func(c *notice.Claims) { c.Consent.Value = "prior" })}, Input{Visits: visits(tally), Notice: claims(declares, func(c *notice.Claims) { c.Consent.Value = "implied" })}},
		{"dnt-statement-false", Input{Visits: each(under("none", beacon), under("dnt", beacon)), Notice: claims(declares, func(c *notice.Claims) { c.DNT.Value = notice.Honored })},
			Input{Visits: each(under("none", beacon), under("dnt")), Notice: claims(declares, func(c *notice.Claims) { c.DNT.Value = notice.Honored })}},
		{"gpc-ignored", Input{Visits: each(under("none", ad), under("gpc", ad)), Notice: declares, Laws: []string{"us-ca"}},
			Input{Visits: each(under("none", beacon), under("gpc", beacon)), Notice: declares, Laws: []string{"us-ca"}}},
		{"dnt-statement-missing", Input{Visits: visits(tally), Notice: claims(declares, func(c *notice.Claims) { c.DNT.Value = notice.Unstated })}, Input{Visits: visits(tally), Notice: declares}},
		{"notice-stale", Input{Visits: visits(tally), Notice: says(d{Technology: evidence.FlashCookie})}, Input{Visits: visits(tally), Notice: declares}},
		{"notice-not-found", Input{Visits: visits(tally)}, Input{Visits: visits(cookie("sid", "www.site.test", "www.site.test", 0))}},
		{"notice-unreadable", Input{Visits: visits(tally), NoticeProblems: []error{&notice.LanguageError{URL: "u", Language: "pl"}}}, Input{Visits: visits(tally), Notice: declares}},
		{"opt-out-link-dead", Input{Visits: visits(tally), Notice: declares, Links: []evidence.LinkAnswer{{URL: "https://x.test/out", Status: 404, Dead: true}}},
			Input{Visits: visits(tally), Notice: declares, Links: []evidence.LinkAnswer{{URL: "https://x.test/out", Status: 503}}}},
		{"notice-drifted", Input{Visits: visits(tally), Notice: declares, Drift: []notice.DocumentChange{{Change: notice.Changed, URL: "u"}}}, Input{Visits: visits(tally), Notice: declares}},
	} {
		for i, in := range []Input{c.fires, c.quiet} {
			in.Facts = facts(t)
			if in.Require == 0 && c.rule != "weakly-declared" {
				in.Require = RequireCategory
			}
			if fired := slices.Contains(rulesOf(in), c.rule); fired != (i == 0) {
				t.Errorf("%s: fired %v in case %d; findings: %v", c.rule, fired, i+1, rulesOf(in))
			}
		}
	}
}

// TestRulesExplainThemselves guards that explain, SARIF and the report have something to say.
func TestRulesExplainThemselves(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules {
		if seen[r.ID] || r.Title == "" || len(r.Help) < 60 || r.Basis == "" {
			t.Errorf("rule %q is not explained, or stands twice", r.ID)
		}
		for _, word := range []string{"violat", "illegal", "breach"} {
			if strings.Contains(strings.ToLower(r.Title+r.Help), word) {
				t.Errorf("rule %s says %q: a finding is an indicator", r.ID, word)
			}
		}
		seen[r.ID] = true
	}
}

func TestFindingsSayWhatToDo(t *testing.T) {
	in := Input{Visits: visits(cookie("_tal_id", "site.test", "cdn.tally.test", 63072000)), Notice: says(d{Technology: evidence.WebBeacon}), Facts: facts(t)}
	f := Judge(in, nil).Findings[0]
	for _, want := range []string{"Tally Inc. sets cookies for analytics", "https://cdn.tally.test/a.js", "https://www.site.test/:9"} {
		if !strings.Contains(f.Fix, want) {
			t.Errorf("fix %q does not say %q", f.Fix, want)
		}
	}
}

func TestPolicy(t *testing.T) {
	day := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	f := func(rule, subject string, s Severity) Finding {
		return Finding{Rule: rule, Subject: subject, Severity: s, Fingerprint: Fingerprint(rule, subject, "")}
	}
	list := []Finding{f("undeclared-cookie", "_ga", Medium), f("weakly-declared", "Acme", Low)}
	waiver := Waiver{Rule: "undeclared-cookie", Subject: "_g*", Reason: "r", Approver: "a", Expires: day}
	gap := []Gap{{Reason: evidence.Blocked}}
	for name, c := range map[string]struct {
		p    Policy
		gaps []Gap
		want Outcome
		note string
	}{
		"medium fails":           {Policy{FailOn: Medium}, nil, Fail, ""},
		"findings win over gaps": {Policy{FailOn: Medium}, gap, Fail, ""},
		"high only":              {Policy{FailOn: High}, nil, Pass, ""},
		"gaps never pass":        {Policy{FailOn: High}, gap, Inconclusive, ""},
		"baseline":               {Policy{FailOn: Medium, Baseline: map[string]bool{list[0].Fingerprint: true}}, nil, Pass, ""},
		"waived on its last day": {Policy{FailOn: Medium, Waivers: []Waiver{waiver}, Now: day.Add(6 * time.Hour)}, nil, Pass, ""},
		"expired the day after":  {Policy{FailOn: Medium, Waivers: []Waiver{waiver}, Now: day.AddDate(0, 0, 1)}, nil, Fail, "has expired"},
		"waiver of another rule": {Policy{FailOn: Medium, Waivers: []Waiver{{Rule: "notice-stale", Expires: day}}, Now: day}, nil, Fail, "covers no finding"},
		"by fingerprint":         {Policy{FailOn: Medium, Waivers: []Waiver{{Fingerprint: list[0].Fingerprint, Expires: day}}, Now: day}, nil, Pass, ""},
		"a rule off":             {Policy{FailOn: Medium, Off: map[string]bool{"undeclared-cookie": true}}, nil, Pass, ""},
		"a rule raised":          {Policy{FailOn: High, Severity: map[string]Severity{"weakly-declared": High}}, nil, Fail, ""},
		"a rule lowered":         {Policy{FailOn: Medium, Severity: map[string]Severity{"undeclared-cookie": Info}}, nil, Pass, ""},
	} {
		out, notes := c.p.Apply(list)
		if got, reason := c.p.Outcome(out, c.gaps); got != c.want || reason == "" {
			t.Errorf("%s: %s (%s), want %s", name, got, reason, c.want)
		}
		if len(out) != len(list) {
			t.Errorf("%s: a finding went away", name)
		}
		if joined := strings.Join(notes, "\n"); c.note == "" && joined != "" || !strings.Contains(joined, c.note) {
			t.Errorf("%s: notes %q, want %q", name, joined, c.note)
		}
	}
}

func TestConfirm(t *testing.T) {
	a, b := Finding{Rule: "a", Fingerprint: "a", Severity: High}, Finding{Rule: "b", Fingerprint: "b", Severity: High}
	out := Confirm([]Finding{a, b}, []Finding{a}, []Finding{a})
	p := Policy{FailOn: Medium}
	applied, _ := p.Apply(out)
	status := map[string]Status{}
	for _, f := range applied {
		status[f.Rule] = f.Status
	}
	if status["a"] != New || status["b"] != Unconfirmed || out[0].Of != 3 {
		t.Errorf("statuses %v of %+v", status, out)
	}
	if got, _ := p.Outcome(applied, nil); got != Fail {
		t.Errorf("outcome %s", got)
	}
}

func TestGaps(t *testing.T) {
	page := func(id, reason string, status int) evidence.Visit {
		return evidence.Visit{ID: id, URL: "https://a.test/" + id, Choice: evidence.ChoiceNone, Complete: reason == "", Reason: evidence.Reason(reason), Status: status}
	}
	for name, c := range map[string]struct {
		visits []evidence.Visit
		want   int
	}{
		"nothing visited":        {nil, 1},
		"all whole":              {[]evidence.Visit{page("v1", "", 200), page("v2", "", 200)}, 0},
		"a dead link":            {[]evidence.Visit{page("v1", "", 200), page("v2", "http_error", 404)}, 0},
		"the start page is gone": {[]evidence.Visit{page("v1", "http_error", 404)}, 1},
		"a server error":         {[]evidence.Visit{page("v1", "", 200), page("v2", "http_error", 500)}, 1},
		"a linked file":          {[]evidence.Visit{page("v1", "", 200), page("v2", "not_html", 200)}, 0},
		"half-loaded":            {[]evidence.Visit{page("v1", "", 200), page("v2", "timeout", 200)}, 1},
	} {
		if got := Judge(Input{Visits: each(c.visits...)}, nil).Gaps; len(got) != c.want {
			t.Errorf("%s: %d gaps %v, want %d", name, len(got), got, c.want)
		}
	}
}
