package notice

import (
	"strings"
	"unicode/utf8"
)

// A page is one document as a person reads it: its text, cut into blocks (a heading, a paragraph, a list item, a
// table row), with its links and tables. All spans count bytes of text.
type page struct {
	text   string
	title  string // <title>, or the first heading
	lang   string // as the document itself says: <html lang>
	blocks []block
	links  []Link
	tables []table
	body   Span
	banner string
	cut    [][]Span // the sentences of each block, see cutSentences
}

type blockKind uint8

const (
	paragraph blockKind = iota
	heading
	item // of a list
	row  // of a table
	term // of a definition list
)

// place says which part of the page a block belongs to.
type place uint8

const (
	inBody   place = iota
	inChrome       // navigation, site header and footer
	inBanner       // a consent banner
)

type block struct {
	Span
	kind  blockKind
	place place
	level int  // of a heading: 1 = top; of a list item: depth
	list  int  // number of the list an item belongs to; 0 = none
	table int  // index into tables of a row; -1 = none
	row   int  // index of the row in its table
	weak  bool // a heading by its look only
	card  bool // part of a card or entry that tells of a cookie, see cards
	cmp   bool // within the list that a consent manager renders
}

// A table is what stood in <table>, a Markdown table, or cells of another form that mean the same.
type table struct {
	title string // caption
	rows  []tableRow
	cmp   bool // shown by a consent manager
	known int8 // whether it lists cookies: 0 = not looked at yet, 1 = no, 2 = yes
	lay   layout
	heads map[string]column // what headers were found to mean, shared by the tables of a page; may be nil
}

type tableRow struct {
	Span
	header bool // made of <th>
	cells  []cell
}

type cell struct {
	Span
	text string // white space folded; line breaks kept as "\n"
}

// fold makes every run of white space one space.
func fold(s string) string {
	if folded(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// folded says that a text holds no white space but single spaces between words.
func folded(s string) bool {
	space := true // before the text
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ' ':
			if space {
				return false
			}
			space = true
			continue
		case c >= '\t' && c <= '\r' || c >= utf8.RuneSelf && isSpaceAt(s, i) > 0:
			return false
		}
		space = false
	}
	return !space || s == ""
}

// trimmed narrows a span to what stands between white space.
func trimmed(text string, s Span) Span {
	for s.Start < s.End && isSpaceAt(text, s.Start) > 0 {
		s.Start += isSpaceAt(text, s.Start)
	}
	for s.Start < s.End {
		n := spaceBefore(text[s.Start:s.End])
		if n == 0 {
			break
		}
		s.End -= n
	}
	return s
}

// quoteOf is the text of a block while the page's text is still being written.
func (p *page) quoteOf(text string, i int) string {
	return fold(text[p.blocks[i].Start:p.blocks[i].End])
}

// longRow is the length in bytes beyond which a row of a table holds sentences of its own.
const longRow = 600

// pieces cuts a block into what is read and quoted by itself: sentences, or a row of a table.
func (p *page) pieces(i int) []Span {
	b := &p.blocks[i]
	if b.kind == row && b.End-b.Start <= longRow {
		return []Span{b.Span}
	}
	return p.cut[i]
}

// cutSentences cuts the blocks into sentences.
func (p *page) cutSentences() error {
	p.cut = make([][]Span, len(p.blocks))
	n := 0
	for i, b := range p.blocks {
		p.cut[i] = sentences(p.text, b.Span)
		if n += len(p.cut[i]); n > maxSentences {
			return errSentences
		}
	}
	return nil
}

func (p *page) quote(s Span) string { return fold(p.text[s.Start:s.End]) }
