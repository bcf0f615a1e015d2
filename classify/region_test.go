package classify

import (
	"testing"

	"trackaudit/classify/knowledge"
	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
)

// TestRegions guards that what a notice tells the visitors of one region is not held to be told to others, that two parts
// may complete each other, and that laws decide whose view counts.
func TestRegions(t *testing.T) {
	ad := request(evidence.WebBeacon, "https://px.loom.test/p.gif")
	tells := func(regions ...notice.Region) *notice.Notice {
		list := []notice.Declaration{{Technology: evidence.CookieTech, Purpose: knowledge.Analytics}}
		for _, r := range regions {
			list = append(list, notice.Declaration{Technology: evidence.WebBeacon, Purpose: knowledge.Advertising, Region: r})
		}
		return says(list...)
	}
	denies := func(r notice.Region) *notice.Notice {
		return says(d{Technology: evidence.CookieTech, Purpose: knowledge.Analytics}, d{Technology: evidence.WebBeacon, Purpose: knowledge.Advertising, Denied: true, Region: r})
	}
	for _, c := range []struct {
		name string
		n    *notice.Notice
		laws []string
		want Verdict
		gap  bool
	}{
		{"to all", tells(""), nil, Declared, false},
		{"to California", tells("us-ca"), nil, Declared, true},
		{"to the United States", tells("us"), nil, Declared, true},
		{"to both halves", tells("us", "outside_us"), nil, Declared, false},
		{"to all, and to California", tells("us-ca", ""), nil, Declared, false},
		{"to California, by its law", tells("us-ca"), []string{"us-ca"}, Declared, false},
		{"to the United States, by the law of California", tells("us"), []string{"us-ca"}, Declared, false},
		{"to California, by the law of Europe", tells("us-ca"), []string{"eu"}, Undeclared, false},
		{"to others than Americans, by the law of Europe", tells("outside_us"), []string{"eu", "uk"}, Declared, false},
		{"to Europe, by two laws", tells("eu"), []string{"eu", "us-ca"}, Undeclared, false},
		{"in an umbrella clause to California, by the law of Europe", says(d{Technology: evidence.WebBeacon, Strength: notice.Generic, Region: "us-ca"}), []string{"eu"}, Undeclared, false},
		{"to Europe, by the law of Britain", tells("eu"), []string{"uk"}, Declared, false},
		{"to both, by two laws", tells("eu", "us-ca"), []string{"eu", "us-ca"}, Declared, false},
		{"denied to all", denies(""), nil, Contradicted, false},
		{"denied to Europe", denies("eu"), nil, Undeclared, false},
		{"denied to Europe, by its law", denies("eu"), []string{"eu"}, Contradicted, false},
		{"denied to California, by the law of Europe", denies("us-ca"), []string{"eu"}, Undeclared, false},
	} {
		in := Input{Visits: visits(ad), Notice: c.n, Facts: facts(t), Laws: c.laws, Require: RequireCategory}
		list := assessments(in)
		if list[0].Verdict != c.want {
			t.Errorf("%s: %s (%s), want %s", c.name, list[0].Verdict, list[0].Reason, c.want)
		}
		gap := false
		for _, f := range Judge(in, nil).Findings {
			gap = gap || f.Rule == "region-gap"
		}
		if gap != c.gap {
			t.Errorf("%s: region-gap fired %v", c.name, gap)
		}
	}
}
