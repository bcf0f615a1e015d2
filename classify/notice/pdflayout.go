package notice

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pdfLine is a run of words on one line, without a hole in it: a line of a paragraph, or of a table's cell.
type pdfLine struct {
	words          []pdfWord
	x0, y0, x1, y1 float64
	bold           bool
	sheet          int
	right          float64 // where the longest lines of its sheet end
}

func (l pdfLine) size() float64 { return l.y1 - l.y0 }

func (l pdfLine) text() string {
	words := make([]string, len(l.words))
	for i, w := range l.words {
		words[i] = w.text
	}
	return strings.Join(words, " ")
}

// pdfRow is one or more cells side by side, each of one or more lines. One cell alone is a piece of running text.
type pdfRow [][]pdfLine

// marker is what stands before an entry of a list or a numbered title.
var (
	marker    = regexp.MustCompile(`^(?:[•▪●○‣◦–—*·o-]|\(?\d{1,2}(?:\.\d{1,2}){0,4}[.)]?|\(?[a-zA-Z][.)]|§)$`)
	pdfBullet = regexp.MustCompile(`^[•▪●○‣◦–—*·o-]$`)
)

// layOut makes a page of the words of the sheets: lines, cells side by side that line up to tables, and lines below one
// another that make paragraphs, across sheets too. Headers and footers that sheets share are left out.
func layOut(sheets [][]pdfWord, language string) (*page, error) {
	hole := 1.7 * usualSpace(sheets)
	var lines [][]pdfLine
	for i, words := range sheets {
		lines = append(lines, linesOf(words, i, hole))
	}
	dropRepeated(lines)
	o := &pdfWriter{p: &page{lang: language}, words: map[string]bool{}}
	var rows []pdfRow
	for _, sheet := range lines {
		right := 0.0
		for _, l := range sheet {
			right = max(right, l.x1)
			for _, w := range l.words {
				o.words[strings.ToLower(strings.Trim(w.text, ".,;:()"))] = true
			}
		}
		for i := range sheet {
			sheet[i].right = right
		}
		rows = append(rows, rowsOf(sheet)...)
	}
	o.measure(rows)
	for i := 0; i < len(rows); {
		if n := tableLength(rows[i:]); n > 0 {
			o.flush()
			if err := o.table(rows[i : i+n]); err != nil {
				return nil, err
			}
			i += n
			continue
		}
		for _, l := range joined(rows[i]) {
			o.line(l)
		}
		i++
	}
	o.flush()
	o.p.text = o.b.String()
	o.p.finish()
	return o.p, nil
}

// beside says that a word stands in the line of the one before, to its right.
func beside(last, w pdfWord) bool {
	return last.y0 < w.y1 && w.y0 < last.y1 && abs(last.y0-w.y0) < 0.5*max(last.size(), w.size()) && w.x0 >= last.x0
}

// usualSpace is the median space between words, in sizes of the font.
func usualSpace(sheets [][]pdfWord) float64 {
	var gaps []float64
	for _, words := range sheets {
		for i := 1; i < len(words); i++ {
			if beside(words[i-1], words[i]) {
				gaps = append(gaps, max(0, words[i].x0-words[i-1].x1)/words[i-1].size())
			}
		}
	}
	if len(gaps) == 0 {
		return 0.3
	}
	slices.Sort(gaps)
	return min(max(gaps[len(gaps)/2], 0.15), 0.4)
}

// linesOf cuts the words of a sheet where the line ends or a hole is, but not behind a bullet or number. hole is the
// space that is one, in sizes of the font. In a line that ends where others do, spaces that are all alike
// are no holes: it is justified.
func linesOf(words []pdfWord, sheet int, hole float64) []pdfLine {
	var out []pdfLine
	ends := map[int]int{} // how many lines end where, in points
	for i, w := range words {
		if i+1 == len(words) || !beside(w, words[i+1]) {
			ends[int(w.x1)]++
		}
	}
	for len(words) > 0 {
		n := 1
		least, most := 0.0, 0.0 // space in the line, in sizes
		for n < len(words) && beside(words[n-1], words[n]) {
			if gap := space(words[n-1], words[n]); n > 1 || !marker.MatchString(words[0].text) {
				if least == 0 || gap < least {
					least = gap
				}
				most = max(most, gap)
			}
			n++
		}
		limit := hole
		if end := int(words[n-1].x1); n > 4 && most < 1.5*least && most < 1.2 && ends[end-1]+ends[end]+ends[end+1] > 1 {
			limit = most + 0.1
		}
		for i, w := range words[:n] {
			if i > 0 {
				l := &out[len(out)-1]
				last := words[i-1]
				behind := len(l.words) == 1 && marker.MatchString(last.text)
				if gap := space(last, w); gap < limit || behind && gap < 4 {
					l.words = append(l.words, w)
					l.x1, l.y0, l.y1 = max(l.x1, w.x1), min(l.y0, w.y0), max(l.y1, w.y1)
					l.bold = (l.bold || behind) && w.bold
					continue
				}
			}
			out = append(out, pdfLine{words: []pdfWord{w}, x0: w.x0, x1: w.x1, y0: w.y0, y1: w.y1, bold: w.bold, sheet: sheet})
		}
		words = words[n:]
	}
	return out
}

// space is the space between two words, in sizes of the font.
func space(a, b pdfWord) float64 { return (b.x0 - a.x1) / max(a.size(), b.size()) }

func abs(x float64) float64 { return max(x, -x) }

var digits = regexp.MustCompile(`\d+`)

// dropRepeated takes away the lines at the upper and lower end of sheets that more than half of them have, numbers
// aside: headers, footers and page numbers.
func dropRepeated(sheets [][]pdfLine) {
	if len(sheets) < 2 {
		return
	}
	key := func(l pdfLine) string { return digits.ReplaceAllString(l.text(), "#") }
	const outer = 3 // lines at either end
	count := map[string]int{}
	at := func(sheet []pdfLine) []int {
		order := make([]int, len(sheet))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sheet[b].y0, sheet[a].y0) })
		if len(order) > 2*outer {
			order = append(order[:outer:outer], order[len(order)-outer:]...)
		}
		return order
	}
	for _, sheet := range sheets {
		seen := map[string]bool{}
		for _, i := range at(sheet) {
			if k := key(sheet[i]); !seen[k] {
				seen[k] = true
				count[k]++
			}
		}
	}
	for n, sheet := range sheets {
		drop := map[int]bool{}
		for _, i := range at(sheet) {
			drop[i] = count[key(sheet[i])] > 1 && count[key(sheet[i])]*2 > len(sheets)
		}
		kept := sheet[:0:0]
		for i, l := range sheet {
			if !drop[i] {
				kept = append(kept, l)
			}
		}
		sheets[n] = kept
	}
}

// rowsOf finds cells side by side. Reading goes through a row cell by cell: where it jumps to the right, up to where the
// row began, the next cell begins.
func rowsOf(lines []pdfLine) []pdfRow {
	var out []pdfRow
	for _, l := range lines {
		if n := len(out) - 1; n >= 0 {
			row := out[n]
			cell := row[len(row)-1]
			last := cell[len(cell)-1]
			if from := jump(row, l); from >= 0 {
				if from > 0 { // what stands above is no part of the row
					out[n] = pdfRow{row[0][:from:from]}
					out = append(out, pdfRow{row[0][from:]})
					n++
				}
				out[n] = append(out[n], []pdfLine{l})
				continue
			}
			below := l.y1 <= last.y1 && last.y0-l.y1 < 0.9*l.size() && l.y0 < last.y0
			if below && (abs(l.x0-cell[0].x0) < 3 || len(row) == 1 && l.x0 > cell[0].x0-40 && l.x0 < cell[0].x1) {
				row[len(row)-1] = append(cell, l)
				continue
			}
		}
		out = append(out, pdfRow{{l}})
	}
	return out
}

// jump says with which line of its first cell a row begins that goes on with l to the right; -1 = it does not.
func jump(row pdfRow, l pdfLine) int {
	last := row[len(row)-1]
	if len(row) > 1 {
		if l.x0 >= rightOf(last)-1 && abs(l.y1-row[0][0].y1) < 0.6*l.size() {
			return 0
		}
		return -1
	}
	for i := len(last) - 1; i >= 0; i-- {
		if abs(l.y1-last[i].y1) >= 0.6*l.size() {
			continue
		}
		for _, c := range last[i:] {
			if c.x1 > l.x0+1 {
				return -1
			}
		}
		return i
	}
	return -1
}

// tableLength is how many rows at the beginning of rows are a table: two or more, of two or more cells, whose left edges
// line up. A line alone between such rows, at the edge of their first cells, is a row that spans the table.
func tableLength(rows []pdfRow) int {
	if len(rows[0]) < 2 {
		return 0
	}
	n, several, last := 1, 1, rows[0]
	for i := 1; i < len(rows); i++ {
		r := rows[i]
		if len(r) == 1 && len(r[0]) == 1 && i+1 < len(rows) && abs(r[0][0].size()-last[0][0].size()) < 1 && abs(r[0][0].x0-rows[i-1][0][0].x0) < 3 {
			continue
		}
		if len(r) < 2 || !aligned(last, r) && !aligned(rows[0], r) {
			break
		}
		n, several, last = i+1, several+1, r
	}
	if several < 2 {
		return 0
	}
	return n
}

func aligned(a, b pdfRow) bool {
	n := 0
	for _, x := range a {
		for _, y := range b {
			if abs(x[0].x0-y[0].x0) < 3 {
				n++
			}
		}
	}
	return n > 1 || len(a) == len(b) && (within(a, b) || within(b, a))
}

// within says that each cell stands in the column of its counterpart, as centred titles do.
func within(a, b pdfRow) bool {
	for i := range a {
		if a[i][0].x0 < b[i][0].x0-3 || i+1 < len(b) && rightOf(a[i]) > b[i+1][0].x0 {
			return false
		}
	}
	return true
}

func rightOf(cell []pdfLine) float64 {
	right := 0.0
	for _, l := range cell {
		right = max(right, l.x1)
	}
	return right
}

// joined makes lines of a row that belongs to no table: the holes in it were wide spaces.
func joined(row pdfRow) []pdfLine {
	out := slices.Clone(row[0])
	for _, cell := range row[1:] {
		l := &out[0]
		l.words = append(slices.Clone(l.words), cell[0].words...)
		l.x1 = max(l.x1, cell[0].x1)
		out = append(out, cell[1:]...)
	}
	return out
}

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
	if last.sheet != l.sheet {
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

// columnsOf gives the left edges of a table's columns: those that rows share, or, where all rows have as many cells, the
// leftmost of each.
func columnsOf(rows []pdfRow) []float64 {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r pdfRow) bool { return len(r) == 1 })
	same := !slices.ContainsFunc(rows, func(r pdfRow) bool { return len(r) != len(rows[0]) })
	var out []float64
	if same {
		for i := range rows[0] {
			left := rows[0][i][0].x0
			for _, r := range rows {
				left = min(left, r[i][0].x0)
			}
			out = append(out, left)
		}
		return out
	}
	var seen []float64
	for _, r := range rows {
		for _, c := range r {
			x := c[0].x0
			near := func(y float64) bool { return abs(x-y) < 3 }
			if slices.ContainsFunc(seen, near) && !slices.ContainsFunc(out, near) {
				out = append(out, x)
			}
			seen = append(seen, x)
		}
	}
	slices.Sort(out)
	return out
}

// columnAt is the column that a cell stands in: the last that begins at or before it.
func columnAt(columns []float64, x float64) int {
	best := 0
	for i := range columns {
		if columns[i] <= x+3 {
			best = i
		}
	}
	return best
}
