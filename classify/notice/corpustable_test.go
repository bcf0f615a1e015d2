package notice

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
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

// beyondSilver are the tables, by file and the offset of their first row in the text, that the silver set lacks and that a
// person, who read each, finds to list cookies or storage keys by name. Nobody looked for tables that both lack, so that
// the recall by a person is one of what either found.
var beyondSilver = map[string][]int{
	"c3pa/Htmls/DB/199.html":                             {64923},
	"ota/contrib-versions/Taboola/Trackers Policy.md":    {16183, 19941, 20790}, // with a title in their first row
	"ota/contrib-versions/happn/Trackers Policy.md":      {8068},
	"ota/vlopses-us-versions/Pornhub/Trackers Policy.md": {22561}, // of local storage
}

// notOfCookies is the silver table that lists none: data, and the lawful basis to process it.
const notOfCookies = "ota/contrib-versions/Spark/Privacy Policy.md"

// tableScore counts what was read of the silver tables of one half.
type tableScore struct {
	tables, rows, names, lives tally
	person                     tally // the tables, against a person's reading
}

func TestCorpusTables(t *testing.T) {
	files := map[string][]silverTable{}
	var order []string
	for _, s := range eachLine[silverTable](t, corpusFile(t, "tables.jsonl")) {
		if files[s.File] == nil {
			order = append(order, s.File)
		}
		files[s.File] = append(files[s.File], s)
	}
	scores := map[string]*tableScore{"all": {}, "tune": {}, "held": {}}
	for _, file := range order {
		doc, ok := corpusPage(t, pageName(file))
		if !ok {
			if doc, ok = corpusPage(t, "ota__"+pageName(file)); !ok {
				t.Logf("no page for %s", file)
				continue
			}
		}
		r, err := readDocument(doc, "d1", corpusNames())
		if err != nil {
			t.Logf("%s: %v", file, err)
			continue
		}
		for _, set := range []string{"all", half(file)} {
			scores[set].count(t, file, files[file], r, set == "all", set == "tune")
		}
	}
	a, d, h := scores["all"], scores["tune"], scores["held"]
	t.Logf("%-30s %-11s %-18s %-18s %-11s %-9s %-9s %s", "tables, P/R against silver", "all", "tune half", "held-out half", "always yes", "baseline", "human", "goal")
	for _, line := range []struct {
		what           string
		a, d, h        tally
		baseline, goal string
	}{
		{"tables found", a.tables, d.tables, h.tables, ".98/.75", ".98/.92"},
		{"tables found, by a person", a.person, d.person, h.person, "", ".98/.92"},
		{"rows", a.rows, d.rows, h.rows, "", ""},
		{"names in cells", a.names, d.names, h.names, "", ".95"},
		{"lifetimes in cells", a.lives, d.lives, h.lives, ".95", ".95"},
	} {
		t.Logf("%-30s %-11s %-18s %-18s %-11s %-9s %-9s %s", line.what, line.a, line.d.counted(), line.h.counted(), "", line.baseline, "", line.goal)
	}
}

// count compares the cookie tables read from one file with the silver ones.
func (c *tableScore) count(t *testing.T, file string, tables []silverTable, r *reader, all, show bool) {
	type readRow struct {
		key  string
		decl []Declaration
	}
	read := map[int]*readRow{} // by start
	var starts []int
	for _, d := range r.out {
		if d.Origin != FromTable && d.Origin != FromCMP {
			continue
		}
		if read[d.Start] == nil {
			read[d.Start] = &readRow{key: letters(plainCell(d.Quote))}
			starts = append(starts, d.Start)
		}
		read[d.Start].decl = append(read[d.Start].decl, *d)
	}
	known := map[int]bool{} // by start
	for _, s := range tables {
		hits := 0
		for _, row := range s.Rows {
			key := silverKey(row)
			c.rows.wanted++
			i := slices.IndexFunc(starts, func(at int) bool { return strings.HasPrefix(read[at].key, key) })
			for _, at := range starts { // a table may stand there twice
				known[at] = known[at] || strings.HasPrefix(read[at].key, key)
			}
			if i < 0 {
				if show && *showLabel == "rows" {
					t.Logf("missed in %s: %.100q", file, row)
				}
				continue
			}
			hits++
			c.rows.found++
			c.cells(t, s, row, read[starts[i]].decl, show)
		}
		found := hits*2 >= len(s.Rows)
		for _, by := range []*tally{&c.tables, &c.person} {
			if by == &c.person && file == notOfCookies {
				continue
			}
			by.wanted++
			if found {
				by.found++
			}
		}
		if !found && show && *showLabel == "tables" {
			t.Logf("%s: %d of %d rows under %q", file, hits, len(s.Rows), s.Header)
		}
	}
	for _, at := range starts {
		c.rows.given++
		if known[at] {
			c.rows.right++
		}
	}
	for i := range r.p.tables {
		tab := &r.p.tables[i]
		if !tab.cookies() {
			continue
		}
		names, silver := 0, false
		for _, row := range tab.rows {
			if rr := read[row.Start]; rr != nil {
				names += len(rr.decl[0].Names)
				silver = silver || known[row.Start]
			}
		}
		if names == 0 && !silver {
			continue // a table of vendors: it has rows, but names no cookie
		}
		at := tab.rows[0].Start
		person := slices.Contains(beyondSilver[file], at)
		c.tables.count(true, silver, false)
		c.person.count(true, silver || person, person)
		if !silver && all {
			t.Logf("not in the silver set: %s at %d, %d rows, %d names; by a person's reading of cookies: %v", file, at, len(tab.rows), names, person)
		}
	}
}

// silverKey is what a row begins with, as far as the silver set did not cut its cells.
func silverKey(row []string) string {
	var key strings.Builder
	for _, cell := range row {
		key.WriteString(letters(plainCell(cell)))
		if len(cell) > 90 {
			break
		}
	}
	return key.String()
}

// cells compares a row's names and lifetime with its cells.
func (c *tableScore) cells(t *testing.T, s silverTable, row []string, decl []Declaration, show bool) {
	if at, ok := s.Columns["name"]; ok && at < len(row) && row[at] != "" && len(strings.Fields(row[at])) <= 5 {
		// More words than that are no name: the silver set took the wrong column.
		cell, right := letters(plainCell(row[at])), false
		for _, d := range decl {
			for _, n := range d.Names {
				stem, _, _ := strings.Cut(n, "*")
				right = right || strings.Contains(cell, letters(plainCell(stem))) && !strings.Contains(n, " ")
			}
			right = right || len(d.Names) == 0 && letters(strings.ToLower(d.Recipient)) == cell // a list of vendors
		}
		c.names.count(right, right, true)
		if !right && show && *showLabel == "cells" {
			t.Logf("name %q read as %q", row[at], decl[0].Names)
		}
	}
	if at, ok := s.Columns["expiry"]; ok && at < len(row) {
		want := plainLifetime(row[at])
		if want < 0 {
			return
		}
		got := decl[0].Lifetime
		right := got >= 0 && math.Abs(float64(got-want)) <= 0.03*float64(want)
		c.lives.count(got >= 0, right, true)
		if got >= 0 && !right {
			c.lives.found--
		}
		if !right && show && *showLabel == "cells" {
			t.Logf("lifetime %q read as %d, want %d", row[at], got, want)
		}
	}
}

var onePeriod = regexp.MustCompile(`(?i)^(?:up to |max(?:imum)?\.? ?|about |approximately )?(\d+|one|two) ?-?(seconds?|minutes?|mins?|hours?|days?|weeks?|months?|years?)\.?$`)

// plainLifetime is the test's own reading of the cells whose meaning is beyond doubt; -1 = not one of them.
func plainLifetime(s string) int64 {
	s = strings.TrimSpace(strings.ToLower(s))
	if s == "session" || s == "session cookie" || s == "end of session" {
		return 0
	}
	m := onePeriod.FindStringSubmatch(s)
	if m == nil {
		return -1
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		n = map[string]int{"one": 1, "two": 2}[m[1]]
	}
	seconds := map[string]int{"sec": 1, "min": 60, "hou": 3600, "day": 86400, "wee": 7 * 86400, "mon": 30 * 86400, "yea": 365 * 86400}[m[2][:3]]
	return int64(n * seconds)
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 127 {
			return r
		}
		return -1
	}, s)
}
