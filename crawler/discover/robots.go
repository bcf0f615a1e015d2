package discover

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/temoto/robotstxt"
)

// robotsAgent is the name by which a robots.txt may address us.
const robotsAgent = "trackaudit"

// robots knows what each host of a site allows. colly's own check would ask by the browser's name, read without
// bound and lose the reason.
type robots struct {
	transport http.RoundTripper
	ignore    bool
	patience  time.Duration

	mu    sync.Mutex
	hosts map[string]*hostRobots
}

type hostRobots struct {
	once  sync.Once
	rules *robotstxt.RobotsData
	note  string // what the file answered, if it was no file
}

func newRobots(t http.RoundTripper, patience time.Duration, ignore bool) *robots {
	return &robots{transport: t, patience: patience, ignore: ignore, hosts: map[string]*hostRobots{}}
}

// Allowed says whether robots.txt lets us visit addr, which may lie on any host of the site. It is true for every
// page when robots.txt is ignored. The first question about a host fetches its file.
func (f *Found) Allowed(ctx context.Context, addr string) bool {
	if f.robots == nil {
		return true
	}
	ok, _ := f.robots.allowed(ctx, addr)
	return ok
}

func (r *robots) allowed(ctx context.Context, addr string) (ok bool, why string) {
	if r.ignore {
		return true, ""
	}
	u, err := url.Parse(addr)
	if err != nil {
		return false, "not an address"
	}
	h := r.of(ctx, u)
	if h == nil {
		return false, "robots.txt of too many hosts"
	}
	if h.rules == nil {
		return true, ""
	}
	p := u.EscapedPath()
	if u.RawQuery != "" {
		p += "?" + u.RawQuery
	}
	if h.rules.TestAgent(p, robotsAgent) {
		return true, ""
	}
	if h.note != "" {
		return false, fmt.Sprintf("robots.txt of %s %s", clip(u.Host, 100), h.note)
	}
	return false, "robots.txt of " + clip(u.Host, 100)
}

// of returns the rules of u's host, or nil when there are too many hosts already.
func (r *robots) of(ctx context.Context, u *url.URL) *hostRobots {
	key := u.Scheme + "://" + strings.ToLower(u.Host)
	r.mu.Lock()
	h := r.hosts[key]
	if h == nil {
		if len(r.hosts) >= maxHosts {
			r.mu.Unlock()
			return nil
		}
		h = &hostRobots{}
		r.hosts[key] = h
	}
	r.mu.Unlock()
	h.once.Do(func() { h.fetch(ctx, r.transport, r.patience, key+"/robots.txt") })
	return h
}

// fetch reads the file as RFC 9309 says: missing or refused (4xx) allows everything, a broken server (5xx or no
// answer) nothing.
func (h *hostRobots) fetch(ctx context.Context, t http.RoundTripper, patience time.Duration, addr string) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	status, body := 0, []byte(nil)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, addr, nil)
	if err == nil {
		client := &http.Client{Transport: t, CheckRedirect: followRedirects}
		var resp *http.Response
		if resp, err = client.Do(req); err == nil {
			defer resp.Body.Close()
			status = resp.StatusCode
			body, _ = io.ReadAll(io.LimitReader(resp.Body, maxRobots))
		}
	}
	switch {
	case err != nil:
		h.note = fetchError(addr, 0, err).Err.Error()
		status = http.StatusServiceUnavailable
	case status >= 500:
		h.note = fmt.Sprintf("answers %d", status)
	case status != http.StatusOK:
		return
	case looksLikeHTML(body):
		return // a start page in place of a missing file
	}
	rules, err := robotstxt.FromStatusAndBytes(status, body)
	if err != nil {
		h.note = "" // unreadable rules are no rules
		return
	}
	h.rules = rules
}

// sitemaps returns the addresses that the file of u's host names as sitemaps.
func (r *robots) sitemaps(ctx context.Context, u *url.URL) []string {
	if h := r.of(ctx, u); h != nil && h.rules != nil {
		return h.rules.Sitemaps
	}
	return nil
}

func looksLikeHTML(body []byte) bool {
	return strings.HasPrefix(http.DetectContentType(body), "text/html")
}
