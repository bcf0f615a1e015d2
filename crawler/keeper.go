package crawler

import (
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

// errGone says that the browser was lost and cannot be started again.
var errGone = errors.New("browser lost and not to be started again")

// keeper keeps one browser running: whoever finds it lost says so, and the next to need it starts it again.
type keeper struct {
	start startFunc
	ctx   context.Context // the browser lives as long as this

	mu       sync.Mutex
	current  driver
	version  evidence.Browser
	life     int // counts browsers, so that several visits that lose the same one count it once
	losses   int // in a row
	restarts int
	gone     error
}

// first starts the browser. It tries once: what fails here is a missing or broken browser.
func (k *keeper) first() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	d, err := k.start(k.ctx)
	if err != nil {
		return err
	}
	k.current, k.version = d, d.Version()
	return nil
}

// get returns the running browser, started again if it was lost, and its life for lost.
func (k *keeper) get() (driver, int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current != nil {
		return k.current, k.life, nil
	}
	if k.gone != nil {
		return nil, 0, k.gone
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
			return nil, 0, k.ctx.Err()
		}
		var d driver
		if d, err = k.start(k.ctx); err == nil {
			k.current, k.version = d, d.Version()
			k.restarts++
			return k.current, k.life, nil
		}
	}
	k.gone = fmt.Errorf("%w: %w", errGone, err)
	return nil, 0, k.gone
}

// lost says that the browser of that life died.
func (k *keeper) lost(life int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if life != k.life || k.current == nil {
		return
	}
	_ = k.current.Close() // it is dead; this clears its processes and its profile
	k.current = nil
	k.life++
	if k.losses++; k.losses >= maxLosses {
		k.gone = fmt.Errorf("%w: it died %d times in a row", errGone, k.losses)
	}
}

// alive says that a visit went through.
func (k *keeper) alive() {
	k.mu.Lock()
	k.losses = 0
	k.mu.Unlock()
}

func (k *keeper) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current != nil {
		_ = k.current.Close()
		k.current = nil
	}
}
