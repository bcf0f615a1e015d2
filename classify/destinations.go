package classify

import (
	"cmp"
	"slices"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// destinations gathers every host that was contacted in any visit, the site's own included, with the gravest verdict of
// what concerns it.
type destinations struct {
	facts  *knowledge.Facts
	met    map[string]*Destination
	judged map[string]*hostJudged // of hosts that may be contacted in a later visit only
}

// hostJudged joins the assessments that concern a host.
type hostJudged struct {
	technologies []evidence.Technology
	verdict      Verdict           // the gravest
	purpose      knowledge.Purpose // the first that is known
}

func newDestinations(facts *knowledge.Facts) *destinations {
	return &destinations{facts, map[string]*Destination{}, map[string]*hostJudged{}}
}

func (ds *destinations) visit(v *evidence.Visit, list []Assessment) {
	for _, r := range v.Requests {
		if r.Host == "" {
			continue
		}
		d := ds.met[r.Host]
		if d == nil {
			d = &Destination{Host: r.Host, Site: r.Site, Party: r.Party, Purpose: knowledge.Unknown, Verdict: Unclassified}
			_, path := address(r.URL)
			if m, ok := ds.facts.Host(r.Host, path); ok {
				d.Entity, d.Purpose = cmp.Or(m.Service.Entity, m.Service.Name), m.Purpose
			}
			if r.Party == evidence.FirstParty {
				d.Verdict = Exempt // the site itself
			}
			ds.met[r.Host] = d
		}
		if !slices.Contains(d.Choices, v.Choice) {
			d.Choices = append(d.Choices, v.Choice)
		}
	}
	for i := range list {
		a := &list[i]
		if a.Observation.Cookie != nil && a.Observation.Party == evidence.FirstParty {
			continue // a cookie of the site's own is judged by itself
		}
		j := ds.judged[a.Observation.Host]
		if j == nil {
			j = &hostJudged{verdict: a.Verdict}
			ds.judged[a.Observation.Host] = j
		}
		if !slices.Contains(j.technologies, a.Observation.Technology) {
			j.technologies = append(j.technologies, a.Observation.Technology)
		}
		if graver(a.Verdict, j.verdict) {
			j.verdict = a.Verdict
		}
		if j.purpose == "" && a.Purpose != knowledge.Unknown {
			j.purpose = a.Purpose
		}
	}
}

func (ds *destinations) list() []Destination {
	out := make([]Destination, 0, len(ds.met))
	for host, d := range ds.met {
		if j := ds.judged[host]; j != nil {
			d.Technologies = j.technologies
			if d.Party != evidence.FirstParty {
				d.Verdict = j.verdict
				if d.Purpose == knowledge.Unknown {
					d.Purpose = cmp.Or(j.purpose, knowledge.Unknown)
				}
			}
		}
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
