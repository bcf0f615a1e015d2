package discover

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gocolly/colly/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// parallel is how many pages of a site are fetched at the same time.
const parallel = 4

// atOnce is how many are asked for together: more than are fetched at the same time, so that one which never answers
// holds up none of the others.
const atOnce = 2 * parallel

// answer is what one address gave.
type answer struct {
	final  string // after redirects
	status int
	doc    *document // nil: no page
	err    error
}

// fetchAll fetches addrs with colly, some at a time, and returns their answers in the same order.
func fetchAll(ctx context.Context, t http.RoundTripper, patience time.Duration, addrs []string) []answer {
	c := &colly.Collector{}
	c.Init() // not NewCollector, which would take options from the environment
	c.Async = true
	c.Context = ctx
	c.AllowURLRevisit = true // who asks here has told duplicates apart
	c.MaxBodySize = 0        // the transport bounds it, and says so instead of cutting silently
	c.WithTransport(t)
	c.SetRequestTimeout(patience)
	c.SetRedirectHandler(followRedirects)
	answers := make([]answer, len(addrs))
	if err := c.Limit(&colly.LimitRule{DomainGlob: "*", Parallelism: parallel}); err != nil {
		return answers
	}
	of := func(r *colly.Response) *answer { return r.Ctx.GetAny("answer").(*answer) }
	c.OnResponseHeaders(func(r *colly.Response) {
		a := of(r)
		a.status, a.final = r.StatusCode, r.Request.URL.String()
		if ct := r.Headers.Get("Content-Type"); a.status < 400 && ct != "" && !strings.Contains(strings.ToLower(ct), "html") {
			r.Request.Abort() // a film is not read to learn that it is none
		}
	})
	c.OnResponse(func(r *colly.Response) {
		a := of(r)
		contentType := r.Headers.Get("Content-Type")
		var body io.Reader = bytes.NewReader(r.Body)
		if !strings.Contains(strings.ToLower(contentType), "charset") { // else colly has converted it
			if conv, err := charset.NewReader(body, contentType); err == nil {
				body = conv
			}
		}
		root, err := html.Parse(body)
		if err != nil {
			a.err = err
			return
		}
		a.doc = readDocument(r.Request.URL, root)
	})
	c.OnError(func(r *colly.Response, err error) {
		a := of(r)
		switch addr := r.Request.URL.String(); {
		case a.status >= 400:
			a.err = statusError(addr, a.status)
		case errors.Is(err, colly.ErrAbortedAfterHeaders):
			a.err = errors.New("not a page")
		case r.StatusCode == 0:
			a.err = fetchError(addr, 0, err)
		}
	})
	for i, addr := range addrs {
		cc := colly.NewContext()
		cc.Put("answer", &answers[i])
		if err := c.Request(http.MethodGet, addr, nil, cc, http.Header{}); err != nil {
			answers[i].err = err
		}
	}
	c.Wait()
	return answers
}

// dead says that an address leads to no page of the site.
func (a answer) dead(site string) bool {
	if a.status == http.StatusNotFound || a.status == http.StatusGone {
		return true
	}
	if a.err == nil && a.doc == nil && a.status != 0 {
		return true
	}
	u, err := url.Parse(a.final)
	return a.final != "" && (err != nil || siteOf(u.String()) != site)
}
