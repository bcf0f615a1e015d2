package discover

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"trackaudit/crawler/evidence"
)

// enough is the score of a candidate after which no further page is fetched to find a notice.
const enough = 0.4

// Site looks at the start page, robots.txt, sitemaps and as many pages as it takes to know the frontier and the
// notice. What it finds is usable even when it returns an error: a *FetchError when the start page did not answer
// (a browser may fare better), or that of ctx.
func Site(ctx context.Context, cfg Config) (Found, error) {
	found := Found{}
	start, err := url.Parse(strings.TrimSpace(cfg.Start))
	if err != nil || canonical(start) == "" {
		return found, &FetchError{URL: cfg.Start, Kind: evidence.Unreachable, Err: errors.New("not an http or https address")}
	}
	if cfg.Pages <= 0 {
		cfg.Pages = 20
	}
	outer := ctx
	timeout := cmp.Or(cfg.Timeout, siteTimeout)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	t := newTransport(cfg)
	s := &search{cfg: cfg, t: t, found: &found, start: canonical(start), answers: map[string]bool{}, patience: min(fetchTimeout, timeout/4)}
	found.robots = newRobots(t, s.patience, cfg.IgnoreRobots)
	err = s.run(ctx)
	closeIdle(t)
	if outer.Err() != nil {
		return found, outer.Err()
	}
	return found, err
}

// search is one run of Site.
type search struct {
	cfg      Config
	t        http.RoundTripper
	found    *Found
	start    string
	language string        // of the start page
	patience time.Duration // with one request: what hangs must not use up the time for the rest
	frontier *Frontier
	answers  map[string]bool // pages fetched, by samePage
	notices  []Candidate
	legal    []string
}

func (s *search) run(ctx context.Context) error {
	s.found.Pages = []string{s.start}
	var wg sync.WaitGroup
	wg.Go(func() { s.found.robots.allowed(ctx, s.start) }) // fetches the rules while the start page comes
	first := fetchAll(ctx, s.t, s.patience, []string{s.start})[0]
	wg.Wait()
	if first.doc != nil && first.doc.refresh != "" && len(first.doc.links) < 10 {
		if next := fetchAll(ctx, s.t, s.patience, []string{first.doc.refresh})[0]; next.doc != nil {
			first = next
		}
	}
	s.found.Final, s.found.Status = first.final, first.status
	if first.err != nil {
		s.fail("start page", first.err)
	}
	s.frontier = NewFrontier(s.start)
	if first.final != "" {
		s.frontier.Start(first.final)
	}
	if first.err != nil { // further requests would knock at the same closed door
		s.read(s.start, first, 0)
		var fe *FetchError
		if errors.As(first.err, &fe) {
			return fe
		}
		return &FetchError{URL: s.start, Kind: evidence.NotHTML, Status: first.status, Err: first.err}
	}
	if ok, why := s.found.robots.allowed(ctx, s.start); !ok {
		s.found.Robots = fmt.Sprintf("disallowed: the start page, by %s; visited because it was asked for", why)
	}
	if first.doc != nil {
		s.language = first.doc.language
		s.found.Language = s.language
	}
	s.read(cmp.Or(first.final, s.start), first, 0)
	s.sitemaps(ctx)
	s.choose(ctx)
	s.follow(ctx)
	if !s.hasNotice() {
		s.wellKnown(ctx)
	}
	s.found.Notices = Rank(s.notices)
	s.found.Notices = s.found.Notices[:min(len(s.found.Notices), 20)]
	s.found.Legal = s.legal
	if n := len(s.found.Refused); n > 1 {
		s.found.Robots += fmt.Sprintf(" (and %d more)", n-1)
	}
	return nil
}

func (s *search) fail(what string, err error) {
	var fe *FetchError
	if errors.As(err, &fe) {
		err = fe.Err
	}
	s.found.Errors = append(s.found.Errors, fmt.Sprintf("%s: %s", what, clip(err.Error(), 200)))
}

// read takes in what a fetched page shows.
func (s *search) read(addr string, a answer, handicap int) {
	s.answers[samePage(addr)] = true
	if a.doc == nil {
		if a.err != nil {
			s.found.Looked = append(s.found.Looked, fmt.Sprintf("%s: %s", clip(addr, 200), clip(errText(a.err), 100)))
		}
		return
	}
	s.answers[samePage(a.final)] = true
	s.found.Looked = append(s.found.Looked, fmt.Sprintf("%s: %d links", clip(a.final, 200), len(a.doc.links)))
	page := Page{URL: a.final, Language: cmp.Or(a.doc.language, s.language), Own: s.cfg.FirstParties}
	s.notices = append(s.notices, Candidates(page, a.doc.links)...)
	s.legal = addNew(s.legal, LegalPages(page, a.doc.links))
	addrs := LinkURLs(a.doc.links)
	if a.doc.refresh != "" {
		addrs = append([]string{a.doc.refresh}, addrs...)
	}
	s.frontier.Add(a.final, addrs, handicap)
}

func errText(err error) string {
	var fe *FetchError
	if errors.As(err, &fe) {
		return fe.Err.Error()
	}
	return err.Error()
}

func (s *search) sitemaps(ctx context.Context) {
	base := cmp.Or(s.found.Final, s.start)
	u, err := url.Parse(base)
	if err != nil {
		return
	}
	files := s.found.robots.sitemaps(ctx, u)
	files = append(slices.Clip(files), u.Scheme+"://"+u.Host+"/sitemap.xml")
	pages, looked := sitemap(ctx, s.t, s.patience, s.frontier.Site(), files, s.cfg.Pages)
	s.found.Looked = append(s.found.Looked, looked...)
	links := make([]evidence.Link, 0, len(pages))
	for _, p := range pages {
		if u, err := url.Parse(p); err == nil && read(pathWords(u), nil).kind != "" {
			links = append(links, evidence.Link{URL: p})
		}
	}
	page := Page{URL: base, Language: s.language, Own: s.cfg.FirstParties}
	for _, c := range Candidates(page, links) {
		c.Why = "its address in the sitemap"
		s.notices = append(s.notices, c)
	}
	s.frontier.Add(base, pages, 3)
}

// choose fills Pages from the frontier, as far as it goes, with what robots.txt allows.
func (s *search) choose(ctx context.Context) {
	for len(s.found.Pages) < s.cfg.Pages {
		addr, ok := s.frontier.Next()
		if !ok {
			return
		}
		if ok, why := s.found.robots.allowed(ctx, addr); !ok {
			s.refuse(addr, why)
			continue
		}
		s.found.Pages = append(s.found.Pages, addr)
	}
}

func (s *search) refuse(addr, why string) {
	s.found.Refused = append(s.found.Refused, addr)
	if s.found.Robots == "" {
		s.found.Robots = "disallowed: " + clip(addr, 120) + ", by " + why
	}
}

// follow fetches pages until the frontier is full and a notice was found, or there is nothing more to read. The
// likeliest notice is read as well: often only it links to the cookie notice.
func (s *search) follow(ctx context.Context) {
	for fetched, round := 0, 0; fetched < maxFetched && ctx.Err() == nil; round++ {
		var batch []string
		if round == 0 {
			for _, c := range Rank(s.notices) {
				if !c.Offsite && c.Score >= enough && !s.answers[samePage(c.URL)] && !strings.HasSuffix(c.URL, ".pdf") {
					if ok, _ := s.found.robots.allowed(ctx, c.URL); ok {
						batch = append(batch, c.URL)
						break
					}
				}
			}
		}
		if len(s.found.Pages) < s.cfg.Pages || !s.hasNotice() {
			for _, p := range s.found.Pages[1:] {
				if len(batch) >= atOnce || fetched+len(batch) >= maxFetched {
					break
				}
				if !s.answers[samePage(p)] && !slices.Contains(batch, p) {
					batch = append(batch, p)
				}
			}
		}
		if len(batch) == 0 {
			return
		}
		fetched += len(batch)
		for i, a := range fetchAll(ctx, s.t, s.patience, batch) { // in the order of the list, so that every run is alike
			s.read(batch[i], a, 1)
			if a.dead(s.frontier.Site()) {
				s.found.Gone = append(s.found.Gone, batch[i])
				s.found.Pages = slices.DeleteFunc(s.found.Pages, func(p string) bool { return p == batch[i] })
			} else if a.final != "" && samePage(a.final) != samePage(batch[i]) && !s.frontier.Take(a.final) {
				// It leads to a page that is known already.
				s.found.Pages = slices.DeleteFunc(s.found.Pages, func(p string) bool { return p == batch[i] && p != s.start })
			}
		}
		s.choose(ctx)
	}
}

func (s *search) hasNotice() bool {
	return slices.ContainsFunc(s.notices, func(c Candidate) bool { return c.Kind == "privacy" && c.Score >= enough })
}

// addNew appends what list does not hold yet.
func addNew(list, more []string) []string {
	for _, m := range more {
		if len(list) < 6 && !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}
