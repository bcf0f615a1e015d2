package notice

import (
	"regexp"
	"strings"
	"unicode"
)

// A field is one labelled value of a card: "Provider: Acme" in one block, or a label and its value in two.
type field struct {
	column column
	value  string
	end    int // of the value in the text
	next   int // block after it
}

// A told cookie stands in no table; block is where what tells of it begins.
type told struct {
	cookieRow
	block int
}

// cards finds the cookies that stand in no table: cards of labels and values, definition lists, and lists whose entries
// begin with a name. The blocks that tell of them are no sentences and head no sections.
func (r *reader) cards() {
	for i := 0; i < len(r.p.blocks); {
		next := r.cardAt(i)
		if next <= i {
			next = i + 1
		}
		i = next
	}
	if len(r.told) > 0 {
		r.doc.Sections, r.of = r.p.sections()
	}
}

// tell keeps a cookie that blocks from..to-1 tell of.
func (r *reader) tell(c cookieRow, from, to int) {
	r.told = append(r.told, told{c, from})
	for i := from; i < to; i++ {
		b := &r.p.blocks[i]
		b.card = true
		if b.kind == heading {
			b.kind = paragraph
		}
	}
}

// declareTold declares the cookies that cards found.
func (r *reader) declareTold() {
	for _, c := range r.told {
		r.declareRow(c.cookieRow, r.of[c.block], &table{title: r.titleBefore(c.block), cmp: r.p.blocks[c.block].cmp})
	}
}

// cardAt finds the card or list entry that begins at block i and gives the block after it; i = none.
func (r *reader) cardAt(i int) int {
	b := r.p.blocks[i]
	if b.kind == row || b.place == inChrome || b.End-b.Start > 600 {
		return i
	}
	if f, ok := r.fieldAt(i); ok {
		if f.column != nameColumn || !nameLike(firstName(f.value)) {
			return i
		}
		c := cookieRow{Span: Span{b.Start, f.end}, names: cookieNames(f.value)}
		return r.fields(c, i, f.next)
	}
	text := r.p.text[b.Start:b.End]
	if strongName(text) {
		c := cookieRow{Span: b.Span, names: cookieNames(text)}
		if next := r.fields(c, i, i+1); next > i {
			return next
		}
	}
	if b.kind == term {
		return r.defined(i)
	}
	if b.kind == item || b.kind == paragraph {
		r.entry(i)
	}
	return i
}

// fields reads the fields after a card's name and tells of the cookie, if there are any.
func (r *reader) fields(c cookieRow, i, next int) int {
	known, unknown := 0, 0
	for next < len(r.p.blocks) {
		f, ok := r.fieldAt(next)
		if !ok {
			// A label that we do not know may stand between those we do.
			if unknown++; unknown > 1 || !labelled(r.p.text[r.p.blocks[next].Start:r.p.blocks[next].End]) {
				break
			}
			next++
			continue
		}
		if f.column == nameColumn {
			break
		}
		c.set(f.column, f.value)
		c.End = f.end
		known++
		next = f.next
	}
	if known == 0 || known == 1 && c.lifetime == "" && brandLike(c.names[0]) || !(strongName(c.names[0]) || c.lifetime != "" || r.aboutCookies(i)) {
		return i
	}
	r.tell(c, i, next)
	return next
}

// fieldAt reads the field that begins at block i.
func (r *reader) fieldAt(i int) (field, bool) {
	b := r.p.blocks[i]
	if b.kind == row || b.place == inChrome {
		return field{}, false
	}
	text := r.p.text[b.Start:b.End]
	if at := strings.IndexByte(text, ':'); at > 0 && at <= 40 {
		if value := strings.TrimSpace(text[at+1:]); value != "" {
			col := r.labelOf(text[:at])
			return field{col, value, b.End, i + 1}, col != noColumn && !strings.HasPrefix(value, "//")
		}
	}
	col := noColumn
	if len(text) <= 41 {
		col = r.labelOf(strings.TrimSuffix(text, ":"))
	}
	if col == noColumn || i+1 >= len(r.p.blocks) {
		return field{}, false
	}
	v := r.p.blocks[i+1]
	value := r.p.text[v.Start:v.End]
	if v.kind == row || v.kind == heading || v.place != b.place || len(value) > 1000 {
		return field{}, false
	}
	if r.labelOf(strings.TrimSuffix(value, ":")) != noColumn && i+2 < len(r.p.blocks) {
		// "3rd party" may be a value as well as a label: it is one where a label follows.
		if after := r.p.blocks[i+2]; after.End-after.Start > 41 || r.labelOf(strings.TrimSuffix(r.p.text[after.Start:after.End], ":")) == noColumn {
			return field{}, false
		}
	}
	return field{col, value, v.End, i + 2}, true
}

// labelOf gives the column that a label of a card stands for.
func (r *reader) labelOf(label string) column {
	if len(label) > 40 || len(label) < 2 {
		return noColumn
	}
	if c, ok := r.labels[label]; ok {
		return c
	}
	c := noColumn
	if len(strings.Fields(label)) <= 4 && !strings.ContainsAny(label, ".!?") {
		c = columnOf(label)
	}
	if len(r.labels) < 50*maxMemo {
		r.labels[label] = c
	}
	return c
}

// labelled says that a block begins with a short label and a colon.
func labelled(text string) bool {
	at := strings.IndexByte(text, ':')
	return at > 1 && at <= 40 && len(strings.Fields(text[:at])) <= 4
}

// defined tells of a cookie that a definition list explains: <dt>_ga</dt><dd>Counts visits.</dd>
func (r *reader) defined(i int) int {
	b := r.p.blocks[i]
	text := r.p.text[b.Start:b.End]
	if i+1 >= len(r.p.blocks) || !nameLike(firstName(text)) || !strongName(text) && !r.aboutCookies(i) {
		return i
	}
	v := r.p.blocks[i+1]
	if v.kind != paragraph && v.kind != item || v.place != b.place {
		return i
	}
	value := r.p.text[v.Start:v.End]
	c := cookieRow{Span: Span{b.Start, v.End}, names: cookieNames(text), purpose: fold(value), lifetime: lifetimePhrase(value)}
	if c.lifetime == "" && !r.aboutCookies(i) {
		return i
	}
	r.tell(c, i, i+2)
	return i + 2
}

// entry tells of the cookie that a list entry begins with: "_ga (2 years): counts visits".
func (r *reader) entry(i int) {
	b := r.p.blocks[i]
	text := strings.TrimLeftFunc(r.p.text[b.Start:b.End], func(c rune) bool { return strings.ContainsRune("-*•·▪●○‣◦–— \t", c) })
	at := separator(text)
	if at <= 0 || at > 80 {
		return
	}
	names := cookieNames(text[:at])
	if len(names) == 0 {
		return
	}
	strong := false
	for _, n := range names {
		if !nameLike(n) {
			return
		}
		strong = strong || strongName(n) && !brandLike(n)
	}
	rest := strings.TrimSpace(text[at:])
	life := lifetimePhrase(rest)
	about := r.aboutCookies(i)
	if !(strong && (about || life != "") || about && life != "" && b.kind == item) {
		return
	}
	c := cookieRow{Span: b.Span, names: names, purpose: fold(rest), lifetime: life}
	r.tell(c, i, i+1)
}

// separator is where a name at the beginning of an entry ends, or -1.
func separator(text string) int {
	best := -1
	for _, mark := range []string{": ", ":\t", " (", " – ", " — ", " - ", " | ", "\t", ":\n", "\n"} {
		if i := strings.Index(text, mark); i > 0 && (best < 0 || i < best) {
			best = i
		}
	}
	return best
}

// strongName says that a text is one name that can hardly be anything but a cookie's or a key.
func strongName(s string) bool {
	if len(s) > 100 || len(s) < 2 || strings.ContainsAny(s, " \t\n@/") || !nameLike(s) {
		return false
	}
	if strings.ContainsAny(s, "_*") {
		return true
	}
	lower := false
	for i, c := range s {
		if i > 0 && lower && unicode.IsUpper(c) {
			return !strings.HasSuffix(s, "s") || strings.ContainsAny(s, "0123456789") // "APIs", "SDKs"
		}
		lower = unicode.IsLower(c)
	}
	return false
}

// brandLike says that a name is written as companies write theirs too: "LinkedIn".
func brandLike(s string) bool {
	return unicode.IsUpper(rune(s[0])) && !strings.ContainsAny(s, "_*0123456789")
}

// aboutCookies says that what stands around a block speaks of cookies: its section's title, or the last block before
// it that is no entry of its list.
func (r *reader) aboutCookies(i int) bool {
	if s := r.of[i]; s >= 0 && trackerWords.MatchString(r.doc.Sections[s].Title) {
		return true
	}
	kind := r.p.blocks[i].kind
	for j := i - 1; j >= 0 && j >= i-60; j-- {
		b := r.p.blocks[j]
		if b.kind == kind && kind != paragraph || b.kind == term || kind == term && b.kind == paragraph && j > 0 && r.p.blocks[j-1].kind == term {
			continue
		}
		return b.End-b.Start < 600 && trackerWords.MatchString(r.p.text[b.Start:b.End])
	}
	return false
}

var sessionPhrase = regexp.MustCompile(`(?i)\b(?:session cookies?|(?:for the )?duration of (?:the|your|a) (?:browser )?session|(?:until|at) the end of (?:the|your) (?:browser )?session|until (?:the|your) session ends|(?:when|until) (?:you close your|the|your) browser(?: is closed)?)\b`)

// lifetimePhrase finds the words in a description that say how long something is kept; "" = none.
func lifetimePhrase(s string) string {
	if len(s) > 300 {
		s = s[:300]
	}
	if len(s) <= 40 && lifetime(s) >= 0 {
		return fold(s)
	}
	if len(strings.Fields(s)) > 0 && strings.ContainsAny(s, "0123456789") {
		for _, m := range duration.FindAllStringSubmatchIndex(s, 40) {
			if c := s[m[2]]; c >= '0' && c <= '9' && unit(strings.ToLower(s[m[4]:m[5]])) > 0 {
				return fold(s[m[0]:m[1]])
			}
		}
	}
	if at := labelledLife.FindStringSubmatch(s); at != nil && columnOf(strings.TrimSpace(at[1])) == lifetimeColumn && lifetime(at[2]) >= 0 {
		return fold(at[2])
	}
	return fold(sessionPhrase.FindString(s))
}

// labelledLife is a label and its value at the end of a description: "Keeps you signed in. Duration: session".
var labelledLife = regexp.MustCompile(`(?:^|[.;|·•(])\s*([\p{L} ]{3,40}):\s*([^.;|()]{3,60})[.)]?$`)
