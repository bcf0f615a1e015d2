package main

import (
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"trackaudit/classify"
	"trackaudit/classify/knowledge"
	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
	"trackaudit/report"
)

// manyVisits are visits of pages that all do the same: a cookie, a key, a script and a pixel of third parties.
func manyVisits(n int) func(func(evidence.Visit) bool) {
	return func(yield func(evidence.Visit) bool) {
		for i := range n {
			page := fmt.Sprintf("https://www.many.test/section%d/topic%d.html", i%10, i)
			obs := func(k int, tech evidence.Technology, name, host string, party evidence.Party) evidence.Observation {
				return evidence.Observation{ID: fmt.Sprintf("v%04d-o%d", i, k), Technology: tech, Name: name, Host: host, Site: evidence.SiteOf(host), Party: party,
					Setter: strings.Clone("tag.test"), Page: strings.Clone(page), Frame: strings.Clone(page), Phase: evidence.BeforeChoice, At: i, Count: 1,
					Initiator: []string{strings.Clone("https://tag.test/t.js:1"), page + ":1"}, Source: "hook"}
			}
			v := evidence.Visit{ID: fmt.Sprintf("v%04d", i), URL: page, FinalURL: strings.Clone(page), Site: "many.test", Choice: evidence.ChoiceNone, Status: 200, Complete: true, Started: time.Unix(int64(i), 0)}
			c := obs(1, evidence.CookieTech, "_id", "www.many.test", evidence.FirstParty)
			c.Cookie = &evidence.Cookie{Name: "_id", Domain: "www.many.test", Session: true, Value: evidence.Value{Hash: fmt.Sprint("h", i), Length: 18, Shape: "digits", Entropy: 50}}
			k := obs(2, evidence.LocalStorage, "k", "www.many.test", evidence.FirstParty)
			k.Storage = &evidence.StorageItem{Key: "k", Value: evidence.Value{Hash: "h1", Length: 1, Shape: "digits", Entropy: 3}}
			v.Observations = []evidence.Observation{c, k}
			for j, u := range []string{page, "https://tag.test/t.js", fmt.Sprintf("https://pixel.test/p.gif?%d", i)} {
				r := evidence.Request{ID: fmt.Sprintf("v%04d-r%d", i, j), URL: u, Host: evidence.HostOf(u), Site: evidence.SiteOf(evidence.HostOf(u)), Type: []string{"Document", "Script", "Image"}[j], Initiator: []string{page + ":1"}}
				r.Party = evidence.FirstParties{}.PartyOf(r.Host, "many.test")
				v.Requests = append(v.Requests, r)
				if j > 0 {
					o := obs(2+j, evidence.ThirdPartyRequest, r.Host, r.Host, evidence.ThirdParty)
					o.Request = &r
					v.Observations = append(v.Observations, o)
				}
			}
			if !yield(v) {
				return
			}
		}
	}
}

// judgeMany judges so many pages, writes the report, and returns the bytes that are then held.
func judgeMany(tb testing.TB, pages int) float64 {
	tb.Helper()
	n := &notice.Notice{Documents: []notice.Document{{ID: "d1", URL: "https://www.many.test/privacy"}},
		Declarations: []notice.Declaration{{ID: "n1", Technology: evidence.CookieTech, Purpose: knowledge.Analytics, Strength: notice.Category, Lifetime: -1}}}
	folder, err := createRun(filepath.Join(tb.TempDir(), "run"))
	if err != nil {
		tb.Fatal(err)
	}
	defer folder.evidence.Close()
	for v := range manyVisits(pages) {
		if err := folder.add(v); err != nil {
			tb.Fatal(err)
		}
	}
	facts := knowledge.Embedded()
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	none := func(classify.Outcome) ([]*storedVisits, error) { return nil, nil }
	files := &scratch{dir: folder.dir}
	defer files.close()
	before := heap()
	j, err := judge(&runInfo{}, folder.visits(), none, reading{notice: n}, facts, rules{policy: classify.Policy{FailOn: classify.Medium}, require: classify.RequireCategory}, files)
	if err != nil {
		tb.Fatal(err)
	}
	for _, format := range []string{"json", "html"} {
		if err := report.Writers[format](io.Discard, j.report); err != nil {
			tb.Fatal(err)
		}
	}
	held := heap() - before
	runtime.KeepAlive(j)
	return held
}

// TestJudgeHoldsNoPages guards that what judging and reporting hold hardly grows with the pages: of each of a finding's
// observations the name, and not the observation.
func TestJudgeHoldsNoPages(t *testing.T) {
	judgeMany(t, 500) // fills what is filled once
	if page := (judgeMany(t, 3000) - judgeMany(t, 1000)) / 2000; page > 400 {
		t.Errorf("%.0f bytes more are held for each page more", page)
	}
}

// BenchmarkJudge prints what a page costs the judgement and the report, with the making of its evidence: its time, and the
// memory that is held when everything is written.
func BenchmarkJudge(b *testing.B) {
	for _, pages := range []int{100, 1000, 10000} {
		b.Run(fmt.Sprint(pages), func(b *testing.B) {
			for b.Loop() {
				held := judgeMany(b, pages)
				b.ReportMetric(held/1024, "KB-held")
				b.ReportMetric(held/float64(pages), "held-B/page")
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(pages), "µs/page")
		})
	}
}
