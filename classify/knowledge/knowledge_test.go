package knowledge

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// TestEmbedded guards that the embedded files load, are sorted, and that each pattern matches what its samples
// say it must and must not match.
func TestEmbedded(t *testing.T) {
	f, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	entries, _ := dataFiles.ReadDir("data")
	for _, e := range entries {
		data, _ := dataFiles.ReadFile("data/" + e.Name())
		lines := strings.Split(strings.TrimSpace(string(bytes.TrimSpace(data))), "\n")
		if !slices.IsSorted(lines) {
			t.Errorf("data/%s is not sorted", e.Name())
		}
	}
	samples := 0
	for kind, p := range f.stored {
		for _, index := range []map[string][]pattern{p.exact, p.prefix} {
			for _, rows := range index {
				for _, row := range rows {
					must := 0
					for _, s := range row.samples {
						samples++
						name, want := s[1:], s[0] == '+'
						if want {
							must++
						}
						if Glob(row.Pattern, name) != want {
							t.Errorf("%s %s: sample %s does not hold", kind, row.Pattern, s)
						}
					}
					if must == 0 {
						t.Errorf("%s %s has no sample that it must match", kind, row.Pattern)
					}
				}
			}
		}
	}
	if samples == 0 {
		t.Error("no sample was run")
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"_ga", "_ga", true}, {"_ga", "_gab", false}, {"_ga_*", "_ga_X", true}, {"_ga_*", "_ga_", false},
		{"_hj#", "_hj12", true}, {"_hj#", "_hj12x", false}, {"mp_*_mixpanel", "mp_abc_mixpanel", true},
		{"mp_*_mixpanel", "mp__mixpanel", false}, {"a*b*c", "axxbyyc", true}, {"a*b*c", "axxbyy", false},
	} {
		if got := Glob(c.pattern, c.name); got != c.want {
			t.Errorf("Glob(%q, %q) = %v", c.pattern, c.name, got)
		}
	}
}

func TestOverlayWinsAndErrorsNameTheLine(t *testing.T) {
	own := Overlay{"own.tsv", []byte("# ours\nservice\tacme\tAcme Stats\tAcme Ltd\t\t\tanalytics\town\ncookie\t_ga\tacme\tanalytics\t1d\t0.99\t\t+_ga\town\ndomain\tgoogle-analytics.com\tacme\tadvertising\town\n")}
	f, err := Load(own)
	if err != nil {
		t.Fatal(err)
	}
	m, ok := f.Host("www.google-analytics.com:443", "/collect")
	if !ok || m.Service.ID != "acme" || m.Purpose != Advertising || m.Layer != "own.tsv" {
		t.Errorf("overlay domain: %+v", m)
	}
	if c := f.Stored(CookieName, "_ga", Hint{}); len(c) == 0 || c[0].Service.ID != "acme" || c[0].Layer != "own.tsv" {
		t.Errorf("overlay cookie: %+v", c)
	}
	if f.Hash() == Embedded().Hash() {
		t.Error("an overlay does not change the hash")
	}
	for _, bad := range []string{
		"nonsense\ta", "service\tx\tX\tE\t\t\tanalytics", "service\tx\tX\tE\t\t\tnonsense\ts", "domain\ta.test\tnobody\t\ts",
		"cookie\t*\t\tanalytics\t1d\t0.5\t\t\ts", "cookie\ta\t\tanalytics\t1w\t0.5\t\t\ts", "cookie\ta\t\tanalytics\t1d\t7\t\t\ts",
		"cookie\ta\t\tanalytics\t1d\t0.5\tfoo=1\t\ts", "challenge\tcloudflare\tnowhere\tx\ts",
		"word\tx\tnowhere\ts", "parameter\t*\t\tadvertising\ts", "parameter\tx\t\tnonsense\ts", "entity\tx\t\ts", "cloak\ta.test\tnobody\ts",
		"domain\t*\tmeta\t\ts", "domain\ta.*.test\tmeta\t\ts", "cookie\ta\t\tanalytics\t1d\t0.5\tminlen=x\t\ts",
	} {
		_, err := Load(Overlay{"bad.tsv", []byte("# one\n" + bad + "\n")})
		if err == nil || !strings.Contains(err.Error(), "bad.tsv:2") {
			t.Errorf("%q gives %v, want an error at bad.tsv:2", bad, err)
		}
	}
}

func TestNamesIn(t *testing.T) {
	text := "We use Google Analytics and Hotjar. Meta data and metadata are not Meta; the Hotjarian is not."
	var got []string
	for _, h := range Embedded().NamesIn(text) {
		if text[h.Start:h.End] != h.Name {
			t.Errorf("offsets of %q are wrong", h.Name)
		}
		got = append(got, h.Name)
	}
	if want := []string{"Google Analytics", "Hotjar", "Meta"}; !slices.Equal(got, want) {
		t.Errorf("NamesIn = %q, want %q", got, want)
	}
}
