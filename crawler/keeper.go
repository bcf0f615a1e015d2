package crawler

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"trackaudit/crawler/browser"
	"trackaudit/crawler/evidence"
)

// driver is what a crawl needs of a browser; tests put one in that fails on demand.
type driver interface {
	Visit(context.Context, browser.Job) (browser.Result, error)
	Version() evidence.Browser
	Close() error
}

type startFunc func(context.Context) (driver, error)

const (
	startTries = 3  // attempts to start a browser again before it is given up
	maxLosses  = 10 // losses in a row, without a visit between them, after which it is given up

)

// maxVisits is how many visits one browser makes before another takes over: Chrome grows, if slowly.
const maxVisits = 500

// errGone says that the browser was lost and cannot be started again.
var errGone = errors.New("browser lost and not to be started again")

// keeper keeps one browser running: whoever finds it lost says so, and the next to need it starts it again. One that
// has made many visits is replaced, and ended when the last of them is over.
type keeper struct {
	start startFunc
	ctx   context.Context // the browser lives as long as this
	most  int             // visits of one browser; 0 = maxVisits

	mu       sync.Mutex
	current  *life // nil = none runs
	version  evidence.Browser
	losses   int // in a row
	restarts int
	gone     error
}

// life is one browser from its start to its end.
type life struct {
	driver
	begun  int  // visits
	open   int  // visits under way
	over   bool // no further visits: it is closed with the last
	closed bool
}

func (l *life) close() {
	if !l.closed {
		l.closed = true
		_ = l.Close()
	}
}

// first starts the browser. It tries once: what fails here is a missing or broken browser.
func (k *keeper) first() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.begin()
}

// begin starts a browser. The caller holds mu.
func (k *keeper) begin() error {
	d, err := k.start(k.ctx)
	if err != nil {
		return err
	}
	k.current, k.version = &life{driver: d}, d.Version()
	return nil
}

// get returns the running browser for one visit, started again if it was lost. The visit ends in done.
func (k *keeper) get() (*life, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	worn := k.current != nil && k.current.begun >= cmp.Or(k.most, maxVisits)
	if worn {
		k.end(k.current)
	}
	if k.current == nil {
		if err := k.again(); err != nil {
			return nil, err
		}
		if !worn {
			k.restarts++
		}
	}
	k.current.begun++
	k.current.open++
	return k.current, nil
}

// again starts a browser in place of one that is gone. The caller holds mu.
func (k *keeper) again() error {
	if k.gone != nil {
		return k.gone
	}
	var err error
	for try := range startTries {
		if try > 0 {
			select {
			case <-time.After(time.Duration(try) * 300 * time.Millisecond): // memory or processes may be short just now
			case <-k.ctx.Done():
			}
		}
		if k.ctx.Err() != nil {
			return k.ctx.Err()
		}
		if err = k.begin(); err == nil {
			return nil
		}
	}
	k.gone = fmt.Errorf("%w: %w", errGone, err)
	return k.gone
}

// end takes a browser out of use. It is closed when nobody uses it. The caller holds mu.
func (k *keeper) end(l *life) {
	if k.current == l {
		k.current = nil
	}
	l.over = true
	if l.open == 0 {
		l.close()
	}
}

// done says that a visit is over, and whether it lost the browser: several visits that lose the same one count
// once.
func (k *keeper) done(l *life, lost bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	l.open--
	switch {
	case !lost:
		k.losses = 0
	case k.current == l:
		if k.losses++; k.losses >= maxLosses {
			k.gone = fmt.Errorf("%w: it died %d times in a row", errGone, k.losses)
		}
		k.current = nil
		l.over = true
		l.close() // it is dead; this clears its processes and its profile
	}
	if l.over && l.open == 0 {
		l.close()
	}
}

func (k *keeper) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current != nil {
		k.current.close()
		k.current = nil
	}
}
