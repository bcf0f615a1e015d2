package browser

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// The protocol does not tell where a name leads, and a third party may stand behind a name of the site's own
// ("CNAME cloaking"). So the site's own names are resolved here, if the user named a resolver.
const (
	lookupTimeout = 2 * time.Second // of one question
	maxLookups    = 50              // names of one visit
	maxAliases    = 16              // of one name
)

// resolver asks one DNS server. It is safe for concurrent use and asks for each name once.
type resolver struct {
	addr string // "192.0.2.1:53"

	mu    sync.Mutex
	known map[string]*answer
}

type answer struct {
	done   chan struct{}
	cnames []string
}

// newResolver reads Options.Resolver: "" = none, "system" = the machine's own, else "HOST" or "HOST:PORT".
func newResolver(name string) (*resolver, error) {
	switch name {
	case "":
		return nil, nil
	case "system":
		f, err := os.Open("/etc/resolv.conf")
		if err != nil {
			return nil, fmt.Errorf("resolver: %w", err)
		}
		defer f.Close()
		if name = nameserver(f); name == "" {
			return nil, errors.New("resolver: the system names none")
		}
	}
	if _, _, err := net.SplitHostPort(name); err != nil {
		name = net.JoinHostPort(strings.Trim(name, "[]"), "53")
	}
	return &resolver{addr: name, known: map[string]*answer{}}, nil
}

// nameserver finds the first in the text of a resolv.conf.
func nameserver(r io.Reader) string {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if f := strings.Fields(lines.Text()); len(f) > 1 && f[0] == "nameserver" {
			return f[1]
		}
	}
	return ""
}

// aliases returns the names that a host is an alias of, in order; none when it is no alias or nobody answers.
func (r *resolver) aliases(ctx context.Context, host string) []string {
	r.mu.Lock()
	a := r.known[host]
	if a == nil {
		a = &answer{done: make(chan struct{})}
		r.known[host] = a
		go func() {
			defer close(a.done)
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*lookupTimeout)
			defer cancel()
			a.cnames, _ = r.ask(ctx, host)
		}()
	}
	r.mu.Unlock()
	select {
	case <-a.done:
		return a.cnames
	case <-ctx.Done():
		return nil
	}
}

// ask sends a question by UDP, and by TCP when the answer does not fit.
func (r *resolver) ask(ctx context.Context, host string) ([]string, error) {
	name, err := dnsmessage.NewName(host + ".")
	if err != nil {
		return nil, err
	}
	id := uint16(rand.Uint32())
	b := dnsmessage.NewBuilder(nil, dnsmessage.Header{ID: id, RecursionDesired: true})
	if err := b.StartQuestions(); err != nil {
		return nil, err
	}
	if err := b.Question(dnsmessage.Question{Name: name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}); err != nil {
		return nil, err
	}
	question, err := b.Finish()
	if err != nil {
		return nil, err
	}
	for _, network := range []string{"udp", "udp", "tcp"} { // a lost packet is asked for once more
		var cnames []string
		var whole bool
		if cnames, whole, err = r.exchange(ctx, network, question, id, host); err == nil && whole {
			return cnames, nil
		}
	}
	return nil, err
}

func (r *resolver) exchange(ctx context.Context, network string, question []byte, id uint16, host string) (cnames []string, whole bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, network, r.addr)
	if err != nil {
		return nil, false, err
	}
	defer c.Close()
	if deadline, ok := ctx.Deadline(); ok {
		_ = c.SetDeadline(deadline)
	}
	if network == "tcp" {
		question = append(binary.BigEndian.AppendUint16(nil, uint16(len(question))), question...)
	}
	if _, err := c.Write(question); err != nil {
		return nil, false, err
	}
	buf := make([]byte, 64<<10)
	for {
		var n int
		if network == "tcp" {
			var size [2]byte
			if _, err = io.ReadFull(c, size[:]); err == nil {
				n, err = io.ReadFull(c, buf[:binary.BigEndian.Uint16(size[:])])
			}
		} else {
			n, err = c.Read(buf)
		}
		if err != nil {
			return nil, false, err
		}
		cnames, whole, err = readAnswer(buf[:n], id, host)
		if err == nil || network == "tcp" {
			return cnames, whole, err
		}
		// a packet that does not answer our question: wait for the one that does
	}
}

// readAnswer follows the aliases in an answer. whole is false if it was cut.
func readAnswer(packet []byte, id uint16, host string) (cnames []string, whole bool, err error) {
	var p dnsmessage.Parser
	h, err := p.Start(packet)
	if err != nil {
		return nil, false, err
	}
	q, err := p.AllQuestions()
	if err != nil {
		return nil, false, err
	}
	if h.ID != id || !h.Response || len(q) != 1 || evidence.CleanHost(q[0].Name.String()) != host {
		return nil, false, errors.New("no answer to our question")
	}
	if h.Truncated {
		return nil, false, nil
	}
	next := map[string]string{}
	for range 100 {
		rr, err := p.AnswerHeader()
		if err != nil {
			break // ErrSectionDone, or the end of what can be read
		}
		if rr.Type != dnsmessage.TypeCNAME {
			if err := p.SkipAnswer(); err != nil {
				break
			}
			continue
		}
		body, err := p.CNAMEResource()
		if err != nil {
			break
		}
		next[evidence.CleanHost(rr.Name.String())] = evidence.CleanHost(body.CNAME.String())
	}
	for at := next[host]; at != "" && len(cnames) < maxAliases; at = next[at] {
		cnames = append(cnames, at)
		if at == host {
			break
		}
	}
	return cnames, true, nil
}

// resolve finds out where the names lead that belong to the site. What they lead to is told in Request.CNAMEs.
func (v *visiting) resolve(ctx context.Context) {
	r := v.b.resolver
	if r == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 2*lookupTimeout)
	defer cancel()
	top := v.topSite(v.seen.URL)
	v.mu.Lock()
	v.cnames = map[string][]string{}
	var hosts []string
	for _, q := range v.requests {
		h := evidence.HostOf(q.URL)
		if len(hosts) < maxLookups && !slices.Contains(hosts, h) && net.ParseIP(h) == nil && v.b.o.FirstParties.PartyOf(h, top) == evidence.FirstParty {
			hosts = append(hosts, h)
		}
	}
	v.mu.Unlock()
	var wg sync.WaitGroup
	for _, h := range hosts {
		wg.Go(func() {
			names := r.aliases(ctx, h)
			v.mu.Lock()
			defer v.mu.Unlock()
			v.cnames[h] = names
		})
	}
	wg.Wait()
}

// lentBy is the host of a third party that lends itself to sites as a name of their own, if a request to the site's own
// name went there.
func (c *capture) lentBy(r *request) string {
	for _, alias := range r.CNAMEs {
		if _, known := c.b.o.Facts.CloakingTarget(alias); known && r.Party == evidence.FirstParty && evidence.SiteOf(alias) != r.Site {
			return alias
		}
	}
	return ""
}

// cloaked says that a name of the site's own leads to another site, other than to a content network: such an alias
// hides nobody who would follow visitors.
func (c *capture) cloaked(r *request, topSite string) bool {
	if r.Party != evidence.FirstParty || len(r.CNAMEs) == 0 {
		return false
	}
	target := r.CNAMEs[len(r.CNAMEs)-1]
	if m, ok := c.b.o.Facts.Host(target, "/"); ok && m.Purpose == knowledge.ContentDelivery {
		return false
	}
	return c.b.o.FirstParties.PartyOf(target, topSite) == evidence.ThirdParty
}
