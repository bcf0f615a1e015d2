package crawler

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"trackaudit/crawler/discover"
	"trackaudit/crawler/evidence"
)

// private are the networks that a page on the public web has no business with: this machine, its neighbours, and
// what answers questions about the machine itself (169.254.169.254 in clouds). RFC 6890, RFC 4193, RFC 6598.
var private = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("::/127"), netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10"),
}

func isPrivate(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(private, func(p netip.Prefix) bool { return p.Contains(a) })
}

// privateRules are host rules by which Chrome finds no private address that is written as such. A name that leads
// to one is refused by Chrome or when it answers (see keepOut). In a pattern ? stands for at most one character.
func privateRules() []string {
	var list []string
	add := func(pattern string) { list = append(list, "MAP "+pattern+" ~NOTFOUND") }
	for _, p := range private {
		b := p.Addr().As16()
		switch bits := p.Bits(); {
		case !p.Addr().Is4():
		case bits == 8:
			add(fmt.Sprintf("%d.???.???.???", b[12]))
		default:
			for n := range 1 << (16 - bits) {
				add(fmt.Sprintf("%d.%d.???.???", b[12], int(b[13])+n))
			}
		}
	}
	// With the bracket, a pattern is held against "[address]:port" only, and so matches no name.
	for _, start := range []string{"[::1]*", "[::]*", "[::ffff:*", "[fc*", "[fd*", "[fe8*", "[fe9*", "[fea*", "[feb*"} {
		add(start)
	}
	add("localhost")
	add("*.localhost")
	return list
}

// errPrivate refuses a connection.
var errPrivate = errors.New("it leads to a private address, which a public site must not (--allow-private permits it)")

// keepOut keeps the pages of a public site out of the private network: those that we fetch, and those that the
// browser visits. A site that itself lies in it may go there, and so may hosts that a host rule names: whoever
// wrote the rule meant them. Behind a proxy, which looks names up, nothing is known of addresses.
func (cfg *Config) keepOut(ctx context.Context) error {
	u, err := url.Parse(cfg.Start)
	given := len(cfg.Browser.HostRules) > 0
	cfg.Browser.LocalNetwork = true
	if err != nil || cfg.AllowPrivate {
		return nil // what is wrong with an address, the visit says
	}
	if cfg.Resolve == nil {
		if cfg.Resolve, err = discover.ParseHostRules(cfg.Browser.HostRules); err != nil {
			return err
		}
	}
	if proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u}); cfg.Resolve == nil && (proxy != nil || err != nil) {
		return nil
	}
	named := func(host string) bool {
		const port = "1"
		return cfg.Resolve != nil && cfg.Resolve(host, port) != net.JoinHostPort(strings.ToLower(strings.TrimSuffix(host, ".")), port)
	}
	if !named(u.Hostname()) && leadsHome(ctx, u.Hostname()) {
		return nil
	}
	cfg.Browser.LocalNetwork = given // Chrome knows nothing of hosts that a rule names
	cfg.Browser.HostRules = append(slices.Clone(cfg.Browser.HostRules), privateRules()...)
	cfg.Browser.Refuse = func(host, address string) bool {
		a, err := netip.ParseAddr(strings.Trim(address, "[]"))
		return err == nil && isPrivate(a) && !named(host)
	}
	return nil
}

// refusePrivate is asked before each connection to a host that no rule names.
func refusePrivate(_, address string) error {
	if a, err := netip.ParseAddrPort(address); err == nil && isPrivate(a.Addr()) {
		return errPrivate
	}
	return nil
}

// leadsHome says that a host has private addresses only.
func leadsHome(ctx context.Context, host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return isPrivate(a)
	}
	if host = evidence.CleanHost(host); host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	list, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	return err == nil && len(list) > 0 && !slices.ContainsFunc(list, func(a netip.Addr) bool { return !isPrivate(a) })
}
