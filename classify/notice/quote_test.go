package notice

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"trackaudit/crawler/evidence"
)

// checkQuotes demands that every quote is what stands at its offsets.
func checkQuotes(t *testing.T, n *Notice) (count int) {
	t.Helper()
	texts := map[string]string{}
	for _, d := range n.Documents {
		texts[d.ID] = d.Text
	}
	check := func(id, quote string, start, end int) {
		count++
		text := texts[id]
		if start < 0 || end > len(text) || start >= end || fold(text[start:end]) != quote || quote == "" {
			t.Errorf("%s[%d:%d] is not %q", id, start, end, quote)
		}
	}
	for _, d := range n.Declarations {
		check(d.Document, d.Quote, d.Start, d.End)
	}
	for _, c := range []Claim{n.Claims.DNT, n.Claims.GPC, n.Claims.Consent} {
		if c.Quote != "" {
			check(c.Document, c.Quote, c.Start, c.End)
		}
	}
	return count
}

func TestCorpusQuotes(t *testing.T) {
	dir := corpusFile(t, "pages")
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	quotes, pages, failed := 0, 0, 0
	var slowest time.Duration
	var slowestPage string
	for _, e := range entries {
		body, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		n, err := readAll([]evidence.Document{{URL: e.Name(), ContentType: contentTypeOf(e.Name()), Body: body}}, corpusNames())
		if took := time.Since(start); took > slowest {
			slowest, slowestPage = took, e.Name()
		}
		if err != nil {
			failed++
			t.Logf("%v", err)
		}
		pages++
		quotes += checkQuotes(t, n)
		if *showLabel == "pages" && err == nil {
			d := n.Documents[0]
			t.Logf("%s %s updated %q effective %q sections %d body %d of %d decl %d dnt %s gpc %s consent %s", e.Name(), d.Language, d.LastUpdated, d.Effective,
				len(d.Sections), d.Body.End-d.Body.Start, len(d.Text), len(n.Declarations), n.Claims.DNT.Value, n.Claims.GPC.Value, n.Claims.Consent.Value)
		}
	}
	t.Logf("%d pages, %d not read, %d quotes, all exact; slowest %v (%s)", pages, failed, quotes, slowest, slowestPage)
}
