package crawler

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/browser"
	"trackaudit/crawler/evidence"
	"trackaudit/testsites"
)

// A real browser over every site of the test web: the pages and the notices are those that the truth names, and
// so again in a second run.
func TestSites(t *testing.T) {
	server, err := testsites.Start(testsites.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	facts, err := knowledge.Load(knowledge.Overlay{Name: "vendors", TSV: testsites.Vendors()})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range testsites.Names() {
		t.Run(name, func(t *testing.T) {
			s, err := testsites.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			cfg := Config{
				Start: s.Start,
				Browser: browser.Options{HostRules: []string{server.HostRule()}, Insecure: true, Facts: facts,
					HashKey: []byte("test"), Dwell: time.Second, Log: t.Logf},
				Likely: func(doc evidence.Document) (string, float64) {
					// What says cookie and policy often enough is a notice, as far as this test goes.
					text := strings.ToLower(string(doc.Body))
					if n := strings.Count(text, "cookie") + strings.Count(text, "daten") + strings.Count(text, "personal"); n < 3 {
						return "", 0
					}
					if strings.Contains(doc.URL, "cookie") {
						return "cookie", 0.9
					}
					return "privacy", 0.9
				},
			}
			for range 2 {
				var ids []string
				dead := map[string]bool{}
				r, err := Crawl(context.Background(), cfg, func(v evidence.Visit) error {
					ids = append(ids, v.ID)
					dead[v.URL] = v.Status == 404
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				var pages, notices []string
				for _, p := range r.Pages {
					if !dead[p] {
						pages = append(pages, p)
					}
				}
				for _, n := range r.Notices {
					notices = append(notices, n.URL)
				}
				if want := sorted(s.Want.Pages); !slices.Equal(sorted(pages), want) {
					t.Errorf("pages\n%s\nwant\n%s", strings.Join(sorted(pages), "\n"), strings.Join(want, "\n"))
				}
				if want := sorted(s.Want.Notices); !slices.Equal(sorted(notices), want) {
					t.Errorf("notices %v, want %v; looked:\n%s", notices, want, strings.Join(r.Looked, "\n"))
				}
				if len(ids) != len(r.Pages) {
					t.Errorf("%d visits of %d pages", len(ids), len(r.Pages))
				}
			}
		})
	}
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
