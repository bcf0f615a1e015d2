package discover

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path"
	"strings"
	"syscall"
	"time"
)

// defaultUserAgent is what an ordinary Chrome says; some sites answer others with a wall.
const defaultUserAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"

var (
	errTooLarge  = fmt.Errorf("larger than %d MB", maxBody>>20)
	errRedirects = errors.New("redirects in a circle")
	errScheme    = errors.New("redirects to an address that is neither http nor https")
)

// newTransport returns the one way in which this package reaches the network: host rules obeyed, every body
// bounded after decompression, ordinary headers.
func newTransport(cfg Config) http.RoundTripper {
	plain := &net.Dialer{Timeout: fetchTimeout}
	asked := &net.Dialer{Timeout: fetchTimeout}
	if cfg.Control != nil {
		asked.Control = func(network, address string, _ syscall.RawConn) error { return cfg.Control(network, address) }
	}
	t := &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			if cfg.Resolve == nil {
				return asked.DialContext(ctx, network, addr)
			}
			host, port, err := net.SplitHostPort(addr)
			if err != nil {
				return nil, err
			}
			to := cfg.Resolve(host, port)
			switch to {
			case "":
				return nil, &net.DNSError{Err: "no such host by a host rule", Name: host, IsNotFound: true}
			case addr:
				return asked.DialContext(ctx, network, addr)
			}
			return plain.DialContext(ctx, network, to)
		},
		TLSClientConfig:        &tls.Config{InsecureSkipVerify: cfg.Insecure}, //nolint: the user asked for it
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        10 * time.Second,
		TLSHandshakeTimeout:    fetchTimeout,
		ResponseHeaderTimeout:  fetchTimeout,
		MaxResponseHeaderBytes: 256 << 10,
	}
	if cfg.Resolve == nil {
		t.Proxy = http.ProxyFromEnvironment
	}
	return &transport{next: t, userAgent: cfg.UserAgent}
}

type transport struct {
	next      *http.Transport
	userAgent string
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	ua := t.userAgent
	if ua == "" {
		ua = defaultUserAgent
	}
	req.Header.Set("User-Agent", ua)
	req.Header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	req.Header.Set("Accept-Language", "en-US,en;q=0.9")
	req.Header.Set("Upgrade-Insecure-Requests", "1")
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body := resp.Body
	resp.Body = &bounded{r: body, c: body, left: maxBody}
	if !resp.Uncompressed && resp.StatusCode == http.StatusOK && strings.HasSuffix(strings.ToLower(path.Base(req.URL.Path)), ".gz") {
		z, err := gzip.NewReader(resp.Body)
		if err != nil {
			body.Close()
			return nil, fmt.Errorf("not gzip although its name says so: %w", err)
		}
		resp.Body = &bounded{r: z, c: body, left: maxBody}
		resp.Uncompressed = true // keeps colly from trying again
	}
	return resp, nil
}

// bounded is a body that fails, rather than ends, when there is too much of it.
type bounded struct {
	r    io.Reader
	c    io.Closer
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if len(p) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= n; b.left < 0 {
		return n, errTooLarge
	}
	return n, err
}

func (b *bounded) Close() error { return b.c.Close() }

// followRedirects bounds redirects, and keeps them to the web.
func followRedirects(req *http.Request, via []*http.Request) error {
	if req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return errScheme
	}
	for _, v := range via {
		if len(via) > 3 && v.URL.String() == req.URL.String() {
			return errRedirects
		}
	}
	if len(via) >= maxRedirects {
		return errRedirects
	}
	return nil
}
