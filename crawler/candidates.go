package crawler

import (
	"cmp"
	"slices"

	"trackaudit/crawler/discover"
	"trackaudit/crawler/evidence"
)

const (
	rendered      = 1 << 20 // rank of what a browser found, after all that discovery found
	maxCandidates = 100     // kept; a site with more links to notices is playing
)

// candidates gathers what may be a notice from discovery and from every rendered page. Which spelling and which
// reason stay for one address depends on ranks, not on the order in which visits end.
type candidates struct {
	best map[string]ranked
}

type ranked struct {
	discover.Candidate
	rank int
}

func newCandidates() *candidates { return &candidates{best: map[string]ranked{}} }

func (c *candidates) add(n discover.Candidate, rank int) {
	old, ok := c.best[n.URL]
	switch {
	case !ok && len(c.best) >= maxCandidates:
		return
	case ok && cmp.Or(cmp.Compare(old.Score, n.Score), cmp.Compare(rank, old.rank)) >= 0:
		return
	}
	c.best[n.URL] = ranked{n, rank}
}

// list returns the candidates, likeliest first.
func (c *candidates) list() []discover.Candidate {
	all := make([]ranked, 0, len(c.best))
	for _, r := range c.best {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.Score, a.Score), cmp.Compare(a.URL, b.URL))
	})
	list := make([]discover.Candidate, len(all))
	for i, r := range all {
		list[i] = r.Candidate
	}
	return discover.Rank(list)
}

// foundNotice is a candidate and what came of it.
type foundNotice struct {
	discover.Candidate
	given bool // by the user: not to be doubted
	legal bool // a last resort: only its text can say that it is a notice
	doc   evidence.Document
	err   error
	kind  string  // what the text says it is
	total float64 // how likely it is the notice, link and text together
}
