package notice

import (
	"regexp"
	"slices"
	"strings"
)

// pdfLine is a run of words on one line, without a hole in it: a line of a paragraph, or of a table's cell.
type pdfLine struct {
	words          []pdfWord
	x0, y0, x1, y1 float64
	bold           bool
	sheet          int
	column         int     // of running text in columns; 0 = none
	right          float64 // where the longest lines of its sheet or column end
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
	var gutters []float64
	for _, sheet := range lines {
		sheet, gutters = inColumns(sheet, gutters)
		right := map[int]float64{} // by column
		for _, l := range sheet {
			right[l.column] = max(right[l.column], l.x1)
			for _, w := range l.words {
				o.words[strings.ToLower(strings.Trim(w.text, ".,;:()"))] = true
			}
		}
		for i := range sheet {
			sheet[i].right = right[sheet[i].column]
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
		order := topDown(sheet)
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
