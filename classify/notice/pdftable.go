package notice

import (
	"slices"
)

// rowsOf finds cells side by side. Reading goes through a row cell by cell: where it jumps to the right, up to where the
// row began, the next cell begins.
func rowsOf(lines []pdfLine) []pdfRow {
	var out []pdfRow
	for _, l := range lines {
		if n := len(out) - 1; n >= 0 && out[n][0][0].column == l.column {
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
