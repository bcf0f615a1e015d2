package classify

import (
	"cmp"
	"slices"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// Destinations lists every host that was contacted in any visit, the site's own included, with the gravest verdict
// of what concerns it.
func Destinations(in Input, list []Assessment) []Destination {
	by := map[string]*Destination{}
	for i := range in.Visits {
		v := &in.Visits[i]
		for _, r := range v.Requests {
			if r.Host == "" {
				continue
			}
			d := by[r.Host]
			if d == nil {
				d = &Destination{Host: r.Host, Site: r.Site, Party: r.Party, Purpose: knowledge.Unknown, Verdict: Unclassified}
				_, path := address(r.URL)
				if m, ok := in.Facts.Host(r.Host, path); ok {
					d.Entity, d.Purpose = cmp.Or(m.Service.Entity, m.Service.Name), m.Purpose
				}
				if r.Party == evidence.FirstParty {
					d.Verdict = Exempt // the site itself
				}
				by[r.Host] = d
			}
			if !slices.Contains(d.Choices, v.Choice) {
				d.Choices = append(d.Choices, v.Choice)
			}
		}
	}
	judged := map[string]bool{}
	for i := range list {
		a := &list[i]
		d := by[a.Observation.Host]
		if d == nil || a.Observation.Cookie != nil && a.Observation.Party == evidence.FirstParty {
			continue // a cookie of the site's own is judged by itself
		}
		if !slices.Contains(d.Technologies, a.Observation.Technology) {
			d.Technologies = append(d.Technologies, a.Observation.Technology)
		}
		if d.Party == evidence.FirstParty {
			continue
		}
		if !judged[d.Host] || graver(a.Verdict, d.Verdict) {
			d.Verdict, judged[d.Host] = a.Verdict, true
		}
		if d.Purpose == knowledge.Unknown && a.Purpose != "" {
			d.Purpose = a.Purpose
		}
	}
	out := make([]Destination, 0, len(by))
	for _, d := range by {
		slices.Sort(d.Technologies)
		slices.Sort(d.Choices)
		out = append(out, *d)
	}
	slices.SortFunc(out, func(a, b Destination) int { return cmp.Compare(a.Host, b.Host) })
	return out
}

func graver(a, b Verdict) bool {
	return slices.Index(Verdicts, a) < slices.Index(Verdicts, b)
}
