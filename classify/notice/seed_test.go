package notice

import (
	"os"
	"testing"

	"trackaudit/crawler/evidence"
)

const seedFile = "seed-000_1abc73f8c68495c3.txt"

func TestCorpusSeed(t *testing.T) {
	body, err := os.ReadFile(corpusFile(t, seedFile))
	if err != nil {
		t.Fatal(err)
	}
	n, err := readAll([]evidence.Document{{URL: seedFile, Body: body}}, corpusNames())
	if err != nil {
		t.Fatal(err)
	}
	checkQuotes(t, n)
	d := n.Documents[0]
	t.Logf("%q .. %q", d.Text[d.Body.Start:d.Body.Start+60], d.Text[d.Body.End-60:d.Body.End])
	for _, s := range d.Sections {
		t.Logf("%d %s|%s [%s]", s.Level, s.Number, s.Title, s.Region)
	}
	t.Logf("%+v banner %q", n.Claims, d.Banner)
	t.Logf("%s %s", d.LastUpdated, d.Effective)
	for _, d := range n.Declarations {
		t.Logf("%s %s/%s/%s/%s neg=%v %s [%s] %s | %.120s", d.ID, d.Technology, d.Purpose, d.Party, d.Recipient, d.Denied, d.Strength, d.Region, d.Section, d.Quote)
	}
}
