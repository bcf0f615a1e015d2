package crawler

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"sync"

	"trackaudit/crawler/browser"
	"trackaudit/crawler/discover"
	"trackaudit/crawler/evidence"
	"trackaudit/crawler/queue"
)

// crawl is one run of Crawl.
type crawl struct {
	cfg     Config
	disc    discover.Config
	browser *keeper
	queue   queue.Queue
	emit    func(evidence.Visit)

	// alone is read-locked by every visit and locked by one that lost a browser before: should its page be what
	// kills browsers, it kills no other visit with it.
	alone sync.RWMutex

	telling sync.Mutex // one call of cfg.Progress at a time

	mu         sync.Mutex // guards what follows
	pages      []*planned
	frontier   *discover.Frontier
	found      discover.Found
	discovered bool          // found is final
	startSeen  bool          // the start page was visited under the first choice
	stopped    bool          // the start page could not be seen: no other page is visited
	static     bool          // the pages of found are planned
	expanded   int           // pages[:expanded] have given their links to the frontier
	dead       int           // of those, how many answered that there is no such page: others take their place
	parked     []queue.Lease // visits that ended before discovery: their pages may bring new ones
	refused    []string
	final      string
	lostBefore map[string]bool // IDs of visits that lost a browser
	candidates *candidates
	fetches    map[string]func() (evidence.Document, error) // notices that were or are being fetched
	shown      map[string]browser.Result                    // visits of pages that may be the notice, with the document as rendered
	legal      []string
	notices    []evidence.Document
	problems   []NoticeProblem
	looked     []string
	warnings   []string
	progress   Progress
}

// planned is a page that is visited under every choice.
type planned struct {
	url   string
	seen  bool // under the first choice, the one whose links count
	final string
	links []string
	dead  bool // 404 or 410
}

// spare is how many links the frontier keeps for pages that turn out dead, once the plan is full.
const spare = 100

// newCrawl fills in cfg's defaults. The caller sets the browser.
func newCrawl(cfg Config) (*crawl, error) {
	if cfg.Pages <= 0 {
		cfg.Pages = 20
	}
	if cfg.Jobs <= 0 {
		cfg.Jobs = min(max(runtime.NumCPU()*3/2, 2), 6) // pages wait for the network, so that a core serves more than one
	}
	if len(cfg.Choices) == 0 {
		cfg.Choices = []evidence.Choice{evidence.ChoiceNone}
	}
	if cfg.Resolve == nil {
		var err error
		if cfg.Resolve, err = discover.ParseHostRules(cfg.Browser.HostRules); err != nil {
			return nil, err
		}
	}
	var control func(network, address string) error
	if cfg.Browser.Refuse != nil {
		control = refusePrivate
	}
	return &crawl{
		cfg: cfg,
		disc: discover.Config{
			Start:        cfg.Start,
			Pages:        cfg.Pages,
			IgnoreRobots: cfg.IgnoreRobots,
			Insecure:     cfg.Browser.Insecure,
			FirstParties: cfg.Browser.FirstParties,
			Resolve:      cfg.Resolve,
			Control:      control,
		},
		queue:      queue.NewMemory(),
		frontier:   discover.NewFrontier(cfg.Start),
		lostBefore: map[string]bool{},
		candidates: newCandidates(),
		fetches:    map[string]func() (evidence.Document, error){},
		shown:      map[string]browser.Result{},
		progress:   Progress{Stage: "visit"},
	}, nil
}

// discover looks at the site without a browser and, when that is done, plans what it found.
// The likeliest notices are fetched at once, while the browser is busy.
func (c *crawl) discover(ctx context.Context) {
	found, err := discover.Site(ctx, c.disc)
	c.take(ctx, found, err)
	if c.cfg.NoNotices || len(c.cfg.Notices) > 0 {
		return
	}
	var wg sync.WaitGroup
	for _, n := range found.Notices[:min(len(found.Notices), fetchers)] {
		wg.Go(func() { _, _ = c.fetch(ctx, n.URL)() })
	}
	wg.Wait()
}

// take takes in what discovery found.
func (c *crawl) take(ctx context.Context, found discover.Found, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.found, c.discovered = found, true
	if err != nil && ctx.Err() == nil {
		c.warnings = append(c.warnings, fmt.Sprintf("discovery without a browser: %v", err))
	}
	c.looked = append(c.looked, found.Looked...)
	for i, n := range found.Notices {
		c.candidates.add(n, i)
	}
	c.advance(ctx)
	for _, l := range c.parked {
		_ = l.Done()
	}
	c.parked = nil
}

// plan adds a page to visit under every choice. IDs follow from its place, so that they are the same in every
// run. The caller holds mu.
func (c *crawl) plan(ctx context.Context, url string) {
	place := len(c.pages)
	jobs := make([]queue.Job, len(c.cfg.Choices))
	for i, choice := range c.cfg.Choices {
		id := fmt.Sprintf("v%04d", place*len(c.cfg.Choices)+i+1)
		jobs[i] = queue.Job{ID: id, URL: url, Choice: choice, Depth: place}
	}
	if err := c.queue.Add(ctx, jobs...); err != nil {
		return // the crawl is being called off
	}
	c.pages = append(c.pages, &planned{url: url})
	c.progress.Total += len(jobs)
}

// advance plans as many pages as are known by now: first what discovery found, then what the rendered pages link
// to, page by page in the order of the plan and never in the order in which visits end. Two runs over the same
// site so visit the same pages. The caller holds mu.
func (c *crawl) advance(ctx context.Context) {
	if !c.discovered || !c.startSeen || c.stopped || ctx.Err() != nil {
		return
	}
	if !c.static {
		c.static = true
		c.refused = append(c.refused, c.found.Refused...)
		for _, u := range slices.Concat(c.found.Refused, c.found.Gone) {
			c.frontier.Take(u)
		}
		for _, u := range c.found.Pages {
			if len(c.pages) < c.cfg.Pages && evidence.SiteOf(evidence.HostOf(u)) == c.frontier.Site() && c.frontier.Take(u) {
				c.plan(ctx, u)
			}
		}
	}
	for ; c.expanded < len(c.pages) && c.pages[c.expanded].seen; c.expanded++ {
		p := c.pages[c.expanded]
		if p.dead && c.dead < c.cfg.Pages {
			c.dead++
		}
		limit := c.cfg.Pages + c.dead
		if len(c.pages) < limit || c.frontier.Len() < spare {
			c.frontier.Add(p.final, p.links, 0)
		}
		p.final, p.links = "", nil
		for len(c.pages) < limit {
			u, ok := c.frontier.Next()
			if !ok {
				break
			}
			if !c.found.Allowed(ctx, u) {
				c.refused = append(c.refused, u)
				continue
			}
			c.plan(ctx, u)
		}
	}
}

// seen takes in what the visit of a page shows beside its evidence: links, where it led, candidates for a notice.
func (c *crawl) seen(ctx context.Context, job queue.Job, v evidence.Visit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v.FinalURL != "" && len(v.Links) > 0 && !c.cfg.NoNotices && len(c.cfg.Notices) == 0 {
		page := discover.Page{URL: v.FinalURL, Language: v.Language, Own: c.cfg.Browser.FirstParties}
		for _, n := range discover.Candidates(page, v.Links) {
			c.candidates.add(n, rendered+job.Depth)
		}
		if job.Depth == 0 && len(c.legal) == 0 {
			c.legal = discover.LegalPages(page, v.Links)
		}
	}
	if job.Choice != c.cfg.Choices[0] {
		return
	}
	p := c.pages[job.Depth]
	p.seen, p.final = true, v.FinalURL
	if p.final == "" {
		p.final = p.url
	}
	p.links = discover.LinkURLs(v.Links)
	p.dead = job.Depth > 0 && (v.Status == http.StatusNotFound || v.Status == http.StatusGone)
	c.frontier.Take(p.final)
	if job.Depth == 0 {
		c.startSeen, c.final = true, v.FinalURL
		c.stopped = closed(v)
		if v.FinalURL != "" {
			c.frontier.Start(v.FinalURL)
		}
	}
	c.advance(ctx)
}

// mayBeNotice says that a page that is about to be visited is likely to be wanted as a document as well.
func (c *crawl) mayBeNotice(job queue.Job) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.candidates.best[job.URL]
	return ok && job.Choice == c.cfg.Choices[0]
}

// show keeps the document of a page that may be the notice: it need not be visited once more to be read.
func (c *crawl) show(job queue.Job, r browser.Result) {
	if r.Document == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r.Visit.Requests, r.Visit.Observations, r.Visit.Links = nil, nil, nil
	c.shown[job.URL] = r
}

// closed says that the start page showed that the site will not be seen: trying further pages would only knock
// at the same door.
func closed(v evidence.Visit) bool {
	switch v.Reason {
	case evidence.Unreachable, evidence.TLSError, evidence.HTTPError, evidence.Blocked, evidence.Challenge,
		evidence.RedirectLoop, evidence.NotHTML:
		return !v.Complete
	}
	return false
}

func (c *crawl) result() Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.browser.mu.Lock()
	defer c.browser.mu.Unlock()
	r := Result{
		Final:    c.final,
		Site:     c.frontier.Site(),
		Browser:  c.browser.version,
		Refused:  c.refused,
		Found:    c.found,
		Restarts: c.browser.restarts,
		Notices:  c.notices,
		Problems: c.problems,
		Looked:   c.looked,
		Warnings: c.warnings,
	}
	for _, p := range c.pages {
		r.Pages = append(r.Pages, p.url)
	}
	if c.found.Robots != "" {
		r.Warnings = append(r.Warnings, c.found.Robots)
	}
	return r
}

// tell changes the progress and passes it on, in order, without holding up the crawl for who listens.
func (c *crawl) tell(change func(*Progress)) {
	c.telling.Lock()
	defer c.telling.Unlock()
	c.mu.Lock()
	change(&c.progress)
	p := c.progress
	c.mu.Unlock()
	if c.cfg.Progress != nil {
		c.cfg.Progress(p)
	}
}
