package classify

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// identity is who is behind an observation and what it is for, as far as facts say.
type identity struct {
	service  knowledge.Service
	purpose  knowledge.Purpose
	name     string  // as a reader would look it up: the pattern "_ga_*" for "_ga_ABC123"
	consent  bool    // it records consent itself
	lifetime int64   // the longest that facts know for it, seconds; -1 = not known
	sure     float64 // 0..1
	by       string  // what decided: "name", "setter", "host", "cname", "widget", "" = nothing
	source   string  // layer and source of the fact: "embedded: vendor documentation"
}

// least is the confidence below which a fact decides nothing.
const least = 0.5

// identify asks the facts: of a stored item its name first, whose rows already weigh the setter, then the setter,
// then the domain; of everything else the address. What nobody knows stays unknown.
func identify(o *evidence.Observation, f *knowledge.Facts) identity {
	switch {
	case o.Cookie != nil:
		return identifyStored(o, o.Cookie.Value, f)
	case o.Storage != nil:
		return identifyStored(o, o.Storage.Value, f)
	case o.Widget != nil:
		if s, ok := f.Service(o.Widget.Service); ok {
			return identity{service: s, purpose: knowledge.SocialMedia, name: o.Name, lifetime: -1, sure: 1, by: "widget", source: s.Source}
		}
	}
	host, path := o.Host, "/"
	switch {
	case o.Request != nil:
		host, path = address(o.Request.URL)
	case o.Widget != nil:
		host, path = address(o.Widget.URL)
	case len(o.Initiator) > 0:
		host, path = address(o.Initiator[0]) // of a use of a Web API, the script that used it
	}
	if m, ok := cloaked(o, f); ok {
		return identity{service: m.Service, purpose: m.Purpose, name: o.Name, lifetime: -1, sure: 1, by: "cname", source: m.Layer + ": " + m.Source}
	}
	if m, ok := f.Host(host, path); ok {
		return identity{service: m.Service, purpose: m.Purpose, name: o.Name, lifetime: -1, sure: 1, by: "host", source: m.Layer + ": " + m.Source}
	}
	return identity{purpose: knowledge.Unknown, name: o.Name, lifetime: -1}
}

func identifyStored(o *evidence.Observation, v evidence.Value, f *knowledge.Facts) identity {
	hint := knowledge.Hint{Setter: o.Setter, Domain: o.Host, Site: evidence.SiteOf(evidence.HostOf(o.Page)), Shape: v.Shape, Length: v.Length}
	for _, m := range f.Stored(knowledge.KindOf(o.Technology), o.Name, hint) {
		if m.Confidence < least {
			break
		}
		return identity{m.Service, m.Purpose, m.Pattern, m.Consent, m.Lifetime, m.Confidence, "name", m.Layer + ": " + m.Source}
	}
	id := identity{purpose: knowledge.Unknown, name: stable(o.Name), lifetime: -1}
	for _, by := range []struct{ word, host string }{{"setter", o.Setter}, {"host", o.Host}} {
		m, ok := f.Host(by.host, "/")
		if !ok {
			continue
		}
		id.service, id.by, id.sure, id.source = m.Service, by.word, 0.8, m.Layer+": "+m.Source
		// A tag manager or a content network runs what others wrote: it tells who delivered, not what for.
		if m.Purpose != knowledge.TagManagement && m.Purpose != knowledge.ContentDelivery {
			id.purpose = m.Purpose
		}
		return id
	}
	return id
}

// changing is a part of a name that looks as if it were made anew for each visitor or visit: a UUID, eight hexadecimal
// digits with a number among them, five digits, or a dozen letters and digits that take turns.
var changing = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-z]{5,}`)

// stable replaces the changing parts of a name that no fact knows by *, so that a finding about it is the same finding in
// the next run.
func stable(name string) string {
	return changing.ReplaceAllStringFunc(name, func(part string) string {
		digits, letters, turns, hex := 0, 0, 0, true
		for i, r := range strings.ToLower(part) {
			digit := r >= '0' && r <= '9'
			if digit {
				digits++
			} else {
				letters++
				hex = hex && (r >= 'a' && r <= 'f' || r == '-')
			}
			if i > 0 && digit != (part[i-1] >= '0' && part[i-1] <= '9') {
				turns++
			}
		}
		switch {
		case letters == 0, hex && digits > 0 && len(part) >= 8, turns >= 3 && len(part) >= 12:
			return "*"
		}
		return part
	})
}

// cloaked says who stands behind a host of the site's own that is an alias of a tracker's. An alias of a content network
// is no cloak: only targets that are known to be used so count.
func cloaked(o *evidence.Observation, f *knowledge.Facts) (knowledge.HostMatch, bool) {
	if o.Request == nil || o.Party != evidence.FirstParty {
		return knowledge.HostMatch{}, false
	}
	for _, alias := range o.Request.CNAMEs {
		if m, ok := f.CloakingTarget(alias); ok && evidence.SiteOf(alias) != o.Site {
			return m, true
		}
	}
	return knowledge.HostMatch{}, false
}

// address splits an absolute URL into host and path; a line number behind it ("…/a.js:12") does no harm.
func address(raw string) (host, path string) {
	u, err := url.Parse(raw)
	if err != nil {
		return evidence.HostOf(raw), "/"
	}
	return evidence.CleanHost(u.Host), u.Path
}

// necessary says that a purpose needs no consent and no declaration to be lawful: ePrivacy Directive, art. 5(3).
func necessary(p knowledge.Purpose) bool {
	return p == knowledge.StrictlyNecessary || p == knowledge.Security
}

// kinds groups the purposes that notices and facts use for one another. Consent managers know four categories
// (necessary, preferences, statistics, marketing), facts know ten: what is in one group does not contradict.
var kinds = [][]knowledge.Purpose{
	{knowledge.StrictlyNecessary, knowledge.Security, knowledge.Functional, knowledge.Personalization, knowledge.ContentDelivery, knowledge.TagManagement},
	{knowledge.Analytics},
	{knowledge.Advertising, knowledge.SocialMedia},
}

// agree says that a declared purpose covers an observed one. Exactly the same, or of the same group; an unknown or
// unstated purpose agrees with none.
func agree(declared, observed knowledge.Purpose) bool {
	if declared == "" || observed == "" || declared == knowledge.Unknown || observed == knowledge.Unknown {
		return false
	}
	return declared == observed || slices.ContainsFunc(kinds, func(k []knowledge.Purpose) bool {
		return slices.Contains(k, declared) && slices.Contains(k, observed)
	})
}

// label is how a finding names who is behind something: the service, else the site.
func (id identity) label(o *evidence.Observation) string {
	switch {
	case id.service.Name != "":
		return id.service.Name
	case o.Cookie != nil || o.Storage != nil:
		if s := evidence.SiteOf(o.Setter); s != "" {
			return s
		}
	}
	return o.Site
}

// sameHouse says that two services belong to one company.
func sameHouse(a, b knowledge.Service) bool {
	return a.ID != "" && (a.ID == b.ID || a.Entity != "" && strings.EqualFold(a.Entity, b.Entity))
}
