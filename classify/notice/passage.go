package notice

// passage is what a quote may be: a whole sentence, list item or table row of a document's body. Headings are none,
// because they declare nothing.
type passage struct {
	Span
	section string // as a declaration cites it
	region  Region // of the section
}

// passages cuts the body of a document.
func (r *reader) passages() []passage {
	n := 0
	for _, cut := range r.p.cut {
		n += len(cut)
	}
	out := make([]passage, 0, n)
	for i, b := range r.p.blocks {
		if b.place != inBody || b.kind == heading {
			continue
		}
		for _, s := range r.p.pieces(i) {
			p := passage{Span: s}
			if section := r.of[i]; section >= 0 {
				p.section, p.region = r.cite(section), r.doc.Sections[section].Region
			}
			out = append(out, p)
		}
	}
	return out
}
