package notice

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trackaudit/crawler/evidence"
)

type silverTable struct {
	File    string
	Header  []string
	Columns map[string]int
	Rows    [][]string
}

// pageName is the file in pages/ that a table was taken from.
func pageName(file string) string {
	return strings.NewReplacer("/", "__", " ", "_").Replace(file)
}

// corpusPage finds and reads a page of the corpus.
func corpusPage(t *testing.T, name string) (evidence.Document, bool) {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(corpusDir, "pages", name))
	if err != nil {
		return evidence.Document{}, false
	}
	return evidence.Document{URL: name, Body: body, ContentType: contentTypeOf(name)}, true
}

func contentTypeOf(name string) string {
	switch filepath.Ext(name) {
	case ".md":
		return "text/markdown"
	case ".html":
		return "text/html"
	}
	return "text/plain"
}

func plainCell(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "<br>", " "), `\`, "")
	return strings.ToLower(fold(strings.ReplaceAll(s, "`", "")))
}

func TestCorpusTables(t *testing.T) {
	all := eachLine[silverTable](t, corpusFile(t, "tables.jsonl"))
	files := map[string][]silverTable{}
	for _, s := range all {
		files[s.File] = append(files[s.File], s)
	}
	rows, found, lifetimes, parsed := 0, 0, 0, 0
	given, right := 0, 0
	for file, tables := range files {
		var doc evidence.Document
		ok := false
		for _, name := range []string{pageName(file), strings.TrimPrefix(pageName(file), "ota__")} {
			if doc, ok = corpusPage(t, name); ok {
				break
			}
		}
		if !ok {
			t.Logf("no page for %s", file)
			continue
		}
		n, err := readAll([]evidence.Document{doc}, corpusNames())
		if err != nil {
			t.Logf("%s: %v", file, err)
		}
		read := map[string]bool{}
		lives := map[string]bool{}
		for _, d := range n.Declarations {
			if d.Origin != FromTable && d.Origin != FromCMP {
				continue
			}
			read[plainCell(d.Quote)] = true
			if d.Lifetime >= 0 {
				lives[plainCell(d.Quote)] = true
			}
		}
		want := map[string]bool{}
		for _, s := range tables {
			missed := 0
			for _, r := range s.Rows {
				key := plainCell(strings.Join(r, " "))
				rows++
				want[key] = true
				hit := ""
				for q := range read {
					if q == key || sameWords(q, key) {
						hit = q
					}
				}
				if hit == "" {
					missed++
					if *showLabel == "rows" {
						t.Logf("missed in %s: %.100s", file, key)
					}
					continue
				}
				found++
				if c, ok := s.Columns["expiry"]; ok && c < len(r) && strings.ContainsAny(r[c], "0123456789") {
					lifetimes++
					if lives[hit] {
						parsed++
					} else {
						t.Logf("lifetime not read: %q", r[c])
					}
				}
			}
			if missed > 0 && *showLabel == "tables" {
				t.Logf("%s: %d of %d rows missed under %q", file, missed, len(s.Rows), s.Header)
			}
		}
		for q := range read {
			given++
			ok := false
			for key := range want {
				ok = ok || sameWords(q, key)
			}
			if ok {
				right++
			} else if *showLabel == "tables" {
				t.Logf("not in the silver set: %s: %.120s", file, q)
			}
		}
	}
	t.Logf("table rows: precision against silver %s, recall %s of %d; lifetimes read %s of %d", ratio(right, given), ratio(found, rows), rows, ratio(parsed, lifetimes), lifetimes)
}

// sameWords compares two rows by their letters and figures only.
func sameWords(a, b string) bool { return letters(a) == letters(b) }

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 127 {
			return r
		}
		return -1
	}, s)
}
