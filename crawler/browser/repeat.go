package browser

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"

	"trackaudit/crawler/evidence"
)

// With Options.Repeat, a page that was given long ETags is loaded twice more: once in the same context, as by a
// visitor who comes back, and once in a fresh one, as by another visitor. An ETag that the first sends back and the
// server recognizes (304), while the other was given a different one, identifies the visitor; one that is the same
// for both describes the content. A name of the window that another visitor gets too is no identifier either.
const repeatDwell = 3 * time.Second

// tagged is a request whose ETag identifies the visitor.
type tagged struct {
	request *request
	etag    string
}

// repeat decides on the ETags of the visit, and on the names that its windows were given.
func (v *visiting) repeat(ctx context.Context) {
	first, names := v.etags(), v.windowNames()
	if len(first)+len(names) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, v.b.o.Timeout)
	defer cancel()
	other := v.pass(ctx, "")
	if other == nil {
		return
	}
	theirNames := other.windowNames()
	maps.DeleteFunc(names, func(name string, _ bool) bool { return !theirNames[name] })
	v.fixedNames = names
	if len(first) == 0 {
		return
	}
	again := v.pass(ctx, v.context)
	if again == nil {
		return
	}
	others := other.etags()
	for _, r := range v.inOrder() {
		at := pathOnly(r.URL)
		mine := first[at]
		if mine.request != r || again.sentBack(at) != mine.etag {
			continue
		}
		if their, ok := others[at]; ok && their.etag != mine.etag {
			v.tags = append(v.tags, mine)
		}
	}
}

// pass loads the page once more, in the given context or, if that is "", in one of its own. It is nil if the page
// did not load.
func (v *visiting) pass(ctx context.Context, in cdp.BrowserContextID) *visiting {
	p := &visiting{capture: newCapture(v.b, v.job)}
	p.context = in
	if err := p.open(ctx); err == nil {
		p.load(ctx)
		if p.reason == "" {
			p.watch(ctx, p.session, min(repeatDwell, v.b.o.Dwell))
		}
	}
	p.close()
	if in == "" {
		p.dispose(ctx)
	} else if p.pageID != "" {
		_, _ = cdp.Call(ctx, v.b.root, target.CloseTarget, target.CloseTargetParams{TargetID: p.pageID})
		v.b.forget(in, p.capture)
	}
	if p.session == nil || p.reason != "" {
		return nil
	}
	return p
}

// windowNames are the names that scripts gave to windows and frames.
func (c *capture) windowNames() map[string]bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	names := map[string]bool{}
	for _, t := range c.told {
		if t.Kind == "window_name" {
			names[t.Value] = true
		}
	}
	return names
}

func (c *capture) inOrder() []*request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]*request(nil), c.requests...)
}

// etags are the first ETag from each address, without its query, that is long enough to identify.
func (c *capture) etags() map[string]tagged {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := map[string]tagged{}
	for _, r := range c.requests {
		at := pathOnly(r.URL)
		if _, known := found[at]; known || r.Hop >= len(c.extra[r.key]) {
			continue
		}
		tag := bare(header(c.extra[r.key][r.Hop].headers, "etag"))
		if len(tag) >= minIdentifier && evidence.Entropy(tag) >= minEntropy {
			found[at] = tagged{r, tag}
		}
	}
	return found
}

// sentBack is the ETag that went to an address and that the server knew.
func (c *capture) sentBack(at string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.requests {
		if pathOnly(r.URL) != at || r.Hop >= len(c.cookies[r.key]) || r.Hop >= len(c.extra[r.key]) {
			continue
		}
		if c.extra[r.key][r.Hop].status == http.StatusNotModified {
			return bare(header(c.cookies[r.key][r.Hop].Headers, "if-none-match"))
		}
	}
	return ""
}

func bare(etag string) string {
	return strings.Trim(strings.TrimPrefix(strings.TrimSpace(etag), "W/"), `"`)
}

func pathOnly(url string) string {
	path, _, _ := strings.Cut(url, "?")
	return path
}

// cacheObservations reports identifiers in the HTTP cache.
func (c *capture) cacheObservations() []evidence.Observation {
	var list []evidence.Observation
	for _, t := range c.tags {
		r := t.request
		list = append(list, evidence.Observation{Technology: evidence.CacheIdentifier, Name: "ETag", Party: r.Party, Setter: r.Host, Host: r.Host, Site: r.Site,
			Page: c.job.URL, Frame: r.Frame, Phase: r.Phase, At: r.At, Initiator: r.Initiator, Source: "ETag, by a repeat visit", Count: 1,
			Storage: &evidence.StorageItem{Key: pathOnly(r.URL), Value: evidence.NewValue(t.etag), StorageKey: originOf(r.URL)}})
	}
	return list
}
