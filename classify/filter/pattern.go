package filter

import "bytes"

// flags say how a rule's pattern is anchored and to what the rule applies.
type flags uint16

const (
	exception flags = 1 << iota
	important
	badfilter
	matchCase
	firstParty
	thirdParty
	atHost  // || : the pattern begins at the host or after a dot in it
	atStart // |  : the pattern begins where the URL does
	atEnd   // |  : the pattern ends where the URL does
	meta    // the pattern holds * or ^
	closed  // the host at the pattern's start is a whole name: what follows can be no part of it
	regex   // the pattern is a regular expression
)

// fits reports whether pattern p of rule r matches the URL of t.
func (r *rule) fits(p []byte, t *target) bool {
	url := t.text(r.flags)
	switch {
	case r.flags&closed != 0:
		// the request's host has to be the rule's or below it, and the rest has to follow at once
		i := t.port - int(r.host)
		if i < t.host || i > t.host && url[i-1] != '.' || !bytes.Equal(url[i:t.port], p[:r.host]) {
			return false
		}
		return glob(url, t.port, p[r.host:], r.flags)
	case r.flags&atHost != 0:
		for i := t.host; i < t.port; i++ {
			if (i == t.host || url[i-1] == '.') && glob(url, i, p, r.flags) {
				return true
			}
		}
		return false
	case r.flags&atStart != 0:
		return glob(url, 0, p, r.flags)
	case r.flags&(meta|atEnd) == 0:
		return bytes.Contains(url, p)
	case r.flags&meta == 0:
		return bytes.HasSuffix(url, p)
	}
	return search(url, 0, p, r.flags)
}

// glob reports whether p, in which * stands for anything and ^ for a separator, matches url from i on (to its end,
// with atEnd).
func glob(url []byte, i int, p []byte, f flags) bool {
	if f&meta == 0 {
		return bytes.HasPrefix(url[i:], p) && (f&atEnd == 0 || i+len(p) == len(url))
	}
	star := bytes.IndexByte(p, '*')
	if star < 0 {
		end := segment(url, i, p)
		return end >= 0 && (f&atEnd == 0 || end == len(url))
	}
	if i = segment(url, i, p[:star]); i < 0 {
		return false
	}
	return search(url, i, p[star+1:], f)
}

// search is glob with a * before p.
func search(url []byte, i int, p []byte, f flags) bool {
	for {
		star := bytes.IndexByte(p, '*')
		if star < 0 {
			if f&atEnd != 0 {
				return endsWith(url, i, p)
			}
			return find(url, i, p) >= 0
		}
		// the leftmost place leaves most room for the rest
		if i = find(url, i, p[:star]); i < 0 {
			return false
		}
		p = p[star+1:]
	}
}

// segment matches p, which has no *, at i and returns where it ends, or -1. A ^ at the end of url takes no room.
func segment(url []byte, i int, p []byte) int {
	for _, c := range p {
		switch {
		case c == '^' && i == len(url):
		case i < len(url) && (url[i] == c || c == '^' && separator[url[i]]):
			i++
		default:
			return -1
		}
	}
	return i
}

// find returns the end of the leftmost place at or after i where p, which has no *, matches, or -1.
func find(url []byte, i int, p []byte) int {
	caret := bytes.IndexByte(p, '^')
	if caret < 0 {
		if at := bytes.Index(url[i:], p); at >= 0 {
			return i + at + len(p)
		}
		return -1
	}
	for ; i <= len(url); i++ {
		if caret > 0 { // skip to where the letters before the ^ stand
			at := bytes.Index(url[i:], p[:caret])
			if at < 0 {
				return -1
			}
			i += at
		}
		if end := segment(url, i, p); end >= 0 {
			return end
		}
	}
	return -1
}

// endsWith reports whether p, which has no *, matches the end of url, at or after i. Each ^ that ends p may stand
// for the end itself.
func endsWith(url []byte, i int, p []byte) bool {
	for n := len(p); ; n-- {
		if at := len(url) - n; at >= i && segment(url, at, p) == len(url) {
			return true
		}
		if n == 0 || p[n-1] != '^' {
			return false
		}
	}
}

// separator holds what ^ matches: anything but a letter, a digit, and _ - . %
var separator = func() (is [256]bool) {
	for i := range 0x80 {
		c := lower[i]
		is[i] = !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == '.' || c == '%')
	}
	return is
}()
