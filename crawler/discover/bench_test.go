package discover

import (
	"fmt"
	"testing"

	"trackaudit/crawler/evidence"
)

// Candidates runs on the links of every visit: it must cost next to nothing beside the visit itself.
func BenchmarkCandidates(b *testing.B) {
	var links []evidence.Link
	for i := range 100 {
		links = append(links, evidence.Link{URL: fmt.Sprintf("/shop/outdoor-equipment/tent-number-%d?color=green", i), Text: fmt.Sprintf("Tent number %d in forest green", i)})
	}
	links = append(links, evidence.Link{URL: "/privacy-policy", Text: "Privacy Policy", Footer: true})
	for b.Loop() {
		if len(Candidates(Page{URL: "https://acme.test/"}, links)) != 1 {
			b.Fatal("not found")
		}
	}
}

func BenchmarkFrontier(b *testing.B) {
	var addrs []string
	for i := range 20000 {
		addrs = append(addrs, fmt.Sprintf("/part-%d/page-%d", i%40, i))
	}
	for b.Loop() {
		f := NewFrontier("https://acme.test/")
		f.Add("https://acme.test/", addrs, 0)
		for range 10000 {
			f.Next()
		}
	}
}
