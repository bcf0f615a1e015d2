package main

import (
	"fmt"
	"io"
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

// BenchmarkJudge prints what a page of a large site costs the judgement and the report: its time, and the memory that it
// holds at the end.
func BenchmarkJudge(b *testing.B) {
	facts := knowledge.Embedded()
	n := &notice.Notice{Documents: []notice.Document{{ID: "d1", URL: "https://www.many.test/privacy"}},
		Declarations: []notice.Declaration{{ID: "n1", Technology: evidence.CookieTech, Purpose: knowledge.Analytics, Strength: notice.Category, Lifetime: -1}}}
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	const pages = 2000
	for b.Loop() {
		before := heap()
		var visits []evidence.Visit
		slimmer := classify.NewSlimmer()
		for v := range manyVisits(pages) {
			visits = append(visits, slimmer.Slim(v))
		}
		kept := heap()
		j := judge(runInfo{}, visits, nil, reading{notice: n}, facts, rules{policy: classify.Policy{FailOn: classify.Medium}, require: classify.RequireCategory})
		judged := heap()
		for _, format := range []string{"json", "html"} {
			if err := writeTo(io.Discard, format, j); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric((kept-before)/pages, "visit-B/page")
		b.ReportMetric((judged-before)/pages, "judged-B/page")
		runtime.KeepAlive(visits)
		runtime.KeepAlive(j)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/pages, "µs/page")
}

func writeTo(w io.Writer, format string, j judgement) error {
	return report.Writers[format](w, j.report)
}
