package notice

import (
	"html"
	"regexp"
	"strings"
)

var (
	atxHeading  = regexp.MustCompile(`^\s*(#{1,6}\s+|#{2,6})(.*?)\s*#*\s*$`) // old forms need no blank, and lists indent theirs
	setextLine  = regexp.MustCompile(`^ {0,3}(=+|-{3,})\s*$`)
	ruleLine    = regexp.MustCompile(`^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$`)
	mdQuote     = regexp.MustCompile(`^ {0,3}> ?`)
	mdCode      = regexp.MustCompile("``(.+?)``|`([^`\n]+)`")
	mdBullet    = regexp.MustCompile(`^(\s*)([*+-]|\d{1,3}[.)])\s+(.*)$`)
	tableDivide = regexp.MustCompile(`^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$`)
	mdLink      = regexp.MustCompile(`!?\[([^\[\]]*)\]\(\s*<?([^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)?)>?(?:\s+"[^"]*")?\s*\)`)
	mdMarks     = regexp.MustCompile(`\*\*|__|~~|` + "`")
	mdEmphasis  = regexp.MustCompile(`(^|[\s(“"'>|])[*_]([^\s*_][^*_]*)[*_]($|[\s.,;:!?)”"'<|])`)
	mdEscape    = regexp.MustCompile(`\\([\\` + "`" + `*_{}\[\]()#+\-.!|<>~])`)
	mdTag       = regexp.MustCompile(`</?[A-Za-z][^<>]*>`)
)

type mdReader struct {
	p     *page
	b     strings.Builder
	list  int
	inTab int // table the previous line belonged to; -1 = none
	cells int
}

// markdownPage reads Markdown as it would be rendered: marks are dropped, links keep their text.
func markdownPage(text string) (*page, error) {
	r := &mdReader{p: &page{}, inTab: -1}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		for strings.Contains(line, ">") && mdQuote.MatchString(line) { // a quotation says the same
			line = mdQuote.ReplaceAllString(line, "")
		}
		lines[i] = line
	}
	for i := 0; i < len(lines); i++ {
		n, err := r.line(lines, i)
		if err != nil {
			return nil, err
		}
		i += n
	}
	r.p.text = r.b.String()
	r.p.frame()
	r.p.finish()
	return r.p, nil
}

// line reads the block that starts at lines[i] and says how many further lines it took.
func (r *mdReader) line(lines []string, i int) (int, error) {
	line := lines[i]
	if strings.TrimSpace(line) == "" {
		r.inTab = -1
		return 0, nil
	}
	if r.inTab >= 0 && strings.Contains(line, "|") {
		return 0, r.row(line, r.inTab, false)
	}
	r.inTab = -1
	if i+1 < len(lines) && strings.Contains(line, "|") && strings.Contains(lines[i+1], "-") && tableDivide.MatchString(lines[i+1]) {
		r.inTab = len(r.p.tables)
		r.p.tables = append(r.p.tables, table{})
		return 1, r.row(line, r.inTab, true)
	}
	if r.heading(line) {
		return 0, nil
	}
	if ruleLine.MatchString(line) {
		return 0, nil
	}
	if m := mdBullet.FindStringSubmatch(line); m != nil {
		return r.item(lines, i, m)
	}
	r.list = 0
	if i+1 < len(lines) && setextLine.MatchString(lines[i+1]) && !strings.Contains(line, "|") && len(line) < 300 {
		level := 1
		if strings.Contains(lines[i+1], "-") {
			level = 2
		}
		r.add(line, block{kind: heading, level: level})
		return 1, nil
	}
	taken, text := r.paragraph(lines, i, line)
	if bold := strings.TrimSpace(text); len(bold) > 4 && strings.HasPrefix(bold, "**") && strings.HasSuffix(bold, "**") &&
		!strings.Contains(bold[2:len(bold)-2], "**") && looksLikeTitle(bold[2:len(bold)-2]) {
		r.add(text, block{kind: heading, level: 5, weak: true})
		return taken, nil
	}
	r.add(text, block{})
	return taken, nil
}

// heading reads a line that begins with "#".
func (r *mdReader) heading(line string) bool {
	if !headingLine(line) {
		return false
	}
	m := atxHeading.FindStringSubmatch(line)
	r.add(m[2], block{kind: heading, level: strings.Count(m[1], "#")})
	return true
}

func headingLine(line string) bool {
	return strings.Contains(line, "#") && atxHeading.MatchString(line)
}

// paragraph joins the lines of one paragraph: two blanks or a backslash at the end break it.
func (r *mdReader) paragraph(lines []string, i int, first string) (int, string) {
	var text strings.Builder
	text.WriteString(first)
	taken := 0
	for i+taken+1 < len(lines) {
		prev, next := lines[i+taken], lines[i+taken+1]
		if strings.TrimSpace(next) == "" || strings.HasSuffix(prev, "  ") || strings.HasSuffix(prev, "\\") ||
			headingLine(next) || mdBullet.MatchString(next) || ruleLine.MatchString(next) {
			break
		}
		if i+taken+2 < len(lines) && (setextLine.MatchString(lines[i+taken+2]) || strings.Contains(next, "|") && tableDivide.MatchString(lines[i+taken+2])) {
			break
		}
		text.WriteByte('\n')
		text.WriteString(next)
		taken++
	}
	return taken, strings.TrimSuffix(text.String(), "\\")
}

func (r *mdReader) item(lines []string, i int, m []string) (int, error) {
	if r.list == 0 {
		r.list = len(r.p.blocks) + 1
	}
	if r.heading(m[3]) {
		return 0, nil
	}
	taken, text := r.paragraph(lines, i, m[3])
	r.add(text, block{kind: item, level: 1 + len(m[1])/2, list: r.list})
	return taken, nil
}

func (r *mdReader) add(text string, b block) {
	start := r.b.Len()
	r.inline(text)
	b.Span = trimmed(r.b.String(), Span{start, r.b.Len()})
	if b.Start == b.End {
		return
	}
	r.b.WriteByte('\n')
	b.table = -1
	if b.kind == paragraph && !strings.Contains(text, "](") && len(text) < 120 {
		if number, title := splitNumber(r.b.String()[b.Start:b.End]); number != "" && titleLike(title) {
			b.kind, b.level, b.weak = heading, 1+strings.Count(number, "."), true
		}
	}
	r.p.blocks = append(r.p.blocks, b)
}

// inline writes text without its marks, and records its links.
func (r *mdReader) inline(text string) {
	for {
		var at []int
		if strings.Contains(text, "](") {
			at = mdLink.FindStringSubmatchIndex(text)
		}
		if at == nil {
			r.b.WriteString(unmark(text))
			return
		}
		r.b.WriteString(unmark(text[:at[0]]))
		label, target := text[at[2]:at[3]], text[at[4]:at[5]]
		start := r.b.Len()
		if text[at[0]] != '!' {
			r.b.WriteString(unmark(label))
			if strings.HasPrefix(target, "http://") || strings.HasPrefix(target, "https://") {
				r.p.links = append(r.p.links, Link{URL: target, Span: Span{start, r.b.Len()}})
			}
		}
		text = text[at[1]:]
	}
}

// unmark drops the marks of a text; what stands between backticks is kept as it is.
func unmark(s string) string {
	if !strings.ContainsAny(s, "*_~`\\<&") {
		return s
	}
	var b strings.Builder
	last := 0
	for _, at := range mdCode.FindAllStringSubmatchIndex(s, -1) {
		b.WriteString(unmarkProse(s[last:at[0]]))
		b.WriteString(s[max(at[2], at[4]):max(at[3], at[5])])
		last = at[1]
	}
	b.WriteString(unmarkProse(s[last:]))
	return b.String()
}

func unmarkProse(s string) string {
	s = mdTag.ReplaceAllString(s, " ")
	s = mdEscape.ReplaceAllString(s, "\x00$1\x00") // keep what was escaped from being read as a mark
	s = mdMarksOutsideNames(s)
	s = mdEmphasis.ReplaceAllString(s, "$1$2$3")
	s = strings.ReplaceAll(s, "\x00", "")
	return html.UnescapeString(s)
}

// mdMarksOutsideNames drops marks, but not the "__" that a cookie's name begins with.
func mdMarksOutsideNames(s string) string {
	return mdMarks.ReplaceAllStringFunc(s, func(m string) string {
		if m == "__" {
			return m
		}
		return ""
	})
}

// row adds one line of a table.
func (r *mdReader) row(line string, index int, header bool) error {
	line = strings.TrimSpace(line)
	line = strings.TrimPrefix(line, "|")
	if strings.HasSuffix(line, "|") && !strings.HasSuffix(line, `\|`) {
		line = line[:len(line)-1]
	}
	tr := tableRow{header: header, Span: Span{Start: r.b.Len()}}
	for _, part := range splitCells(line) {
		if r.cells++; r.cells > maxCells {
			return errCells
		}
		if len(tr.cells) > 0 {
			r.b.WriteByte('\t')
		}
		start := r.b.Len()
		part = strings.TrimSpace(part)
		for piece := range strings.SplitSeq(strings.ReplaceAll(part, "<br/>", "<br>"), "<br>") {
			if r.b.Len() > start {
				r.b.WriteByte('\n')
			}
			r.inline(strings.TrimSpace(piece))
		}
		tr.cells = append(tr.cells, cell{Span{start, r.b.Len()}, cellText(r.b.String()[start:])})
	}
	tr.Span = trimmed(r.b.String(), Span{tr.Start, r.b.Len()})
	if tr.Start == tr.End {
		return nil
	}
	r.b.WriteByte('\n')
	t := &r.p.tables[index]
	t.rows = append(t.rows, tr)
	r.p.blocks = append(r.p.blocks, block{Span: tr.Span, kind: row, table: index, row: len(t.rows) - 1})
	return nil
}

// splitCells parts a line at its bars, not at escaped ones.
func splitCells(line string) []string {
	var cells []string
	start := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '|':
			cells = append(cells, line[start:i])
			start = i + 1
		}
	}
	return append(cells, line[start:])
}
