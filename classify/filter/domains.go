package filter

import (
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// maxLabels is the number of labels of a host that count, from the right.
const maxLabels = 16

// labels holds the hashes of a host and of the domains above it, the shortest ("com") first.
type labels struct {
	hashes [maxLabels]uint64
	n      int
}

const (
	nameSeed  uint64 = 14695981039346656037 // FNV-1a, from the right
	namePrime uint64 = 1099511628211
)

func setLabels[T string | []byte](l *labels, host T) {
	l.n = 0
	h := nameSeed
	for i := len(host) - 1; i >= 0; i-- {
		if host[i] == '.' {
			if l.n == maxLabels-1 {
				break
			}
			l.hashes[l.n] = h
			l.n++
		}
		h = (h ^ uint64(host[i])) * namePrime
	}
	if len(host) > 0 {
		l.hashes[l.n] = h
		l.n++
	}
}

func nameHash(name string) uint64 {
	h := nameSeed
	for i := len(name) - 1; i >= 0; i-- {
		h = (h ^ uint64(name[i])) * namePrime
	}
	return h
}

// domainSet is the value of domain=, to= or denyallow=: names, each with those below it. Names are kept as 64-bit
// hashes.
type domainSet struct {
	in, out       []uint64 // sorted
	anyIn, anyOut []uint64 // entities: "example" of "example.*", whatever public suffix follows; sorted
}

// parseDomains reads names separated by |. It reports false if one of them is not a name (a regular expression).
func parseDomains(value string) (*domainSet, bool) {
	var d domainSet
	for name := range strings.SplitSeq(strings.ToLower(value), "|") {
		name, not := strings.CutPrefix(strings.TrimSpace(name), "~")
		name, entity := strings.CutSuffix(name, ".*")
		name = asciiHost(name)
		if name == "" || strings.ContainsAny(name, "/*^$ ") {
			return nil, false
		}
		list := &d.in
		switch {
		case not && entity:
			list = &d.anyOut
		case not:
			list = &d.out
		case entity:
			list = &d.anyIn
		}
		*list = append(*list, nameHash(name))
	}
	for _, list := range []*[]uint64{&d.in, &d.out, &d.anyIn, &d.anyOut} {
		slices.Sort(*list)
		*list = slices.Clip(slices.Compact(*list))
	}
	return &d, true
}

// has reports whether the set covers the host with these labels: the most specific name decides, and where none is
// named, a set that only excludes covers everything.
func has[T string | []byte](d *domainSet, l *labels, host T) bool {
	for i := l.n - 1; i >= 0; i-- {
		if contains(d.out, l.hashes[i]) {
			return false
		}
		if contains(d.in, l.hashes[i]) {
			return true
		}
	}
	if len(d.anyIn)+len(d.anyOut) > 0 {
		var e labels
		setLabels(&e, withoutSuffix(string(host)))
		for i := e.n - 1; i >= 0; i-- {
			if contains(d.anyOut, e.hashes[i]) {
				return false
			}
			if contains(d.anyIn, e.hashes[i]) {
				return true
			}
		}
	}
	return len(d.in)+len(d.anyIn) == 0
}

func contains(sorted []uint64, h uint64) bool {
	if len(sorted) <= 8 {
		return slices.Contains(sorted, h)
	}
	_, ok := slices.BinarySearch(sorted, h)
	return ok
}

// withoutSuffix returns host without its public suffix: "www.google" of www.google.co.uk.
func withoutSuffix(host string) string {
	suffix, _ := publicsuffix.PublicSuffix(host)
	return strings.TrimSuffix(strings.TrimSuffix(host, suffix), ".")
}

// asciiHost writes a host as browsers send it: lower case, in Punycode.
func asciiHost(host string) string {
	host = strings.ToLower(host)
	for i := range min(len(host), 255) {
		if host[i] >= 0x80 && len(host) <= 255 {
			if ascii, err := idna.Punycode.ToASCII(host); err == nil {
				return ascii
			}
			break
		}
	}
	return host
}

func (d *domainSet) equal(e *domainSet) bool {
	if d == nil || e == nil {
		return d == e
	}
	return slices.Equal(d.in, e.in) && slices.Equal(d.out, e.out) &&
		slices.Equal(d.anyIn, e.anyIn) && slices.Equal(d.anyOut, e.anyOut)
}
