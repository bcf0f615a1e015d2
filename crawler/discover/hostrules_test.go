package discover

import (
	"strings"
	"testing"
)

func TestParseHostRules(t *testing.T) {
	for _, tc := range []struct{ rules, host, port, want string }{
		{"MAP * 127.0.0.1:8443", "a.test", "443", "127.0.0.1:8443"},
		{"map * 127.0.0.1", "a.test", "443", "127.0.0.1:443"},
		{"MAP *.x.test 127.0.0.1:1", "a.x.test", "80", "127.0.0.1:1"},
		{"MAP *.x.test 127.0.0.1:1", "x.test", "80", "x.test:80"},
		{"MAP *.x.test 127.0.0.1:1", "A.X.TEST.", "80", "127.0.0.1:1"},
		{"MAP * 127.0.0.1:1, EXCLUDE localhost", "localhost", "80", "localhost:80"},
		{"EXCLUDE *.live.test,MAP * 127.0.0.1:1", "a.live.test", "80", "a.live.test:80"},
		{"MAP a.test:443 127.0.0.1:1", "a.test", "443", "127.0.0.1:1"},
		{"MAP a.test:443 127.0.0.1:1", "a.test", "80", "a.test:80"},
		{"MAP a.test one.test:1 , MAP * two.test:2", "a.test", "80", "one.test:1"},
		{"MAP a?.test 127.0.0.1:1", "ab.test", "80", "127.0.0.1:1"},
		{"MAP a.test [::1]:8443", "a.test", "80", "[::1]:8443"},
		{"MAP a.test [::1]", "a.test", "80", "[::1]:80"},
		{"MAP * ~NOTFOUND", "a.test", "80", ""},
	} {
		f, err := ParseHostRules([]string{tc.rules})
		if err != nil {
			t.Errorf("%s: %v", tc.rules, err)
			continue
		}
		if got := f(tc.host, tc.port); got != tc.want {
			t.Errorf("%s: %s:%s goes to %q, want %q", tc.rules, tc.host, tc.port, got, tc.want)
		}
	}
	if f, err := ParseHostRules(nil); f != nil || err != nil {
		t.Errorf("without rules: %v, want nothing", err)
	}
	f, err := ParseHostRules([]string{"MAP a.test 127.0.0.1:1", "MAP b.test 127.0.0.1:2"})
	if err != nil || f("b.test", "80") != "127.0.0.1:2" {
		t.Errorf("several rules: %v", err)
	}
}

func TestBadHostRules(t *testing.T) {
	for _, rule := range []string{"MAP", "MAP *", "MAP * a b", "EXCLUDE", "FOO * a", "MAP * a:0", "MAP * a:99999",
		"MAP * :80", "MAP * https://a", "MAP * a:b", "MAP * [::1"} {
		if _, err := ParseHostRules([]string{rule}); err == nil {
			t.Errorf("%q is accepted", rule)
		} else if !strings.Contains(err.Error(), "host rule") {
			t.Errorf("%q: %v does not say what is wrong", rule, err)
		}
	}
}

func TestWildcard(t *testing.T) {
	for _, tc := range []struct {
		pattern, s string
		want       bool
	}{
		{"*", "", true}, {"", "", true}, {"", "a", false}, {"a*c", "abbbc", true}, {"a*c", "abbb", false},
		{"**a**", "ba", true}, {"*.a.*.b", "x.a.y.b", true}, {"a?", "a", true}, {"?", "ab", false},
	} {
		if got := wildcard(tc.pattern, tc.s); got != tc.want {
			t.Errorf("wildcard(%q, %q) = %v", tc.pattern, tc.s, got)
		}
	}
}
