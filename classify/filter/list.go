package filter

import (
	"sort"
	"strings"
)

// List is one list, parsed.
type List struct {
	Name    string // as given to Parse
	Title   string // from the list's own header, as are the next three; "" = unstated
	Version string
	Updated string
	Licence string
	Counts  Counts

	rules    []rule
	patterns []byte // of all rules, one after another
	sections []section
}

// Counts says what became of a list's lines. Comments and empty lines are not counted.
type Counts struct {
	Rules      int `json:"rules"` // blocking rules
	Exceptions int `json:"exceptions"`
	Cosmetic   int `json:"cosmetic"` // hide or change elements; never read
	Skipped    int `json:"skipped"`  // cannot or shall not be matched, see Skipped
}

// Skipped is a line about requests that is not matched.
type Skipped struct {
	Line   int // from 1
	Text   string
	Reason string
}

// section is a heading and where it stands.
type section struct {
	line int
	name string
}

// Parse reads a list in Adblock syntax, or of a hosts file's lines. Name is how a Rule will call it. It never fails:
// lines about requests that it cannot use are returned with the reason, lines about elements are only counted.
func Parse(name string, text []byte) (*List, []Skipped) {
	l := &List{Name: name}
	var skipped []Skipped
	var title string
	var cond conditions
	line := 0
	for s := range strings.SplitSeq(string(text), "\n") {
		line++
		s = strings.TrimSpace(s)
		switch {
		case s == "" || s[0] == '[' && strings.HasPrefix(s, "[Adblock"):
			continue
		case strings.HasPrefix(s, "!#"):
			if !cond.directive(s[2:]) {
				l.Counts.Skipped++
				skipped = append(skipped, Skipped{line, s, "includes another file"})
			}
			continue
		case s[0] == '!' || s[0] == '#' && !cosmetic(s):
			l.comment(line, strings.TrimLeft(s[1:], " "), &title)
			continue
		case cond.off():
			continue
		case cosmetic(s):
			l.Counts.Cosmetic++
			continue
		}
		r, pattern, why := parseRule(hostsLine(s))
		r.text = s
		if why != "" {
			l.Counts.Skipped++
			skipped = append(skipped, Skipped{line, s, why})
			continue
		}
		if r.flags&exception != 0 {
			l.Counts.Exceptions++
		} else if r.flags&badfilter == 0 {
			l.Counts.Rules++
		}
		r.line, r.at, r.length = int32(line), uint32(len(l.patterns)), uint16(len(pattern))
		l.patterns = append(l.patterns, pattern...)
		l.rules = append(l.rules, r)
	}
	return l, skipped
}

// cosmetic reports whether s acts on elements: a # (of ##, #@#, #?#, #$#, #%#, #@$?# …) or $$ after its domains.
func cosmetic(s string) bool {
	for i := strings.IndexByte(s, '#'); i >= 0 && i < len(s)-1; {
		rest := s[i+1:]
		if mark := strings.TrimLeft(rest, "@?$%^"); len(rest)-len(mark) <= 4 && strings.HasPrefix(mark, "#") {
			return true
		}
		next := strings.IndexByte(rest, '#')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	at := strings.Index(s, "$$")
	return at == 0 || at > 0 && hostChar(s[at-1]) && !strings.ContainsAny(s[:at], "/|^*") || strings.Contains(s, "$@$")
}

// hostsLine turns a line of a hosts file ("0.0.0.0 example.com") into a rule, and leaves others as they are.
func hostsLine(s string) string {
	addr, host, ok := strings.Cut(s, " ")
	if !ok {
		addr, host, ok = strings.Cut(s, "\t")
	}
	if !ok || addr != "0.0.0.0" && addr != "127.0.0.1" && addr != "::1" && addr != "::" {
		return s
	}
	host, _, _ = strings.Cut(strings.TrimSpace(host), "#")
	return "||" + strings.TrimSpace(host) + "^"
}

// comment reads headings and the list's header.
func (l *List) comment(line int, s string, title *string) {
	if file, ok := strings.CutPrefix(s, "***"); ok && strings.HasSuffix(file, "***") {
		name := strings.Trim(file, "* ")
		if *title != "" {
			name = *title + " (" + name + ")"
		}
		l.sections = append(l.sections, section{line, name})
		return
	}
	if strings.HasPrefix(s, "---") {
		if name := strings.Trim(s, "-! "); name != "" {
			*title = name
			l.sections = append(l.sections, section{line, name})
		}
		return
	}
	if key, value, ok := strings.Cut(s, ":"); ok && len(l.rules) == 0 {
		field := map[string]*string{"title": &l.Title, "version": &l.Version, "last modified": &l.Updated,
			"licence": &l.Licence, "license": &l.Licence}[strings.ToLower(strings.TrimSpace(key))]
		if field != nil && *field == "" {
			*field = strings.TrimSpace(value)
		}
	}
}

func (l *List) section(line int) string {
	i := sort.Search(len(l.sections), func(i int) bool { return l.sections[i].line > line })
	if i == 0 {
		return ""
	}
	return l.sections[i-1].name
}
