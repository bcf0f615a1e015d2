package notice

import (
	"regexp"
	"strings"
)

// plainPage reads plain text: one line is one block, unless the text is wrapped at a fixed width. The text itself is
// kept as it is, so that offsets count in the file.
func plainPage(text string) (*page, error) {
	p := &page{text: text}
	wrapped := hardWrapped(text)
	for start := 0; start < len(text); {
		end := lineEnd(text, start)
		s := trimmed(text, Span{start, end})
		next := end + 1
		if wrapped && s.Start < s.End && !bulletOrNumber(text[s.Start:s.End]) {
			for next < len(text) {
				e := lineEnd(text, next)
				t := trimmed(text, Span{next, e})
				if t.Start == t.End || bulletOrNumber(text[t.Start:t.End]) {
					break
				}
				s.End, next = t.End, e+1
			}
		}
		start = next
		if s.Start == s.End {
			continue
		}
		if len(p.blocks) > maxCells*4 {
			return nil, errCells
		}
		p.blocks = append(p.blocks, plainBlock(text, s))
	}
	p.plainHeadings()
	p.plainLists()
	p.plainLinks()
	p.frame()
	p.finish()
	return p, nil
}

func lineEnd(text string, start int) int {
	if n := strings.IndexByte(text[start:], '\n'); n >= 0 {
		return start + n
	}
	return len(text)
}

// hardWrapped says that most lines break for want of room, not because a paragraph ended.
func hardWrapped(text string) bool {
	long, wrapped, over := 0, 0, 0
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		line = strings.TrimRight(line, " \r\t")
		if len(line) > 110 {
			over++
		}
		if len(line) < 55 || len(line) > 110 {
			continue
		}
		long++
		last := line[len(line)-1]
		if i+1 < len(lines) && strings.TrimSpace(lines[i+1]) != "" && last != '.' && last != ':' && last != '?' && last != '!' {
			wrapped++
		}
	}
	return long >= 8 && wrapped*2 > long && over*10 < long
}

var (
	numbered   = regexp.MustCompile(`^(?:(?i:section|article|art\.|§|abschnitt|artikel|sezione|sección|secção)\s*)?((?:\d{1,2}(?:\.\d{1,2}){0,4})|[A-Z]|[IVX]{1,5})(?:[.):]|\s*[-–—]\s|\t|\.\t)\s*(\S.*)$`)
	lettered   = regexp.MustCompile(`^([a-z])\)\s+(\S.*)$`)
	numberOnly = regexp.MustCompile(`^(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+(\S.*)$`)
	bullet     = regexp.MustCompile(`^(?:[-*•·▪●○‣◦–—o]\s+|\(?[a-z0-9ivx]{1,4}\)\s+|\d{1,2}\)\s+)\S`)
)

func bulletOrNumber(s string) bool {
	return bullet.MatchString(s) || numbered.MatchString(s)
}

func plainBlock(text string, s Span) block {
	b := block{Span: s, table: -1}
	line := text[s.Start:s.End]
	if m := bullet.FindString(line); m != "" {
		b.kind = item
		b.level = 1
	}
	return b
}

// plainHeadings finds the lines that are titles: numbered ones, and short ones without an end mark that stand before
// a longer line.
func (p *page) plainHeadings() {
	for i := range p.blocks {
		b := &p.blocks[i]
		if b.kind != paragraph {
			continue
		}
		line := p.text[b.Start:b.End]
		if number, title := splitNumber(line); number != "" && titleLike(title) {
			b.kind, b.level = heading, 1+strings.Count(number, ".")
			continue
		}
		if !titleLike(line) || i+1 >= len(p.blocks) || updates(line) {
			continue
		}
		next := p.text[p.blocks[i+1].Start:p.blocks[i+1].End]
		if i > 0 && strings.HasSuffix(p.text[:p.blocks[i-1].End], ":") && len(strings.Fields(line)) > 4 && !upperCase(line) {
			continue // an entry of the list that the line before announces
		}
		if len(next) > 60 || sentenceEnd(next) || upperCase(line) || noticeTitle(line) && updates(next) {
			b.kind, b.level, b.weak = heading, 0, true
		}
	}
}

// sentenceEnd says that a line of some words ends like a sentence.
func sentenceEnd(s string) bool {
	return strings.HasSuffix(s, ".") && len(strings.Fields(s)) >= 5
}

// splitNumber parts a section's number from its title; "" = no number.
func splitNumber(line string) (number, title string) {
	if len(line) > 200 {
		return "", line
	}
	if m := numbered.FindStringSubmatch(line); m != nil && !insideNumber(line, m[2]) {
		return strings.TrimSuffix(m[1], "."), m[2]
	}
	if m := lettered.FindStringSubmatch(line); m != nil {
		return m[1], m[2]
	}
	if m := numberOnly.FindStringSubmatch(line); m != nil && titleLike(m[2]) {
		return m[1], m[2]
	}
	return "", line
}

// insideNumber says that what was taken for a title is the rest of a number: "3.1 Your rights".
func insideNumber(line, title string) bool {
	before := line[:len(line)-len(title)]
	return title[0] >= '0' && title[0] <= '9' && strings.HasSuffix(before, ".")
}

// titleLike says that a line has the look of a title: short, no end mark, begins with a capital or a digit.
func titleLike(s string) bool {
	if len(s) < 3 || len(s) > 110 {
		return false
	}
	switch s[len(s)-1] {
	case '.', ',', ';', ':', '!':
		return false
	}
	if strings.Contains(s, ". ") && !strings.Contains(s, "U.S. ") || strings.Contains(s, "@") || strings.Contains(s, "://") {
		return false
	}
	words := strings.Fields(s)
	if len(words) > 14 {
		return false
	}
	first := []rune(s)[0]
	return first != '(' && strings.ToUpper(string(first)) == string(first)
}

func upperCase(s string) bool {
	return strings.ToUpper(s) == s && strings.ToLower(s) != s && len(strings.Fields(s)) > 1
}

// plainLists joins the lines after a line that ends in a colon to a list.
func (p *page) plainLists() {
	list := 0
	for i := range p.blocks {
		if p.blocks[i].kind != item {
			continue
		}
		if i == 0 || p.blocks[i-1].kind != item {
			list++
		}
		p.blocks[i].list = list
	}
}

var address = regexp.MustCompile(`(?i)\b(?:https?://|www\.)[^\s<>"'“”)\]]+`)

func (p *page) plainLinks() {
	if lower := strings.ToLower(p.text); !strings.Contains(lower, "://") && !strings.Contains(lower, "www.") {
		return
	}
	for _, at := range address.FindAllStringIndex(p.text, 2000) {
		u := strings.TrimRight(p.text[at[0]:at[1]], ".,;:!?")
		link := Link{URL: u, Text: u, Span: Span{at[0], at[0] + len(u)}}
		if !strings.Contains(u, "://") {
			link.URL = "http://" + u
		}
		p.links = append(p.links, link)
	}
}
