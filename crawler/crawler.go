// Package crawler visits the pages of a site with a browser and finds its notices. Discovery without a browser
// and the browser's first visit run side by side; after that one loop over a queue visits the same pages under
// every choice, several at a time. It records and has no opinion: what a visit means is for others to judge.
package crawler

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"trackaudit/crawler/browser"
	"trackaudit/crawler/discover"
	"trackaudit/crawler/evidence"
)

// Config says what to crawl and how.
type Config struct {
	Browser      browser.Options // its host rules, Insecure and FirstParties hold for discovery as well
	Start        string          // absolute URL of the start page
	Pages        int             // pages to visit under each choice; 0 = 20
	Jobs         int             // visits at the same time; 0 = one and a half for each core, 2 to 6
	Choices      []evidence.Choice
	IgnoreRobots bool
	AllowPrivate bool // let the pages of a public site lead to private addresses
	// Resolve is Browser.HostRules as read by discover.ParseHostRules; nil has them read.
	Resolve func(host, port string) (addr string)

	// Notices are the addresses of the notices, if the user named them; otherwise they are looked for.
	Notices []string
	// NoNotices leaves notices alone: the user brought the texts or a declaration.
	NoNotices bool
	// Likely says what kind of notice a document is ("privacy", "cookie", "" = none) and how sure that is, 0..1. It
	// decides between candidates; nil trusts their links.
	Likely func(evidence.Document) (kind string, score float64)

	// Earlier gives the visit that an interrupted run of the same crawl made, if it saw the page whole: it is not made
	// again, but goes to the sink as it was. It is called from any goroutine; nil = there was no such run.
	Earlier func(id, url string, choice evidence.Choice) (evidence.Visit, bool)

	// Progress is told of each step, one call at a time, from any goroutine; nil tells nobody.
	Progress func(Progress)
}

// Progress is how far a crawl has come.
type Progress struct {
	Done    int             // visits recorded
	Running int             // visits going on
	Total   int             // visits planned so far; it grows while pages are being found
	URL     string          // of the page that was just begun or finished
	Choice  evidence.Choice // of the same
	Found   int             // observations so far
	Stage   string          // "visit", then "notice"
}

// Result is what a crawl knows beside its visits.
type Result struct {
	Final    string // where the start page led; "" = nowhere
	Site     string // registrable domain whose pages were visited
	Browser  evidence.Browser
	Pages    []string            // pages visited, in the order of the frontier; the start page first
	Refused  []string            // pages that robots.txt forbids, not visited
	Found    discover.Found      // what was found without a browser
	Restarts int                 // how often the browser was lost and started again
	Notices  []evidence.Document // likeliest first
	Problems []NoticeProblem
	Looked   []string // every place where a notice was looked for, and what was there
	Warnings []string
}

// NoticeProblem is a notice that was linked or named and could not be had.
type NoticeProblem struct {
	URL    string
	Why    string          // how we came to it
	Reason evidence.Reason // evidence.NotHTML: it is no text
	Dead   bool            // the address answers that there is no such document
	Err    error
}

func (p NoticeProblem) Error() string { return p.Err.Error() }

// Unwrap returns the cause.
func (p NoticeProblem) Unwrap() error { return p.Err }

// Crawl visits up to cfg.Pages pages of the site under each choice and hands every visit to sink, one at a time,
// in the order in which they end. An unreachable page, a lost browser or a missing notice is no error: it is
// recorded. Errors are a configuration that cannot be followed, a browser that does not start, a sink that
// fails, and the end of ctx; then the Result holds what was reached, and visits that were planned but not made
// went to sink as such.
func Crawl(ctx context.Context, cfg Config, sink func(evidence.Visit) error) (Result, error) {
	if err := cfg.keepOut(ctx); err != nil {
		return Result{}, err
	}
	return crawlWith(ctx, cfg, sink, starter(cfg.Browser))
}

func starter(o browser.Options) startFunc {
	return func(ctx context.Context) (driver, error) {
		b, err := browser.Start(ctx, o)
		if err != nil {
			return nil, err // not b: a nil *Browser in an interface is not nil
		}
		return b, nil
	}
}

// Notices fetches the documents that cfg.Notices names, without a crawl. A browser is started only for those that
// cannot be read without one.
func Notices(ctx context.Context, cfg Config) ([]evidence.Document, []NoticeProblem, error) {
	if err := cfg.keepOut(ctx); err != nil {
		return nil, nil, err
	}
	return noticesWith(ctx, cfg, starter(cfg.Browser))
}

func noticesWith(ctx context.Context, cfg Config, start startFunc) ([]evidence.Document, []NoticeProblem, error) {
	c, err := newCrawl(cfg)
	if err != nil || len(cfg.Notices) == 0 {
		return nil, nil, err
	}
	c.browser = &keeper{start: start, ctx: ctx}
	defer c.browser.close()
	c.findNotices(ctx)
	r := c.result()
	return r.Notices, r.Problems, ctx.Err()
}

func crawlWith(ctx context.Context, cfg Config, sink func(evidence.Visit) error, start startFunc) (Result, error) {
	c, err := newCrawl(cfg)
	if err != nil {
		return Result{}, err
	}
	run, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c.browser = &keeper{start: start, ctx: run}
	defer c.browser.close()

	var background sync.WaitGroup
	defer background.Wait()
	background.Go(func() { c.discover(run) })
	if err := c.browser.first(); err != nil {
		cancel(err)
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return c.result(), fmt.Errorf("%w: %w", ErrBrowser, err)
	}

	emit, wait := c.serialize(sink, cancel)
	c.emit = emit
	if err := c.visitPages(run); err != nil {
		cancel(err)
	}
	c.abandon()
	sinkErr := wait()
	if sinkErr == nil && run.Err() == nil && !c.cfg.NoNotices {
		c.findNotices(run)
	}
	switch {
	case sinkErr != nil:
		return c.result(), fmt.Errorf("record visit: %w", sinkErr)
	case ctx.Err() != nil:
		return c.result(), ctx.Err()
	case run.Err() != nil:
		return c.result(), context.Cause(run)
	}
	return c.result(), nil
}

// serialize returns emit, which hands visits to sink in one goroutine, and wait, which ends that goroutine and
// returns sink's first error. After an error the crawl is called off and further visits are dropped.
func (c *crawl) serialize(sink func(evidence.Visit) error, cancel context.CancelCauseFunc) (emit func(evidence.Visit), wait func() error) {
	visits := make(chan evidence.Visit, c.cfg.Jobs)
	result := make(chan error, 1)
	go func() {
		var err error
		for v := range visits {
			if err != nil {
				continue
			}
			if err = sink(v); err != nil {
				cancel(errSink)
			}
		}
		result <- err
	}()
	return func(v evidence.Visit) { visits <- v }, func() error { close(visits); return <-result }
}

// ErrBrowser says that the browser, though it is there, did not start.
var ErrBrowser = errors.New("start browser")

var errSink = errors.New("visits can no longer be recorded")
