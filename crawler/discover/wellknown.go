package discover

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"trackaudit/crawler/evidence"
)

// wellKnownPaths are where notices stand that nothing links to. Those of the page's language are tried as well.
var wellKnownPaths = map[string][]string{
	"": {"/privacy", "/privacy-policy", "/privacy-policy.html", "/privacy.html", "/privacy-notice", "/legal/privacy",
		"/datenschutz", "/cookies", "/cookie-policy"},
	"de": {"/datenschutzerklaerung", "/datenschutz.html", "/de/datenschutz"},
	"fr": {"/politique-de-confidentialite", "/confidentialite", "/donnees-personnelles", "/fr/politique-de-confidentialite"},
	"es": {"/politica-de-privacidad", "/privacidad", "/politica-privacidad", "/politica-privacidad.html",
		"/politica-de-cookies", "/es/politica-de-privacidad"},
	"it": {"/informativa-privacy", "/informativa-sulla-privacy", "/privacy-policy/it", "/cookie-policy.html"},
	"nl": {"/privacyverklaring", "/privacybeleid", "/privacy-statement", "/cookiebeleid"},
	"pt": {"/politica-de-privacidade", "/privacidade", "/politica-de-cookies"},
}

// wellKnown tries the usual addresses of a notice. One counts when it answers with a document that calls itself a
// notice: many sites answer any address with their start page.
func (s *search) wellKnown(ctx context.Context) {
	base := s.found.Final
	if base == "" {
		base = s.start
	}
	u, err := url.Parse(base)
	if err != nil {
		return
	}
	paths := wellKnownPaths[""]
	if l := strings.ToLower(s.language); len(l) >= 2 {
		paths = append(paths[:len(paths):len(paths)], wellKnownPaths[l[:2]]...)
	}
	type try struct {
		cand   Candidate
		looked string
	}
	tries := make([]try, len(paths))
	var wg sync.WaitGroup
	slots := make(chan struct{}, parallel)
	for i, p := range paths {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			addr := u.Scheme + "://" + u.Host + p
			if ok, why := s.found.robots.allowed(ctx, addr); !ok {
				tries[i].looked = fmt.Sprintf("%s: not asked, by %s", addr, why)
				return
			}
			ctx, cancel := context.WithTimeout(ctx, s.patience)
			defer cancel()
			doc, err := get(ctx, s.t, addr)
			if err != nil {
				tries[i].looked = fmt.Sprintf("%s: %s", addr, clip(errText(err), 100))
				return
			}
			name, r := nameOf(doc)
			if r.kind == "" || r.strength < 0.3 || samePage(doc.URL) == samePage(base) || samePage(doc.URL) == samePage(s.start) || siteOf(doc.URL) != siteOf(base) {
				tries[i].looked = fmt.Sprintf("%s: a page, but none that calls itself a notice", addr)
				return
			}
			tries[i] = try{
				Candidate{URL: doc.URL, Kind: r.kind, Score: 0.5, Language: r.language,
					Why: fmt.Sprintf("usual address %s, headed “%s”", p, clip(name, 80))},
				addr + ": found",
			}
		})
	}
	wg.Wait()
	for _, t := range tries {
		s.found.Looked = append(s.found.Looked, t.looked)
		if t.cand.URL != "" {
			s.notices = append(s.notices, t.cand)
		}
	}
}

// nameOf returns the heading or title under which a document stands that most sounds like a notice.
func nameOf(doc evidence.Document) (string, reading) {
	if strings.Contains(doc.ContentType, "pdf") {
		u, _ := url.Parse(doc.URL)
		return doc.URL, read(pathWords(u), nil)
	}
	body, err := charset.NewReader(bytes.NewReader(doc.Body), doc.ContentType)
	if err != nil {
		return "", reading{}
	}
	root, err := html.Parse(body)
	if err != nil {
		return "", reading{}
	}
	u, err := url.Parse(doc.URL)
	if err != nil {
		return "", reading{}
	}
	d := readDocument(u, root)
	best, name := reading{}, ""
	names := strings.FieldsFunc(d.title, func(r rune) bool { return strings.ContainsRune("|–—·-:»", r) })
	for _, n := range append(names, d.headings) {
		if r := read(n, nil); r.strength > best.strength {
			best, name = r, strings.TrimSpace(n)
		}
	}
	return name, best
}
