package filter_test

import (
	"regexp"
	"testing"

	"trackaudit/classify/filter"
)

// causes explain why @ghostery/adblocker answers differently, by the rule that one side applies and the other does
// not; the second sentence says who documents what. A difference that none explains fails the test.
var causes = []struct {
	rule *regexp.Regexp // of the rule that decided for us, or for them
	why  string
}{
	{regexp.MustCompile(`[$,](popup,|.*,popup\b)`), "they drop a rule that names popup beside other types. Adblock Plus and uBlock Origin: types add up"},
	{regexp.MustCompile(`[$,]rewrite=`), "they drop rules with rewrite=. Adblock Plus: the request is answered by a substitute; uBlock Origin reads it as redirect="},
	{regexp.MustCompile(`[$,]method=`), "they drop rules with method=. uBlock Origin: narrows the rule to these methods"},
	{regexp.MustCompile(`^\|\|[\w.-]*\w(\$|$)`), "they end the host of a rule without ^ at a label. Adblock Plus and uBlock Origin: a rule without ^ is open"},
	{regexp.MustCompile(`^\|\|\[`), "they find no host in an address with an IPv6 host"},
	{regexp.MustCompile(`domain=~\w+(\||$)`), "they compare names in domain= down to the site only, never a top-level domain. Adblock Plus and uBlock Origin: a name covers all below it"},
}

// agreement compares the answers, and explains those that differ.
func agreement(t *testing.T, m *filter.Matcher, asks []ask, theirs answers) {
	t.Helper()
	differ, second, ofThem, blocked, excepted := 0, 0, 0, 0, 0
	for i, a := range asks {
		got, _ := m.Match(a.request())
		if got.Blocked() {
			blocked++
		} else if got.Exception.Text != "" {
			excepted++
		}
		if got.Blocked() == theirs.Second[i][0].(bool) {
			second++
		}
		if got.Blocked() == theirs.Blocked[i] {
			continue
		}
		differ++
		if got.Blocked() == theirs.Second[i][0].(bool) {
			ofThem++
		}
		why := "NOT EXPLAINED"
		if a.Type == "Document" && theirs.Blocked[i] {
			why = "they let a rule without types cover the page itself. Adblock Plus and uBlock Origin: \"document\" has to be named"
		}
		for _, c := range causes {
			if c.rule.MatchString(got.Rule.Text+got.Exception.Text) || c.rule.MatchString(theirs.Said[i][0]+theirs.Said[i][1]) {
				why = c.why
				break
			}
		}
		if why == "NOT EXPLAINED" {
			t.Errorf("a difference is not explained")
		}
		t.Logf("%s %s on %s\n    ours: %q, exception %q\n    theirs: %q, exception %q; uBlock Origin: %v\n    %s\n    made as %s", a.Type, a.URL, a.Document,
			got.Rule.Text, got.Exception.Text, theirs.Said[i][0], theirs.Said[i][1], theirs.Second[i], why, a.from)
	}
	t.Logf("our answers: %d blocked, %d un-blocked by an exception, %d not named", blocked, excepted, len(asks)-blocked-excepted)
	agree := 100 * float64(len(asks)-differ) / float64(len(asks))
	t.Logf("agreement: %d of %d, %.3f %%; of the %d that differ, uBlock Origin answers as we do in %d", len(asks)-differ, len(asks), agree, differ, ofThem)
	// where that engine differs, it takes a pattern that looks like a host for one, wants a pattern that ends in a
	// letter to end at the end of a word, or was not told the method
	t.Logf("agreement with uBlock Origin's engine: %d of %d, %.3f %%", second, len(asks), 100*float64(second)/float64(len(asks)))
	if agree < 99.9 {
		t.Errorf("agreement below 99.9 %%")
	}
}

// onPages compares answers about pages themselves. Adblock Plus and uBlock Origin: a rule without types does not
// cover the page ("document" has to be named); @ghostery/adblocker lets it. So the judge is uBlock Origin's engine.
func onPages(t *testing.T, m *filter.Matcher, pages []ask, theirs answers) {
	t.Helper()
	differ, second := 0, 0
	for i, a := range pages {
		got, _ := m.Match(a.request())
		if got.Blocked() != theirs.Blocked[i] {
			differ++
		}
		if got.Blocked() != theirs.Second[i][0].(bool) {
			second++
			t.Errorf("page %s: ours %q, uBlock Origin %v", a.URL, got.Rule.Text, theirs.Second[i])
		}
	}
	t.Logf("pages themselves: %d; @ghostery/adblocker, which lets rules without types cover them, differs in %d, uBlock Origin's engine in %d", len(pages), differ, second)
}
