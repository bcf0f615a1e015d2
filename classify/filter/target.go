package filter

import "strings"

// target is a request made ready for matching. It is reused, so that a match allocates nothing.
type target struct {
	Request           // URL without its fragment
	low        []byte // URL in lower case
	raw        []byte // URL as it is, made only for a rule with match-case
	kind       types
	party      flags
	host, port int // low[host:port] is the host
	tokens     []uint32
	hosts      int    // where those of the URL end and those of the hosts begin in tokens
	at, to     labels // names of the document's host and of the request's
}

// maxURL is how many bytes of an address are looked at, so that a page cannot make a match take long.
const maxURL = 8192

// set reads r and reports whether it is a request that rules are about.
func (t *target) set(r *Request) bool {
	t.Request = *r
	t.URL, _, _ = strings.Cut(t.URL, "#")
	t.URL = t.URL[:min(len(t.URL), maxURL)]
	t.raw, t.low, t.tokens = t.raw[:0], t.low[:0], t.tokens[:0]
	t.at.n, t.to.n = 0, 0
	t.kind = typeOf(r.Type)
	t.party = firstParty
	if r.ThirdParty {
		t.party = thirdParty
	}
	hash, in := tokenSeed, false
	for i := range len(t.URL) {
		c := lower[t.URL[i]]
		t.low = append(t.low, c)
		if tokenChar[c] {
			hash, in = tokenAdd(hash, c), true
		} else if in {
			t.tokens = append(t.tokens, hash)
			hash, in = tokenSeed, false
		}
	}
	if in {
		t.tokens = append(t.tokens, hash)
	}
	if !t.findHost() {
		return false
	}
	if p := t.port - 1; t.low[p] == '.' && p > t.host { // a full name, "example.com.", is the same host
		full := *r
		full.URL = t.URL[:p] + t.URL[p+1:]
		return t.set(&full)
	}
	t.hosts = len(t.tokens)
	setLabels(&t.to, t.low[t.host:t.port])
	for i := t.to.n - 1; i >= 0; i-- {
		t.tokens = append(t.tokens, hostToken(t.to.hashes[i]))
	}
	setLabels(&t.at, t.Document)
	for i := t.at.n - 1; i >= 0; i-- {
		t.tokens = append(t.tokens, documentToken(t.at.hashes[i]))
	}
	return true
}

// findHost sets host and port by the scheme, which has to be one of the web's.
func (t *target) findHost() bool {
	s := t.low
	i := 0
	for i < len(s) && s[i] != ':' {
		i++
	}
	switch string(s[:i]) {
	case "http", "https", "ws", "wss":
	default:
		return false
	}
	if len(s) < i+3 || s[i+1] != '/' || s[i+2] != '/' {
		return false
	}
	i += 3
	t.host, t.port = i, -1
	for ; i < len(s); i++ {
		switch s[i] {
		case '@': // what came before was a user
			t.host, t.port = i+1, -1
		case '[':
			for i < len(s)-1 && s[i] != ']' && s[i] != '/' {
				i++
			}
		case ':':
			if t.port < 0 {
				t.port = i
			}
		case '/', '?', '\\':
			if t.port < 0 {
				t.port = i
			}
			return t.port > t.host
		}
	}
	if t.port < 0 {
		t.port = len(s)
	}
	return t.port > t.host
}

// text returns the URL that a rule with flags f looks at.
func (t *target) text(f flags) []byte {
	if f&matchCase == 0 {
		return t.low
	}
	if len(t.raw) == 0 {
		t.raw = append(t.raw, t.URL...)
	}
	return t.raw
}

// A token is a run of letters, digits and percent signs between other characters. A rule is filed under one that
// must stand in every URL it matches.
var lower, tokenChar = func() (low [256]byte, is [256]bool) {
	for i := range 256 {
		c := byte(i)
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		low[i] = c
		is[i] = 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '%'
	}
	return low, is
}()

const tokenSeed uint32 = 2166136261 // FNV-1a

func tokenAdd(hash uint32, c byte) uint32 { return (hash ^ uint32(c)) * 16777619 }

// hostToken and documentToken file a rule under a host that the request goes to, or comes from.
func hostToken(h uint64) uint32     { return uint32(h>>32) ^ uint32(h)*31 ^ 0x5bd1e995 }
func documentToken(h uint64) uint32 { return uint32(h>>32) ^ uint32(h)*31 ^ 0x27d4eb2f }
