package notice

import (
	"cmp"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"trackaudit/crawler/evidence"
)

// Where visitors can object, by a part of the address, with the region that the page serves if the notice does not say
// one. The first that stands there decides; "-" is for pages on which nobody can object.
var optOutPlaces = []struct {
	part   string
	region Region
}{
	{"/participants", "-"}, {"principles", "-"}, {"code-enforcement", "-"}, {"globalprivacycontrol.org", "-"}, {"allaboutdnt.com", "-"},
	{"allaboutcookies.org", "-"}, {"aboutcookies.org", "-"}, {"donottrack.us", "-"}, {".pdf", "-"},
	{"support.google.com/chrome", "-"}, {"support.google.com/accounts", "-"}, {"support.mozilla.org", "-"}, {"support.apple.com", "-"},
	{"support.microsoft.com", "-"}, {"windows.microsoft.com", "-"}, {"help.opera.com", "-"}, {"opera.com/help", "-"},
	{"nevada-do-not-sell", "us"}, {"donotsell", "us-ca"}, {"do-not-sell", "us-ca"},
	{"aboutads.info", "us"}, {"networkadvertising.org", "us"}, {"thenai.org/opt-out", "us"}, {"youradchoices.com", "us"},
	{"youronlinechoices.com.au", ""}, {"youronlinechoices.com/uk", "uk"}, {"youronlinechoices.co.uk", "uk"}, {"youronlinechoices", "eu"},
	{"edaa.eu", "eu"}, {"youradchoices.ca", ""}, {"tools.google.com/dlpage/gaoptout", ""}, {"adssettings.google.", ""}, {"myadcenter.google.com", ""},
	{"google.com/settings/ads", ""}, {"privacy.truste.com", ""}, {"preferences-mgr.truste.com", ""}, {"preferences.truste.com", ""},
	{"facebook.com/settings", ""}, {"optout", ""}, {"opt-out", ""}, {"opt_out", ""},
}

var (
	optOutText = regexp.MustCompile(`(?i)\bopt[ -]?(?:ing[ -])?out\b|widerspr(?:uch|echen)|désactiver|désinscri|refuser|rechazar|desactivar|disattivare|afmelden|uitschrijven|desativar`)
	// doNotSell is the name of the link that the law of California demands, and its translations.
	doNotSell = regexp.MustCompile(`(?i)\bdo not (?:sell|share)\b|\byour (?:california )?privacy choices\b|\bne (?:pas vendre|vendez pas)\b|daten nicht verkaufen|\bno (?:vender|vendan) mis\b|\bnon vendere\b|gegevens niet verkopen|\bnão vend(?:er|am) (?:os |as )?(?:meus|minhas)\b`)
	// noticePath is the address of a notice or of terms: people read there, but cannot object.
	noticePath = regexp.MustCompile(`(?i)(?:privacy|privacidad|datenschutz|confidentialite|cookies?)[-_]?(?:policy|policies|notice|statement|center|centre)?(?:\.\w+|/)?$|/policies/|/terms|/legal/?$`)
)

// optOuts lists the links by which a visitor can object, each once, without those to the page itself.
func (r *reader) optOuts() []OptOut {
	var out []OptOut
	at := map[string]int{}
	for _, l := range r.p.links {
		if l.Start < r.p.body.Start || l.End > r.p.body.End || samePage(l.URL, r.doc.URL) {
			continue
		}
		region, ok := optOutRegion(l)
		if !ok && !optOutText.MatchString(l.Text) && !r.objects(l) || region == "-" {
			continue
		}
		section := r.sectionAt(l.Start)
		if marked := regionAfter(r.p.text[l.End:min(len(r.p.text), l.End+40)]); marked != "" {
			region = marked
		} else if region == "" && section >= 0 {
			region = r.doc.Sections[section].Region
		}
		i, seen := at[l.URL]
		if !seen {
			i = len(out)
			at[l.URL] = i
			out = append(out, OptOut{URL: l.URL, Regions: []Region{}})
		}
		if region != "" && !slices.Contains(out[i].Regions, region) {
			out[i].Regions = append(out[i].Regions, region)
		}
	}
	return out
}

// sectionAt gives the section that a place in the text lies in, or -1.
func (r *reader) sectionAt(at int) int {
	i, found := slices.BinarySearchFunc(r.doc.Sections, at, func(s Section, at int) int { return cmp.Compare(s.Start, at) })
	if found {
		return i
	}
	return i - 1
}

// samePage says that an address leads to a part of the page that it stands on.
func samePage(address, page string) bool {
	address, fragment, ok := strings.Cut(address, "#")
	page, _, _ = strings.Cut(page, "#")
	return ok && (address == page || address == "") && !strings.HasPrefix(fragment, "/")
}

// optOutRegion gives the region that a page to object on serves, by its address or by the name of the link.
func optOutRegion(l Link) (Region, bool) {
	address := strings.ToLower(l.URL)
	for _, o := range optOutPlaces {
		if strings.Contains(address, o.part) {
			return o.region, true
		}
	}
	if doNotSell.MatchString(l.Text) {
		return "us-ca", true
	}
	return "", false
}

// objects says that the sentence of a link to another site tells how to object: "you can tell them to stop: …". Notices
// of others are only referred to.
func (r *reader) objects(l Link) bool {
	host := evidence.HostOf(l.URL)
	if host == "" || evidence.SiteOf(host) == evidence.SiteOf(evidence.HostOf(r.doc.URL)) || noticeTitle(l.Text) {
		return false
	}
	if u, err := url.Parse(l.URL); err != nil || noticePath.MatchString(path.Clean("/"+u.Path)) {
		return false
	}
	i, found := slices.BinarySearchFunc(r.all, l.Start, func(s *sentence, at int) int { return cmp.Compare(s.Start, at) })
	if !found {
		i--
	}
	return i >= 0 && r.all[i].End >= l.End && r.has(r.all[i], "object", 0) >= 0
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
