package notice

import "trackaudit/classify/knowledge"

// namer finds the vendors that a text names; start and end count bytes of the text.
type namer func(text string) []named

type named struct {
	text       string // as it stands there
	service    string
	entity     string
	purposes   []knowledge.Purpose
	start, end int
}

// reader reads one document.
type reader struct {
	p     *page
	m     *matcher
	names namer
	doc   *Document
	of    []int // section of each block
	all   []*sentence
	out   []Declaration
	seen  map[declKey]bool
	own   map[string]bool // words by which the publisher is known
}

// cut makes the sentences of the body.
func (r *reader) cut() {
	for i, b := range r.p.blocks {
		if b.place != inBody || b.kind == heading || b.kind == row && r.p.tables[b.table].cookies() {
			continue
		}
		spans := []Span{b.Span}
		if b.kind != row {
			spans = sentences(r.p.text, b.Span)
		}
		for _, s := range spans {
			sent := &sentence{Span: s, block: i, section: r.of[i], item: b.kind == item || b.kind == row}
			text := r.p.text[s.Start:s.End]
			sent.asks = text[len(text)-1] == '?'
			sent.leads = text[len(text)-1] == ':'
			sent.toks = tokens(r.p.text, s)
			sent.hits = r.m.find(sent.toks)
			r.all = append(r.all, sent)
		}
	}
}
