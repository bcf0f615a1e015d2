package browser

import (
	"context"
	"encoding/json"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/storage"

	"trackaudit/crawler/evidence"
)

// lastAnswers bounds the wait for the answers to what a page sends when it is left; maxFarewells is the number of
// frames that are told.
const (
	lastAnswers  = time.Second
	tripTimeout  = 300 * time.Millisecond
	maxFarewells = 100
)

// endScript makes a document believe that it is left.
const endScript = `try { dispatchEvent(new Event('beforeunload', { cancelable: true })); } catch (e) {}
try { dispatchEvent(new PageTransitionEvent('pagehide', { persisted: false })); } catch (e) {}
try { dispatchEvent(new Event('unload')); } catch (e) {}`

// leave takes the snapshot, then ends the page as a closed tab would: the events of leaving, in every document,
// and the frozen state make it send what it keeps for the end, in sight of the protocol.
func (v *visiting) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	answered := true
	select {
	case <-v.answered:
	default: // there is no document, and a page that waits for one answers nothing
		answered = v.reason != evidence.Timeout
	}
	if answered && (v.reason == "" || v.reason == evidence.Timeout) {
		v.look(ctx)
	}
	if answered && v.reason != evidence.Crashed && v.reason != evidence.Blocked && v.reason != evidence.TooLarge {
		v.before = v.cookies(ctx)
		v.farewell(ctx)
	}
	v.jar = v.cookies(ctx)
	v.close()
}

func (v *visiting) farewell(ctx context.Context) {
	end, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	v.mu.Lock()
	v.leaving = len(v.requests)
	var windows []*session
	told := 0
	for s, contexts := range v.scripts {
		if v.kinds[s.id] != "frame" {
			windows = append(windows, s)
		}
		for id := range contexts {
			if told++; told <= maxFarewells {
				send(s, runtime.Evaluate, runtime.EvaluateParams{Expression: endScript, UniqueContextID: id})
			}
		}
	}
	v.mu.Unlock()
	for _, state := range []page.SetWebLifecycleStateState{page.SetWebLifecycleStateStateFrozen, page.SetWebLifecycleStateStateActive} {
		// Frozen, a page answers no question about the bodies of its last beacons: it is woken again.
		for _, s := range windows {
			send(s, page.SetWebLifecycleState, page.SetWebLifecycleStateParams{State: state})
		}
		_, _ = call(end, v.session, runtime.Evaluate, runtime.EvaluateParams{Expression: "0"})
	}
	v.roundTrip(end)
	v.settle(ctx, v.session)
	// Some browsers fire a real pagehide when the context goes: the page would send its last words twice.
	for _, s := range windows {
		send(s, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
}

// tripScript goes the way of what packs its last words before it sends them: out of a Blob, through compression and
// a digest, each of which answers from elsewhere.
const tripScript = `(async () => { const b = await new Response(new Blob(['x']).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer(); await crypto.subtle?.digest('SHA-256', b); })()`

// roundTrip lets the page finish what it began when it was left, if that takes more than one turn of its script.
func (c *capture) roundTrip(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, tripTimeout)
	defer cancel()
	yes := true
	_, _ = c.aside(ctx, c.page, runtime.EvaluateParams{Expression: tripScript, AwaitPromise: &yes})
}

// cookies reads the jar of the visit.
func (v *visiting) cookies(ctx context.Context) jar {
	got, err := cdp.Call(ctx, v.b.root, storage.GetCookies, storage.GetCookiesParams{BrowserContextID: v.context})
	if err != nil {
		return nil
	}
	return got.Cookies
}

// contextCreated keeps the contexts in which the scripts of documents run. The caller holds mu.
func (c *capture) contextCreated(s *session, x *runtime.ExecutionContextDescription) {
	var aux struct {
		IsDefault bool   `json:"isDefault"`
		FrameID   string `json:"frameId"`
	}
	if json.Unmarshal(x.AuxData, &aux) != nil || !aux.IsDefault || aux.FrameID == "" {
		return
	}
	if c.scripts[s] == nil {
		c.scripts[s] = map[string]bool{}
	}
	c.scripts[s][x.UniqueID] = true
}

// settle waits for the answers to what was sent at the end, whose headers may set cookies, and for the small
// questions that are under way.
func (c *capture) settle(ctx context.Context, s *session) {
	ctx, cancel := context.WithTimeout(ctx, lastAnswers)
	defer cancel()
	c.mu.Lock()
	c.checkQuiet()
	c.mu.Unlock()
	select {
	case <-c.quiet:
	case <-s.done:
	case <-ctx.Done():
	}
	done := make(chan struct{})
	go func() { c.background.Wait(); close(done) }()
	select {
	case <-done:
	case <-s.done:
	case <-ctx.Done():
	}
}

// checkQuiet tells settle when nothing that was sent at the end waits for an answer. The caller holds mu.
func (c *capture) checkQuiet() {
	if c.leaving < 0 {
		return
	}
	for _, r := range c.requests[c.leaving:] {
		if !r.done && r.Status == 0 && r.Type != "WebSocket" {
			return
		}
	}
	signal(c.quiet)
}
