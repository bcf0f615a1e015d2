package knowledge

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"trackaudit/crawler/evidence"
)

// pattern is one cookie or storage row.
type pattern struct {
	CookieMatch
	shape   string
	minLen  int
	by      []string
	common  bool
	samples []string
}

// patterns finds the rows whose pattern a name has: exact names by map, others by their literal beginning.
type patterns struct {
	exact  map[string][]pattern
	prefix map[string][]pattern // by the literal part before the first wildcard
	longer int                  // longest literal beginning
}

func newPatterns() *patterns {
	return &patterns{exact: map[string][]pattern{}, prefix: map[string][]pattern{}}
}

func (p *patterns) add(row pattern) {
	i := strings.IndexAny(row.Pattern, "*#")
	if i < 0 {
		p.exact[row.Pattern] = append(p.exact[row.Pattern], row)
		return
	}
	p.prefix[row.Pattern[:i]] = append(p.prefix[row.Pattern[:i]], row)
	p.longer = max(p.longer, i)
}

func parsePattern(r row, s Service) (pattern, error) {
	p := pattern{CookieMatch: CookieMatch{Service: s, Pattern: r.cell[0], Source: r.cell[7], Layer: r.layer}}
	var err error
	if p.Pattern == "" || strings.Trim(p.Pattern, "*#") == "" {
		return p, fmt.Errorf("pattern %q matches every name", p.Pattern)
	}
	if p.Purpose, err = purpose(r.cell[2]); err != nil {
		return p, err
	}
	if p.Lifetime, err = parseLifetime(r.cell[3]); err != nil {
		return p, err
	}
	if p.Confidence, err = strconv.ParseFloat(r.cell[4], 64); err != nil || p.Confidence <= 0 || p.Confidence > 1 {
		return p, fmt.Errorf("confidence %q is not above 0 and at most 1", r.cell[4])
	}
	for _, hint := range strings.Fields(r.cell[5]) {
		key, value, _ := strings.Cut(hint, "=")
		switch key {
		case "shape":
			p.shape = value
		case "minlen":
			if p.minLen, err = strconv.Atoi(value); err != nil {
				return p, fmt.Errorf("minlen %q is not a number", value)
			}
		case "by":
			p.by = strings.Split(value, ",")
		case "consent":
			p.Consent = true
		case "common":
			p.common = true
		default:
			return p, fmt.Errorf("unknown hint %q", hint)
		}
	}
	p.samples = strings.Fields(r.cell[6])
	return p, nil
}

// Stored says whose a cookie or storage key is, likeliest first; nothing means unknown.
//
// A known setter decides before the name does: what a script or response of another known company wrote is another
// item that happens to bear the name. A setter that nobody knows (self-hosted, proxied, bundled), or that is the
// visited site's own, contradicts nothing. Nor do those that write in others' names: tag managers and content
// networks run scripts of others; bot walls and load balancers answer as the host that they stand before.
func (f *Facts) Stored(kind StorageKind, name string, h Hint) []CookieMatch {
	if f.stored == nil {
		return nil
	}
	setter, known := f.Host(h.Setter, "/")
	if h.Site != "" && evidence.SiteOf(h.Setter) == evidence.SiteOf(h.Site) {
		known = false
	}
	var found []CookieMatch
	for _, p := range f.stored[kind].find(name) {
		m, ok := p.judge(h)
		if !ok {
			continue
		}
		switch {
		case !known:
		case m.Service.ID != "" && sameHouse(m.Service, setter.Service):
			m.Confidence = min(1, m.Confidence+0.1)
		case !delivers(setter) && !standsBefore(m):
			continue
		}
		found = append(found, m)
	}
	slices.SortStableFunc(found, func(a, b CookieMatch) int {
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(len(b.Pattern), len(a.Pattern)),
			strings.Compare(a.Service.ID, b.Service.ID))
	})
	return found
}

func sameHouse(a, b Service) bool { return a.ID == b.ID || a.Entity != "" && a.Entity == b.Entity }

// delivers says that a host runs or carries what others wrote.
func delivers(h HostMatch) bool {
	return h.Purpose == TagManagement || h.Purpose == ContentDelivery || slices.Contains(h.Service.Purposes, TagManagement)
}

// standsBefore says that a cookie is one that its service sets under the name of any host that it protects or
// delivers: "__cf_bm" of hubspot.com.
func standsBefore(m CookieMatch) bool {
	return len(m.Service.Purposes) > 0 && slices.Contains([]Purpose{Security, ContentDelivery, StrictlyNecessary}, m.Service.Purposes[0]) &&
		(m.Purpose == Security || m.Purpose == StrictlyNecessary)
}

func (p *patterns) find(name string) []pattern {
	list := slices.Clone(p.exact[name])
	for i := min(len(name), p.longer); i >= 0; i-- {
		for _, row := range p.prefix[name[:i]] {
			if Glob(row.Pattern, name) {
				list = append(list, row)
			}
		}
	}
	return list
}

// judge weighs what was observed against the row's hints.
func (p pattern) judge(h Hint) (CookieMatch, bool) {
	m := p.CookieMatch
	switch {
	case len(p.by) == 0:
	case h.Setter == "" && h.Domain == "":
		if m.Confidence /= 2; p.common {
			return m, false
		}
	case !slices.ContainsFunc(p.by, func(d string) bool { return below(h.Setter, d) || below(h.Domain, d) }):
		return m, false
	}
	if p.shape == "" && p.minLen == 0 {
		return m, true
	}
	if h.Shape == "" && h.Length == 0 {
		m.Confidence /= 2
		return m, !p.common
	}
	if prefix, open := strings.CutSuffix(p.shape, "*"); open && !strings.HasPrefix(h.Shape, prefix) || !open && p.shape != "" && h.Shape != p.shape {
		return m, false
	}
	return m, h.Length >= p.minLen
}

// below says whether host is domain or lies below it; "google.*" stands for every public suffix.
func below(host, domain string) bool {
	host = evidence.CleanHost(host)
	if name, any := strings.CutSuffix(domain, ".*"); any {
		domain, host = name, withoutSuffix(host)
	}
	return host != "" && (host == domain || strings.HasSuffix(host, "."+domain))
}

// Glob says whether name has pattern, in which * stands for at least one character and # for at least one
// digit. It is anchored at both ends.
func Glob(pattern, name string) bool {
	i := strings.IndexAny(pattern, "*#")
	if i < 0 {
		return pattern == name
	}
	if !strings.HasPrefix(name, pattern[:i]) {
		return false
	}
	rest, tail := pattern[i+1:], name[i:]
	for n := 1; n <= len(tail); n++ {
		if pattern[i] == '#' && (tail[n-1] < '0' || tail[n-1] > '9') {
			return false
		}
		if Glob(rest, tail[n:]) {
			return true
		}
	}
	return false
}
