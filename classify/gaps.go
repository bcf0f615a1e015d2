package classify

import (
	"cmp"
	"fmt"
	"slices"

	"trackaudit/crawler/evidence"
)

// Gaps lists what was not seen and without which nothing may pass: pages that were not seen whole, choices that were
// offered and could not be made, notices that could not be read. A page of the site that says it does not exist
// (404, 410) or that is no page (a linked file) is no gap unless the audit began there.
func Gaps(in Input) []Gap {
	var gaps []Gap
	whole := map[evidence.Choice]bool{}
	first := map[evidence.Choice]string{}
	for _, v := range in.Visits {
		if _, ok := first[v.Choice]; !ok || v.ID < first[v.Choice] {
			first[v.Choice] = v.ID
		}
		whole[v.Choice] = whole[v.Choice] || v.Complete
	}
	for _, v := range in.Visits {
		start := v.ID == first[v.Choice]
		switch {
		case !v.Complete && !start && (v.Reason == evidence.HTTPError && (v.Status == 404 || v.Status == 410) || v.Reason == evidence.NotHTML):
		case !v.Complete:
			gaps = append(gaps, Gap{v.URL, v.Choice, v.Reason, v.Detail})
		case v.Reach.Outcome == "failed":
			gaps = append(gaps, Gap{v.URL, v.Choice, "choice_failed", cmp.Or(v.Reach.Proof, fmt.Sprintf("the choice %s was offered and could not be made", v.Choice))})
		}
	}
	for choice, any := range whole {
		if !any && !slices.ContainsFunc(gaps, func(g Gap) bool { return g.Choice == choice }) {
			gaps = append(gaps, Gap{"", choice, evidence.NotVisited, "no page was seen under this choice"})
		}
	}
	if len(in.Visits) == 0 {
		gaps = append(gaps, Gap{"", "", evidence.NotVisited, "no page was visited"})
	}
	for _, err := range in.NoticeProblems {
		url, why := problem(err)
		gaps = append(gaps, Gap{url, "", NoticeUnreadable, why})
	}
	slices.SortFunc(gaps, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(a.URL, b.URL), cmp.Compare(a.Choice, b.Choice), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Detail, b.Detail))
	})
	return gaps
}

// seenWhole says that the pages were seen: only then does not finding a notice mean that there is none.
func seenWhole(visits []evidence.Visit) bool {
	return len(Gaps(Input{Visits: visits})) == 0
}
