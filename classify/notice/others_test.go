package notice

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trackaudit/crawler/evidence"
)

// unlearned are those that the rules have not learned from, but were only measured on.
var unlearned = []string{"de-magazin", "en-hotels", "en-planwise", "es-calzado", "fr-voyages", "it-ateneo", "nl-assurantie", "pt-granitos"}

// TestOthers prints how well notices are read that others than the authors of the rules wrote and labelled, without
// knowing the rules; testdata/README.md tells what the first reading gave. The rules have learned from most of them
// since, so the floor only keeps what was learned. "technology" counts for each sentence which technologies and named
// recipients it declares or denies, "exact" all that a declaration says.
func TestOthers(t *testing.T) {
	paths, err := filepath.Glob("testdata/others/*.txtar")
	if err != nil || len(paths) < 38 {
		t.Fatalf("%d notices, %v", len(paths), err)
	}
	type scores struct{ exact, technology, facts score }
	sums := map[string]*scores{"all": {}, "not learned from": {}}
	for _, path := range paths {
		f := readFixture(t, path)
		n, err := readAll([]evidence.Document{f.document}, corpusNames())
		if err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		checkQuotes(t, n)
		got := f.keys(n)
		var s scores
		s.exact.compare(f.declarations, got)
		s.technology.compare(technologies(f.declarations), technologies(got))
		s.facts.compare(f.facts, factsOf(n))
		for _, d := range s.exact.differences {
			t.Logf("%s: %s", f.name, d)
		}
		language, _, _ := strings.Cut(f.name, "-")
		if sums[language] == nil {
			sums[language] = &scores{}
		}
		of := []*scores{sums[language], sums["all"]}
		if slices.Contains(unlearned, f.name) {
			of = append(of, sums["not learned from"])
		}
		for _, sum := range of {
			sum.exact.add(s.exact)
			sum.technology.add(s.technology)
			sum.facts.add(s.facts)
		}
	}
	t.Logf("%-18s %-16s %-16s %s", "precision/recall", "exact", "technology", "facts")
	for _, language := range slices.Sorted(maps.Keys(sums)) {
		s := sums[language]
		t.Logf("%-18s %s of %-6d %s of %-6d %s of %d", language, s.exact, s.exact.wanted, s.technology, s.technology.wanted, s.facts, s.facts.wanted)
	}
	const floor = 0.85
	if s := sums["all"].exact; float64(s.right) < floor*float64(s.given) || float64(s.right) < floor*float64(s.wanted) {
		t.Errorf("exact %s, below %.2f", s, floor)
	}
}

// technologies gives of the keys of declarations, for each quote, the technology or the recipient alone, and whether it
// is denied.
func technologies(keys []string) []string {
	var out []string
	for _, k := range keys {
		quote, rest, _ := strings.Cut(k, " | ")
		parts := strings.Split(rest, "/")
		what := parts[0]
		if what == "" {
			what = parts[3]
		}
		if key := quote + " | " + what + " " + rest[strings.Index(rest, "denied="):strings.Index(rest, " click=")]; !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	return out
}
