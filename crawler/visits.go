package crawler

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"trackaudit/crawler/browser"
	"trackaudit/crawler/evidence"
	"trackaudit/crawler/queue"
)

// maxTries is how often a visit is begun when the browser dies under it.
const maxTries = 3

// visitPages visits the start page and whatever is planned from then on, until nothing is left.
func (c *crawl) visitPages(ctx context.Context) error {
	c.mu.Lock()
	c.plan(ctx, c.cfg.Start)
	c.mu.Unlock()
	return c.work(ctx, c.queue, func(l queue.Lease, r browser.Result) {
		c.seen(ctx, l.Job(), r.Visit)
		c.show(l.Job(), r)
		c.tell(func(p *Progress) {
			p.Done++
			p.Found += len(r.Visit.Observations)
			p.URL, p.Choice = l.Job().URL, l.Job().Choice
		})
		c.emit(r.Visit)
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.discovered {
			_ = l.Done()
		} else {
			c.parked = append(c.parked, l) // or the queue would look drained before discovery fills it
		}
	})
}

// work is the one loop over a queue: it visits jobs, several at a time, until the queue is drained. Each job ends
// in one call of record, which ends the lease, unless ctx ends first.
func (c *crawl) work(ctx context.Context, q queue.Queue, record func(queue.Lease, browser.Result)) error {
	var wg sync.WaitGroup
	errs := make(chan error, c.cfg.Jobs)
	for range c.cfg.Jobs {
		wg.Go(func() {
			for {
				l, err := q.Next(ctx)
				if err == io.EOF || err != nil && ctx.Err() != nil {
					return
				}
				if err != nil {
					errs <- err
					return
				}
				if r, done := c.visit(ctx, l.Job()); done {
					record(l, r)
				} else {
					_ = l.Retry()
				}
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

// visit makes one visit, and says whether that was the last word or the job has to be tried again.
func (c *crawl) visit(ctx context.Context, job queue.Job) (r browser.Result, done bool) {
	if c.cfg.Earlier != nil {
		if v, ok := c.cfg.Earlier(job.ID, job.URL, job.Choice); ok {
			return browser.Result{Visit: v}, true
		}
	}
	c.mu.Lock()
	lostBefore := c.lostBefore[job.ID]
	c.mu.Unlock()
	if lostBefore {
		c.alone.Lock()
		defer c.alone.Unlock()
	} else {
		c.alone.RLock()
		defer c.alone.RUnlock()
	}
	c.tell(func(p *Progress) { p.Running++; p.URL, p.Choice = job.URL, job.Choice })
	defer c.tell(func(p *Progress) { p.Running-- })

	b, err := c.browser.get()
	switch {
	case ctx.Err() != nil:
		if err == nil {
			c.browser.done(b, false)
		}
		return c.unseen(job, evidence.NotVisited, "interrupted before the visit"), true
	case err != nil:
		return c.unseen(job, evidence.BrowserLost, err.Error()), true
	}
	r, err = b.Visit(ctx, browser.Job{ID: job.ID, URL: job.URL, Choice: job.Choice, KeepDocument: job.Document || c.mayBeNotice(job)})
	c.complete(&r.Visit, job)
	c.browser.done(b, err != nil && ctx.Err() == nil) // the browser's contract: an error that is not ctx's is its loss
	switch {
	case ctx.Err() != nil && (err != nil || !r.Visit.Complete):
		r.Visit.Complete = false
		if r.Visit.Reason == "" {
			r.Visit.Reason, r.Visit.Detail = evidence.NotVisited, "interrupted during the visit"
		}
		return r, true
	case err != nil:
		if job.Tries+1 < maxTries {
			c.mu.Lock()
			c.lostBefore[job.ID] = true
			c.mu.Unlock()
			return r, false
		}
		r.Visit.Complete, r.Visit.Reason = false, evidence.BrowserLost
		r.Visit.Detail = "the browser died on each of three tries: " + err.Error()
		return r, true
	}
	if transient(r.Visit) && job.Tries == 0 {
		return r, false
	}
	return r, true
}

// transient says that a page may answer if asked once more.
func transient(v evidence.Visit) bool {
	if v.Complete || v.Reason != evidence.Unreachable {
		return false
	}
	d := strings.ToLower(v.Detail)
	for _, final := range []string{"name_not_resolved", "no such host", "refused", "invalid_url", "disallowed", "unknown_url"} {
		if strings.Contains(d, final) {
			return false
		}
	}
	return true
}

// complete fills in what a visit must have whatever the browser left out.
func (c *crawl) complete(v *evidence.Visit, job queue.Job) {
	v.ID, v.Choice, v.Tries = job.ID, job.Choice, job.Tries+1
	if v.URL == "" {
		v.URL = job.URL
	}
	if v.Site == "" {
		v.Site = evidence.SiteOf(evidence.HostOf(v.URL))
	}
	if v.Requests == nil {
		v.Requests = []evidence.Request{}
	}
	if v.Observations == nil {
		v.Observations = []evidence.Observation{}
	}
	if v.Reach.Outcome == "" && !v.Complete {
		v.Reach.Outcome = "failed"
	}
}

// unseen is the visit of a page that was not visited.
func (c *crawl) unseen(job queue.Job, why evidence.Reason, detail string) browser.Result {
	now := time.Now().UTC()
	c.browser.mu.Lock()
	version := c.browser.version
	c.browser.mu.Unlock()
	v := evidence.Visit{URL: job.URL, Started: now, Finished: now, Browser: version, Reason: why, Detail: detail}
	c.complete(&v, job)
	return browser.Result{Visit: v}
}

// abandon records what is still planned after the work has ended early: a run that was interrupted must not look
// like one that saw everything.
func (c *crawl) abandon() {
	c.mu.Lock()
	parked := c.parked
	c.parked = nil
	c.mu.Unlock()
	for _, l := range parked {
		_ = l.Done()
	}
	for {
		l, err := c.queue.Next(context.Background())
		if err != nil {
			if !errors.Is(err, io.EOF) {
				c.mu.Lock()
				c.warnings = append(c.warnings, err.Error())
				c.mu.Unlock()
			}
			return
		}
		r := c.unseen(l.Job(), evidence.NotVisited, "interrupted before the visit")
		c.tell(func(p *Progress) { p.Done++ })
		c.emit(r.Visit)
		_ = l.Done()
	}
}
