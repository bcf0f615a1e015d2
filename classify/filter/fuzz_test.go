package filter_test

import (
	"fmt"
	"strings"
	"testing"

	"trackaudit/classify/filter"
)

// FuzzParse feeds arbitrary text as a list: nothing panics, every line is accounted for once, and no request is
// answered in two ways.
func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	for _, c := range cases {
		f.Add([]byte(strings.ReplaceAll(c.rules, " ⏎ ", "\n")))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		l, skipped := filter.Parse("fuzz", text)
		if l.Counts.Skipped != len(skipped) {
			t.Fatalf("%d skipped, %d returned", l.Counts.Skipped, len(skipped))
		}
		c := l.Counts
		if n := c.Rules + c.Exceptions + c.Cosmetic + c.Skipped; n > strings.Count(string(text), "\n")+1 {
			t.Fatalf("%d rules in fewer lines", n)
		}
		m := filter.Compile(l)
		for _, r := range []filter.Request{
			{URL: "https://a.test/x?y=Z%", Type: "Script", Document: "b.test", ThirdParty: true},
			{URL: "wss://[::1]:8/", Type: "WebSocket"},
		} {
			one, ok := m.Match(r)
			two, again := m.Match(r)
			if one != two || ok != again {
				t.Fatalf("%+v then %+v", one, two)
			}
			if ok && !strings.Contains(string(text), one.Rule.Text) {
				t.Fatalf("rule %q is not in the list", one.Rule.Text)
			}
		}
	})
}

// FuzzMatch feeds one rule and one address: nothing panics, the answer is the same the second time and among other
// rules, whatever token the rule is filed under there.
func FuzzMatch(f *testing.F) {
	for _, c := range cases {
		url, _, _ := strings.Cut(c.request, " ")
		f.Add(strings.ReplaceAll(c.rules, " ⏎ ", "\n"), url, "Script", "page.test", true)
	}
	var others strings.Builder
	for i := range 40 {
		fmt.Fprintf(&others, "||zz%d.invalid^\n/zz%d/https/a/x/test/z$script\n", i, i)
	}
	crowd, _ := filter.Parse("crowd", []byte(others.String()))
	f.Fuzz(func(t *testing.T, rules, url, kind, document string, third bool) {
		l, _ := filter.Parse("fuzz", []byte(rules))
		r := filter.Request{URL: url, Type: kind, Document: document, ThirdParty: third}
		alone := filter.Compile(l)
		one, ok := alone.Match(r)
		if two, again := alone.Match(r); one != two || ok != again {
			t.Fatalf("%+v then %+v", one, two)
		}
		crowded, found := filter.Compile(crowd, l).Match(r)
		if ok && !found {
			t.Fatalf("%+v alone, nothing among others", one)
		}
		if found && !ok && crowded.Rule.List != "crowd" {
			t.Fatalf("%+v among others, nothing alone", crowded)
		}
	})
}
