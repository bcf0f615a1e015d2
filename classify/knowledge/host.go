package knowledge

import (
	"fmt"
	"strings"

	"golang.org/x/net/publicsuffix"

	"trackaudit/crawler/evidence"
)

// domainRule is one domain row.
type domainRule struct {
	service       Service
	purpose       Purpose
	domain, path  string
	source, layer string
}

// newDomainRule reads "DOMAIN" or "DOMAIN/PATH"; an empty purpose is the service's likeliest.
func newDomainRule(cell, purposeCell string, s Service) (domainRule, error) {
	d := domainRule{service: s, purpose: s.Purposes[0]}
	domain, path, _ := strings.Cut(cell, "/")
	d.domain = strings.ToLower(domain)
	if d.domain == "" || d.domain == "*" || strings.Contains(strings.TrimSuffix(d.domain, ".*"), "*") {
		return d, fmt.Errorf("no domain in %q", cell)
	}
	if path != "" {
		d.path = "/" + path
	}
	if purposeCell != "" {
		var err error
		if d.purpose, err = purpose(purposeCell); err != nil {
			return d, err
		}
	}
	return d, nil
}

// Host says who is behind a host, and for what at that path. host may carry a port; path begins with "/".
func (f *Facts) Host(host, path string) (HostMatch, bool) {
	return lookup(f.domains, host, path)
}

// lookup finds the rule of the longest domain that host is or lies below, then of the longest path. Rules for every
// public suffix ("google.*") come last.
func lookup(rules map[string][]domainRule, host, path string) (HostMatch, bool) {
	host = evidence.CleanHost(host)
	if m, ok := above(rules, host, path); ok {
		return m, true
	}
	if name := withoutSuffix(host); name != "" {
		return above(rules, name+".*", path)
	}
	return HostMatch{}, false
}

// withoutSuffix cuts the public suffix: "www.google" of www.google.co.uk. A host that has none of a registry's (an
// address, google.github.io) gives nothing.
func withoutSuffix(host string) string {
	suffix, icann := publicsuffix.PublicSuffix(host)
	if name, ok := strings.CutSuffix(host, "."+suffix); ok && icann {
		return name
	}
	return ""
}

func above(rules map[string][]domainRule, host, path string) (HostMatch, bool) {
	for d := host; d != ""; {
		for _, r := range rules[d] {
			if r.path == "" || hasPathPrefix(path, r.path) {
				return HostMatch{r.service, r.purpose, r.domain, r.path, r.source, r.layer}, true
			}
		}
		i := strings.IndexByte(d, '.')
		if i < 0 {
			break
		}
		d = d[i+1:]
	}
	return HostMatch{}, false
}
