package crawler

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"trackaudit/crawler/browser"
	"trackaudit/crawler/discover"
	"trackaudit/crawler/evidence"
	"trackaudit/crawler/queue"
)

const (
	maxNotices   = 6  // documents returned
	maxFetched   = 10 // candidates fetched
	maxRendered  = 4  // of those, rendered by the browser
	fetchers     = 4  // fetched at the same time
	sureEnough   = 0.4
	minTotal     = 0.3
	secondChoice = 0.65 // a further document of a kind must be linked about as plainly as the best
)

// findNotices fetches what the user named or the crawl found, and keeps the documents that are notices.
func (c *crawl) findNotices(ctx context.Context) {
	c.tell(func(p *Progress) { p.Stage, p.URL, p.Choice = "notice", "", "" })
	c.mu.Lock()
	cands, legal := c.candidates.list(), append(slices.Clip(c.found.Legal), c.legal...)
	if n := len(c.pages); n > 0 && c.startSeen && len(c.cfg.Notices) == 0 {
		c.looked = append(c.looked, fmt.Sprintf("links of the rendered pages, %d in all", n))
	}
	language := c.found.Language
	c.mu.Unlock()

	var list []*foundNotice
	if len(c.cfg.Notices) > 0 {
		for _, u := range c.cfg.Notices {
			list = append(list, &foundNotice{Candidate: discover.Candidate{URL: u, Score: 1, Why: "named by the user"}, given: true})
		}
	} else {
		for _, n := range cands[:min(len(cands), maxFetched)] {
			list = append(list, &foundNotice{Candidate: n})
		}
	}
	kept := c.fetchNotices(ctx, list, language)
	if len(kept) == 0 && len(c.cfg.Notices) == 0 && c.cfg.Likely != nil {
		var last []*foundNotice
		for _, u := range legal {
			if !slices.ContainsFunc(append(slices.Clip(last), list...), func(f *foundNotice) bool { return f.URL == u }) && len(last) < 3 {
				last = append(last, &foundNotice{Candidate: discover.Candidate{URL: u, Score: minTotal, Why: "a legal page, which may hold the notice"}, legal: true})
			}
		}
		list = append(list, last...)
		kept = c.fetchNotices(ctx, last, language)
	}
	if more := c.linkedNotices(kept, list); len(more) > 0 {
		c.fetchNotices(ctx, more, language)
		list = append(list, more...)
		kept = choose(list, language, c.cfg.Likely != nil)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range kept {
		c.notices = append(c.notices, f.doc)
	}
	for _, f := range list {
		c.looked = append(c.looked, f.line(kept))
		if f.err != nil && (f.given || f.Score >= sureEnough && !f.legal) {
			c.problems = append(c.problems, f.problem())
		}
	}
}

// linkedNotices are notices that those found link to, of a kind that was not found yet.
func (c *crawl) linkedNotices(kept, tried []*foundNotice) []*foundNotice {
	if len(c.cfg.Notices) > 0 {
		return nil
	}
	kinds, seen := map[string]bool{}, map[string]bool{}
	for _, f := range kept {
		kinds[cmp.Or(f.kind, f.Kind)] = true
	}
	for _, f := range tried {
		seen[f.URL] = true
	}
	var more []*foundNotice
	for _, f := range kept {
		for _, n := range discover.LinkedIn(f.doc, c.cfg.Browser.FirstParties) {
			if !kinds[n.Kind] && !seen[n.URL] && n.Score >= sureEnough && len(more) < 3 {
				seen[n.URL] = true
				more = append(more, &foundNotice{Candidate: n})
			}
		}
	}
	return more
}

// fetchNotices fetches list and returns those that are notices, likeliest first.
func (c *crawl) fetchNotices(ctx context.Context, list []*foundNotice, language string) []*foundNotice {
	if len(list) == 0 {
		return nil
	}
	slots := make(chan struct{}, fetchers)
	var wg sync.WaitGroup
	for _, f := range list {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			f.doc, f.err = c.fetch(ctx, f.URL)()
			c.judge(f)
		})
	}
	wg.Wait()
	c.renderNotices(ctx, list)
	return choose(list, language, c.cfg.Likely != nil)
}

// fetch returns what fetches the document at addr, once for all who ask.
func (c *crawl) fetch(ctx context.Context, addr string) func() (evidence.Document, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.fetches[addr]
	if f == nil {
		f = sync.OnceValues(func() (evidence.Document, error) { return discover.Get(ctx, c.disc, addr) })
		c.fetches[addr] = f
	}
	return f
}

// judge says how likely the document is the notice.
func (c *crawl) judge(f *foundNotice) {
	f.kind, f.total = "", 0
	if f.err != nil {
		return
	}
	score := 0.0
	if c.cfg.Likely != nil {
		f.kind, score = c.cfg.Likely(f.doc)
	} else if f.kind = f.Kind; !discover.Thin(f.doc) {
		score = 1
	}
	f.total = 0.5*f.Score + 0.5*min(max(score, 0), 1)
	if f.kind == "" {
		f.total = 0.5 * f.Score
	}
}

// renderNotices has the browser look at candidates whose static text is too thin to be the notice or that would
// not answer anything but a browser.
func (c *crawl) renderNotices(ctx context.Context, list []*foundNotice) {
	byID := map[string]*foundNotice{}
	q := queue.NewMemory()
	for i, f := range list {
		if len(byID) == maxRendered || ctx.Err() != nil {
			break
		}
		if !c.wantsBrowser(f) {
			continue
		}
		c.mu.Lock()
		r, ok := c.shown[f.URL]
		c.mu.Unlock()
		if ok {
			c.takeRendered(f, r)
			continue
		}
		id := fmt.Sprintf("n%04d", i+1)
		byID[id] = f
		_ = q.Add(ctx, queue.Job{ID: id, URL: f.URL, Choice: evidence.ChoiceNone, Document: true})
	}
	if len(byID) == 0 {
		return
	}
	_ = c.work(ctx, q, func(l queue.Lease, r browser.Result) {
		defer l.Done()
		c.takeRendered(byID[l.Job().ID], r) // each is handled by one worker only
	})
}

// takeRendered takes the document as a browser shows it, if that is more than what came without one.
func (c *crawl) takeRendered(f *foundNotice, r browser.Result) {
	switch {
	case r.Document != nil && len(r.Document.Body) > 0 && (r.Visit.Complete || f.err == nil):
		seen := &foundNotice{Candidate: f.Candidate, given: f.given, legal: f.legal, doc: *r.Document}
		seen.doc.Rendered = true
		seen.doc.URL = cmp.Or(seen.doc.URL, r.Visit.FinalURL, f.URL)
		seen.doc.ContentType = cmp.Or(seen.doc.ContentType, "text/html; charset=utf-8")
		c.judge(seen)
		if f.err != nil || seen.total > f.total || seen.total == f.total && discover.Text(seen.doc) > discover.Text(f.doc) {
			*f = *seen
		}
	case f.err != nil && r.Visit.Reason != "":
		f.err = &discover.FetchError{URL: f.URL, Kind: r.Visit.Reason, Status: r.Visit.Status, Err: errors.New(cmp.Or(r.Visit.Detail, string(r.Visit.Reason)))}
	}
}

func (c *crawl) wantsBrowser(f *foundNotice) bool {
	var fe *discover.FetchError
	if errors.As(f.err, &fe) {
		switch fe.Kind {
		case evidence.Blocked, evidence.Timeout, evidence.RedirectLoop:
			return f.Score >= sureEnough
		case evidence.HTTPError:
			return f.Score >= sureEnough && !fe.Dead()
		}
		return false
	}
	if f.err != nil || !discover.IsHTML(f.doc) {
		return false
	}
	return discover.Thin(f.doc) || f.kind == "" && f.Score >= sureEnough
}

// choose keeps what is a notice: each text once, in one language, and no narrower notice beside the general one.
func choose(list []*foundNotice, language string, judged bool) []*foundNotice {
	ranked := slices.Clone(list)
	slices.SortStableFunc(ranked, func(a, b *foundNotice) int {
		return cmp.Or(-cmp.Compare(a.total, b.total), -cmp.Compare(a.Score, b.Score), -cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.URL, b.URL))
	})
	recognized := judged && slices.ContainsFunc(ranked, func(f *foundNotice) bool { return f.kind != "" })
	best := map[string]*foundNotice{} // the first of its kind
	bodies := map[[sha256.Size]byte]bool{}
	addresses := map[string]bool{}
	var kept []*foundNotice
	for _, f := range ranked {
		if f.err != nil || len(kept) == maxNotices {
			continue
		}
		body := sha256.Sum256(f.doc.Body)
		if bodies[body] || addresses[f.doc.URL] {
			continue
		}
		kind := cmp.Or(f.kind, f.Kind)
		if !f.given {
			first := best[kind]
			switch {
			case f.total < minTotal, recognized && f.kind == "", f.legal && f.total < 0.4:
				continue
			case first != nil && f.Score < secondChoice*first.Score:
				continue
			case first != nil && otherLanguage(f.Language, cmp.Or(first.Language, language)):
				continue
			}
			if first == nil {
				best[kind] = f
			}
		}
		bodies[body], addresses[f.doc.URL] = true, true
		kept = append(kept, f)
	}
	if slices.ContainsFunc(kept, func(f *foundNotice) bool { return f.given }) {
		slices.SortStableFunc(kept, func(a, b *foundNotice) int { return slices.Index(list, a) - slices.Index(list, b) })
	}
	return kept
}

// otherLanguage says that language is known not to be want: "fr" beside "de-AT".
func otherLanguage(language, want string) bool {
	return len(language) >= 2 && len(want) >= 2 && !strings.EqualFold(language[:2], want[:2])
}

// line says for a person what came of the candidate.
func (f *foundNotice) line(kept []*foundNotice) string {
	outcome := "read"
	switch {
	case f.err != nil:
		outcome = f.cause()
	case !slices.Contains(kept, f):
		outcome = "not taken for a further notice"
		if f.total < minTotal || f.legal {
			outcome = "not a notice by its text"
		}
	case f.doc.Rendered:
		outcome = "read as rendered"
	}
	return fmt.Sprintf("%s (%s): %s", f.URL, f.Why, outcome)
}

func (f *foundNotice) cause() string {
	var fe *discover.FetchError
	if errors.As(f.err, &fe) {
		return fe.Err.Error()
	}
	return f.err.Error()
}

func (f *foundNotice) problem() NoticeProblem {
	p := NoticeProblem{URL: f.URL, Why: f.Why, Reason: evidence.Unreachable, Err: f.err}
	var fe *discover.FetchError
	if errors.As(f.err, &fe) {
		p.Reason, p.Dead = fe.Kind, fe.Dead()
	}
	if strings.TrimSpace(p.Why) == "" {
		p.Why = "found"
	}
	return p
}
