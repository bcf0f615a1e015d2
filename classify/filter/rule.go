package filter

import (
	"regexp"
	"slices"
	"strings"
)

// rule is one line of a list, compiled.
type rule struct {
	text   string
	opts   *options // nil = none
	at     uint32   // where the pattern begins in the list's (the matcher's) patterns
	line   int32
	length uint16 // of the pattern
	host   uint16 // length of the host at its start, if closed
	types  types
	flags  flags
	list   uint16
}

// options are what few rules have.
type options struct {
	domains, to, denyallow *domainSet
	methods, notMethods    []string
	strict                 flags          // firstParty: host is the document's; thirdParty: it is not
	re                     *regexp.Regexp // of a rule with regex, with literals that must stand in the URL
	literals               []string
}

// allow reports whether the options cover t.
func (o *options) allow(t *target) bool {
	if o.domains != nil && !has(o.domains, &t.at, t.Document) {
		return false
	}
	if o.to != nil && !has(o.to, &t.to, t.low[t.host:t.port]) {
		return false
	}
	if o.denyallow != nil && has(o.denyallow, &t.to, t.low[t.host:t.port]) {
		return false
	}
	if o.strict != 0 && (o.strict == firstParty) != (string(t.low[t.host:t.port]) == t.Document) {
		return false
	}
	if len(o.methods) > 0 && !oneOf(o.methods, t.Method) || oneOf(o.notMethods, t.Method) {
		return false
	}
	return true
}

func oneOf(methods []string, method string) bool {
	if method == "" {
		method = "get"
	}
	for _, m := range methods {
		if strings.EqualFold(m, method) {
			return true
		}
	}
	return false
}

const (
	maxPattern = 4096 // bytes
	maxRegexp  = 2000 // bytes
)

// parseRule reads one line that is neither a comment nor cosmetic; pattern is in lower case unless the rule has
// match-case. A rule that cannot or shall not be matched is refused with the reason.
func parseRule(text string) (r rule, pattern string, why string) {
	r = rule{text: text, types: anyByDefault, flags: firstParty | thirdParty}
	s := text
	if rest, ok := strings.CutPrefix(s, "@@"); ok {
		s, r.flags = rest, r.flags|exception
	}
	if at := optionsAt(s); at >= 0 {
		if why = r.parseOptions(s[at+1:]); why != "" {
			return r, "", why
		}
		s = s[:at]
	}
	if len(s) > maxPattern {
		return r, "", "longer than 4096 bytes"
	}
	if len(s) > 2 && s[0] == '/' && s[len(s)-1] == '/' {
		r.flags |= regex
		if r.opts == nil {
			r.opts = new(options)
		}
		r.opts.re, r.opts.literals, why = compileRegexp(s[1:len(s)-1], r.flags&matchCase != 0)
		return r, s, why
	}
	pattern = r.parsePattern(s)
	if pattern == "" && text == s {
		return r, "", "matches everything"
	}
	return r, pattern, ""
}

// parsePattern takes the anchors off s and returns the rest.
func (r *rule) parsePattern(s string) string {
	switch {
	case strings.HasPrefix(s, "||"):
		s, r.flags = s[2:], r.flags|atHost
	case strings.HasPrefix(s, "|"):
		s, r.flags = s[1:], r.flags|atStart
	}
	if rest, ok := strings.CutSuffix(s, "|"); ok {
		s, r.flags = rest, r.flags|atEnd
	}
	if strings.HasPrefix(s, "*") {
		s, r.flags = strings.TrimLeft(s, "*"), r.flags&^(atHost|atStart)
	}
	if strings.HasSuffix(s, "*") {
		s, r.flags = strings.TrimRight(s, "*"), r.flags&^atEnd
	}
	host := 0
	if r.flags&atHost != 0 {
		for host < len(s) && hostChar(s[host]) {
			host++
		}
		s = asciiHost(s[:host]) + s[host:]
		for host = 0; host < len(s) && hostChar(s[host]); host++ {
		}
		if whole := host > 0 && s[host-1] != '.'; whole && host < len(s) && strings.IndexByte("^/:?", s[host]) >= 0 {
			r.flags |= closed
			r.host = uint16(host)
		}
	}
	if r.flags&matchCase == 0 {
		s = strings.ToLower(s)
	}
	s = s[:host] + escape(s[host:])
	if strings.ContainsAny(s, "*^") {
		r.flags |= meta
	}
	return s
}

func hostChar(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '-' || c == '_' || c >= 0x80
}

// escape writes what is not ASCII as browsers send it in a path. (The hexadecimal digits are in lower case as is the
// URL that the pattern is compared with.)
func escape(s string) string {
	var b strings.Builder
	const digits = "0123456789abcdef"
	for i := range len(s) {
		if c := s[i]; c < 0x80 {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		}
	}
	return b.String()
}

// equal reports whether two rules would do the same, badfilter aside.
func (r *rule) equal(s *rule) bool {
	if r.flags&^badfilter != s.flags&^badfilter || r.types != s.types {
		return false
	}
	var none options
	a, b := r.opts, s.opts
	if a == nil {
		a = &none
	}
	if b == nil {
		b = &none
	}
	return a.domains.equal(b.domains) && a.to.equal(b.to) && a.denyallow.equal(b.denyallow) && a.strict == b.strict &&
		slices.Equal(a.methods, b.methods) && slices.Equal(a.notMethods, b.notMethods)
}

// badfilters returns the rules that a rule with badfilter takes out.
func (m *Matcher) badfilters() map[uint32]bool {
	byPattern := map[string][]*rule{}
	for i := range m.rules {
		if r := &m.rules[i]; r.flags&badfilter != 0 {
			p := string(m.pattern(r))
			byPattern[p] = append(byPattern[p], r)
		}
	}
	out := map[uint32]bool{}
	if len(byPattern) == 0 {
		return out
	}
	for i := range m.rules {
		r := &m.rules[i]
		for _, bad := range byPattern[string(m.pattern(r))] {
			if r.flags&badfilter == 0 && r.equal(bad) {
				out[uint32(i)] = true
			}
		}
	}
	return out
}

func (m *Matcher) pattern(r *rule) []byte { return m.patterns[r.at : r.at+uint32(r.length)] }
