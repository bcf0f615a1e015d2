package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"trackaudit/crawler"
)

// progress tells how far a crawl is: on a terminal one line that is rewritten, elsewhere a line every 30 s, so
// that a pipeline's log shows life without filling up.
type progress struct {
	w        io.Writer
	terminal bool
	quiet    bool

	mu    sync.Mutex
	shown time.Time
	wrote bool
}

const (
	terminalPace = 100 * time.Millisecond
	logPace      = 30 * time.Second
)

func newProgress(w io.Writer, quiet bool) *progress {
	return &progress{w: w, terminal: isTerminal(w), quiet: quiet, shown: time.Now()}
}

// show prints p if it is time for it.
func (g *progress) show(p crawler.Progress) {
	if g.quiet {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	pace := logPace
	if g.terminal {
		pace = terminalPace
	}
	if time.Since(g.shown) < pace {
		return
	}
	g.shown = time.Now()
	line := fmt.Sprintf("visited %d of %d pages, %d things seen  %s", p.Done, p.Total, p.Found, plain(p.URL))
	if !g.terminal {
		fmt.Fprintln(g.w, line)
		return
	}
	if r := []rune(line); len(r) > 78 {
		line = string(r[:77]) + "…"
	}
	fmt.Fprintf(g.w, "\r\x1b[K%s", line)
	g.wrote = true
}

// say prints a line of its own, above the line that is rewritten.
func (g *progress) say(format string, args ...any) {
	if g.quiet {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.clear()
	fmt.Fprintf(g.w, "%s\n", plain(fmt.Sprintf(format, args...)))
}

// end takes the rewritten line away.
func (g *progress) end() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.clear()
}

func (g *progress) clear() {
	if g.wrote {
		fmt.Fprint(g.w, "\r\x1b[K")
		g.wrote = false
	}
}
