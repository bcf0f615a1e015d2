package notice

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// Read reads the notices of a site. Problems of single documents (*UnreadableError, *LanguageError) are joined and come
// with the notice read from the others.
func Read(docs []evidence.Document, facts *knowledge.Facts) (*Notice, error) {
	return readAll(docs, namesOf(facts))
}

// readAll reads the documents of a site. Documents that cannot be read are errors beside the notice made of the
// others.
func readAll(docs []evidence.Document, names namer) (*Notice, error) {
	n := &Notice{}
	var problems []error
	var readers []*reader
	for _, doc := range docs {
		r, err := readDocument(doc, fmt.Sprintf("d%d", len(n.Documents)+1), names)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		n.Documents = append(n.Documents, *r.doc)
		readers = append(readers, r)
	}
	n.Claims = claims(readers)
	var out []*Declaration
	for _, r := range readers {
		out = append(out, r.out...)
		r.all = nil
	}
	slices.SortStableFunc(out, func(a, b *Declaration) int { return compareDeclarations(*a, *b) }) // they are large: sort before they are copied
	n.Declarations = slices.Grow(n.Declarations, len(out))
	for _, d := range out {
		n.Declarations = append(n.Declarations, *d)
	}
	n.finish()
	return n, errors.Join(problems...)
}

func readDocument(doc evidence.Document, id string, names namer) (*reader, error) {
	p, err := readPage(doc)
	if err != nil {
		return nil, &UnreadableError{doc.URL, err.Error()}
	}
	if reason := p.unreadable(); reason != "" {
		return nil, &UnreadableError{doc.URL, reason}
	}
	language := detect(p.text[p.body.Start:p.body.End], p.lang)
	lx := lexicons()[language]
	if lx == nil {
		return nil, &LanguageError{doc.URL, language}
	}
	sum := sha256.Sum256(doc.Body)
	r := &reader{p: p, m: lx.matcher(), names: names, categories: map[string]knowledge.Purpose{}, parties: map[string]evidence.Party{}, labels: map[string]column{}}
	r.doc = &Document{ID: id, URL: doc.URL, SHA256: hex.EncodeToString(sum[:]), TextSHA256: foldedSum(p.text[p.body.Start:p.body.End]), Language: language, Text: p.text, Body: p.body,
		Banner: p.banner, Links: p.links}
	r.doc.Sections, r.of = p.sections()
	if err := p.cutSentences(); err != nil {
		return nil, &UnreadableError{doc.URL, err.Error()}
	}
	r.cards()
	r.own = r.publisher()
	r.dates()
	r.titles()
	r.declare()
	r.tables()
	r.declareTold()
	if r.full {
		return nil, &UnreadableError{doc.URL, errDeclares.Error()}
	}
	r.doc.passages = r.passages()
	return r, nil
}

// foldedSum is the hash of a text, white space folded.
func foldedSum(text string) string {
	sum := sha256.New()
	w := bufio.NewWriter(sum)
	text = strings.TrimSpace(text)
	start := 0
	for i := 0; i < len(text); {
		n := isSpaceAt(text, i)
		if n == 0 {
			i++
			continue
		}
		next := i + n
		for n > 0 {
			n = isSpaceAt(text, next) // the text ends in none
			next += n
		}
		if text[i:next] != " " {
			_, _ = w.WriteString(text[start:i] + " ") // a hash takes all
			start = next
		}
		i = next
	}
	_, _ = w.WriteString(text[start:])
	_ = w.Flush()
	return hex.EncodeToString(sum.Sum(nil))
}

var errBinary = errors.New("not text")

// readPage decodes a document and reads its blocks by its kind.
func readPage(doc evidence.Document) (*page, error) {
	if len(doc.Body) > maxBytes {
		return nil, errTooLarge
	}
	if len(bytes.TrimSpace(doc.Body)) == 0 {
		return nil, errors.New("empty document")
	}
	if bytes.HasPrefix(doc.Body, []byte("%PDF-")) {
		return pdfPageOf(doc.Body)
	}
	text, err := decode(doc.Body, doc.ContentType)
	if err != nil {
		return nil, err
	}
	switch kindOf(doc, text) {
	case "html":
		return htmlPage(text, doc.URL)
	case "markdown":
		return markdownPage(text)
	}
	return plainPage(text)
}

// decode makes UTF-8 of the bytes, by what they or the server say, and refuses what is no text. Where nobody says it,
// UTF-16 shows by its zeros.
func decode(body []byte, contentType string) (string, error) {
	said := declaresOther(contentType)
	if !said && bytes.IndexByte(body[:min(len(body), 1024)], 0) >= 0 {
		if contentType = wideType(body); contentType == "" {
			return "", errBinary
		}
		said = true
	}
	if !said && (utf8.Valid(body) || nearlyUTF8(body)) {
		return strings.ToValidUTF8(strings.TrimPrefix(string(body), "\uFEFF"), "\uFFFD"), checkText(body)
	}
	enc, name, _ := charset.DetermineEncoding(body, contentType)
	if name == "utf-8" {
		return strings.ToValidUTF8(strings.TrimPrefix(string(body), "\uFEFF"), "\uFFFD"), checkText(body)
	}
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return "", errBinary
	}
	return strings.TrimPrefix(string(out), "\uFEFF"), checkText(out)
}

// wideType gives a content type that names the UTF-16 that bytes are in, or "" if they are not: text of the West has a
// zero in every second byte.
func wideType(body []byte) string {
	if bytes.HasPrefix(body, []byte{0xFF, 0xFE}) {
		return "text/html; charset=utf-16le"
	}
	if bytes.HasPrefix(body, []byte{0xFE, 0xFF}) {
		return "text/html; charset=utf-16be"
	}
	head := body[:min(len(body), 1024)]
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	switch {
	case zeros[1]*10 > len(head)*4 && zeros[0]*20 < len(head):
		return "text/html; charset=utf-16le"
	case zeros[0]*10 > len(head)*4 && zeros[1]*20 < len(head):
		return "text/html; charset=utf-16be"
	}
	return ""
}

// nearlyUTF8 says that bytes are UTF-8 with a few broken ones: letters of several bytes hardly ever come about in
// another encoding.
func nearlyUTF8(body []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(body); {
		if body[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(body[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		i += n
	}
	return good > bad
}

// declaresOther says that the server names a charset in which valid UTF-8 would mean something else.
func declaresOther(contentType string) bool {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	c := strings.ToLower(params["charset"])
	return strings.HasPrefix(c, "utf-16") || strings.HasPrefix(c, "iso-2022")
}

// checkText refuses bytes with many control characters.
func checkText(b []byte) error {
	control := 0
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b {
			control++
		}
	}
	if control > 8 && control*100 > len(b) {
		return errBinary
	}
	return nil
}

func kindOf(doc evidence.Document, text string) string {
	media, _, _ := mime.ParseMediaType(doc.ContentType)
	ext := strings.ToLower(path.Ext(strings.SplitN(doc.URL, "?", 2)[0]))
	head := strings.ToLower(strings.TrimSpace(text[:min(len(text), 2000)]))
	looksHTML := strings.HasPrefix(head, "<!doctype") || strings.HasPrefix(head, "<html") || strings.Contains(head, "<body") ||
		strings.Contains(head, "<head") || strings.HasPrefix(head, "<") && (strings.Contains(head, "<p") || strings.Contains(head, "<div") || strings.Contains(head, "<h"))
	switch {
	case media == "text/markdown" || media == "text/x-markdown" || ext == ".md" || ext == ".markdown":
		return "markdown"
	case looksHTML && media != "text/plain", media == "text/html", media == "application/xhtml+xml", ext == ".html", ext == ".htm":
		return "html"
	}
	return "text"
}

// finish numbers and sorts the declarations.
func (n *Notice) finish() {
	for i := range n.Declarations {
		d := &n.Declarations[i]
		if d.Names == nil {
			d.Names = []string{}
		}
	}
	if !slices.IsSortedFunc(n.Declarations, compareDeclarations) {
		slices.SortStableFunc(n.Declarations, compareDeclarations)
	}
	for i := range n.Declarations {
		n.Declarations[i].ID = fmt.Sprintf("n%03d", i+1)
	}
}
