package discover

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"trackaudit/crawler/evidence"
)

// FetchError says why a document could not be fetched.
type FetchError struct {
	URL    string
	Kind   evidence.Reason // Unreachable, TLSError, HTTPError, Blocked, Timeout, RedirectLoop, NotHTML, TooLarge
	Status int             // HTTP status; 0 = no answer
	NoHost bool            // the name exists nowhere
	Err    error
}

func (e *FetchError) Error() string {
	return fmt.Sprintf("fetch %s: %v", clip(e.URL, 200), e.Err)
}

// Unwrap returns the cause.
func (e *FetchError) Unwrap() error { return e.Err }

// Dead says that the address leads nowhere: the site answers that there is no such document.
func (e *FetchError) Dead() bool {
	return e.Status == http.StatusNotFound || e.Status == http.StatusGone
}

// Get fetches one document. Its address is the one that answered, after redirects. Trouble is a *FetchError.
func Get(ctx context.Context, cfg Config, addr string) (evidence.Document, error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(cfg.Timeout, fetchTimeout))
	defer cancel()
	t := newTransport(cfg)
	defer closeIdle(t)
	return get(ctx, t, addr)
}

func get(ctx context.Context, t http.RoundTripper, addr string) (evidence.Document, error) {
	u, err := url.Parse(strings.TrimSpace(addr))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return evidence.Document{}, &FetchError{URL: addr, Kind: evidence.Unreachable, Err: errors.New("not an http or https address")}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return evidence.Document{}, &FetchError{URL: addr, Kind: evidence.Unreachable, Err: err}
	}
	jar, _ := cookiejar.New(nil) // some sites redirect until a cookie comes back
	client := &http.Client{Transport: t, Jar: jar, CheckRedirect: followRedirects}
	resp, err := client.Do(req)
	if err != nil {
		return evidence.Document{}, fetchError(addr, 0, err)
	}
	defer resp.Body.Close()
	doc := evidence.Document{
		URL:         resp.Request.URL.String(),
		ContentType: clip(resp.Header.Get("Content-Type"), 200),
		Fetched:     time.Now().UTC(),
		Status:      resp.StatusCode,
	}
	if resp.StatusCode >= 400 {
		return doc, statusError(addr, resp.StatusCode)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return doc, fetchError(addr, resp.StatusCode, err)
	}
	if doc.ContentType == "" {
		doc.ContentType = http.DetectContentType(body)
	}
	if !readable(doc.ContentType, body) {
		return doc, &FetchError{URL: addr, Kind: evidence.NotHTML, Status: resp.StatusCode, Err: fmt.Errorf("not text but %s", clip(doc.ContentType, 80))}
	}
	doc.Body = body
	return doc, nil
}

// readable says whether a notice could be read out of such a document.
func readable(contentType string, body []byte) bool {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		media = strings.TrimSpace(strings.ToLower(contentType))
	}
	switch {
	case media == "text/css", media == "text/javascript":
		return false
	case strings.HasPrefix(media, "text/"), media == "application/pdf", media == "application/xhtml+xml",
		media == "application/xml", media == "application/json":
		return true
	case media == "application/octet-stream", media == "binary/octet-stream":
		return bytes.HasPrefix(body, []byte("%PDF-")) || strings.HasPrefix(http.DetectContentType(body), "text/")
	}
	return false
}

func statusError(addr string, status int) *FetchError {
	kind := evidence.HTTPError
	switch status {
	case 401, 403, 407, 429, 451:
		kind = evidence.Blocked
	}
	text := strings.ToLower(http.StatusText(status))
	if text == "" {
		text = "status"
	}
	return &FetchError{URL: addr, Kind: kind, Status: status, Err: fmt.Errorf("%s (%d)", text, status)}
}

// fetchError puts what the network stack says into one of our words and one clear line.
func fetchError(addr string, status int, err error) *FetchError {
	e := &FetchError{URL: addr, Kind: evidence.Unreachable, Status: status}
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	var (
		dns     *net.DNSError
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
		verify  *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		alert   tls.AlertError
		timeout net.Error
	)
	switch {
	case errors.Is(err, errTooLarge):
		e.Kind, e.Err = evidence.TooLarge, errTooLarge
	case errors.Is(err, errRedirects):
		e.Kind, e.Err = evidence.RedirectLoop, errRedirects
	case errors.Is(err, context.Canceled):
		e.Kind, e.Err = evidence.NotVisited, context.Canceled
	case errors.As(err, &dns) && dns.IsNotFound:
		e.NoHost, e.Err = true, fmt.Errorf("no such host: %s", clip(dns.Name, 100))
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		e.Kind, e.Err = evidence.Timeout, errors.New("no answer in time")
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Err = errors.New("connection refused")
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.Err = errors.New("connection closed by the server")
	case errors.As(err, &unknown):
		e.Kind, e.Err = evidence.TLSError, errors.New("certificate signed by an unknown authority")
	case errors.As(err, &name):
		e.Kind, e.Err = evidence.TLSError, errors.New("certificate is for another host")
	case errors.As(err, &invalid):
		e.Kind, e.Err = evidence.TLSError, fmt.Errorf("certificate not valid: %s", clip(invalid.Error(), 120))
	case errors.As(err, &verify), errors.As(err, &record), errors.As(err, &alert), strings.Contains(err.Error(), "tls: "):
		e.Kind, e.Err = evidence.TLSError, errors.New("no secure connection: "+clip(err.Error(), 120))
	default:
		e.Err = err
	}
	return e
}

func closeIdle(t http.RoundTripper) {
	if t, ok := t.(*transport); ok {
		t.next.CloseIdleConnections()
	}
}
