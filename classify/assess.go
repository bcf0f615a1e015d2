package classify

import (
	"cmp"
	"fmt"
	"strings"

	"trackaudit/classify/filter"
	"trackaudit/classify/knowledge"
	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
)

// Judged is what all visits of an audit come to.
type Judged struct {
	Findings     []Finding
	Destinations []Destination
	Gaps         []Gap
}

// Judge gives every observation of every visit its verdict and joins what follows from them. It reads the visits twice,
// one at a time; tell, unless it is nil, is handed each with the assessments of its observations, in their order, and
// must not keep the visit. What is kept goes by what was seen, not by how often: memory hardly grows with the pages.
func Judge(in Input, tell func(*evidence.Visit, []Assessment)) Judged {
	if in.Visits == nil {
		in.Visits = func(func(evidence.Visit) bool) {}
	}
	s := newSurvey(in.Visits)
	c, hosts, told := newCollector(in, s), newDestinations(in.Facts), readBy(in)
	for v := range in.Visits {
		list := assessVisit(&v, in, told, s)
		c.visit(&v, list)
		hosts.visit(&v, list)
		if tell != nil {
			tell(&v, list)
		}
	}
	return Judged{c.findings(), hosts.list(), s.gaps(in.NoticeProblems)}
}

// assessVisit gives every observation of a visit its verdict.
func assessVisit(v *evidence.Visit, in Input, told *perVisitor, s *survey) []Assessment {
	list := make([]Assessment, 0, len(v.Observations))
	for i := range v.Observations {
		o := &v.Observations[i]
		a := assess(o, told, in.Facts)
		a.Choice, a.tag = v.Choice, tagOf(o, v)
		a.Listed = hint(in.Lists, &a)
		if a.Verdict == Unclassified {
			a.Reason += known(&a, v, s.profiles)
		}
		list = append(list, a)
	}
	return list
}

func assess(o *evidence.Observation, told *perVisitor, f *knowledge.Facts) Assessment {
	id := identify(o, f)
	a := Assessment{Observation: *o, Service: id.service.ID, Entity: id.service.Entity, Purpose: id.purpose, Pattern: id.name, Source: id.source, who: id}
	as := *o
	if onlyDelivers(o, id) {
		as.Technology = evidence.ThirdPartyRequest
	}
	by := told.judgeBy(&a, func(ds *declarations) cover { return ds.covers(&as, id) },
		func(c cover, ds *declarations) (Verdict, *notice.Declaration, string) { return verdict(&as, id, c, ds) })
	if by != nil {
		a.Declaration = by.ID
	}
	return a
}

// known says what there is to say of a stored item that nobody knows: how long it is kept, how random its value looks,
// whether it differs between profiles, and to whom it was sent.
func known(a *Assessment, v *evidence.Visit, profiles map[itemKey]*profileValues) string {
	o := &a.Observation
	if o.Cookie == nil && o.Storage == nil {
		return ""
	}
	var facts []string
	if o.Cookie != nil {
		facts = append(facts, "set for "+Span(o.Cookie.Lifetime))
	}
	switch value := stored(o); {
	case identifies(value):
		facts = append(facts, "its value could tell one visitor from all others")
	case value.Length > 0:
		facts = append(facts, "its value is too plain to tell visitors apart")
	}
	if p := profiles[keyOf(o)]; p != nil && p.visits > 1 {
		if len(p.hashes) > 1 {
			facts = append(facts, "its value differs between fresh profiles")
		} else {
			facts = append(facts, "its value is the same in every fresh profile")
		}
	}
	var to []string
	for _, f := range v.Flows {
		if f.From == o.ID && f.Party == evidence.ThirdParty {
			to = append(to, f.Host)
		}
	}
	if len(to) > 0 {
		facts = append(facts, "sent to "+listed(to, 3))
	} else {
		facts = append(facts, "not seen being sent to others")
	}
	return " (" + strings.Join(facts, "; ") + ")"
}

// onlyDelivers says that a small image comes from somebody who is known to deliver content and not to track: then its
// size alone does not make it a tracking pixel.
func onlyDelivers(o *evidence.Observation, id identity) bool {
	return o.Technology == evidence.WebBeacon && o.Request != nil && o.Request.Type == "Image" && id.by != "" &&
		id.purpose != knowledge.Unknown && id.purpose != "" && !id.purpose.Tracks()
}

// hint asks the downloaded lists about a request that is an observation.
func hint(lists *filter.Matcher, a *Assessment) string {
	r := a.Observation.Request
	if lists == nil || r == nil {
		return ""
	}
	m, ok := lists.Match(filter.NewRequest(r.URL, r.Type, cmp.Or(a.Observation.Frame, a.Observation.Page)))
	switch {
	case !ok:
		return ""
	case !m.Blocked():
		return fmt.Sprintf("%s, but for %s", m.Rule, m.Exception)
	}
	return m.Rule.String()
}

// verdict weighs what the notice says against what an observation is.
func verdict(o *evidence.Observation, id identity, c cover, ds *declarations) (Verdict, *notice.Declaration, string) {
	if d := ds.denies(o, id, c); d != nil {
		return Contradicted, d, "the notice says that this is not done"
	}
	stored := o.Cookie != nil || o.Storage != nil
	switch {
	case stored && id.consent && id.sure >= 0.7:
		return Exempt, c.by, "it records the visitor's choice about consent"
	case stored && necessary(id.purpose) && id.sure >= 0.7 && c.wrong == "" && c.level < byName:
		return Exempt, c.by, fmt.Sprintf("it serves %s, which needs no consent", words(string(id.purpose)))
	case c.wrong != "":
		return Misdeclared, c.by, misdeclared(o, id, c)
	case c.level == byName:
		return Declared, c.by, "the notice names it"
	case c.level == byVendor && id.service.Name == "":
		return Declared, c.by, fmt.Sprintf("the notice names %s", o.Site)
	case c.level == byVendor:
		return Declared, c.by, fmt.Sprintf("the notice names %s as a recipient", c.by.Recipient)
	case c.level == byCategory && c.by.Technology == o.Technology:
		return Declared, c.by, "the notice declares this technology" + forPurpose(c.by.Purpose)
	case c.level == byCategory && stores(o.Technology) || c.level == byCategory && o.Technology == evidence.WebBeacon:
		return Declared, c.by, fmt.Sprintf("the notice declares %s, and tracking%s", words(string(o.Technology)), forPurpose(id.purpose))
	case c.level == byCategory:
		return Declared, c.by, "the notice declares that others receive data" + forPurpose(id.purpose)
	case ds.partial:
		return Unclassified, nil, "a part of the notice could not be read, and may declare it"
	case c.level == byTechnology && (id.purpose == knowledge.Unknown || id.purpose == ""):
		return Unclassified, c.by, "the notice declares the technology; what this item is for is not known"
	case c.level == byTechnology:
		return DeclaredGenerically, c.by, "the notice declares the technology, but not for " + words(string(id.purpose))
	case c.level == byUmbrella:
		return DeclaredGenerically, c.by, "only an umbrella clause of the notice covers it"
	case stored && c.missing != "cookie" && id.purpose == knowledge.Unknown && o.Party == evidence.FirstParty && ownSetter(o):
		return Unclassified, nil, "the site itself stores it, and what it is for is not known"
	}
	return Undeclared, nil, undeclared(o, id, c, ds)
}

// ownSetter says that the site's own script or response wrote a first-party item, as far as is known.
func ownSetter(o *evidence.Observation) bool {
	return o.Setter == "" || evidence.SiteOf(o.Setter) == o.Site
}

func misdeclared(o *evidence.Observation, id identity, c cover) string {
	switch c.wrong {
	case "purpose":
		return fmt.Sprintf("the notice lists it for %s; it serves %s", words(string(c.by.Purpose)), words(string(id.purpose)))
	case "recipient":
		return fmt.Sprintf("the notice lists it as %s's; %s set it", c.by.Recipient, id.label(o))
	}
	return fmt.Sprintf("the notice says it is kept for %s; it was set for %s", c.by.Retention, Span(o.Cookie.Lifetime))
}

func undeclared(o *evidence.Observation, id identity, c cover, ds *declarations) string {
	switch {
	case ds.empty:
		return "there is no notice that could declare it"
	case c.missing == "cookie":
		return "the notice lists what is stored, and this is not in the list"
	case c.missing == "purpose":
		return fmt.Sprintf("the notice declares %s, but not for %s", words(string(o.Technology)), words(string(id.purpose)))
	case c.missing == "recipient":
		return fmt.Sprintf("the notice neither names %s nor a kind of recipient that it could be", id.label(o))
	}
	return fmt.Sprintf("the notice does not declare %s", words(string(o.Technology)))
}

func forPurpose(p knowledge.Purpose) string {
	if p == "" || p == knowledge.Unknown {
		return ""
	}
	return " for " + words(string(p))
}

// words turns a kebab or snake word of ours into words for people.
func words(s string) string {
	switch s {
	case string(evidence.IndexedDB):
		return "IndexedDB"
	case string(evidence.WebRTC):
		return "WebRTC"
	case string(evidence.WindowName):
		return "window.name"
	case string(knowledge.ContentDelivery):
		return "content delivery"
	case "", string(knowledge.Unknown):
		return "a purpose that is not known"
	}
	return strings.ReplaceAll(s, "_", " ")
}

// Span says a number of seconds in the largest unit that keeps it whole, or nearly: "2 years", "13 months", "30
// minutes"; 0 is "the session".
func Span(seconds int64) string {
	if seconds <= 0 {
		return "the session"
	}
	for _, u := range []struct {
		name string
		size int64
		from int64
	}{{"year", 365 * 86400, 2 * 365 * 86400}, {"month", 30 * 86400, 60 * 86400}, {"day", 86400, 86400}, {"hour", 3600, 3600}, {"minute", 60, 60}, {"second", 1, 0}} {
		if seconds < u.from || seconds < u.size {
			continue
		}
		n := (seconds + u.size/2) / u.size
		if n == 1 {
			return "1 " + u.name
		}
		return fmt.Sprintf("%d %ss", n, u.name)
	}
	return "the session"
}
