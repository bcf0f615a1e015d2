package browser

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// plantServer serves what single tests plant, for every host below plantDomain and its sisters, over TLS, and logs
// what it was asked for.
type plantServer struct {
	*httptest.Server
	mu    sync.Mutex
	pages map[string]http.HandlerFunc // by "host/path"
	hits  []plantHit
}

type plantHit struct {
	method, host, path, query, body string
	header                          http.Header
}

func (h plantHit) url() string {
	u := "https://" + h.host + h.path
	if h.query != "" {
		u += "?" + h.query
	}
	return u
}

// Hosts of planted pages: the site, and three parties foreign to it and to each other.
const (
	plantSite  = "www.plant.test"
	plantThird = "cdn.foreign.test"
	plantOther = "in.elsewhere.test"
	plantDeep  = "slot.nested.test"
)

func startPlant() *plantServer {
	p := &plantServer{pages: map[string]http.HandlerFunc{}}
	p.Server = httptest.NewUnstartedServer(http.HandlerFunc(p.serve))
	p.Config.ErrorLog = quietLog
	p.EnableHTTP2 = true
	p.StartTLS()
	return p
}

// rule leads the planted hosts to this server.
func (p *plantServer) rule() string {
	addr := p.Listener.Addr().String()
	var list []string
	for _, domain := range []string{"plant", "foreign", "elsewhere", "nested"} {
		list = append(list, fmt.Sprintf("MAP *.%s.test %s", domain, addr))
	}
	return strings.Join(list, ",")
}

func (p *plantServer) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	host, _, _ := strings.Cut(r.Host, ":")
	p.mu.Lock()
	p.hits = append(p.hits, plantHit{r.Method, host, r.URL.Path, r.URL.RawQuery, string(body), r.Header.Clone()})
	h := p.pages[host+r.URL.Path]
	p.mu.Unlock()
	w.Header().Set("Cache-Control", "no-store")
	if o := r.Header.Get("Origin"); o != "" && w.Header().Get("Access-Control-Allow-Origin") == "" {
		w.Header().Set("Access-Control-Allow-Origin", o)
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Access-Control-Allow-Headers", "content-type")
	}
	if h == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h(w, r)
}

// put plants a file at an address without its scheme, "host/path"; its type follows from its name.
func (p *plantServer) put(at, body string, headers ...string) string {
	kind := "text/html; charset=utf-8"
	switch {
	case strings.HasSuffix(at, ".js"):
		kind = "text/javascript"
	case strings.HasSuffix(at, ".css"):
		kind = "text/css"
	case strings.HasSuffix(at, ".gif"):
		kind = "image/gif"
	}
	return p.handle(at, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			w.Header().Add(name, value)
		}
		io.WriteString(w, body)
	})
}

// handle plants a handler.
func (p *plantServer) handle(at string, h http.HandlerFunc) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages[at] = h
	return "https://" + at
}

// log returns the requests to a path prefix of any planted host.
func (p *plantServer) log(prefix string) []plantHit {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []plantHit
	for _, h := range p.hits {
		if strings.HasPrefix(h.path, prefix) {
			list = append(list, h)
		}
	}
	return list
}

// document is a page of enough content to be called one.
func document(body string) string {
	return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Planted</title></head><body><h1>A planted page</h1>
<p>It does one thing, and the test knows which.</p><div style="height:200vh"></div><p>End of the page.</p>` + body + `</body></html>`
}

// acceptSocket speaks enough of RFC 6455 to open a WebSocket and read what comes until the other side goes.
func acceptSocket(w http.ResponseWriter, r *http.Request) {
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return
	}
	conn, rw, err := hijacker.Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(rw, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	rw.Flush()
	io.Copy(io.Discard, rw)
}
