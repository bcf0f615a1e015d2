package notice

import (
	"testing"

	"trackaudit/crawler/evidence"
)

type dntExcerpt struct {
	Source, Text, Label string
}

// dntGoals are the for the four answers, beside the rules baseline and one annotator against the others.
var dntGoals = []struct {
	label, baseline, human, goal string
}{
	{"not_honored", ".94/.89", ".97/.88", ".97/.95"},
	{"honored", "", "", ".90/.--"},
	{"unclear", "", "", ""},
	{"none", "", "", ""},
}

func TestCorpusDNT(t *testing.T) {
	all := eachLine[dntExcerpt](t, corpusFile(t, "dnt.jsonl"))
	type score struct{ right, all int }
	accuracy := map[string]*score{"tune": {}, "held": {}, "all": {}, "always": {}}
	tallies := map[string]*tally{}
	for _, e := range all {
		n, err := readAll([]evidence.Document{{URL: "excerpt.txt", ContentType: "text/plain", Body: []byte(e.Text)}}, corpusNames())
		if err != nil {
			t.Logf("%s: %v", e.Source, err)
		}
		got := string(n.Claims.DNT.Value)
		if got == string(Unstated) {
			got = "none"
		}
		for _, set := range []string{half(e.Source), "all", "always"} {
			given := got
			if set == "always" {
				given = "not_honored"
			}
			accuracy[set].all++
			if given == e.Label {
				accuracy[set].right++
			}
			for _, g := range dntGoals {
				m := tallies[set+g.label]
				if m == nil {
					m = &tally{}
					tallies[set+g.label] = m
				}
				m.count(given == g.label, e.Label == g.label, e.Label == g.label)
			}
		}
		if got != e.Label && *showLabel == "dnt" && half(e.Source) == "tune" {
			t.Logf("%s, want %s: %s", got, e.Label, e.Text)
		}
	}
	a := accuracy
	t.Logf("%-30s %-11s %-18s %-18s %-11s %-9s %-9s %s", "DNT", "all", "tune half", "held-out half", "always not", "baseline", "human", "goal")
	t.Logf("%-30s %-11s %-18s %-18s %-11s %-9s %-9s %s", "accuracy of four", ratio(a["all"].right, a["all"].all), ratio(a["tune"].right, a["tune"].all),
		ratio(a["held"].right, a["held"].all), ratio(a["always"].right, a["always"].all), ".80-.86", "", ".93")
	for _, g := range dntGoals {
		t.Logf("%-30s %-11s %-18s %-18s %-11s %-9s %-9s %s", g.label+" P/R", tallies["all"+g.label], tallies["tune"+g.label].counted(), tallies["held"+g.label].counted(),
			tallies["always"+g.label], g.baseline, g.human, g.goal)
	}
}
