package classify

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"trackaudit/classify/knowledge"
	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
)

// level orders how closely a declaration fits an observation: exact name and domain, named vendor, technology ×
// purpose × party, technology, umbrella clause.
type level int

const (
	notCovered   level = iota
	byUmbrella         // "and similar technologies", "our partners"
	byTechnology       // the technology, without a purpose
	byCategory         // technology × purpose × party
	byVendor           // the vendor by name
	byName             // this cookie, key or host by name
)

// declared is a declaration with what a comparison needs of it.
type declared struct {
	*notice.Declaration
	service knowledge.Service // of the recipient, if it is a vendor we know
	entity  bool              // the recipient is the company, not one of its services
	beside  bool              // its sentence names the vendor: it speaks of no other third party
}

// declarations is a notice made ready to be asked.
type declarations struct {
	affirmed, denied []declared
	list             map[evidence.Technology]bool // a table or list claims to name the items of this technology
	purposes         map[evidence.Technology]bool // some declaration of it states a purpose
	empty            bool                         // no notice was read at all
	partial          bool                         // a document exists that could not be read
	shares           bool                         // somewhere, others are said to receive or collect data
}

// index takes the declarations of a notice that count, as far as they are for the reader.
func index(n *notice.Notice, problems []error, f *knowledge.Facts, reads func(*notice.Declaration) bool) *declarations {
	d := &declarations{list: map[evidence.Technology]bool{}, purposes: map[evidence.Technology]bool{}, partial: len(problems) > 0}
	if n == nil {
		d.empty = true
		return d
	}
	d.empty = unread(n)
	rows := map[evidence.Technology]int{}
	type place struct {
		document string
		start    int
	}
	vendors := map[place]bool{}
	for _, one := range n.Declarations {
		if one.Strength == notice.Specific || one.Strength == notice.Exact && one.Recipient != "" {
			vendors[place{one.Document, one.Start}] = true
		}
	}
	for i := range n.Declarations {
		one := declared{Declaration: &n.Declarations[i]}
		one.beside = one.Recipient == "" && vendors[place{one.Document, one.Start}]
		if !one.Counts() || !reads(one.Declaration) {
			continue
		}
		if s, ok := f.ServiceNamed(one.Recipient); ok && one.Recipient != "" {
			one.service = s
			one.entity = namesCompany(one.Recipient, s)
		}
		if one.Denied {
			d.denied = append(d.denied, one)
			continue
		}
		d.affirmed = append(d.affirmed, one)
		d.shares = d.shares || one.Party == evidence.ThirdParty
		if one.Purpose != "" {
			d.purposes[one.Technology] = true
		}
		if one.Strength == notice.Exact && (one.Origin == notice.FromTable || one.Origin == notice.FromCMP) {
			rows[one.Technology]++
		}
	}
	for t, n := range rows {
		d.list[t] = n > 1 // a single row may be an example
	}
	return d
}

// namesCompany says that the words name the company rather than one of its services: "Google" or "Google LLC",
// not "Google Analytics".
func namesCompany(words string, s knowledge.Service) bool {
	w := strings.ToLower(strings.TrimSpace(words))
	e := strings.ToLower(s.Entity)
	return w != strings.ToLower(s.Name) && (w == e || strings.HasPrefix(e, w+" ") || strings.HasPrefix(e, w+",")) ||
		w == e || strings.EqualFold(s.Name, firstWord(s.Entity)) && w == strings.ToLower(s.Name)
}

func firstWord(s string) string {
	w, _, _ := strings.Cut(s, " ")
	return strings.TrimRight(w, ",")
}

// cover is the closest declaration of an observation.
type cover struct {
	level level
	by    *notice.Declaration
	// wrong says how the closest declaration by name does not fit: "purpose", "lifetime", "recipient".
	wrong string
	// missing says what keeps a declared technology from covering: "purpose", "cookie", "recipient", or
	// "technology" itself.
	missing string
}

// better keeps the closer of two covers; of equal ones the first in the notice.
func (c *cover) better(l level, d declared) {
	if l > c.level {
		c.level, c.by = l, d.Declaration
	}
}

// covers finds what the notice says of an observation of this identity.
func (ds *declarations) covers(o *evidence.Observation, id identity) cover {
	if c := ds.named(o, id); c.level > notCovered {
		return c
	}
	var c cover
	for _, d := range ds.affirmed {
		c.better(fit(d, o, id), d)
		if o.Party == evidence.ThirdParty && id.service.ID == "" && receiver(d, o) {
			c.better(byVendor, d)
		}
	}
	if c.level < byCategory && o.Technology != evidence.CookieTech && !own(o.Technology) && ds.states(o.Technology) {
		// Notices tell the purposes of cookies and mean those of all tracking technologies that they name.
		for _, d := range ds.affirmed {
			if d.Technology == evidence.CookieTech && d.service.ID == "" && d.Strength == notice.Category && agree(d.Purpose, id.purpose) && partyFits(d.Party, o) {
				c.better(byCategory, d)
			}
		}
	}
	switch {
	case c.level >= byCategory:
	case ds.states(o.Technology) && ds.purposes[o.Technology] && id.purpose.Tracks() && o.Technology != evidence.ThirdPartyRequest:
		// The notice says what the technology serves, and this is not among it.
		c = cover{missing: "purpose"}
	case c.level == notCovered && o.Technology == evidence.ThirdPartyRequest:
		c.missing = "recipient"
	case c.level == notCovered:
		c.missing = "technology"
	}
	if ds.list[o.Technology] && c.level < byName && (o.Cookie != nil || o.Storage != nil) {
		// A table claims to name the items, and this is none of them.
		c = cover{missing: "cookie"}
	}
	return c
}

// receiver says that a sentence about others names, by its domain, a third party of whom nothing else is known. It does
// not cover the technologies that must be named themselves.
func receiver(d declared, o *evidence.Observation) bool {
	return !own(o.Technology) && o.Technology != evidence.SocialWidget && (d.Technology == "" || d.Technology == o.Technology) &&
		strings.Contains(o.Site, ".") && stands(strings.ToLower(d.Quote), o.Site)
}

func (ds *declarations) states(t evidence.Technology) bool {
	return slices.ContainsFunc(ds.affirmed, func(d declared) bool { return d.Technology == t })
}

// named looks for the observation by its own name: in a table, or in the words of a sentence.
func (ds *declarations) named(o *evidence.Observation, id identity) cover {
	var c cover
	for _, d := range ds.affirmed {
		inList := slices.ContainsFunc(d.Names, func(p string) bool { return p == o.Name || knowledge.Glob(asGlob(p), o.Name) })
		inWords := !inList && stores(d.Technology) && d.Technology == o.Technology && stands(d.Quote, o.Name)
		if !inList && !inWords || o.Cookie == nil && o.Storage == nil && !inList {
			continue
		}
		wrong := misfit(d, o, id)
		if inWords || d.Origin == notice.FromRule {
			wrong = "" // a sentence that names several things may tell the purpose of another
		}
		if c.level == notCovered || c.wrong != "" && wrong == "" {
			c = cover{level: byName, by: d.Declaration, wrong: wrong}
		}
	}
	return c
}

// asGlob turns the ways in which notices write a changing part (_gat_<id>, _hjSession_{site_id}, _ga_xxxx, _ga_#)
// into a pattern.
func asGlob(name string) string {
	for _, pair := range []string{"<>", "{}", "[]"} {
		for {
			i := strings.IndexByte(name, pair[0])
			j := strings.IndexByte(name, pair[1])
			if i < 0 || j < i {
				break
			}
			name = name[:i] + "*" + name[j+1:]
		}
	}
	i := len(strings.TrimRight(name, "xX"))
	if i > 0 && len(name)-i >= 3 && (name[i-1] == '_' || name[i-1] == '-' || name[i-1] == '.') {
		name = name[:i] + "*"
	}
	name = strings.ReplaceAll(name, "#", "*")
	for strings.Contains(name, "**") {
		name = strings.ReplaceAll(name, "**", "*")
	}
	return name
}

// stands says that a sentence holds name as a word of its own. Names that are ordinary words do not count: "session
// cookies" names no cookie called session.
func stands(sentence, name string) bool {
	if len(name) < 3 || !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsLower(r) }) {
		return false
	}
	for i := 0; ; {
		j := strings.Index(sentence[i:], name)
		if j < 0 {
			return false
		}
		i += j
		before, _ := utf8.DecodeLastRuneInString(sentence[:i])
		i += len(name)
		after, _ := utf8.DecodeRuneInString(sentence[i:])
		if !partOfName(before) && !partOfName(after) {
			return true
		}
	}
}

func partOfName(r rune) bool {
	return r == '_' || r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// misfit says in what an item differs from the row that names it.
func misfit(d declared, o *evidence.Observation, id identity) string {
	known := id.sure >= 0.7 && id.purpose != knowledge.Unknown && id.purpose != ""
	if d.Purpose != "" && d.Purpose != knowledge.Unknown && known && !agree(d.Purpose, id.purpose) {
		return "purpose"
	}
	if d.service.ID != "" && id.service.ID != "" && id.by == "setter" && !sameHouse(d.service, id.service) && id.purpose.Tracks() {
		return "recipient"
	}
	if o.Cookie != nil && longer(o.Cookie.Lifetime, d.Declaration) {
		return "lifetime"
	}
	return ""
}

// longer says that a cookie lives more than half as long again as declared, and more than a day longer.
func longer(observed int64, d *notice.Declaration) bool {
	const day = 24 * 60 * 60
	if d.Retention == "" || d.Lifetime < 0 {
		return false
	}
	return observed-d.Lifetime > day && float64(observed) > 1.5*float64(d.Lifetime)
}

// stores tells the technologies that keep something on the device.
func stores(t evidence.Technology) bool {
	switch t {
	case evidence.CookieTech, evidence.LocalStorage, evidence.SessionStorage, evidence.IndexedDB, evidence.CacheStorage,
		evidence.ServiceWorker, evidence.StorageBucket, evidence.FileSystem, evidence.CacheIdentifier, evidence.WindowName:
		return true
	}
	return false
}

// own tells the technologies that a notice must name themselves: naming a vendor or the wide word "cookies" does not
// tell a reader that keystrokes are recorded.
func own(t evidence.Technology) bool {
	switch t {
	case evidence.SessionReplay, evidence.Fingerprinting, evidence.FormCapture, evidence.Geolocation:
		return true
	}
	return false
}

// fit is how closely a declaration, other than by the item's own name, covers an observation.
func fit(d declared, o *evidence.Observation, id identity) level {
	if !partyFits(d.Party, o) && d.service.ID == "" {
		return notCovered
	}
	same := d.Technology == o.Technology
	if d.Strength == notice.Exact && len(d.Names) > 0 && d.service.ID == "" {
		return notCovered // a row about another item
	}
	if d.service.ID != "" {
		return fitVendor(d, o, id, same)
	}
	if o.Technology == evidence.ThirdPartyRequest {
		return fitRequest(d, id)
	}
	switch {
	case same && d.Strength == notice.Generic:
		return byUmbrella
	case !same && d.Strength == notice.Generic && d.Technology == evidence.CookieTech && !own(o.Technology) && o.Technology != evidence.SocialWidget:
		return byUmbrella // "cookies and similar technologies"
	case !same:
		return notCovered
	case o.Technology == evidence.SocialWidget, own(o.Technology):
		return byCategory // the technology tells the purpose
	case d.Purpose == "":
		return byTechnology
	case agree(d.Purpose, id.purpose):
		return byCategory
	case id.purpose == knowledge.Unknown || id.purpose == "":
		return byTechnology
	}
	return notCovered
}

// fitVendor: a named recipient covers its own cookies and requests, for the purposes it is named for. It does not
// cover the technologies that must be named themselves.
func fitVendor(d declared, o *evidence.Observation, id identity, same bool) level {
	if d.entity && !sameHouse(d.service, id.service) || !d.entity && d.service.ID != id.service.ID {
		return notCovered
	}
	if !same && (own(o.Technology) || o.Technology == evidence.SocialWidget) {
		return notCovered
	}
	if d.Technology == evidence.SocialWidget || d.Purpose == "" || !id.purpose.Tracks() || agree(d.Purpose, id.purpose) || o.Technology == evidence.SocialWidget {
		return byVendor
	}
	return notCovered
}

// receivesFor tells for which purposes a kind of recipient receives what it receives.
var receivesFor = map[string][]knowledge.Purpose{
	"advertising partners": {knowledge.Advertising, knowledge.SocialMedia},
	"analytics providers":  {knowledge.Analytics},
	"social networks":      {knowledge.SocialMedia},
	"service providers":    {knowledge.ContentDelivery, knowledge.Functional, knowledge.Security, knowledge.TagManagement, knowledge.StrictlyNecessary, knowledge.Personalization},
	"payment providers":    {knowledge.StrictlyNecessary, knowledge.Security, knowledge.Functional},
}

// fitRequest: a request to a third party is covered by what says that others receive data for its purpose: by a
// technology that such requests are made for, or by a kind of recipient.
func fitRequest(d declared, id identity) level {
	switch {
	case d.Strength == notice.Generic && d.Party == evidence.ThirdParty && !d.beside:
		return byUmbrella
	case slices.Contains(receivesFor[d.Recipient], id.purpose):
		return byCategory
	case d.Purpose != "" && agree(d.Purpose, id.purpose) && id.purpose.Tracks() && d.Technology != "" && d.Technology != evidence.IPAddress && d.Technology != evidence.DeviceID:
		return byCategory
	case d.Purpose != "" && agree(d.Purpose, id.purpose) && d.Party == evidence.ThirdParty:
		return byCategory
	case d.Party == evidence.ThirdParty && d.Technology != evidence.SocialWidget && !d.beside:
		return byUmbrella // "our partners", "third parties"
	}
	return notCovered
}

// partyFits compares by domain and by setter: a first-party cookie that a third party's script wrote is both.
func partyFits(p evidence.Party, o *evidence.Observation) bool {
	switch {
	case p == "" || p == o.Party:
		return true
	case p == evidence.ThirdParty:
		return o.Setter != "" && evidence.SiteOf(o.Setter) != o.Site
	}
	return false
}

// denies finds a denial that the observation contradicts, if nothing affirms it at least as closely.
func (ds *declarations) denies(o *evidence.Observation, id identity, c cover) *notice.Declaration {
	var found *notice.Declaration
	best := notCovered
	for _, d := range ds.denied {
		if d.Technology == "" && d.Purpose == "" && d.service.ID == "" && ds.shares {
			// "We never give it away" in a notice that elsewhere tells of others who receive data speaks of some data, not
			// of all.
			continue
		}
		if l := against(d, o, id); l > best {
			best, found = l, d.Declaration
		}
	}
	if best <= c.level && c.level > notCovered {
		return nil
	}
	return found
}

// against is how closely a denial speaks of an observation.
func against(d declared, o *evidence.Observation, id identity) level {
	if d.Party != "" && !partyFits(d.Party, o) || d.Strength == notice.Generic {
		return notCovered
	}
	if d.Purpose != "" && (!agree(d.Purpose, id.purpose) || !id.purpose.Tracks() && d.Purpose != id.purpose) {
		return notCovered
	}
	named := d.service.ID != "" && sameHouse(d.service, id.service)
	if d.service.ID != "" && !named {
		return notCovered
	}
	if kinds, ok := receivesFor[d.Recipient]; ok && !slices.Contains(kinds, id.purpose) {
		return notCovered
	}
	switch {
	case len(d.Names) > 0:
		if slices.Contains(d.Names, o.Name) {
			return byName
		}
		return notCovered
	case d.Technology == o.Technology && named, d.Technology == "" && named:
		return byVendor
	case d.Technology == o.Technology && (d.Purpose != "" || own(o.Technology)):
		return byCategory
	case d.Technology == o.Technology:
		return byTechnology
	case d.Technology == "" && d.Purpose != "" && id.purpose.Tracks() && o.Technology != evidence.SocialWidget:
		return byCategory
	case d.Technology == "" && d.Party == evidence.ThirdParty && id.purpose.Tracks() && o.Party == evidence.ThirdParty:
		return byTechnology // "we share nothing with third parties"
	}
	return notCovered
}
