package browser

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
)

// touch does what any visitor does without choosing anything: it moves the mouse, presses a key that writes
// nothing, and turns the wheel. It never clicks. The events are trusted, as a person's are.
func (c *capture) touch(ctx context.Context, s *session) {
	c.mu.Lock()
	c.input = max(1, c.now())
	c.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	waiting := 0
	answered := make(chan struct{}, 16)
	post := func(method func(func(cdp.Empty, error))) {
		waiting++
		method(func(cdp.Empty, error) { answered <- struct{}{} })
	}
	mouse := func(p input.DispatchMouseEventParams) {
		post(func(reply func(cdp.Empty, error)) { ask(s, input.DispatchMouseEvent, p, reply) })
	}
	key := func(t input.DispatchKeyEventType) {
		p := input.DispatchKeyEventParams{Type: t, Key: "ArrowDown", Code: "ArrowDown", WindowsVirtualKeyCode: 40}
		post(func(reply func(cdp.Empty, error)) { ask(s, input.DispatchKeyEvent, p, reply) })
	}
	for _, at := range [][2]float64{{210, 140}, {340, 260}, {480, 330}, {520, 410}} {
		mouse(input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseMoved, X: at[0], Y: at[1]})
	}
	key(input.DispatchKeyEventTypeRawKeyDown)
	key(input.DispatchKeyEventTypeKeyUp)
	for range 2 {
		mouse(input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: 520, Y: 410, DeltaY: 900})
	}
	for ; waiting > 0; waiting-- {
		select {
		case <-answered:
		case <-ctx.Done():
			return
		case <-s.done:
			return
		case <-c.gone:
			return
		}
	}
	// Scrolling is painted by the compositor, whose frames virtual time does not speed up.
	select {
	case <-time.After(100 * time.Millisecond):
	case <-ctx.Done():
	}
}
