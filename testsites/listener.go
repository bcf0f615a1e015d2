package testsites

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"time"
)

// sniffer accepts connections on one port and sorts them by their first byte into TLS and plain ones.
type sniffer struct {
	net.Listener
	plainConns  chan net.Conn
	secureConns chan net.Conn
	closed      chan struct{}
	once        sync.Once
	mu          sync.Mutex
	waiting     map[net.Conn]bool // connections that have not said anything yet: browsers open some ahead
	peeks       sync.WaitGroup
}

// tlsHandshake is the first byte of every TLS connection; no HTTP method begins with it.
const tlsHandshake = 0x16

// maxWaiting bounds the connections that have not spoken.
const maxWaiting = 1024

func sniff(ln net.Listener) *sniffer {
	return &sniffer{
		Listener:    ln,
		plainConns:  make(chan net.Conn),
		secureConns: make(chan net.Conn),
		closed:      make(chan struct{}),
		waiting:     map[net.Conn]bool{},
	}
}

func (s *sniffer) run() {
	for {
		c, err := s.Listener.Accept()
		if err != nil {
			s.Close()
			s.peeks.Wait()
			return
		}
		s.mu.Lock()
		full := len(s.waiting) >= maxWaiting
		if !full {
			s.waiting[c] = true
		}
		s.mu.Unlock()
		if full {
			c.Close()
			continue
		}
		s.peeks.Go(func() { s.sort(c) })
	}
}

// sort waits for the first byte of c and hands it to the right server.
func (s *sniffer) sort(c net.Conn) {
	c.SetReadDeadline(time.Now().Add(idleTimeout))
	br := bufio.NewReader(c)
	first, err := br.Peek(1)
	s.mu.Lock()
	delete(s.waiting, c)
	s.mu.Unlock()
	if err != nil {
		c.Close()
		return
	}
	c.SetReadDeadline(time.Time{})
	to := s.plainConns
	if first[0] == tlsHandshake {
		to = s.secureConns
	}
	select {
	case to <- peeked{c, br}:
	case <-s.closed:
		c.Close()
	}
}

// Close ends both listeners and every connection that was still silent.
func (s *sniffer) Close() error {
	var err error
	s.once.Do(func() {
		err = s.Listener.Close()
		close(s.closed)
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.waiting {
		c.Close()
	}
	return err
}

func (s *sniffer) plain() net.Listener  { return half{s, s.plainConns} }
func (s *sniffer) secure() net.Listener { return half{s, s.secureConns} }

// half is one of the two listeners that a sniffer feeds.
type half struct {
	*sniffer
	conns chan net.Conn
}

func (h half) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

// peeked is a connection whose first bytes were already read into r.
type peeked struct {
	net.Conn
	r *bufio.Reader
}

func (p peeked) Read(b []byte) (int, error) { return p.r.Read(b) }

// selfSigned makes a certificate for hosts that is its own authority.
func selfSigned(hosts []string) (tls.Certificate, *x509.Certificate, error) {
	fail := func(err error) (tls.Certificate, *x509.Certificate, error) {
		return tls.Certificate{}, nil, fmt.Errorf("make certificate: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fail(err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return fail(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: "trackaudit test web"},
		NotBefore:             now.Add(-24 * time.Hour),
		NotAfter:              now.Add(30 * 24 * time.Hour),
		DNSNames:              hosts,
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return fail(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return fail(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: cert}, cert, nil
}

func silent() *log.Logger { return log.New(io.Discard, "", 0) }
