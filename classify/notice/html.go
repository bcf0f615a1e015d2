package notice

import (
	"errors"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	maxBytes        = 5 << 20 // a notice larger than this is refused
	maxCells        = 100_000
	maxDepth        = 500
	maxDeclarations = 100_000
	maxSentences    = 200_000 // of 26 letters each they are 5 MB
)

var (
	errTooLarge  = errors.New("larger than 5 MB")
	errCells     = errors.New("more than 100,000 table cells")
	errDepth     = errors.New("nested too deeply")
	errDeclares  = errors.New("more than 100,000 declarations")
	errSentences = errors.New("more than 200,000 sentences")
)

// htmlPage walks the DOM by itself rather than through a cleaner, because cleaners drop the tables.
func htmlPage(body, base string) (*page, error) {
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return nil, errDepth // the only error a parser of bytes in memory gives is its own bound on nesting
	}
	w := &walker{p: &page{}}
	w.base, _ = url.Parse(base)
	w.total = w.measure(doc, 0)
	w.lengths = map[*html.Node]int{}
	w.measure(doc, 0)
	w.b.Grow(w.total + w.total/8)
	if err := w.walk(doc, 0); err != nil {
		return nil, err
	}
	w.flush()
	w.p.text = w.b.String()
	w.p.finish()
	return w.p, nil
}

type walker struct {
	p     *page
	b     strings.Builder
	base  *url.URL
	total int
	// lengths holds the amount of text below each element that holds much of it, so that a container of most of the
	// page is never taken for its frame.
	lengths map[*html.Node]int

	start   int  // where the open block began
	open    bool // a block has text
	space   bool // a space is due before the next word
	next    block
	bold    int // depth of bold elements
	strong  int // bytes of the open block that are bold
	size    int // bytes of the open block
	pre     int
	lists   int // lists seen so far
	cells   int
	article int // depth of main or article
	link    int // depth of links
	linked  int // bytes of the open block that are links
}

func (w *walker) measure(n *html.Node, depth int) int {
	if depth > maxDepth || n.Type == html.ElementNode && hidden(n) {
		return 0
	}
	if n.Type == html.TextNode {
		return len(strings.TrimSpace(n.Data))
	}
	sum := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		sum += w.measure(c, depth+1)
	}
	if w.lengths != nil && n.Type == html.ElementNode && (sum >= 4000 || sum*maxParts >= w.total) {
		w.lengths[n] = sum
	}
	return sum
}

func hidden(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Svg, atom.Math, atom.Iframe, atom.Object, atom.Canvas, atom.Select,
		atom.Textarea, atom.Input, atom.Head, atom.Datalist, atom.Audio, atom.Video:
		return true
	}
	return false
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func (w *walker) walk(n *html.Node, depth int) error {
	if depth > maxDepth {
		return errDepth
	}
	switch n.Type {
	case html.TextNode:
		w.write(n.Data)
		return nil
	case html.ElementNode:
		return w.element(n, depth)
	case html.CommentNode, html.DoctypeNode:
		return nil
	}
	return w.children(n, depth)
}

func (w *walker) children(n *html.Node, depth int) error {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if err := w.walk(c, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) element(n *html.Node, depth int) error {
	if n.DataAtom == atom.Html {
		w.p.lang = attr(n, "lang")
	}
	if n.DataAtom == atom.Head {
		w.head(n)
		return nil
	}
	if hidden(n) {
		return nil
	}
	if !w.next.cmp && declarationMarks(n) {
		w.next.cmp = true
		defer func() { w.flush(); w.next.cmp = false }()
	}
	before := w.next.place
	if p := w.placeOf(n); p != inBody && w.next.place == inBody {
		w.flush()
		w.next.place = p
		defer func() { w.flush(); w.next.place = before }()
	}
	switch n.DataAtom {
	case atom.Br, atom.Hr:
		w.flush()
		return nil
	case atom.A:
		return w.anchor(n, depth)
	case atom.B, atom.Strong, atom.U:
		w.bold++
		defer func() { w.bold-- }()
		return w.children(n, depth)
	case atom.Pre:
		w.pre++
		defer func() { w.pre-- }()
	case atom.Main, atom.Article:
		w.article++
		defer func() { w.article-- }()
	case atom.Table:
		return w.table(n, depth)
	case atom.Ul, atom.Ol:
		w.flush()
		list := w.next.list
		w.lists++
		w.next.list = w.lists
		w.next.level++
		err := w.children(n, depth)
		w.flush()
		w.next.list = list
		w.next.level--
		return err
	}
	kind, level, isBlock := blockOf(n)
	if !isBlock {
		return w.children(n, depth)
	}
	w.flush()
	saved := w.next
	w.next.kind, w.next.place = kind, saved.place
	if kind == heading {
		w.next.level = level
	}
	err := w.children(n, depth)
	w.flush()
	w.next = saved
	return err
}

func (w *walker) head(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Title && c.FirstChild != nil {
			w.p.title = fold(c.FirstChild.Data)
		}
	}
}

func blockOf(n *html.Node) (kind blockKind, level int, ok bool) {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return heading, int(n.Data[1] - '0'), true
	case atom.Li:
		return item, 0, true
	case atom.Dt:
		return term, 0, true
	case atom.Summary, atom.Legend:
		return heading, 5, true
	case atom.P, atom.Div, atom.Section, atom.Article, atom.Main, atom.Header, atom.Footer, atom.Nav, atom.Aside, atom.Dl,
		atom.Dd, atom.Blockquote, atom.Pre, atom.Details, atom.Figure, atom.Figcaption, atom.Form, atom.Fieldset,
		atom.Address, atom.Center, atom.Body, atom.Option, atom.Dialog, atom.Hgroup, atom.Menu, atom.Search:
		if attr(n, "role") == "heading" {
			return heading, 5, true
		}
		return paragraph, 0, true
	case atom.Button:
		if attr(n, "aria-expanded") != "" || attr(n, "aria-controls") != "" {
			return heading, 5, true
		}
		return paragraph, 0, true
	}
	if attr(n, "role") == "tab" {
		return heading, 5, true
	}
	return 0, 0, false
}

func (w *walker) anchor(n *html.Node, depth int) error {
	start := w.b.Len()
	w.link++
	err := w.children(n, depth)
	w.link--
	href := strings.TrimSpace(attr(n, "href"))
	if href == "" || len(href) > 2000 {
		return err
	}
	u, bad := url.Parse(href)
	if bad != nil {
		return err
	}
	if w.base != nil {
		u = w.base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "" {
		return err
	}
	w.p.links = append(w.p.links, Link{URL: u.String(), Span: Span{start, w.b.Len()}})
	return err
}

// write adds text to the open block, white space folded as a browser shows it.
func (w *walker) write(s string) {
	if w.pre > 0 {
		for line := range strings.SplitSeq(s, "\n") {
			w.words(line)
			w.flush()
		}
		return
	}
	w.words(s)
}

func (w *walker) words(s string) {
	for i := 0; i < len(s); {
		if n := isSpaceAt(s, i); n > 0 {
			w.space = true
			i += n
			continue
		}
		j := i
		for j < len(s) && isSpaceAt(s, j) == 0 {
			j++
		}
		word := strings.Map(visible, s[i:j])
		i = j
		if word == "" {
			continue
		}
		if !w.open {
			w.start, w.open, w.strong, w.size, w.linked = w.b.Len(), true, 0, 0, 0
		} else if w.space {
			w.b.WriteByte(' ')
		}
		w.space = false
		w.b.WriteString(word)
		w.size += len(word)
		if w.bold > 0 {
			w.strong += len(word)
		}
		if w.link > 0 {
			w.linked += len(word)
		}
	}
}

// visible drops what has no width or is not text: a page may hide such characters inside words.
func visible(r rune) rune {
	switch {
	case r == 0x00AD || r >= 0x200B && r <= 0x200F || r == 0xFEFF || r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x2069:
		return -1
	case r < ' ' || r == 0x7F || r >= 0x80 && r < 0xA0:
		return -1
	}
	return r
}

// flush closes the open block.
func (w *walker) flush() {
	w.space = false
	if !w.open {
		return
	}
	w.open = false
	blk := w.next
	blk.Span = Span{w.start, w.b.Len()}
	blk.table = -1
	if blk.kind == paragraph && blk.list > 0 {
		blk.kind = item
	}
	text := w.b.String()[w.start:]
	if (blk.kind == paragraph || blk.kind == item) && w.strong*10 >= w.size*9 && looksLikeTitle(text) && w.linked*2 < w.size {
		blk.kind, blk.weak, blk.level = heading, true, 5
	}
	w.b.WriteByte('\n')
	w.p.blocks = append(w.p.blocks, blk)
}

// looksLikeTitle tells a heading set in bold from a bold sentence.
func looksLikeTitle(s string) bool {
	if len(s) > 120 || len(s) < 2 {
		return false
	}
	last := s[len(s)-1]
	return last != '.' && last != ',' && last != ';' && last != ':' || len(strings.Fields(s)) <= 6 && last != ',' && last != ';'
}
