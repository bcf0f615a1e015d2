package notice

import (
	"cmp"
	"slices"
	"unicode"
	"unicode/utf8"
)

const (
	maxColumnLines = 1500 // on a sheet: more are no page for people
	maxGutters     = 4    // between columns
	leastLines     = 3    // in a column
	leastBeside    = 6    // lines that have another beside them, for there to be columns
)

// inColumns orders the lines of running text that stands in columns column by column, whether they were written so or line
// by line across the sheet, and gives the spaces between the columns. Those of the sheet before are tried too: a last
// sheet may have one column alone.
func inColumns(lines []pdfLine, before []float64) ([]pdfLine, []float64) {
	own := guttersOf(lines)
	if out := ordered(lines, own, false); out != nil {
		return out, own
	}
	if out := ordered(lines, before, true); out != nil {
		return out, before
	}
	return lines, nil
}

// ordered orders lines by the columns between some gutters. Each column gets a number of its own; other lines, those of
// tables too, have 0. What crosses a gutter ends the columns, a title or a table over the whole width, and so does a wide
// space below them. nil = there are none; one alone counts only if single.
func ordered(lines []pdfLine, gutters []float64, single bool) []pdfLine {
	if len(gutters) == 0 {
		return nil
	}
	zone := make([]int, len(lines)) // of each line; 0 = it crosses
	n, crossed := 0, true
	last := -1
	for _, i := range topDown(lines) {
		if last >= 0 && lines[last].y0-lines[i].y1 > 3*lines[i].size() {
			crossed = true
		}
		last = i
		if slices.ContainsFunc(gutters, func(x float64) bool { return lines[i].x0 < x && x < lines[i].x1 }) {
			crossed = true
			continue
		}
		if crossed {
			n++
			crossed = false
		}
		zone[i] = n
	}
	found := false
	columns := make([][]pdfLine, n+1) // of each zone that is running text
	for z := 1; z <= n; z++ {
		var list []pdfLine
		for i, l := range lines {
			if zone[i] == z {
				l.column = z*(len(gutters)+1) + sideOf(l, gutters)
				list = append(list, l)
			}
		}
		if running(list, single) {
			found = true
			slices.SortStableFunc(list, func(a, b pdfLine) int { return cmp.Compare(a.column, b.column) })
			columns[z] = list
		}
	}
	out := make([]pdfLine, 0, len(lines))
	for i, l := range lines {
		switch z := zone[i]; {
		case z == 0 || columns[z] == nil:
			out = append(out, l)
		case len(columns[z]) > 0:
			out = append(out, columns[z]...)
			columns[z] = columns[z][:0]
		}
	}
	if !found {
		return nil
	}
	return out
}

func topDown(lines []pdfLine) []int {
	order := make([]int, len(lines))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(lines[b].y0, lines[a].y0) })
	return order
}

// sideOf is how many gutters stand to the left of a line.
func sideOf(l pdfLine, gutters []float64) int {
	n := 0
	for n < len(gutters) && gutters[n] < l.x0 {
		n++
	}
	return n
}

// guttersOf gives, from left to right, where several lines end and others begin beside them: where most of the spaces
// between neighbours overlap.
func guttersOf(lines []pdfLine) []float64 {
	if len(lines) > maxColumnLines {
		return nil
	}
	var gaps [][2]float64
	for _, a := range lines {
		next := -1
		for i, b := range lines {
			if b.x0 > a.x1 && min(a.y1, b.y1)-max(a.y0, b.y0) > 0.5*a.size() && (next < 0 || b.x0 < lines[next].x0) {
				next = i
			}
		}
		if next >= 0 {
			gaps = append(gaps, [2]float64{a.x1, lines[next].x0})
		}
	}
	var out []float64
	most := 0
	for len(out) < maxGutters {
		best, at := 0, 0.0
		for _, g := range gaps {
			n := 0
			for _, o := range gaps {
				if o[0] < g[1] && g[1] <= o[1] {
					n++
				}
			}
			if n > best {
				best, at = n, g[1]
			}
		}
		if most = max(most, best); best < leastBeside || best*2 < most {
			break // none, or that of a small table in a column
		}
		from := 0.0
		gaps = slices.DeleteFunc(gaps, func(g [2]float64) bool {
			over := g[0] < at && at <= g[1]
			if over {
				from = max(from, g[0])
			}
			return over
		})
		out = append(out, (from+at)/2)
	}
	slices.Sort(out)
	return out
}

// running says that lines in columns are running text, not a table: in each column are lines of several words that go
// on with the next, and they are written column by column or line by line across, not cell by cell.
// A column may stand alone if single.
func running(lines []pdfLine, single bool) bool {
	columns := map[int][]pdfLine{}
	jumps := 0
	for i, l := range lines {
		columns[l.column] = append(columns[l.column], l)
		if i > 0 && l.column > lines[i-1].column {
			jumps++
		}
	}
	shortest := len(lines)
	for _, list := range columns {
		words, small := 0, 0
		for i, l := range list {
			words += len(l.words)
			if first, _ := utf8.DecodeRuneInString(l.words[0].text); i > 0 && unicode.IsLower(first) {
				small++
			}
		}
		if len(list) < leastLines || words < 3*len(list) || small*4 < len(list)-1 {
			return false
		}
		shortest = min(shortest, len(list))
	}
	others := len(columns) - 1
	return others == 0 && single || others > 0 && (jumps == others || jumps*10 >= shortest*others*7)
}
