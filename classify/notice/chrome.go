package notice

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Words in id and class that mark the frame of a site, and those that mark a consent banner. Identifiers are
// split at everything that is not a letter or digit and at changes of case, so that "navigate" is not "nav".
var (
	chromeWords = map[string]bool{
		"nav": true, "navbar": true, "navigation": true, "menu": true, "megamenu": true, "breadcrumb": true,
		"breadcrumbs": true, "footer": true, "sidebar": true, "masthead": true, "skip": true, "sitemap": true,
		"newsletter": true, "searchbox": true, "topbar": true,
	}
	bannerMarks = []string{
		"cookiebanner", "cookie-banner", "cookie_banner", "cookiebar", "cookie-bar", "cookieconsent", "cookie-consent",
		"cookie-law", "cookielaw", "cookie-popup", "cookie-notice", "cookienotice", "cookie-alert", "cookie-message",
		"onetrust-banner", "onetrust-consent", "onetrust-pc", "cybotcookiebot", "cc-window", "cc-banner", "cky-consent", "cmplz-cookiebanner",
		"iubenda-cs-banner", "gdpr-banner", "consent-banner", "truste-consent", "osano-cm-window", "didomi-host",
		"borlabs-cookie", "klaro", "usercentrics", "termly-code-snippet-support", "eu-cookie", "hs-eu-cookie", "qc-cmp2",
	}
)

// declarationMarks says that an element holds the list of cookies that a consent manager renders: OneTrust, Cookiebot,
// CookieYes, Complianz, Iubenda, Usercentrics.
func declarationMarks(n *html.Node) bool {
	id, class := attr(n, "id"), attr(n, "class")
	if id == "" && class == "" {
		return false
	}
	marks := " " + strings.ToLower(id+" "+class)
	if len(marks) > 400 {
		marks = marks[:400]
	}
	for _, m := range []string{" ot-sdk-cookie-policy", " optanon-cookie-policy", " cookiedeclaration", " cky-audit-table", " cookie-audit-table", " cmplz-cookies-overview", " cmplz-document", " iub-legaldoc", " iub_content", " uc-embed"} {
		if strings.Contains(marks, m) {
			return true
		}
	}
	return false
}

// placeOf tells what part of the page an element opens. Marks by name count only where the element holds a minor
// part of the text: some sites wrap everything in a "menu-content" or a "cookie-notice".
func (w *walker) placeOf(n *html.Node) place {
	switch n.DataAtom {
	case atom.Nav:
		if w.minor(n, 3) {
			return inChrome
		}
	case atom.Header, atom.Footer:
		if w.article == 0 && w.minor(n, 3) {
			return inChrome
		}
	case atom.Body, atom.Html, atom.Main, atom.Article, atom.Table, atom.Td, atom.Th, atom.Tr, atom.Li, atom.P, atom.Span, atom.A:
		return inBody
	}
	switch attr(n, "role") {
	case "navigation", "banner", "contentinfo", "search":
		if w.minor(n, 3) {
			return inChrome
		}
	}
	id, class := attr(n, "id"), attr(n, "class")
	if id == "" && class == "" {
		return inBody
	}
	marks := strings.ToLower(id + " " + class)
	if len(marks) > 400 {
		marks = marks[:400]
	}
	for _, m := range bannerMarks {
		if strings.Contains(marks, m) && w.minor(n, 3) && w.lengths[n] < 4000 {
			return inBanner
		}
	}
	if w.article > 0 {
		return inBody
	}
	for _, word := range identifierWords(id + " " + class) {
		if chromeWords[word] && w.minor(n, 5) {
			return inChrome
		}
	}
	return inBody
}

// maxParts is the most parts that minor is asked for.
const maxParts = 5

// minor says that n holds less than one part in parts of the page's text.
func (w *walker) minor(n *html.Node, parts int) bool { return w.lengths[n]*parts < w.total }

func identifierWords(s string) []string {
	var words []string
	start := 0
	add := func(end int) {
		if end > start {
			words = append(words, strings.ToLower(s[start:end]))
		}
	}
	for i := 0; i < len(s) && i < 400; i++ {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter {
			add(i)
			start = i + 1
		} else if i > start && c >= 'A' && c <= 'Z' && s[i-1] >= 'a' && s[i-1] <= 'z' {
			add(i)
			start = i
		}
	}
	if len(s) <= 400 {
		add(len(s))
	}
	return words
}
