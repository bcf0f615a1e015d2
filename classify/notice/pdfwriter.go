package notice

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pdfWriter writes lines and tables as the blocks of a page.
type pdfWriter struct {
	p     *page
	b     strings.Builder
	open  []pdfLine       // the paragraph that is being read
	words map[string]bool // all words of the document, to tell which hyphens belong to a word
	cells int
	list  int

	body  float64   // size of the running text
	sizes []float64 // of titles, the largest first
	pitch float64   // from line to line, in sizes
}

// measure finds out what is usual in a document.
func (o *pdfWriter) measure(rows []pdfRow) {
	weight := map[float64]int{}
	pitches := map[float64]int{}
	for _, row := range rows {
		for _, cell := range row {
			for i, l := range cell {
				weight[round(l.size())] += len(l.text())
				if i > 0 {
					pitches[round((cell[i-1].y0-l.y0)/l.size()*10)]++
				}
			}
		}
	}
	o.body, o.pitch = mode(weight), mode(pitches)/10
	if o.pitch == 0 {
		o.pitch = 1.2
	}
	for size := range weight {
		if size > o.body*1.1 {
			o.sizes = append(o.sizes, size)
		}
	}
	slices.SortFunc(o.sizes, func(a, b float64) int { return cmp.Compare(b, a) })
}

// round rounds to halves.
func round(x float64) float64 { return float64(int(x*2+0.5)) / 2 }

func mode(counts map[float64]int) float64 {
	best := 0.0
	for value, n := range counts {
		if n > counts[best] || n == counts[best] && value < best {
			best = value
		}
	}
	return best
}

// line adds a line to the open paragraph, or begins another.
func (o *pdfWriter) line(l pdfLine) {
	if len(o.open) > 0 && !o.goesOn(o.open[len(o.open)-1], l) {
		o.flush()
	}
	o.open = append(o.open, l)
}

func (o *pdfWriter) goesOn(last, l pdfLine) bool {
	text := l.text()
	if abs(last.size()-l.size()) > 0.12*o.body || last.bold != l.bold && (allBold(o.open) || l.bold) || marker.MatchString(l.words[0].text) && len(l.words) > 1 && startsItem(l, last) {
		return false
	}
	end := last.words[len(last.words)-1].text
	if last.sheet != l.sheet || last.column != l.column {
		first, _ := utf8.DecodeRuneInString(text)
		return unicode.IsLower(first) && !sentenceEnd(last.text())
	}
	if (last.y0-l.y0)/l.size() > o.pitch*1.25+0.1 || l.y0 > last.y0 {
		return false
	}
	// The first word would have fitted into the line before: that line was ended on purpose.
	first := l.words[0]
	room := last.right - last.x1
	if abs(l.x0-last.x0) > 3 && room > first.x1-first.x0+0.5*l.size() {
		return false
	}
	return room < first.x1-first.x0+0.5*l.size() || !strings.ContainsAny(end[len(end)-1:], ".:;!?") && room < 0.35*(last.right-last.x0)
}

// startsItem says that a line begins an entry of a list: a bullet always does, a number or letter where the line before
// has ended.
func startsItem(l, last pdfLine) bool {
	if pdfBullet.MatchString(l.words[0].text) && l.words[0].text != "-" && l.words[0].text != "o" {
		return true
	}
	text := last.text()
	return strings.ContainsAny(text[len(text)-1:], ".:;!?,") || last.right-last.x1 > l.words[0].x1-l.words[0].x0+l.size()
}

func allBold(lines []pdfLine) bool {
	return !slices.ContainsFunc(lines, func(l pdfLine) bool { return !l.bold })
}

// flush writes the open paragraph.
func (o *pdfWriter) flush() {
	lines := o.open
	o.open = nil
	if len(lines) == 0 {
		return
	}
	b := block{table: -1}
	first := lines[0].words[0].text
	if pdfBullet.MatchString(first) && len(lines[0].words) > 1 {
		lines[0].words = lines[0].words[1:]
		if o.list == 0 {
			o.list = len(o.p.blocks) + 1
		}
		b.kind, b.level, b.list = item, 1, o.list
	} else {
		o.list = 0
	}
	b.Span = o.write(lines)
	if b.Start == b.End {
		return
	}
	o.b.WriteByte('\n')
	text := o.b.String()[b.Start:b.End]
	size := round(lines[0].size())
	switch i := slices.Index(o.sizes, size); {
	case b.kind == item:
	case i >= 0 && len(lines) < 4 && len(text) < 200:
		b.kind, b.level = heading, min(i+1, 6)
	case allBold(lines) && len(lines) < 3 && looksLikeTitle(text):
		b.kind, b.level, b.weak = heading, 5, true
	case len(lines) == 1:
		if number, title := splitNumber(text); number != "" && titleLike(title) {
			b.kind, b.level, b.weak = heading, 1+strings.Count(number, "."), true
		}
	}
	o.p.blocks = append(o.p.blocks, b)
}

// write writes lines as running text, words that a hyphen broke made whole again, and records their links.
func (o *pdfWriter) write(lines []pdfLine) Span {
	start := o.b.Len()
	var link Link
	endLink := func() {
		if link.URL != "" {
			link.End = link.Start + len(strings.TrimRight(o.b.String()[link.Start:link.End], ".,;:!?)")) // the mark belongs to the sentence
			o.p.links = append(o.p.links, link)
		}
		link = Link{}
	}
	for i, l := range lines {
		for j, w := range l.words {
			if w.link != link.URL {
				endLink()
			}
			glued := i > 0 && j == 0 && o.glue(lines[i-1].words[len(lines[i-1].words)-1], w)
			if o.b.Len() > start && !glued {
				o.b.WriteByte(' ')
			}
			if w.link != "" && link.URL == "" {
				link = Link{URL: w.link, Span: Span{Start: o.b.Len()}}
			}
			text := w.text
			if i+1 < len(lines) && j == len(l.words)-1 && o.dropsHyphen(w, lines[i+1].words[0]) {
				text = strings.TrimSuffix(text, "-")
			}
			o.b.WriteString(text)
			link.End = o.b.Len()
		}
	}
	endLink()
	return Span{start, o.b.Len()}
}

// glue says that a word goes on in the next line without a space.
func (o *pdfWriter) glue(last, next pdfWord) bool {
	first, _ := utf8.DecodeRuneInString(next.text)
	return strings.HasSuffix(last.text, "-") && len(last.text) > 1 && unicode.IsLower(first)
}

// dropsHyphen says that a hyphen at the end of a line is not part of the word. The document itself tells, where it has
// the word elsewhere.
func (o *pdfWriter) dropsHyphen(last, next pdfWord) bool {
	if !o.glue(last, next) || strings.ContainsAny(strings.TrimSuffix(last.text, "-")+next.text, "-_0123456789") {
		return false // the name of a cookie, an address
	}
	tail := strings.ToLower(strings.TrimRight(next.text, ".,;:()"))
	with := strings.ToLower(strings.TrimLeft(last.text, "(")) + tail
	switch without := strings.Replace(with, "-", "", 1); {
	case o.words[with]:
		return false
	case o.words[without], last.breaks:
		return true
	}
	return len(last.text) > 4 // "opt-", "e-", "non-" are kept
}

// table writes rows whose cells line up. It goes on with the table before if that was all that stood between them.
func (o *pdfWriter) table(rows []pdfRow) error {
	index := len(o.p.tables)
	if n := len(o.p.blocks); n > 0 && o.p.blocks[n-1].kind == row && rows[0][0][0].sheet > 0 {
		index = o.p.blocks[n-1].table
	} else {
		o.p.tables = append(o.p.tables, table{})
	}
	columns := columnsOf(rows)
	for i, r := range rows {
		cells := make([][]pdfLine, len(columns))
		if len(r) == 1 {
			cells = cells[:1]
		}
		for _, c := range r {
			at := min(columnAt(columns, c[0].x0), len(cells)-1)
			cells[at] = append(cells[at], c...)
		}
		tr := tableRow{header: i == 0 && !slices.ContainsFunc(r, func(c []pdfLine) bool { return !allBold(c) }), Span: Span{Start: o.b.Len()}}
		for n, c := range cells {
			if o.cells++; o.cells > maxCells {
				return errCells
			}
			if n > 0 {
				o.b.WriteByte('\t')
			}
			s := o.write(c)
			tr.cells = append(tr.cells, cell{s, fold(o.b.String()[s.Start:s.End])})
		}
		t := &o.p.tables[index]
		text := o.b.String()
		tr.Span = trimmed(text, Span{tr.Start, len(text)})
		if len(t.rows) > 0 && fold(text[t.rows[0].Start:t.rows[0].End]) == fold(text[tr.Start:tr.End]) {
			tr.header = true // repeated on the next sheet
		}
		o.b.WriteByte('\n')
		if tr.Start == tr.End {
			continue
		}
		t.rows = append(t.rows, tr)
		o.p.blocks = append(o.p.blocks, block{Span: tr.Span, kind: row, table: index, row: len(t.rows) - 1})
	}
	return nil
}
