package discover

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"trackaudit/crawler/evidence"
)

// Page is where links stand.
type Page struct {
	URL      string
	Language string                // <html lang>, as written; "" = unknown
	Own      evidence.FirstParties // the operator's further domains
}

// minScore is what a link must reach to be worth fetching as a notice.
const minScore = 0.2

// Candidates ranks the links of a page that may lead to the site's own notice, likeliest first. It judges the
// link's words, address, rel and place; notices of other companies, terms of service, imprints and tools such as
// "privacy settings" are no candidates.
func Candidates(page Page, links []evidence.Link) []Candidate {
	base, err := url.Parse(page.URL)
	if err != nil {
		return nil
	}
	c := newJudge(base, page)
	var list []Candidate
	for i, l := range links {
		if i == maxLinks {
			break
		}
		if cand, ok := c.judge(l); ok {
			list = append(list, cand)
		}
	}
	return Rank(list)
}

// Rank brings candidates of several pages together: each address once, with its best score, likeliest first.
func Rank(list []Candidate) []Candidate {
	best := map[string]int{}
	var out []Candidate
	for _, c := range list {
		k := samePage(c.URL)
		if i, ok := best[k]; !ok {
			best[k] = len(out)
			out = append(out, c)
		} else if c.Score > out[i].Score {
			c.URL = out[i].URL // the first spelling stays
			out[i] = c
		}
	}
	slices.SortStableFunc(out, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Kind, a.Kind), cmp.Compare(a.URL, b.URL))
	})
	return out
}

// judge is what a page's links are judged by.
type judge struct {
	base     *url.URL
	page     Page
	site     string
	own      map[string]bool // the words of the site's own name
	language string          // of the page; "" = unknown
	isNotice bool            // the page is a notice itself: what it links to is mostly other people's
}

func newJudge(base *url.URL, page Page) *judge {
	c := &judge{base: base, page: page, site: siteOf(page.URL), own: map[string]bool{}}
	for _, w := range strings.Fields(fold(strings.TrimPrefix(c.site, "www."))) {
		c.own[w] = true
	}
	c.language = localeOf(base.Path)
	if l := strings.ToLower(page.Language); len(l) >= 2 && languages[l[:2]] {
		c.language = l[:2]
	}
	r := read(pathWords(base), c.own)
	c.isNotice = r.kind != "" && !r.tool && r.strength > 0.5
	return c
}

func (c *judge) judge(l evidence.Link) (Candidate, bool) {
	addr := resolve(c.base, l.URL)
	u, err := url.Parse(addr)
	if err != nil || addr == "" {
		return Candidate{}, false
	}
	if u.Path == "/" && u.RawQuery == "" && u.Host == c.base.Host {
		return Candidate{}, false // the start page
	}
	text, path := read(l.Text, c.own), read(pathWords(u), c.own)
	rel := relWords(l.Rel)
	if rel["terms-of-service"] || rel["license"] || (text.kind == "" && path.kind == "" && !rel["privacy-policy"]) {
		return Candidate{}, false
	}
	if sealedRE.MatchString(addr) || actionRE.MatchString(u.Path) {
		return Candidate{}, false
	}
	if path.tool && text.strength < 0.8 || text.tool && (path.tool || path.strength < 0.8) {
		return Candidate{}, false
	}
	score := 0.55*text.strength + 0.3*path.strength
	if text.kind == "" && strings.TrimSpace(l.Text) == "" {
		score += 0.2 * path.strength // an image or icon: the address speaks alone
	}
	if rel["privacy-policy"] {
		score = max(score, 0.5) + 0.2
	}
	if l.Footer {
		score += 0.12
	}
	if text.tool {
		score -= 0.35
	}
	if text.terms || path.terms {
		score -= 0.12
	}
	if text.narrow || path.narrow {
		score *= 0.6
	}
	if isArticle(u) && !(l.Footer && text.strength > 0.8) { // help centers keep notices among their articles
		score *= 0.35
	}
	if text.kind == "" && path.kind == "" {
		text.kind = "privacy" // rel says so
	}
	cand := Candidate{URL: addr, Kind: cmp.Or(text.kind, path.kind), Language: c.languageOf(l, u, text, path)}
	if c.language != "" && cand.Language != "" && cand.Language != c.language {
		score -= 0.15
	}
	var ok bool
	if score, cand.Offsite, ok = c.elsewhere(u, l, text, score); !ok {
		return Candidate{}, false
	}
	cand.Score = float64(int(1000*min(max(score, 0), 1)+0.5)) / 1000
	cand.Why = c.why(l, text, path, rel, cand.Offsite)
	return cand, cand.Score >= minScore
}

// elsewhere lowers the score of what stands on another site, and drops what is other people's.
func (c *judge) elsewhere(u *url.URL, l evidence.Link, text reading, score float64) (float64, bool, bool) {
	site := evidence.SiteOf(u.Host)
	service, hosted := noticeHost(u)
	switch {
	case site == c.site || c.page.Own[site]:
		return score, false, true
	case hosted:
		return score * 0.95, true, true
	case service, c.isNotice && !l.Footer, foreign[site]:
		return 0, true, false
	}
	related := akin(site, c.site)
	if !l.Footer && !related && !relWords(l.Rel)["privacy-policy"] {
		return 0, true, false // prose, a widget or a banner that links to its maker's notice
	}
	if text.kind == "" || text.strength < 0.7 {
		return 0, true, false // "Privacy Policy of Somebody Else"
	}
	if related {
		return score * 0.8, true, true
	}
	return score * 0.5, true, true
}

// akin says whether two sites carry the same name: acme.com and acme-group.org.
func akin(a, b string) bool {
	a, _, _ = strings.Cut(a, ".")
	b, _, _ = strings.Cut(b, ".")
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) >= 4 && strings.Contains(b, a)
}

func (c *judge) languageOf(l evidence.Link, u *url.URL, text, path reading) string {
	return cmp.Or(localeOf(u.Path), text.language, path.language)
}

func (c *judge) why(l evidence.Link, text, path reading, rel map[string]bool, offsite bool) string {
	var parts []string
	if text.kind != "" {
		parts = append(parts, fmt.Sprintf("link text “%s”", clip(l.Text, 80)))
	}
	if rel["privacy-policy"] {
		parts = append(parts, `rel="privacy-policy"`)
	}
	if path.kind != "" {
		parts = append(parts, "its address")
	}
	where := " on "
	if l.Footer {
		where = " in the footer of "
	}
	why := strings.Join(parts, ", ") + where + clip(c.page.URL, 120)
	if offsite {
		why += ", on another site"
	}
	return why
}

// pathWords returns the part of an address that names the document.
func pathWords(u *url.URL) string {
	segs := strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })
	var named []string
	for i := len(segs) - 1; i >= 0 && len(named) < 2; i-- {
		s := segs[i]
		if k := strings.LastIndexByte(s, '.'); k > 0 && len(s)-k <= 6 {
			s = s[:k]
		}
		switch f := strings.ToLower(s); {
		case f == "index" || f == "default" || f == "home" || f == "pages" || f == "page" || localeRE.MatchString(f) && languages[f[:2]]:
			continue
		}
		named = append(named, s)
		if read(s, nil).kind != "" {
			break
		}
	}
	slices.Reverse(named)
	text := strings.Join(named, " ")
	if read(text, nil).kind == "" && u.RawQuery != "" {
		for _, pair := range strings.Split(u.RawQuery, "&") {
			_, v, _ := strings.Cut(pair, "=")
			if v, err := url.QueryUnescape(v); err == nil && len(v) < 60 && read(v, nil).kind != "" {
				return v
			}
		}
	}
	return text
}

func isArticle(u *url.URL) bool {
	segs := strings.FieldsFunc(strings.ToLower(u.Path), func(r rune) bool { return r == '/' })
	for i, s := range segs {
		if i < len(segs)-1 && (articleWords[fold(s)] || dateRE.MatchString(s)) {
			return true
		}
	}
	host, _, _ := strings.Cut(u.Host, ".")
	return articleWords[host] && len(segs) > 1
}

func relWords(rel string) map[string]bool {
	return words(strings.ToLower(clip(rel, 200)))
}

// LegalPages returns the pages of the site that may hold a notice although nothing says so: imprints and legal
// notices, where small sites keep everything. They are worth a look only where no candidate led to a notice.
func LegalPages(page Page, links []evidence.Link) []string {
	base, err := url.Parse(page.URL)
	if err != nil {
		return nil
	}
	var list []string
	for i, l := range links {
		addr := resolve(base, l.URL)
		u, err := url.Parse(addr)
		if i == maxLinks || len(list) == 3 {
			break
		}
		if err != nil || addr == "" || siteOf(addr) != siteOf(page.URL) || sealedRE.MatchString(addr) || slices.Contains(list, addr) {
			continue
		}
		text := fold(l.Text)
		if strings.Count(text, " ") > 3 {
			continue
		}
		for _, w := range strings.Fields(text + " " + fold(pathWords(u))) {
			if legalWords[w] {
				list = append(list, addr)
				break
			}
		}
	}
	return list
}

// LinkedIn ranks the links of a fetched document that may lead to a further notice: a privacy notice often is the only
// page that links to the notice on cookies.
func LinkedIn(doc evidence.Document, own evidence.FirstParties) []Candidate {
	if !IsHTML(doc) {
		return nil
	}
	body, err := charset.NewReader(bytes.NewReader(doc.Body), doc.ContentType)
	if err != nil {
		return nil
	}
	root, err := html.Parse(body)
	if err != nil {
		return nil
	}
	base, err := url.Parse(doc.URL)
	if err != nil {
		return nil
	}
	d := readDocument(base, root)
	return Candidates(Page{URL: doc.URL, Language: d.language, Own: own}, d.links)
}
