package notice

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"trackaudit/crawler/evidence"
)

// claims reads what the documents say of signals, consent and opt-outs.
func claims(readers []*reader) Claims {
	c := Claims{DNT: dnt(readers), GPC: gpc(readers), Consent: Claim{Value: Unstated}, Sale: sale(readers), Sharing: sharing(readers),
		Retention: retention(readers)}
	for _, r := range readers {
		if c.Consent.Value == Unstated || c.Consent.Value == consentImplied {
			if claim := r.consent(); claim.Value != Unstated && (c.Consent.Value == Unstated || claim.Value == consentPrior) {
				c.Consent = claim
			}
		}
		c.OptOut = append(c.OptOut, r.optOuts()...)
	}
	return c.filled()
}

// The values of the consent claim, besides unstated.
const (
	consentPrior   ClaimValue = "prior"
	consentImplied ClaimValue = "implied"
)

func (r *reader) consent() Claim {
	implied := Claim{Value: Unstated}
	for _, s := range r.all {
		if !r.mentionsCookies(s) {
			continue
		}
		c := Claim{Document: r.doc.ID, Quote: r.p.quote(s.Span), Start: s.Start, End: s.End}
		if r.has(s, "consent.prior", 0) >= 0 && r.has(s, "consent.implied", 0) < 0 {
			c.Value = consentPrior
			return c
		}
		if implied.Value == Unstated && r.has(s, "consent.implied", 0) >= 0 {
			c.Value = consentImplied
			implied = c
		}
	}
	if implied.Value != Unstated {
		return implied
	}
	for _, b := range r.p.blocks {
		if b.place != inBanner {
			continue
		}
		for _, sp := range sentences(r.p.text, b.Span) {
			s := &sentence{Span: sp, toks: tokens(r.p.text, sp)}
			s.hits = r.m.find(s.toks)
			s.index()
			if r.has(s, "consent.implied", 0) >= 0 {
				return Claim{Value: consentImplied, Document: r.doc.ID, Quote: r.p.quote(sp), Start: sp.Start, End: sp.End}
			}
		}
	}
	return implied
}

func (r *reader) mentionsCookies(s *sentence) bool {
	for _, h := range s.hits {
		if c := r.m.classes[h.class]; c == "tech.cookie" || c == "umbrella" {
			return true
		}
	}
	return false
}

// Where visitors can object, by host, with the region that the page serves if the notice does not say one.
var optOutHosts = []struct {
	host   string
	region Region
}{
	{"aboutads.info", "us"}, {"networkadvertising.org", "us"}, {"optout.networkadvertising.org", "us"},
	{"optout.aboutads.info", "us"}, {"youradchoices.com", "us"}, {"youronlinechoices.eu", "eu"}, {"youronlinechoices.com", "eu"},
	{"edaa.eu", "eu"}, {"youradchoices.ca", ""}, {"tools.google.com/dlpage/gaoptout", ""}, {"adssettings.google.com", ""},
	{"google.com/settings/ads", ""}, {"privacy.truste.com", ""}, {"preferences-mgr.truste.com", ""}, {"preferences.truste.com", ""},
	{"facebook.com/settings", ""}, {"allaboutdnt.com", "-"}, {"optout.", ""}, {"opt-out", ""}, {"optout", ""}, {"opt_out", ""},
	{"donotsell", "us-ca"}, {"do-not-sell", "us-ca"},
}

var optOutText = regexp.MustCompile(`(?i)\bopt[ -]?(?:ing[ -])?out\b|do not sell|widerspr(?:uch|echen)|désactiver|désinscri|refuser|rechazar|desactivar|disattivare|afmelden|desativar`)

// optOuts lists the links by which a visitor can object.
func (r *reader) optOuts() []OptOut {
	var out []OptOut
	at := map[string]int{}
	for _, l := range r.p.links {
		if l.Start < r.p.body.Start || l.End > r.p.body.End {
			continue
		}
		region, ok := optOutHost(l.URL)
		if !ok && !optOutText.MatchString(l.Text) && !r.objects(l) || region == "-" {
			continue
		}
		if marked := regionAfter(r.p.text[l.End:min(len(r.p.text), l.End+40)]); marked != "" {
			region = marked
		}
		i, seen := at[l.URL]
		if !seen {
			i = len(out)
			at[l.URL] = i
			out = append(out, OptOut{URL: l.URL, Regions: []Region{}})
		}
		if region != "" {
			out[i].Regions = appendRegion(out[i].Regions, region)
		}
	}
	return out
}

// objects says that the sentence of a link to another site tells how to object: "you can tell them to stop: …".
func (r *reader) objects(l Link) bool {
	host := evidence.HostOf(l.URL)
	if host == "" || evidence.SiteOf(host) == evidence.SiteOf(evidence.HostOf(r.doc.URL)) {
		return false
	}
	i, found := slices.BinarySearchFunc(r.all, l.Start, func(s *sentence, at int) int { return cmp.Compare(s.Start, at) })
	if !found {
		i--
	}
	return i >= 0 && r.all[i].End >= l.End && r.has(r.all[i], "object", 0) >= 0
}

func appendRegion(list []Region, region Region) []Region {
	for _, have := range list {
		if have == region {
			return list
		}
	}
	return append(list, region)
}

func optOutHost(url string) (Region, bool) {
	url = strings.ToLower(url)
	for _, o := range optOutHosts {
		if strings.Contains(url, o.host) {
			return o.region, true
		}
	}
	return "", false
}

// regionAfter reads a region in brackets right after a link: "(U.S.)".
func regionAfter(text string) Region {
	text = strings.TrimLeft(text, " \t\n.,")
	if !strings.HasPrefix(text, "(") {
		return ""
	}
	end := strings.IndexByte(text, ')')
	if end < 0 {
		return ""
	}
	return regionOf(text[:end+1])
}
