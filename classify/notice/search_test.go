package notice

import "testing"

// TestSearch demands that the words that a search looks for first keep no match from being found, and that they keep
// the expression from being tried where none is.
func TestSearch(t *testing.T) {
	for _, c := range []struct {
		expr    string
		matches []string
		not     []string // what is seen without the expression
	}{
		{`(?i)\b(?:uk|u\.k\.|united kingdom)[ -](?:only|users)|\((?:uk|u\.k\.)(?: only)?\)`, []string{"UK-only", "the United Kingdom users", "(U.K. only)", "x (uk)"}, []string{"users only", "(u)", "uk"}},
		{`(?i)\b(?:eu|europe)\b[ /]*(?:(?:and|or)[ /]*)*(?:uk|united kingdom)\b`, []string{"EU/UK", "Europe and United Kingdom"}, []string{"eu", "uk", "united"}},
		{`(?i)^no\b|yes+`, []string{"No.", "YESSS"}, []string{"never", "y"}},
		{`(?i)a{2,}b|[xyz]c?d`, []string{"aab", "xcd", "ZD"}, nil},
		{`\d+ days|[a-z]`, []string{"7 days", "a"}, nil},
	} {
		s := mustSearch(c.expr)
		for _, text := range c.matches {
			if !s.Regexp.MatchString(text) || !s.MatchString(text) {
				t.Errorf("%s does not match %q", c.expr, text)
			}
		}
		for _, text := range c.not {
			if s.may(text) {
				t.Errorf("%s is tried on %q: %v", c.expr, text, s.need)
			}
		}
	}
}
