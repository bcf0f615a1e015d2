package browser

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/emulation"
)

// The page's clock. Virtual time runs timers ahead of the wall: pauseIfNetworkFetchesPending waits for the
// network, so that a tracker that loads slowly is not outrun; a fetch that never ends would hold it for ever, so
// that after a while time is pushed on regardless.
const (
	nudge    = 200 * time.Millisecond  // wall time after which the clock of a worker is pushed on
	arrival  = 700 * time.Millisecond  // wall time in which the document of a popup should come
	patience = 1500 * time.Millisecond // wall time after which a fetch counts as hanging
	hardCap  = 4 * time.Second         // wall time after which a page that spins is left
	spinning = 2 * time.Second         // wall time in which a page must answer a question that costs it nothing
)

// watch lets page time run by budget. It returns how it ended: "budget", "cap" or "error".
func (c *capture) watch(ctx context.Context, s *session, budget time.Duration) string {
	if budget <= 0 {
		return "budget"
	}
	if c.b.o.RealTime {
		return c.realTime(ctx, s, budget)
	}
	c.drain()
	c.run(s, emulation.VirtualTimePolicyPauseIfNetworkFetchesPending, budget)
	if c.expires(ctx, s, patience) {
		return "budget"
	}
	select {
	case <-c.halted:
		return "error"
	default:
	}
	c.mu.Lock()
	popups := c.popups
	c.mu.Unlock()
	if popups > 0 { // what hangs may be a frame that a popup left paused
		c.unpause()
		if c.expires(ctx, s, patience) {
			return "budget"
		}
	}
	c.run(s, emulation.VirtualTimePolicyAdvance, budget)
	if c.expires(ctx, s, hardCap) {
		return "budget"
	}
	select {
	case <-s.done:
		return "error"
	case <-c.gone:
		return "error"
	case <-c.halted:
		return "error"
	default: // its timers would keep it busy for ever
		send(s, emulation.SetVirtualTimePolicy, emulation.SetVirtualTimePolicyParams{Policy: emulation.VirtualTimePolicyPause})
		return "cap"
	}
}

// realTime waits by the wall clock, as its name says; the one place where time itself is waited for.
func (c *capture) realTime(ctx context.Context, s *session, budget time.Duration) string {
	select {
	case <-time.After(budget):
		return "budget"
	case <-s.done:
		return "error"
	case <-c.gone:
		return "error"
	case <-c.halted:
		return "error"
	case <-ctx.Done():
		return "cap"
	}
}

// wind starts a clock beside the page's, and unwind notes that it has stopped.
func (c *capture) wind(s *session) {
	c.mu.Lock()
	c.clocks[s] = true
	c.mu.Unlock()
	c.turn(s)
}

// turn runs a clock beside the page's; shared and service workers have none.
func (c *capture) turn(s *session) {
	ask(s, emulation.SetVirtualTimePolicy, policy(emulation.VirtualTimePolicyPauseIfNetworkFetchesPending, c.b.o.Dwell), func(_ emulation.SetVirtualTimePolicyResult, err error) {
		if err != nil {
			c.unwind(s)
		}
	})
}

func (c *capture) unwind(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.clocks, s)
	delete(c.arriving, s)
	signal(c.ticked)
}

// popupsArrive waits for the documents of windows that were opened, so that the watch that follows covers them.
func (c *capture) popupsArrive(ctx context.Context) {
	c.tick(ctx, arrival, func() bool { return len(c.arriving) == 0 })
}

// othersEnd waits until the clocks beside the page's have run their time too. At times a worker's clock does not say
// that it has, though its timers fired: those that linger are pushed on and waited for once more.
func (c *capture) othersEnd(ctx context.Context) {
	stopped := func() bool { return len(c.clocks) == 0 }
	if !c.tick(ctx, nudge, stopped) {
		c.mu.Lock()
		for s := range c.clocks {
			c.run(s, emulation.VirtualTimePolicyAdvance, c.b.o.Dwell)
		}
		c.mu.Unlock()
		c.tick(ctx, nudge, stopped)
	}
}

// tick waits until done, which is asked under mu, and says whether it came to that within the limit.
func (c *capture) tick(ctx context.Context, limit time.Duration, done func() bool) bool {
	t := time.NewTimer(limit)
	defer t.Stop()
	for {
		c.mu.Lock()
		ok := done()
		c.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-c.ticked:
		case <-t.C:
			return false
		case <-c.page.done:
			return true
		case <-c.gone:
			return true
		case <-ctx.Done():
			return true
		}
	}
}

func (c *capture) run(s *session, p emulation.VirtualTimePolicy, budget time.Duration) {
	send(s, emulation.SetVirtualTimePolicy, policy(p, budget))
}

func policy(p emulation.VirtualTimePolicy, budget time.Duration) emulation.SetVirtualTimePolicyParams {
	ms := float64(budget.Milliseconds())
	return emulation.SetVirtualTimePolicyParams{Policy: p, Budget: &ms, MaxVirtualTimeTaskStarvationCount: 10000}
}

// expires waits for the budget's end.
func (c *capture) expires(ctx context.Context, s *session, limit time.Duration) bool {
	t := time.NewTimer(limit)
	defer t.Stop()
	select {
	case <-c.expired:
		return true
	case <-t.C:
	case <-s.done:
	case <-c.gone:
	case <-c.halted:
	case <-ctx.Done():
	}
	return false
}

// drain forgets an expiry of an earlier budget.
func (c *capture) drain() {
	for {
		select {
		case <-c.expired:
		default:
			return
		}
	}
}
