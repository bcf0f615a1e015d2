package notice

import (
	"testing"

	"trackaudit/crawler/evidence"
)

type dntExcerpt struct {
	Source, Text, Label string
}

func TestCorpusDNT(t *testing.T) {
	all := eachLine[dntExcerpt](t, corpusFile(t, "dnt.jsonl"))
	type score struct{ right, all int }
	accuracy := map[string]*score{"dev": {}, "test": {}, "all": {}}
	tallies := map[string]*tally{"not_honored": {}, "honored": {}, "unclear": {}, "none": {}}
	for _, e := range all {
		n, err := readAll([]evidence.Document{{URL: "excerpt.txt", ContentType: "text/plain", Body: []byte(e.Text)}}, corpusNames())
		if err != nil {
			t.Logf("%s: %v", e.Source, err)
		}
		got := string(n.Claims.DNT.Value)
		if got == string(Unstated) {
			got = "none"
		}
		for _, set := range []string{half(e.Source), "all"} {
			accuracy[set].all++
			if got == e.Label {
				accuracy[set].right++
			}
		}
		for label, m := range tallies {
			m.count(got == label, e.Label == label, e.Label == label)
		}
		if got != e.Label && *showLabel == "dnt" {
			t.Logf("%s, want %s: %s", got, e.Label, e.Text)
		}
	}
	a := accuracy
	t.Logf("DNT accuracy: all %s, dev %s, test %s (baseline .80 to .86, goal .93)", ratio(a["all"].right, a["all"].all), ratio(a["dev"].right, a["dev"].all), ratio(a["test"].right, a["test"].all))
	for _, label := range []string{"not_honored", "honored", "unclear", "none"} {
		t.Logf("DNT %-12s %s", label, tallies[label])
	}
}
