package browser

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// drawTimeout bounds the wait for a page to draw; a busy or hidden one may not.
const drawTimeout = 300 * time.Millisecond

// scrolled is how far the wheel turns, in CSS pixels. Each frame that a scroll draws costs a twentieth of a visit, so
// that the way is made at once: what lies between comes into view of nobody.
const scrolled = 1800

// touch does what any visitor does without choosing anything: it moves the mouse, presses a key that writes nothing,
// and turns the wheel. It never clicks. The events are trusted, as a person's are.
func (c *capture) touch(ctx context.Context, s *session) {
	c.mu.Lock()
	c.input = max(1, c.now())
	c.mu.Unlock()
	h := newHand(s)
	for _, at := range [][2]float64{{210, 140}, {340, 260}, {480, 330}, {520, 410}} {
		h.move(at[0], at[1])
	}
	h.key(input.DispatchKeyEventTypeRawKeyDown)
	h.key(input.DispatchKeyEventTypeKeyUp)
	h.wheel(scrolled)
	h.done(ctx, c)
}

// part is the last a visitor does before the tab closes: the mouse goes up to it. A recorder that collects what it
// sees still holds this when the page is left. The key makes the page hear of the moves at once; without one they would
// wait for its next frame, and what frames draw is the dearest part of a visit.
func (c *capture) part(ctx context.Context, s *session) {
	h := newHand(s)
	h.move(400, 90)
	h.move(300, 4)
	h.key(input.DispatchKeyEventTypeRawKeyDown)
	h.key(input.DispatchKeyEventTypeKeyUp)
	h.wait(ctx, c)
}

// hand sends input without waiting in between, as events of a person follow each other.
type hand struct {
	s        *session
	sent     int
	answered chan struct{}
}

func newHand(s *session) *hand { return &hand{s: s, answered: make(chan struct{}, 32)} }

func (h *hand) answer(cdp.Empty, error) { h.answered <- struct{}{} }

func (h *hand) mouse(p input.DispatchMouseEventParams) {
	h.sent++
	ask(h.s, input.DispatchMouseEvent, p, h.answer)
}

func (h *hand) move(x, y float64) {
	h.mouse(input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseMoved, X: x, Y: y})
}

// wheel turns the wheel over the middle of the page. Chrome wants both deltas, and cdproto leaves out a zero.
func (h *hand) wheel(dy float64) {
	h.mouse(input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: 520, Y: 410, DeltaX: 1, DeltaY: dy})
}

func (h *hand) key(t input.DispatchKeyEventType) {
	h.sent++
	ask(h.s, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: t, Key: "Shift", Code: "ShiftLeft", WindowsVirtualKeyCode: 16}, h.answer)
}

// done waits until the page has had all events and has drawn what they changed.
func (h *hand) done(ctx context.Context, c *capture) {
	h.wait(ctx, c)
	c.paint(ctx, h.s)
}

// wait waits until the page has had all events.
func (h *hand) wait(ctx context.Context, c *capture) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	for ; h.sent > 0; h.sent-- {
		select {
		case <-h.answered:
		case <-ctx.Done():
			return
		case <-h.s.done:
			return
		case <-c.gone:
			return
		}
	}
}

// paint waits until the page has begun a frame, in which it hears of scrolling. Of what came into view it is told when
// its clock goes on. Virtual time does not speed frames up, nor does it hold them, and each that is drawn costs some
// ten milliseconds in three processes.
func (c *capture) paint(ctx context.Context, s *session) {
	ctx, cancel := context.WithTimeout(ctx, drawTimeout)
	defer cancel()
	yes := true
	_, _ = c.aside(ctx, s, runtime.EvaluateParams{AwaitPromise: &yes,
		Expression: "new Promise(requestAnimationFrame)"})
}

// aside evaluates in a world of our own: it shares the document with the page's scripts, and nothing else.
func (c *capture) aside(ctx context.Context, s *session, p runtime.EvaluateParams) (runtime.EvaluateResult, error) {
	c.mu.Lock()
	main := c.main
	c.mu.Unlock()
	world, err := call(ctx, s, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: main, WorldName: hookName})
	if err != nil {
		return runtime.EvaluateResult{}, err
	}
	p.ContextID = world.ExecutionContextID
	return call(ctx, s, runtime.Evaluate, p)
}
