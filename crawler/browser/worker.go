package browser

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/debugger"
	"github.com/chromedp/cdproto/runtime"
)

// A worker has no script that runs on new documents. While it waits for its debugger some interfaces are still
// missing from it (CookieStore, CacheStorage); right before its first script they are there. So it is stopped at
// that point, hooked, and let go.

// hookWorker has a worker that waits stop before its first script.
func hookWorker(s *session) {
	send(s, debugger.Enable, debugger.EnableParams{})
	send(s, debugger.SetInstrumentationBreakpoint, debugger.SetInstrumentationBreakpointParams{
		Instrumentation: debugger.SetInstrumentationBreakpointInstrumentationBeforeScriptExecution})
}

// hookPaused hooks a worker that has stopped. Nothing else stops a target of ours, except debugger statements,
// which are passed over.
func (c *capture) hookPaused(s *session) {
	c.mu.Lock()
	hooked := c.hooked[s]
	c.hooked[s] = true
	c.mu.Unlock()
	if !hooked {
		send(s, runtime.Evaluate, runtime.EvaluateParams{Expression: hookScript(c.b.channel, c.signals.Script)})
	}
	send(s, debugger.Disable, cdp.Empty{}) // which resumes, and lets debugger statements pass
	if !hooked {
		c.mu.Lock()
		c.starting[s] = true
		c.mu.Unlock()
		ask(s, runtime.Evaluate, runtime.EvaluateParams{Expression: "0"}, func(runtime.EvaluateResult, error) { // it has run, or is gone
			c.mu.Lock()
			delete(c.starting, s)
			c.mu.Unlock()
			signal(c.ticked)
		})
	}
	if !hooked && !c.b.o.RealTime {
		c.wind(s) // not earlier: while it is stopped its clock may miss that its script has arrived
	}
}

// workerTold counts registrations of service workers that are under way. The caller holds mu.
func (c *capture) workerTold(t told) {
	switch t.Kind {
	case "service_worker":
		c.unsettled++
	case "registered":
		c.unsettled--
		signal(c.ticked)
	}
}

// othersStart waits for what the page's clock does not wait for: until the scripts of workers have run, service workers
// among them, and sockets are open or known to stay closed.
func (c *capture) othersStart(ctx context.Context) {
	c.tick(ctx, arrival, func() bool {
		for _, r := range c.sockets {
			if r.Status == 0 && !r.done {
				return false
			}
		}
		return c.unsettled <= 0 && len(c.starting) == 0
	})
}
