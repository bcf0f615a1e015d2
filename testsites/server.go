package testsites

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"sort"
	"strings"
	"sync"
	"time"
)

// Options say what a Server serves.
type Options struct {
	// Sites are the names of the sites to serve, beside the vendors; empty means all of them.
	Sites []string
	// Addr is the loopback address to listen on; empty means a free port of 127.0.0.1.
	Addr string
}

// Server serves the test web: every host by HTTP and HTTPS on one port of the loopback interface.
type Server struct {
	ln    *sniffer
	http  *http.Server
	cert  *x509.Certificate
	hosts map[string]map[string]*resource
	dns   *nameserver
	log   hitLog
	done  sync.WaitGroup
	once  sync.Once
}

// Bounds of what a request may cost the server.
const (
	maxHeader   = 256 << 10
	idleTimeout = 60 * time.Second
)

// Start serves the test web until Close.
func Start(o Options) (*Server, error) {
	hosts, err := hostsOf(o.Sites)
	if err != nil {
		return nil, err
	}
	aliases, err := aliasesOf(o.Sites)
	if err != nil {
		return nil, err
	}
	s, err := serve(o.Addr, hosts)
	if err != nil {
		return nil, err
	}
	if s.dns, err = startNameserver(aliases); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.done.Go(s.dns.run)
	return s, nil
}

// hostsOf collects the resources of the named sites and of the vendors.
func hostsOf(names []string) (map[string]map[string]*resource, error) {
	if len(names) == 0 {
		names = Names()
	}
	hosts := map[string]map[string]*resource{}
	for _, name := range append([]string{vendorsName}, names...) {
		a, err := open(name)
		if err != nil {
			return nil, err
		}
		for host, paths := range a.resources {
			if hosts[host] != nil {
				return nil, fmt.Errorf("site %s: host %s belongs to another site", name, host)
			}
			hosts[host] = paths
		}
	}
	return hosts, nil
}

// aliasesOf collects the aliases of the named sites.
func aliasesOf(names []string) (map[string]string, error) {
	if len(names) == 0 {
		names = Names()
	}
	all := map[string]string{}
	for _, name := range names {
		a, err := open(name)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, a.aliases)
	}
	return all, nil
}

func serve(addr string, hosts map[string]map[string]*resource) (*Server, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("listen: %q is not a loopback address", addr)
	}
	s := &Server{hosts: hosts}
	pair, cert, err := selfSigned(s.Hosts())
	if err != nil {
		return nil, err
	}
	s.cert = cert
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s.ln = sniff(ln)
	s.http = &http.Server{
		Handler:           http.HandlerFunc(s.serveHTTP),
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2", "http/1.1"}},
		MaxHeaderBytes:    maxHeader,
		ReadHeaderTimeout: idleTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          silent(), // a browser that goes away in mid-handshake is no news
	}
	s.done.Go(func() { s.ln.run() })
	s.done.Go(func() { s.http.Serve(s.ln.plain()) })
	s.done.Go(func() { s.http.ServeTLS(s.ln.secure(), "", "") })
	return s, nil
}

// Close stops the server and waits until nothing of it runs any more.
func (s *Server) Close() error {
	var err error
	s.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		s.log.stop()
		s.ln.Close()
		if s.dns != nil {
			s.dns.conn.Close()
		}
		if err = s.http.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
			err = s.http.Close()
		}
		s.done.Wait()
	})
	return err
}

// Addr is where the server listens, "127.0.0.1:PORT".
func (s *Server) Addr() string { return s.ln.Addr().String() }

// HostRule is the host-resolver rule that leads every name to the server: "MAP * 127.0.0.1:PORT".
func (s *Server) HostRule() string { return "MAP * " + s.Addr() }

// Resolver is the address of a name server, "127.0.0.1:PORT", which answers that every name of the test web is at
// 127.0.0.1, the aliases by way of what they stand for.
func (s *Server) Resolver() string { return s.dns.conn.LocalAddr().String() }

// Certificate is the self-signed certificate of all hosts.
func (s *Server) Certificate() *x509.Certificate { return s.cert }

// CertificatePEM is Certificate in the form that tools read as a trust store.
func (s *Server) CertificatePEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.cert.Raw})
}

// Hosts lists the hosts that the server knows, sorted.
func (s *Server) Hosts() []string {
	list := make([]string, 0, len(s.hosts))
	for h := range s.hosts {
		list = append(list, h)
	}
	sort.Strings(list)
	return list
}

// Client is an HTTP client that reaches only this server, whatever host it is asked for, does not follow
// redirects and accepts the certificate.
func (s *Server) Client() *http.Client {
	pool := x509.NewCertPool()
	pool.AddCert(s.cert)
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	return &http.Client{
		Timeout: 30 * time.Second,
		Transport: &http.Transport{
			TLSClientConfig:   &tls.Config{RootCAs: pool},
			ForceAttemptHTTP2: true,
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, s.Addr())
			},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (s *Server) serveHTTP(w http.ResponseWriter, r *http.Request) {
	host := hostOf(r)
	paths, known := s.hosts[host]
	hit := s.log.open(r, host, known)
	rec := &recorder{ResponseWriter: w}
	body, size := readBody(r)
	hit.received(body, size)
	defer func() { hit.answered(rec.status, w.Header()["Set-Cookie"]) }()
	if !known {
		http.Error(rec, "no such host in the test web: "+host, http.StatusBadGateway)
		return
	}
	res := lookup(paths, r.URL.Path)
	if res == nil {
		rec.Header().Set("Content-Type", contentTypes[".html"])
		rec.WriteHeader(http.StatusNotFound)
		io.WriteString(rec, notFoundPage)
		return
	}
	res.answer(rec, r, host, body)
}

const notFoundPage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Page not found</title></head>
<body><h1>Page not found</h1><p>There is nothing at this address.</p></body></html>
`

// hostOf is the host that a request asks for, without port.
func hostOf(r *http.Request) string {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// recorder remembers the status that was sent.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}
