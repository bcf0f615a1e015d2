package testsites

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// Hit is one request as the server saw and answered it.
type Hit struct {
	Time      time.Time   `json:"time"`
	Known     bool        `json:"known"` // false: the host is none of the test web's, answered with 502
	Proto     string      `json:"proto"` // "HTTP/1.1", "HTTP/2.0"
	Scheme    string      `json:"scheme"`
	Method    string      `json:"method"`
	Host      string      `json:"host"`
	Path      string      `json:"path"`
	Query     string      `json:"query,omitempty"`
	Header    http.Header `json:"header"`
	Cookies   []string    `json:"cookies,omitempty"` // received, "name=value"
	Body      []byte      `json:"body,omitempty"`    // at most the first MiB
	BodySize  int64       `json:"body_size,omitempty"`
	Dest      string      `json:"dest,omitempty"`       // Sec-Fetch-Dest: "image", "script", "iframe" … (secure origins only)
	Status    int         `json:"status"`               // answered; 0 = not yet, or the browser went away
	SetCookie []string    `json:"set_cookie,omitempty"` // answered, as sent
}

// URL is the address that was asked for.
func (h Hit) URL() string {
	u := h.Scheme + "://" + h.Host + h.Path
	if h.Query != "" {
		u += "?" + h.Query
	}
	return u
}

// Beacon tells whether the request was a web beacon. It knows the test web's own habits: vendors send text/plain
// only by sendBeacon or keepalive, and set cookies with an image only if it is a pixel. A redirect on the way to a
// pixel is none.
func (h Hit) Beacon() bool {
	if h.Method == http.MethodPost {
		return h.Header.Get("Content-Type") == "text/plain"
	}
	return h.Dest == "image" && len(h.SetCookie) > 0 && h.Status == http.StatusOK
}

// Bounds of the log: what exceeds them is served all the same.
const (
	maxBody   = 1 << 20  // kept of one body
	maxBodies = 64 << 20 // kept of all bodies together
	maxHits   = 200_000
)

type hitLog struct {
	mu      sync.Mutex
	hits    []*Hit
	bodies  int
	dropped int
	stopped bool
}

// Log returns every request so far, in order of arrival.
func (s *Server) Log() []Hit {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	list := make([]Hit, len(s.log.hits))
	for i, h := range s.log.hits {
		list[i] = *h
	}
	return list
}

// Dropped is the number of requests that found the log full.
func (s *Server) Dropped() int {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return s.log.dropped
}

// ResetLog forgets every request so far.
func (s *Server) ResetLog() {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.hits, s.log.bodies, s.log.dropped = nil, 0, 0
}

// openHit is a hit that is still being answered.
type openHit struct {
	log *hitLog
	hit *Hit
}

func (l *hitLog) open(r *http.Request, host string, known bool) openHit {
	h := &Hit{
		Time:   time.Now(),
		Known:  known,
		Proto:  r.Proto,
		Scheme: "http",
		Method: r.Method,
		Host:   host,
		Path:   r.URL.Path,
		Query:  r.URL.RawQuery,
		Header: r.Header.Clone(),
		Dest:   r.Header.Get("Sec-Fetch-Dest"),
	}
	if r.TLS != nil {
		h.Scheme = "https"
	}
	for _, c := range r.Cookies() {
		h.Cookies = append(h.Cookies, c.Name+"="+c.Value)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped || len(l.hits) >= maxHits {
		l.dropped++
	} else {
		l.hits = append(l.hits, h)
	}
	return openHit{l, h}
}

func (l *hitLog) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = true
}

func (o openHit) received(body []byte, size int64) {
	o.log.mu.Lock()
	defer o.log.mu.Unlock()
	o.hit.BodySize = size
	if room := maxBodies - o.log.bodies; len(body) > room {
		body = body[:room]
	}
	o.hit.Body = body
	o.log.bodies += len(body)
}

func (o openHit) answered(status int, setCookie []string) {
	o.log.mu.Lock()
	defer o.log.mu.Unlock()
	o.hit.Status = status
	o.hit.SetCookie = append([]string(nil), setCookie...)
}

// readBody reads a request's body: the part that is kept, and how long it was.
func readBody(r *http.Request) ([]byte, int64) {
	kept, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return kept, int64(len(kept))
	}
	rest, _ := io.Copy(io.Discard, r.Body)
	if len(kept) == 0 {
		kept = nil
	}
	return kept, int64(len(kept)) + rest
}
