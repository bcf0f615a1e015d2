package notice

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// table writes a table row by row, cells parted by tabs. A table that only lays out the page (few cells with much
// text, or tables within) is walked as if it were not there.
func (w *walker) table(n *html.Node, depth int) error {
	w.flush()
	if w.layout(n, 0) {
		err := w.children(n, depth)
		w.flush()
		return err
	}
	t := table{cmp: w.next.cmp}
	index := len(w.p.tables)
	w.p.tables = append(w.p.tables, table{})
	if err := w.rows(n, depth, &t, index); err != nil {
		return err
	}
	w.p.tables[index] = t
	return nil
}

func (w *walker) rows(n *html.Node, depth int, t *table, index int) error {
	if depth > maxDepth {
		return errDepth
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		var err error
		switch {
		case c.Type != html.ElementNode || hidden(c):
		case c.DataAtom == atom.Tr:
			err = w.row(c, depth+1, t, index)
		case c.DataAtom == atom.Caption:
			t.title = w.caption(c, depth+1)
		default:
			err = w.rows(c, depth+1, t, index)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) caption(n *html.Node, depth int) string {
	saved := w.next
	w.next.kind, w.next.level = heading, 6
	start, blocks := w.b.Len(), len(w.p.blocks)
	_ = w.children(n, depth)
	w.flush()
	w.next = saved
	title := fold(w.b.String()[start:])
	for i := blocks - 1; i >= 0 && i >= blocks-5 && len(w.p.blocks) == blocks+1; i-- {
		if w.p.blocks[i].kind == heading && strings.EqualFold(title, w.p.quoteOf(w.b.String(), i)) {
			w.p.blocks = w.p.blocks[:blocks] // it repeats the heading for screen readers
		}
	}
	return title
}

func (w *walker) row(n *html.Node, depth int, t *table, index int) error {
	w.flush()
	r := tableRow{header: true}
	r.Start = w.b.Len()
	blocks := len(w.p.blocks)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != atom.Td && c.DataAtom != atom.Th {
			continue
		}
		if w.cells++; w.cells > maxCells {
			return errCells
		}
		if c.DataAtom == atom.Td {
			r.header = false
		}
		if len(r.cells) > 0 {
			w.b.WriteByte('\t')
		}
		start := w.b.Len()
		if err := w.children(c, depth+1); err != nil {
			return err
		}
		w.flush()
		text := w.b.String()[start:]
		text = strings.TrimRight(text, "\n")
		r.cells = append(r.cells, cell{Span{start, start + len(text)}, cellText(text)})
	}
	// The blocks the cells made are one row.
	place := w.next.place
	w.p.blocks = w.p.blocks[:blocks]
	r.End = w.b.Len()
	if len(r.cells) == 0 || strings.TrimSpace(w.b.String()[r.Start:]) == "" {
		return nil
	}
	s := trimmed(w.b.String(), r.Span)
	r.Span = s
	w.b.WriteByte('\n')
	t.rows = append(t.rows, r)
	w.p.blocks = append(w.p.blocks, block{Span: s, kind: row, place: place, table: index, row: len(t.rows) - 1})
	return nil
}

func cellText(s string) string {
	lines := strings.Split(s, "\n")
	kept := lines[:0]
	for _, line := range lines {
		if line = fold(line); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// layout tells a table that lays out the page: it holds headings, other tables or cells as long as a page.
func (w *walker) layout(n *html.Node, depth int) bool {
	if depth > maxDepth {
		return true
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.DataAtom {
		case atom.Table:
			return true
		case atom.H1, atom.H2:
			return true
		case atom.Td:
			if w.lengths[c] > 4000 {
				return true
			}
		}
		if w.layout(c, depth+1) {
			return true
		}
	}
	return false
}
