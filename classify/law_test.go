package classify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"trackaudit/classify/knowledge"
	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// TestInForce guards that the day decides, and that a proposal never does.
func TestInForce(t *testing.T) {
	ids := func(laws []string, on time.Time) (list []string) {
		for _, p := range InForce(laws, on) {
			list = append(list, p.ID)
		}
		return list
	}
	for _, c := range []struct {
		laws []string
		on   time.Time
		has  string
		want bool
	}{
		{[]string{"uk"}, day("2026-02-04"), "UK-1", false}, {[]string{"uk"}, day("2026-02-05"), "UK-1", true},
		{[]string{"eu"}, day("2026-02-05"), "UK-1", false}, {[]string{"eu", "uk"}, time.Time{}, "UK-1", true},
		{[]string{"eu"}, day("2011-05-24"), "EU-1", false}, {[]string{"eu"}, day("2099-01-01"), "EU-P1", false}, {nil, time.Time{}, "EU-1", false},
	} {
		if got := slices.Contains(ids(c.laws, c.on), c.has); got != c.want {
			t.Errorf("%v on %s: %s in force: %v", c.laws, c.on.Format(time.DateOnly), c.has, got)
		}
	}
	seen := map[string]bool{}
	for _, p := range Provisions {
		if _, ok := RuleByID(p.Rule); !ok && p.Rule != "" || seen[p.ID] || p.What == "" || p.Source == "" || !slices.Contains(Laws, p.Law) || (p.From == "") != (p.Kind == Proposal) {
			t.Errorf("provision %+v", p)
		}
		seen[p.ID] = true
	}
}

// TestLaws holds what the same evidence leads to under each law, on days before and after it changed.
func TestLaws(t *testing.T) {
	const year = 365 * 86400
	stats := cookie("_tal_id", "site.test", "cdn.tally.test", 2*year)
	ad := cookie("loom_id", "loom.test", "px.loom.test", year)
	n := says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics}, d{Technology: evidence.CookieTech, Purpose: knowledge.Advertising})
	kept := says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics, Retention: "2 years", Lifetime: 2 * year}, d{Technology: evidence.CookieTech, Purpose: knowledge.Advertising})
	suggested := says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics}, d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics, Retention: "2 years", Lifetime: 2 * year, Origin: notice.FromModel})
	for _, c := range []struct {
		name string
		in   Input
		rule string
		want string // severity; "" = it must not fire
	}{
		{"no law", Input{Visits: visits(stats), Notice: n}, "tracking-before-consent", ""},
		{"eu", Input{Visits: visits(stats), Notice: n, Laws: []string{"eu"}}, "tracking-before-consent", "medium"},
		{"eu, before", Input{Visits: visits(stats), Notice: n, Laws: []string{"eu"}, Day: day("2010-01-01")}, "tracking-before-consent", ""},
		{"eu, a beacon", Input{Visits: visits(request(evidence.WebBeacon, "https://px.loom.test/p.gif")), Notice: n, Laws: []string{"eu"}}, "tracking-before-consent", "medium"},
		{"eu, a beacon, before the guidelines", Input{Visits: visits(request(evidence.WebBeacon, "https://px.loom.test/p.gif")), Notice: n, Laws: []string{"eu"}, Day: day("2020-01-01")}, "tracking-before-consent", ""},
		{"uk, statistics", Input{Visits: visits(stats), Notice: n, Laws: []string{"uk"}, Day: day("2026-11-24")}, "tracking-before-consent", "info"},
		{"uk, statistics, before the exception", Input{Visits: visits(stats), Notice: n, Laws: []string{"uk"}, Day: day("2025-11-24")}, "tracking-before-consent", "medium"},
		{"uk, advertising", Input{Visits: visits(ad), Notice: n, Laws: []string{"uk"}, Day: day("2026-11-24")}, "tracking-before-consent", "medium"},
		{"uk and eu, statistics", Input{Visits: visits(stats), Notice: n, Laws: []string{"uk", "eu"}, Day: day("2026-11-24")}, "tracking-before-consent", "medium"},
		{"no lifetime, no law", Input{Visits: visits(stats), Notice: n}, "lifetime-not-stated", ""},
		{"no lifetime, eu", Input{Visits: visits(stats), Notice: n, Laws: []string{"eu"}}, "lifetime-not-stated", "low"},
		{"a lifetime, eu", Input{Visits: visits(stats), Notice: kept, Laws: []string{"eu"}}, "lifetime-not-stated", ""},
		{"a lifetime that a model suggests, eu", Input{Visits: visits(stats), Notice: suggested, Laws: []string{"eu"}}, "lifetime-not-stated", "low"},
		{"session cookies, eu", Input{Visits: visits(cookie("_tal_id", "site.test", "cdn.tally.test", 0)), Notice: n, Laws: []string{"eu"}}, "lifetime-not-stated", ""},
	} {
		c.in.Facts, c.in.Require = facts(t), RequireCategory
		got := ""
		for _, f := range Judge(c.in, nil).Findings {
			if f.Rule == c.rule {
				got = f.Severity.String()
				if f.Basis == "" {
					t.Errorf("%s: no basis", c.name)
				}
				if guided := strings.Contains(f.Basis, "guidance"); guided != (c.name == "eu, a beacon") {
					t.Errorf("%s: basis %q", c.name, f.Basis)
				}
			}
		}
		if got != c.want {
			t.Errorf("%s: %s is %q, want %q", c.name, c.rule, got, c.want)
		}
	}
}
