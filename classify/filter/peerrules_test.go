package filter_test

import (
	"os"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
	"testing"
)

// requestsOfRules makes requests from the rules of the lists: for each rule one that it was written for, and near
// misses of it (other party, type, document, a letter changed, a host glued on). Nothing here knows what the answer
// should be: that is for the engines to say. Rules that are only a host are so many that every tenth is taken.
//
// Pages themselves are asked about apart, one in twenty of these addresses, for there @ghostery/adblocker reads the
// lists in its own way; see agreement.
func requestsOfRules(t *testing.T, lists []string) (asks, pages []ask) {
	t.Helper()
	onlyHost := regexp.MustCompile(`^\|\|[\w.-]+\^(\$third-party)?$`)
	n := 0
	for _, file := range lists {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if line == "" || line[0] == '!' || line[0] == '[' || regexp.MustCompile(`#[@?$%^]*#`).MatchString(line) {
				continue
			}
			n++
			s := reading{seed: n, text: line}
			s.read()
			variants := []string{"made for it", nearMisses[n%len(nearMisses)], nearMisses[(n+1)%len(nearMisses)], nearMisses[(n+3)%len(nearMisses)]}
			if onlyHost.MatchString(line) {
				if n%10 != 0 {
					continue
				}
				variants = variants[:2]
			}
			if a := s.ask(variants[0]); n%20 == 0 && webAddress.MatchString(a.URL) {
				pages = append(pages, newAsk(a.URL, "Document", a.URL, a.from))
			}
			for _, v := range variants {
				// rules for data:, about: and the like describe nothing that goes over the network
				if a := s.ask(v); webAddress.MatchString(a.URL) && webAddress.MatchString(a.Document) {
					asks = append(asks, a)
				}
			}
		}
	}
	return asks, pages
}

// webAddress matches what a browser could request, and from where.
var webAddress = regexp.MustCompile(`(?i)^(https?|wss?)://(([\w-]+\.)+[a-z][\w-]*|\d+(\.\d+){3}|\[[0-9a-f:]+\])(:\d+)?[/?]`)

var nearMisses = []string{"other party", "other type", "other document", "a letter changed", "host glued"}

// reading is a rule read by a reader of its own, far simpler than the one under test.
type reading struct {
	seed      int
	text      string
	pattern   string
	types     []string // positive, as CDP names
	notTypes  map[string]bool
	third     string // "", "third", "first"
	domains   []string
	notDomain []string
}

var cdpNames = map[string]string{"script": "Script", "image": "Image", "stylesheet": "Stylesheet", "css": "Stylesheet", "xmlhttprequest": "XHR", "xhr": "XHR",
	"subdocument": "SubFrame", "frame": "SubFrame", "ping": "Ping", "websocket": "WebSocket", "font": "Font", "media": "Media", "other": "Other",
	"document": "Document", "doc": "Document"}

var subresources = []string{"Script", "Image", "XHR", "SubFrame", "Ping", "Stylesheet", "Media", "Font", "Other", "Fetch"}

func (s *reading) read() {
	p := strings.TrimPrefix(s.text, "@@")
	s.notTypes = map[string]bool{}
	if m := regexp.MustCompile(`\$(~?[\w-]+(=[^,]*)?(,~?[\w-]+(=[^,]*)?)*)$`).FindStringSubmatch(p); m != nil {
		p = strings.TrimSuffix(p, m[0])
		for o := range strings.SplitSeq(m[1], ",") {
			name, value, _ := strings.Cut(o, "=")
			not := strings.HasPrefix(name, "~")
			name = strings.TrimPrefix(name, "~")
			switch {
			case cdpNames[name] != "" && not:
				s.notTypes[cdpNames[name]] = true
			case cdpNames[name] != "":
				s.types = append(s.types, cdpNames[name])
			case name == "third-party" && !not, name == "3p":
				s.third = "third"
			case name == "third-party", name == "1p":
				s.third = "first"
			case name == "domain" || name == "from":
				for d := range strings.SplitSeq(value, "|") {
					if d, not := strings.CutPrefix(d, "~"); not {
						s.notDomain = append(s.notDomain, d)
					} else {
						s.domains = append(s.domains, strings.Replace(d, ".*", ".com", 1))
					}
				}
			}
		}
	}
	s.pattern = p
}

func (s *reading) ask(variant string) ask {
	glue := ""
	if variant == "host glued" {
		glue = "x"
	}
	url := s.url(glue)
	if variant == "a letter changed" {
		url = changeLetter(url, s.seed)
	}
	kinds := s.types
	if len(kinds) == 0 {
		kinds = subresources
	}
	kind := kinds[s.seed%len(kinds)]
	for i := 0; s.notTypes[kind] && i < len(subresources); i++ {
		kind = subresources[(s.seed+i)%len(subresources)]
	}
	if variant == "other type" {
		kind = subresources[(s.seed/2)%len(subresources)]
		for not := range s.notTypes {
			if not != "Document" {
				kind = not
			}
		}
	}
	document := "https://www.news" + strconv.Itoa(s.seed%89) + ".org/"
	own := regexp.MustCompile(`^[a-z]+://[^/?]+`).FindString(url) + "/"
	third := s.third
	if variant == "other party" {
		third = map[string]string{"third": "first", "first": "third", "": "first"}[third]
	}
	if third == "first" {
		document = own
	}
	if len(s.domains) > 0 {
		document = "https://www." + s.domains[s.seed%len(s.domains)] + "/"
	}
	if variant == "other document" {
		document = "https://m.shop" + strconv.Itoa(s.seed%83) + ".net/"
		if len(s.notDomain) > 0 {
			document = "https://sub." + s.notDomain[s.seed%len(s.notDomain)] + "/"
		} else if len(s.domains) > 0 && s.seed%2 == 0 {
			document = "https://not" + s.domains[0] + "/" // no label boundary
		}
	}
	if kind == "Document" {
		document = url
	}
	return newAsk(url, kind, document, variant+": "+s.text)
}

// url writes an address that the pattern describes.
func (s *reading) url(glue string) string {
	p := s.pattern
	if len(p) > 2 && p[0] == '/' && p[len(p)-1] == '/' {
		re, err := syntax.Parse(p[1:len(p)-1], syntax.Perl)
		if err != nil {
			return "https://example.org/"
		}
		text := example(re)
		if strings.Contains(text, "://") {
			return strings.Replace(text, "://", "://"+glue, 1)
		}
		return "https://www.example.org/" + glue + strings.TrimPrefix(text, "/")
	}
	end := strings.HasSuffix(p, "|")
	p = strings.TrimSuffix(p, "|")
	host := strings.HasPrefix(p, "||")
	start := !host && strings.HasPrefix(p, "|")
	p = strings.TrimLeft(p, "|")
	separators := []string{"/", "?", "/", "="}
	if host {
		separators = []string{"/", "/", "/", "?"}
	}
	p = regexp.MustCompile(`\^$`).ReplaceAllString(p, "/")
	for i := 0; strings.Contains(p, "^"); i++ {
		p = strings.Replace(p, "^", separators[(s.seed+i)%4], 1)
	}
	host = host || strings.HasPrefix(p, "://")
	p = strings.TrimPrefix(p, "://")
	if slash := strings.IndexByte(p, '/'); host {
		for i := strings.IndexByte(p, '*'); i >= 0 && (i < slash || slash < 0); i = strings.IndexByte(p, '*') {
			p = p[:i] + "x7" + p[i+1:]
			slash = strings.IndexByte(p, '/')
		}
	}
	p = strings.ReplaceAll(p, "*", []string{"", "x7", "a-b/c", "Q"}[s.seed%4])
	switch {
	case host && strings.HasPrefix(p, "/"):
		p = "https://example.org" + p
	case host:
		sub := []string{"", "a.", "www.b."}[s.seed%3]
		if strings.HasPrefix(s.pattern, "://") {
			sub = ""
		}
		if i := strings.IndexAny(p, "/?:"); i < 0 {
			if strings.HasSuffix(p, ".") || !strings.Contains(p, ".") {
				p += "com"
			}
			p += glue
			if !end {
				p += "/"
			}
		} else if glue != "" && s.seed%2 == 0 {
			p = p[:i] + glue + p[i:]
			glue = ""
		}
		if glue != "" && s.seed%4 == 1 && sub != "" {
			sub = glue
		}
		p = "https://" + sub + p
	case regexp.MustCompile(`^(https?|wss?)://.`).MatchString(p):
	case start && strings.HasSuffix(p, "://"):
		p += "cdn.example.net/lib.js"
	case start:
	case regexp.MustCompile(`^\.[\w-]+\.[a-z]{2,3}/`).MatchString(p):
		p = "https://cdn" + p
	default:
		p = "https://www.example.org/p" + glue + strings.TrimPrefix(p, "/")
		if strings.HasPrefix(s.pattern, "/") || strings.HasPrefix(s.pattern, "*/") {
			p = strings.Replace(p, "/p"+glue, "/"+glue+[]string{"p/", ""}[min(1, len(glue))], 1)
		}
	}
	if !end && s.seed%3 == 0 {
		p += "Tail1"
	}
	if !regexp.MustCompile(`^[a-z]+://[^/?]+[/?]`).MatchString(p) {
		p += "/"
	}
	return p
}

// changeLetter changes one letter after the scheme.
func changeLetter(url string, seed int) string {
	b := []byte(url)
	for i := range b {
		j := 8 + (seed*7+i)%max(1, len(b)-8)
		if j < len(b) && ('a' <= b[j] && b[j] < 'z' || '0' <= b[j] && b[j] < '9') {
			b[j]++
			return string(b)
		}
	}
	return url + "z"
}

// example writes a text that re matches.
func example(re *syntax.Regexp) string {
	var b strings.Builder
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		if len(re.Rune) > 0 {
			r := re.Rune[len(re.Rune)-2]
			if r < '!' || r > '~' {
				r = 'k'
			}
			b.WriteRune(r)
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('m')
	case syntax.OpAlternate:
		b.WriteString(example(re.Sub[len(re.Sub)-1]))
	case syntax.OpRepeat:
		b.WriteString(strings.Repeat(example(re.Sub[0]), max(1, re.Min)))
	case syntax.OpStar, syntax.OpQuest, syntax.OpPlus, syntax.OpCapture:
		b.WriteString(example(re.Sub[0]))
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			b.WriteString(example(sub))
		}
	}
	return b.String()
}
