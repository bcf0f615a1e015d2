package classify

import (
	"fmt"
	"regexp"
	"strings"

	"trackaudit/crawler/evidence"
)

// flows files identifiers that leave to a third party. Those that the notice covers are dropped in the end.
func (c *collector) flows(v *evidence.Visit, list []Assessment) {
	by := map[string]*Assessment{}
	for i := range list {
		a := &list[i]
		by[a.Observation.ID] = a
		if a.Observation.Request != nil && a.Verdict != Undeclared && a.Verdict != Contradicted {
			c.covered[a.Observation.Site] = true
		}
	}
	for _, flow := range v.Flows {
		from := by[flow.From]
		if from == nil || flow.Party != evidence.ThirdParty || from.Observation.Site == flow.Site || !identifies(stored(&from.Observation)) {
			continue
		}
		c.add("identifier-shared", flow.Site, from.who.name, from, func(f *Finding) {
			f.Message = fmt.Sprintf("The value of %s (%s) was sent to %s (%s, in the %s).", from.Observation.Name, words(string(from.Observation.Technology)), flow.Host, flow.Encoding, flow.In)
			f.Fix = fmt.Sprintf("Name %s as a recipient, or stop handing it the value of %s.", flow.Site, from.Observation.Name)
		})
	}
}

// dropCovered drops the identifiers that went to recipients whom the notice covers.
func (c *collector) dropCovered() {
	for key, f := range c.by {
		if f.Rule == "identifier-shared" && c.covered[f.Subject] {
			delete(c.by, key)
		}
	}
}

func stored(o *evidence.Observation) evidence.Value {
	switch {
	case o.Cookie != nil:
		return o.Cookie.Value
	case o.Storage != nil:
		return o.Storage.Value
	}
	return evidence.Value{}
}

// mailInAddress is an email address as it stands in a query or path, plain or percent-encoded.
var mailInAddress = regexp.MustCompile(`(?i)[a-z0-9][a-z0-9._+-]{0,63}(?:@|%40)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*\.[a-z]{2,24}\b`)

// addresses files personal data and missing encryption in what goes to others.
func (c *collector) addresses(list []Assessment) {
	for i := range list {
		a := &list[i]
		o := &a.Observation
		if o.Request == nil {
			continue
		}
		u := o.Request.URL
		_, rest, _ := strings.Cut(u, "://")
		_, path, _ := strings.Cut(rest, "/") // a user name before the host is no leak of the page's
		if o.Party == evidence.ThirdParty && mailInAddress.MatchString(path) {
			c.add("personal-data-in-url", a.who.label(o), "email", a, func(f *Finding) {
				f.Message = fmt.Sprintf("An email address stands in the address of a request to %s.", o.Host)
				f.Fix = remove(a) + ", or have it leave the email address out."
			})
		}
		if strings.HasPrefix(u, "http://") && a.Purpose.Tracks() {
			c.add("insecure-tracking", a.who.label(o), "", a, func(f *Finding) {
				f.Message = fmt.Sprintf("%s over plain HTTP.", sentence(seen(a)))
				f.Fix = "Load it over HTTPS."
			})
		}
	}
}
