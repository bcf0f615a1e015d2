package crawler

import (
	"context"
	"errors"
	"sync"
	"time"

	"trackaudit/crawler/discover"
	"trackaudit/crawler/evidence"
)

const (
	maxLinks     = 30 // checked; a notice that lists more has been sampled enough
	linkPatience = 5 * time.Second
)

// Links asks each address once, without a browser and without cookies, and tells how it answered, in the order given.
// cfg is the configuration of a crawl; its host rules, Insecure and AllowPrivate hold. What lies behind maxLinks is not
// asked.
func Links(ctx context.Context, cfg Config, urls []string) ([]evidence.LinkAnswer, error) {
	if err := cfg.keepOut(ctx); err != nil {
		return nil, err
	}
	c, err := newCrawl(cfg)
	if err != nil {
		return nil, err
	}
	c.disc.Timeout = linkPatience
	links := make([]evidence.LinkAnswer, min(len(urls), maxLinks))
	slots := make(chan struct{}, 2*fetchers)
	var wg sync.WaitGroup
	for i := range links {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			links[i] = c.link(ctx, urls[i])
		})
	}
	wg.Wait()
	return links, ctx.Err()
}

func (c *crawl) link(ctx context.Context, addr string) evidence.LinkAnswer {
	doc, err := discover.Get(ctx, c.disc, addr)
	l := evidence.LinkAnswer{URL: addr, Status: doc.Status}
	var fe *discover.FetchError
	switch {
	case errors.As(err, &fe) && fe.Kind == evidence.NotHTML: // it answers, if not with text
	case errors.As(err, &fe):
		l.Status, l.Dead, l.Detail = fe.Status, fe.Dead() || fe.NoHost, fe.Err.Error()
	case err != nil:
		l.Detail = err.Error()
	}
	return l
}
