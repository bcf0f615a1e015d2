package filter_test

import (
	"os"
	"testing"

	"trackaudit/classify/filter"
	"trackaudit/crawler/evidence"
)

// ask is one request as all engines get it.
type ask struct {
	URL          string `json:"url"`
	Type         string `json:"type"`
	Document     string `json:"document"`
	Host         string `json:"host"`
	Site         string `json:"site"`
	DocumentHost string `json:"documentHost"`
	DocumentSite string `json:"documentSite"`
	from         string // where it comes from
}

func newAsk(url, kind, document, from string) ask {
	a := ask{URL: url, Type: kind, Document: document, from: from, Host: evidence.HostOf(url), DocumentHost: evidence.HostOf(document)}
	a.Site, a.DocumentSite = evidence.SiteOf(a.Host), evidence.SiteOf(a.DocumentHost)
	return a
}

func (a ask) request() filter.Request {
	return filter.Request{URL: a.URL, Type: a.Type, Document: a.DocumentHost, ThirdParty: a.Type != "Document" && a.Site != a.DocumentSite}
}

// TestPeer compares the matcher with @ghostery/adblocker on the lists that Debian ships with uBlock Origin: answers,
// time per match, time to load, memory. It downloads both, so it runs only with TRACKAUDIT_PEERS=1.
func TestPeer(t *testing.T) {
	if os.Getenv("TRACKAUDIT_PEERS") == "" {
		t.Skip("downloads a Debian package and npm packages: set TRACKAUDIT_PEERS=1")
	}
	dir := t.TempDir()
	suffixes, lists := debianLists(t, dir)
	peer := installPeer(t, dir)

	asks, pages := requestsOfRules(t, lists)
	made := len(asks)
	asks = append(asks, requestsOfWeb(t, dir)...)
	t.Logf("requests: %d, of which %d (%.1f %%) sent by Chrome to ../shared/web's server and %d made from the lists' rules",
		len(asks), len(asks)-made, 100*float64(len(asks)-made)/float64(len(asks)), made)
	if len(asks) < 10_000 {
		t.Errorf("only %d requests", len(asks))
	}

	ours := measure(t, lists, asks)
	theirs := peer.run(t, dir, suffixes, lists, asks)
	t.Logf("load: ours %.0f ms (goal under 1000), @ghostery/adblocker %.0f ms", ours.load, theirs.Load)
	t.Logf("match, hosts and sites known: ours %.0f ns, theirs %.0f ns: %.1f times (goal 3)", ours.known, theirs.NsKnown, theirs.NsKnown/ours.known)
	t.Logf("match, from bare addresses:   ours %.0f ns, theirs %.0f ns: %.1f times", ours.whole, theirs.NsWhole, theirs.NsWhole/ours.whole)
	t.Logf("memory: %.1f MB kept by lists and matcher (goal under 60), %.1f MB more taken from the system by then; %.1f allocations a match",
		ours.kept, ours.peak, ours.allocs)

	agreement(t, ours.matcher, asks, theirs)
	onPages(t, ours.matcher, pages, peer.run(t, dir, suffixes, lists, pages))
	if ours.kept >= 60 {
		t.Errorf("memory %.1f MB", ours.kept)
	}
}
