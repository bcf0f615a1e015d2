package notice

import (
	"slices"
	"testing"

	"trackaudit/crawler/evidence"
)

func TestProseNames(t *testing.T) {
	for _, c := range []struct {
		text  string
		names []string
		tech  evidence.Technology
	}{
		{"The cookies _ga and _gid count visits; they live for two years.", []string{"_ga", "_gid"}, evidence.CookieTech},
		{"We place the cookie “acme_lang” to remember your language.", []string{"acme_lang"}, evidence.CookieTech},
		{"Statistics cookies (_pk_id.<hash>, _pk_ses.*) tell us what is read.", []string{"_pk_id.*", "_pk_ses.*"}, evidence.CookieTech},
		{"Our server sets the session cookie PHPSESSID.", []string{"PHPSESSID"}, evidence.CookieTech},
		{"The key ui_theme in your browser's local storage holds the colours.", []string{"ui_theme"}, evidence.LocalStorage},
		{"We use cookies; write to privacy_team@acme.test or see https://acme.test/cookie_policy.", nil, evidence.CookieTech},
		{"We use cookies of [company_name] to count visits.", nil, evidence.CookieTech},
	} {
		n, err := readAll([]evidence.Document{{URL: "notice.txt", ContentType: "text/plain", Body: []byte(padding + c.text + "\n")}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, d := range n.Declarations {
			found = found || d.Technology == c.tech && slices.Equal(d.Names, c.names) && (d.Strength == Exact) == (c.names != nil)
		}
		if !found {
			t.Errorf("%q: want %v, got %+v", c.text, c.names, n.Declarations)
		}
	}
}
