// Package browser drives Chrome and records what a page stores, reads and sends. It is the only door to
// chromedp: chromedp owns the connection and the commands to the browser as a whole, while sessions of our own
// on the same connection are attached to every page, frame, worker and popup before its first script runs.
package browser

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// Options say how to run the browser and how to watch a page.
type Options struct {
	Path                   string   // the binary; empty = Find
	HostRules              []string // Chrome's host-resolver rules, "MAP * 127.0.0.1:8443"
	Insecure               bool     // accept invalid TLS certificates
	BlockThirdPartyCookies bool
	RealTime               bool          // watch in real time instead of virtual time
	Dwell                  time.Duration // page time to watch after the page has answered; 0 = 10 s
	Timeout                time.Duration // deadline of one visit; 0 = 30 s
	FirstParties           evidence.FirstParties
	Forms                  bool   // type made-up values into the page's fields, and see whether they leave
	Repeat                 bool   // load a page with long ETags twice more, to tell identifiers in the cache
	Resolver               string // DNS server that is asked where the site's own names lead: "HOST:PORT", "system"; "" = none
	// Refuse says that a page at host must not be read when address is what answers; nil = any may.
	Refuse func(host, address string) bool
	// LocalNetwork lets pages of public addresses ask private ones; otherwise Chrome refuses it, before the request is
	// made, as it does to a visitor who does not allow it (Local Network Access, Chrome 142).
	LocalNetwork bool
	Facts        *knowledge.Facts
	HashKey      []byte
	KeepValues   bool
	Log          func(format string, args ...any) // warnings; nil = none

	more []string // further flags; the tests use it for Chrome's own log of the network, and to call an address public
}

// Browser is a running browser. It is safe for concurrent use.
type Browser struct {
	o       Options
	bin     Binary
	product string
	agent   *agent
	channel string
	proc    *process
	mux     *mux
	root    *chromedp.Browser // commands to the browser as a whole
	watch   *session          // the session below which all our targets are attached
	cancel  context.CancelFunc

	resolver *resolver // nil = none

	mu     sync.Mutex
	visits map[cdp.BrowserContextID]*capture
	owner  map[target.ID]*capture
	closed bool
}

// ErrLost says that the browser died or no longer answers; a new one has to be started.
var ErrLost = errors.New("browser lost")

const startTimeout = 20 * time.Second

// Start starts a browser. ctx bounds the start only; Close ends the browser.
func Start(ctx context.Context, o Options) (*Browser, error) {
	if o.Dwell == 0 {
		o.Dwell = 10 * time.Second
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Facts == nil {
		o.Facts = knowledge.Embedded()
	}
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	names, err := newResolver(o.Resolver)
	if err != nil {
		return nil, err
	}
	bin, err := Find()
	if o.Path != "" {
		bin, err = inspect(o.Path)
	}
	if err != nil {
		return nil, err
	}
	if runsAsRoot() {
		o.Log("running as root: Chrome's sandbox is off; run as an ordinary user where pages are not trusted")
	}
	proc, err := startProcess(bin, o)
	if err != nil {
		return nil, err
	}
	var nonce [8]byte
	rand.Read(nonce[:])
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	b := &Browser{o: o, bin: bin, proc: proc, resolver: names, cancel: cancel, channel: "c" + hex.EncodeToString(nonce[:]),
		visits: map[cdp.BrowserContextID]*capture{}, owner: map[target.ID]*capture{}}
	b.mux = newMux(proc.conn)
	if b.root, err = chromedp.NewBrowserTransport(run, b.mux, chromedp.WithBrowserLogf(func(string, ...any) {}), chromedp.WithBrowserErrorf(func(string, ...any) {})); err == nil {
		err = b.handshake(ctx)
	}
	if err != nil {
		cancel()
		proc.stop(0)
		if words := proc.stderr.lastWords(); words != "" {
			err = fmt.Errorf("%w (it said: %.200s)", err, words)
		}
		return nil, fmt.Errorf("start %s: %w", bin.Product, err)
	}
	return b, nil
}

// handshake asks for the version and sets up the session that watches for targets.
func (b *Browser) handshake(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	v, err := cdp.Call(ctx, b.root, cdpbrowser.GetVersion, cdp.Empty{})
	if err != nil {
		return err
	}
	b.product, b.agent = ordinary(v.Product, v.UserAgent)
	s, err := cdp.Call(ctx, b.root, target.AttachToBrowserTarget, cdp.Empty{})
	if err != nil {
		return err
	}
	b.watch = b.mux.adopt(s.SessionID, b.event)
	_, err = call(ctx, b.watch, target.SetAutoAttach, autoAttach(true))
	return err
}

// autoAttach attaches to whatever belongs below a session, before it runs. The browser's own surfaces are left
// alone.
func autoAttach(root bool) target.SetAutoAttachParams {
	flat := true
	p := target.SetAutoAttachParams{AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: &flat}
	if root {
		for _, t := range []string{"browser", "tab", "browser_ui"} {
			p.Filter = append(p.Filter, target.FilterEntry{Type: t, Exclude: true})
		}
		p.Filter = append(p.Filter, target.FilterEntry{})
	}
	return p
}

// Version says what runs.
func (b *Browser) Version() evidence.Browser {
	cookies := "allow"
	if b.o.BlockThirdPartyCookies {
		cookies = "block"
	}
	return evidence.Browser{Product: b.product, Mode: b.bin.Mode, ThirdPartyCookies: cookies}
}

// Close ends the browser, its whole process group, and removes its profile.
func (b *Browser) Close() error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return nil
	}
	b.closed = true
	b.mu.Unlock()
	send(b.watch, cdpbrowser.Close, cdp.Empty{})
	b.proc.stop(2 * time.Second)
	b.cancel()
	return nil
}

// lost says whether the connection is gone.
func (b *Browser) lost() bool {
	select {
	case <-b.mux.lost:
		return true
	default:
		return false
	}
}

// event handles what the watching session hears: targets that appear and go.
func (b *Browser) event(s *session, ev any) {
	switch ev := ev.(type) {
	case *target.EventAttachedToTarget:
		b.attached(s, nil, ev)
	case *target.EventDetachedFromTarget:
		b.mux.drop(ev.SessionID, errDetached)
	}
}

// attached is told of a new target, which waits for us. parent is the capture of the target it was attached
// below, if any.
func (b *Browser) attached(s *session, parent *capture, ev *target.EventAttachedToTarget) {
	info := ev.TargetInfo
	b.mu.Lock()
	c := b.visits[info.BrowserContextID]
	if c == nil {
		c = parent
	}
	again := c != nil && b.owner[info.TargetID] == c
	if c != nil && !again {
		b.owner[info.TargetID] = c
	}
	b.mu.Unlock()
	if c == nil || again { // nobody's, or attached a second time (service workers are): let it run, leave it
		child := b.mux.adopt(ev.SessionID, func(*session, any) {})
		release(child)
		send(s, target.DetachFromTarget, target.DetachFromTargetParams{SessionID: ev.SessionID})
		return
	}
	c.attach(ev)
}

// forget removes what belongs to a capture.
func (b *Browser) forget(id cdp.BrowserContextID, c *capture) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.visits, id)
	for t, owner := range b.owner {
		if owner == c {
			delete(b.owner, t)
		}
	}
}
