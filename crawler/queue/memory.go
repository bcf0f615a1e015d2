package queue

import (
	"context"
	"hash/maphash"
	"io"
	"net/url"
	"strings"
	"sync"
)

// NewMemory returns an empty queue in memory, first in, first out.
func NewMemory() Queue {
	return &memory{seed: maphash.MakeSeed(), seen: map[uint64]bool{}, changed: make(chan struct{})}
}

type memory struct {
	mu      sync.Mutex
	jobs    []Job
	seed    maphash.Seed
	seen    map[uint64]bool // addresses and choices, by hash: of a large site, the addresses alone are many megabytes
	leases  int
	closed  bool
	changed chan struct{} // closed and replaced whenever a waiting Next should look again
}

func (m *memory) Add(ctx context.Context, jobs ...Job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ErrClosed
	}
	for _, j := range jobs {
		k := maphash.String(m.seed, address(j.URL)+"\x00"+string(j.Choice))
		if m.seen[k] {
			continue
		}
		m.seen[k] = true
		m.jobs = append(m.jobs, j)
	}
	m.wake()
	return nil
}

func (m *memory) Next(ctx context.Context) (Lease, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m.mu.Lock()
		switch {
		case m.closed:
			m.mu.Unlock()
			return nil, ErrClosed
		case len(m.jobs) > 0:
			j := m.jobs[0]
			m.jobs[0] = Job{} // the array lives on; its strings need not
			m.jobs = m.jobs[1:]
			m.leases++
			m.mu.Unlock()
			return &lease{queue: m, job: j}, nil
		case m.leases == 0:
			m.mu.Unlock()
			return nil, io.EOF
		}
		changed := m.changed
		m.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (m *memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.jobs = nil
	m.wake()
	return nil
}

// wake lets every waiting Next look again. The caller holds mu.
func (m *memory) wake() {
	close(m.changed)
	m.changed = make(chan struct{})
}

type lease struct {
	queue *memory
	job   Job
	ended bool // guarded by queue.mu
}

func (l *lease) Job() Job { return l.job }

func (l *lease) Done() error { return l.end(false) }

func (l *lease) Retry() error { return l.end(true) }

func (l *lease) end(retry bool) error {
	m := l.queue
	m.mu.Lock()
	defer m.mu.Unlock()
	if l.ended {
		return ErrEnded
	}
	l.ended = true
	m.leases--
	if retry && !m.closed {
		j := l.job
		j.Tries++
		m.jobs = append(m.jobs, j)
	}
	m.wake()
	return nil
}

// address is rawURL in the one form in which two spellings of the same page are equal: scheme and host in lower
// case, no default port, no fragment, "/" for an empty path. What does not parse stands for itself.
func address(rawURL string) string {
	u, err := url.Parse(strings.TrimSpace(rawURL))
	if err != nil || u.Host == "" {
		return rawURL
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if port := u.Port(); port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https" {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.Fragment, u.RawFragment = "", ""
	u.ForceQuery = false
	return u.String()
}
