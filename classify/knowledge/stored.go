package knowledge

import (
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
		default:
			return p, fmt.Errorf("unknown hint %q", hint)
		}
	}
	p.samples = strings.Fields(r.cell[6])
	return p, nil
}

// Stored says whose a cookie or storage key is, likeliest first; nothing means unknown. A setter that is known
// to be another service's makes it another item; a setter nobody knows contradicts nothing.
func (f *Facts) Stored(kind StorageKind, name string, h Hint) []CookieMatch {
	if f.stored == nil {
		return nil
	}
	setter, setterKnown := f.Host(h.Setter, "/")
	var found []CookieMatch
	for _, p := range f.stored[kind].find(name) {
		m, ok := p.judge(h)
		if !ok {
			continue
		}
		if setterKnown && p.Service.ID != "" && m.Service.ID != setter.Service.ID {
			switch {
			case m.Service.Entity == setter.Service.Entity, setter.Purpose == TagManagement, setter.Purpose == ContentDelivery:
				// the same house, or a messenger that runs others' scripts
			default:
				continue
			}
		} else if setterKnown && p.Service.ID != "" {
			m.Confidence = min(1, m.Confidence+0.1)
		}
		found = append(found, m)
	}
	slices.SortStableFunc(found, func(a, b CookieMatch) int {
		switch {
		case a.Confidence != b.Confidence:
			if a.Confidence > b.Confidence {
				return -1
			}
			return 1
		case len(a.Pattern) != len(b.Pattern):
			return len(b.Pattern) - len(a.Pattern)
		}
		return strings.Compare(a.Service.ID, b.Service.ID)
	})
	return found
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
	if len(p.by) > 0 && !slices.ContainsFunc(p.by, func(d string) bool { return below(h.Setter, d) || below(h.Domain, d) }) {
		return m, false
	}
	if p.shape == "" && p.minLen == 0 {
		return m, true
	}
	if h.Shape == "" && h.Length == 0 {
		m.Confidence /= 2
		return m, true
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
