package browser

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"

	"trackaudit/crawler/evidence"
)

// Job is one page to visit.
type Job struct {
	ID           string // the Visit's ID
	URL          string
	Choice       evidence.Choice
	KeepDocument bool // return the rendered document too
}

// Result is what a visit gives.
type Result struct {
	Visit    evidence.Visit
	Document *evidence.Document // with KeepDocument, if the page rendered
}

// stepTimeout bounds each step that a living browser answers at once.
const stepTimeout = 5 * time.Second

// Visit loads a page in a fresh browser context, watches it, touches it, ends it as a closed tab would end, and
// returns what it stored and sent. Whatever goes wrong with the page is in the Visit (Complete, Reason, Detail).
// The error is ErrLost when the browser died, or ctx's; the Visit then holds what was seen until then.
func (b *Browser) Visit(ctx context.Context, j Job) (Result, error) {
	c := newCapture(b, j)
	outer := ctx
	ctx, cancel := context.WithTimeout(ctx, b.o.Timeout)
	defer cancel()
	v := &visiting{capture: c}
	err := v.open(ctx)
	if err == nil {
		if strings.HasPrefix(j.URL, "http://") || strings.HasPrefix(j.URL, "https://") {
			v.load(ctx)
		} else {
			v.stop(evidence.Unreachable, "this is no address of the web")
		}
		if v.reason == "" {
			v.linger(ctx)
		}
		v.leave(outer)
		v.resolve(outer)
		if b.o.Repeat && v.reason == "" {
			v.repeat(outer)
		}
	}
	v.dispose(outer)
	r := v.result(err)
	switch {
	case b.lost():
		r.Visit.Complete, r.Visit.Reason, r.Visit.Detail = false, evidence.BrowserLost, "the browser died during the visit"
		return r, ErrLost
	case outer.Err() != nil:
		r.Visit.Complete, r.Visit.Reason, r.Visit.Detail = false, evidence.NotVisited, "interrupted"
		return r, outer.Err()
	case err != nil: // a browser that does not even open a tab is of no more use
		r.Visit.Complete, r.Visit.Reason, r.Visit.Detail = false, evidence.BrowserLost, "the browser did not open a page"
		return r, fmt.Errorf("%w: %w", ErrLost, err)
	}
	return r, nil
}

// visiting is a visit under way.
type visiting struct {
	*capture
	session *session
	reason  evidence.Reason
	detail  string
	dwell   evidence.Dwell
	seen    snapshot
	before  jar // before the page was left
	jar     jar // after
	html    string
}

// open makes the context and the tab, and waits until our hooks are in place.
func (v *visiting) open(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*stepTimeout)
	defer cancel()
	yes := true
	if v.context == "" {
		made, err := cdp.Call(ctx, v.b.root, target.CreateBrowserContext, target.CreateBrowserContextParams{DisposeOnDetach: &yes})
		if err != nil {
			return err
		}
		v.context = made.BrowserContextID
	}
	v.b.mu.Lock()
	v.b.visits[v.context] = v.capture
	v.b.mu.Unlock()
	deny := cdpbrowser.SetDownloadBehaviorParams{Behavior: cdpbrowser.SetDownloadBehaviorBehaviorDeny, BrowserContextID: v.context}
	if _, err := cdp.Call(ctx, v.b.root, cdpbrowser.SetDownloadBehavior, deny); err != nil {
		return err
	}
	if _, err := cdp.Call(ctx, v.b.root, target.CreateTarget, target.CreateTargetParams{URL: "about:blank", BrowserContextID: v.context, Width: 1366, Height: 768, NewWindow: &yes}); err != nil {
		return err
	}
	select {
	case v.session = <-v.arrived:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// load navigates and waits for the page's own document to answer and arrive.
func (v *visiting) load(ctx context.Context) {
	navigated := make(chan string, 1) // why not, or ""
	ask(v.session, page.Navigate, page.NavigateParams{URL: v.job.URL}, func(r page.NavigateResult, err error) {
		switch {
		case err != nil:
			navigated <- err.Error()
		case r.IsDownload:
			navigated <- "download"
		default:
			navigated <- r.ErrorText
		}
	})
	answered := v.answered
	var soon <-chan time.Time // Chrome's word on what it makes of the document comes before or after its head
	for answered != nil || navigated != nil {
		select {
		case <-answered:
			answered, soon = nil, time.After(time.Second)
		case text := <-navigated:
			if text != "" {
				v.fail(text)
				return
			}
			navigated = nil
		case <-soon:
			navigated = nil
		case <-v.halted:
			v.halt()
			return
		case <-v.gone:
			v.stop(evidence.Crashed, "the page crashed its renderer")
			return
		case <-v.session.done:
			v.stop(evidence.Crashed, "the page went away while loading")
			return
		case <-ctx.Done():
			v.stop(evidence.Timeout, "the server did not answer in time")
			return
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, r := range v.requests {
		if r.document && (r.Status == http.StatusNoContent || r.Status == http.StatusResetContent) {
			v.stop(evidence.NotHTML, "the address answers "+statusText(r.Status)+", without a page")
		}
	}
}

// linger watches the page: first alone, then touched, then alone again.
func (v *visiting) linger(ctx context.Context) {
	budget := v.b.o.Dwell
	before := budget * 2 / 5
	v.dwell = evidence.Dwell{Budget: int(budget.Milliseconds()), Virtual: !v.b.o.RealTime}
	v.dwell.Ended = v.watch(ctx, v.session, before)
	if v.dwell.Ended == "cap" && !v.responds(ctx) {
		v.stop(evidence.Timeout, "the page kept its renderer busy and no longer answered")
		send(v.session, runtime.TerminateExecution, cdp.Empty{})
		return
	}
	if v.dwell.Ended != "error" && ctx.Err() == nil {
		v.touch(ctx, v.session)
		if v.b.o.Forms {
			v.fill(ctx)
		}
		v.popupsArrive(ctx)
		if end := v.watch(ctx, v.session, budget-before); end != "budget" {
			v.dwell.Ended = end
		}
		v.part(ctx, v.session)
		v.othersStart(ctx)
		v.othersEnd(ctx)
	}
	select {
	case <-v.gone:
		v.stop(evidence.Crashed, "the page crashed its renderer")
		return
	case <-v.halted:
		v.halt()
		return
	default:
	}
	select {
	case <-v.finished:
	default:
		select {
		case <-v.finished:
		case <-v.session.done:
		case <-time.After(200 * time.Millisecond): // it answered long ago; its last bytes may just be on their way
			v.stop(evidence.Timeout, "the page did not arrive whole in time")
		case <-ctx.Done():
			v.stop(evidence.Timeout, "the page did not arrive whole in time")
		}
	}
}

// halt says why the page is not to be read.
func (v *visiting) halt() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.refused != "" {
		v.stop(evidence.Blocked, "the page is answered by the private address "+v.refused+", where a public site must not lead (--allow-private permits it)")
		return
	}
	v.stop(evidence.TooLarge, fmt.Sprintf("the page is larger than %d MB", maxDocument>>20))
}

// responds says whether the page still runs what it is asked to.
func (v *visiting) responds(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, spinning)
	defer cancel()
	_, err := call(ctx, v.session, runtime.Evaluate, runtime.EvaluateParams{Expression: "0"})
	return err == nil
}

// dispose clears the context away, also when the visit was called off.
func (v *visiting) dispose(ctx context.Context) {
	v.close()
	if v.context == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stepTimeout)
	defer cancel()
	_, _ = cdp.Call(ctx, v.b.root, target.DisposeBrowserContext, target.DisposeBrowserContextParams{BrowserContextID: v.context})
	v.b.forget(v.context, v.capture)
}

// stop says why the visit is not complete; the first reason counts.
func (v *visiting) stop(why evidence.Reason, detail string) {
	if v.reason == "" {
		v.reason, v.detail = why, detail
	}
}

// result makes the Visit out of what was captured.
func (v *visiting) result(err error) Result {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.over = true
	if err != nil && errors.Is(err, context.DeadlineExceeded) {
		v.stop(evidence.Timeout, "the browser did not open a page in time")
	}
	out := evidence.Visit{ID: v.job.ID, URL: v.job.URL, Choice: v.job.Choice, Started: v.start.UTC(), Finished: time.Now().UTC(),
		Browser: v.b.Version(), Dwell: v.dwell, Tries: 1, Reach: v.reach(),
		Requests: []evidence.Request{}, Observations: []evidence.Observation{}}
	v.describe(&out)
	top := v.topSite(out.FinalURL)
	out.Site = top
	v.finish(top)
	for _, r := range v.requests {
		out.Requests = append(out.Requests, r.Request)
		if r.Party == evidence.FirstParty && r.Status > 0 && r.Status < 400 {
			out.Page.FirstPartyRequests++
		}
	}
	v.judge(&out)
	list := v.cookieObservations(v.before, v.jar, top)
	list = append(list, v.storageObservations(top)...)
	list = append(list, v.requestObservations(top)...)
	list = append(list, v.cacheObservations()...)
	list = append(list, v.widgetObservations(top)...)
	list = append(list, v.fingerprintObservations(top)...)
	list = append(list, v.replayObservations()...)
	list = append(list, v.apiObservations(top)...)
	out.APIs = v.apiCalls(top)
	typed, captures := v.canaryFlows(top)
	list = append(list, captures...)
	number(v.job.ID, list)
	out.Observations = append(out.Observations, list...)
	out.Flows = append(v.flows(out.Observations), typed...)
	r := Result{}
	if v.job.KeepDocument && v.html != "" {
		r.Document = &evidence.Document{URL: out.FinalURL, ContentType: "text/html; charset=utf-8", Body: []byte(v.html), Fetched: out.Finished, Status: out.Status, Rendered: true}
	}
	out.Seal(v.b.o.HashKey, v.b.o.KeepValues)
	r.Visit = out
	return r
}
