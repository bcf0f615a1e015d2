package discover

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"trackaudit/crawler/evidence"
)

// document is what a page's markup says without running its scripts.
type document struct {
	base     *url.URL
	language string
	title    string
	headings string          // of the first levels
	links    []evidence.Link // in document order; URL absolute
	refresh  string          // where <meta http-equiv=refresh> leads
	text     int             // characters of text outside scripts and styles
}

// readDocument reads the parsed page that addr answered with.
func readDocument(addr *url.URL, root *html.Node) *document {
	d := &document{base: addr}
	d.walk(root, false)
	return d
}

func (d *document) walk(n *html.Node, footer bool) {
	switch n.Type {
	case html.TextNode:
		d.text += len(strings.TrimSpace(n.Data))
	case html.ElementNode:
		switch n.DataAtom {
		case atom.Script, atom.Style, atom.Template, atom.Svg:
			return
		case atom.Html:
			d.language = clip(attr(n, "lang"), 20)
		case atom.Base:
			if b, err := d.base.Parse(attr(n, "href")); err == nil && (b.Scheme == "http" || b.Scheme == "https") {
				d.base = b
			}
		case atom.Title:
			if d.title == "" {
				d.title = clip(textOf(n), 200)
			}
			return
		case atom.H1, atom.H2:
			if len(d.headings) < 400 {
				d.headings += " " + clip(textOf(n), 200)
			}
		case atom.Meta:
			if strings.EqualFold(attr(n, "http-equiv"), "refresh") {
				_, target, _ := strings.Cut(attr(n, "content"), "=")
				d.refresh = resolve(d.base, strings.Trim(strings.TrimSpace(target), `"'`))
			}
		case atom.A, atom.Area, atom.Link:
			d.link(n, footer)
		}
		footer = footer || isFooter(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		d.walk(c, footer)
	}
}

func (d *document) link(n *html.Node, footer bool) {
	if len(d.links) >= maxLinks {
		return
	}
	rel := attr(n, "rel")
	if n.DataAtom == atom.Link && !linkRel(rel) {
		return
	}
	addr := resolve(d.base, attr(n, "href"))
	if addr == "" {
		return
	}
	text := textOf(n)
	for _, name := range []string{"aria-label", "title"} {
		if strings.TrimSpace(text) == "" {
			text = attr(n, name)
		}
	}
	d.links = append(d.links, evidence.Link{URL: addr, Text: clip(text, 200), Rel: clip(rel, 100), Footer: footer})
}

// linkRel says whether a <link> with this rel names a document that a visitor could read.
func linkRel(rel string) bool {
	for r := range relWords(rel) {
		switch r {
		case "privacy-policy", "terms-of-service", "next", "prev", "home":
			return true
		}
	}
	return false
}

// isFooter says whether n is a page's footer, by its element, its role, or what its author called it.
func isFooter(n *html.Node) bool {
	if n.DataAtom == atom.Footer || strings.EqualFold(attr(n, "role"), "contentinfo") {
		return true
	}
	if n.DataAtom == atom.Body || n.DataAtom == atom.Html {
		return false
	}
	name := strings.ToLower(attr(n, "id") + " " + attr(n, "class"))
	return strings.Contains(name, "footer") || strings.Contains(name, "colophon")
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// textOf returns the text in n, with an image's alternative text, up to a length that is enough for a label.
func textOf(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if b.Len() > 600 {
			return
		}
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case n.DataAtom == atom.Script || n.DataAtom == atom.Style:
			return
		case n.DataAtom == atom.Img:
			b.WriteString(" " + attr(n, "alt") + " ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return b.String()
}
