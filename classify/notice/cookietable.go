package notice

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// column is what a column of a cookie table holds.
type column int

const (
	noColumn column = iota
	nameColumn
	providerColumn
	purposeColumn
	lifetimeColumn
	typeColumn
	partyColumn
	categoryColumn
)

// Headers of columns in the seven languages. The first that matches decides.
var columnWords = []struct {
	column column
	words  *search
}{
	{lifetimeColumn, mustSearch(`(?i)\b(?:expir\w*|duration|life ?(?:span|time)|retention|validity|valid|storage (?:period|duration|time)|term|how long|time ?frame|max(?:imum)?[ -]age|persistence|period|(?:stored|kept) for)\b|speicher(?:dauer|frist|zeit)|laufzeit|gültig|ablauf|lebensdauer|durée|expiration|conservation|validité|duración|caducidad|vencimiento|plazo|vigencia|expiración|durata|scadenza|conservazione|bewaar(?:termijn|tijd|duur)|looptijd|geldigheid|duur|verval|vervalt|levensduur|duração|validade|expira|prazo|retenção`)},
	{partyColumn, mustSearch(`(?i)\bfirst[ -](?:or|/)[ -]?third\b|\b(?:1st|first)[ -]?/[ -]?(?:3rd|third)|^party$|\bparty type\b|cookies used|erst-? ?(?:oder|/) ?dritt|propia|propre ou tiers|own or third`)},
	{purposeColumn, mustSearch(`(?i)\b(?:purposes?|descriptions?|functions?|functionality|what (?:it|they|does|do)|used for|use|usage|details?|reasons?|why|explanation|about)\b|zweck|beschreibung|funktion|verwendung|finalité|objectif|utilité|fonction|but\b|finalidad|propósito|descripción|uso|función|finalità|scopo|descrizione|funzione|doel|omschrijving|beschrijving|functie|gebruik|finalidade|propósito|descrição|função|utilização`)},
	{categoryColumn, mustSearch(`(?i)\bcategor(?:y|ies|ie|ia|ía|ias)\b|kategorie|catégorie|categoría|categorie`)},
	{typeColumn, mustSearch(`(?i)\b(?:types?|kind|tipo|typ|art|soort|technology|technologie)\b`)},
	{providerColumn, mustSearch(`(?i)\b(?:provider|domain|host(?:name)?|company|vendor|source|owner|issuer|publisher|third[ -]part(?:y|ies)|set by|placed by|service|partner|party|subgroup|controller|operator|origin|website)\b|anbieter|domäne|herausgeber|dienst|quelle|drittanbieter|fournisseur|domaine|éditeur|émetteur|société|responsable|proveedor|dominio|titular|empresa|editor|origen|fornitore|proprietario|dominio|titolare|aanbieder|domein|leverancier|partij|fornecedor|domínio|provedor|proprietário`)},
	{nameColumn, mustSearch(`(?i)\b(?:names?|cookies?|keys?|id|identifier|tracker|trackers|tags?|title|pixel|nombre|nom|nome|naam|namen|bezeichnung|schlüssel|trackeur|storage item|item|element|local storage|technology)\b|cookie`)},
}

func (t *table) columnOf(header string) column {
	c, known := t.heads[header]
	if !known {
		c = columnOf(header)
		if t.heads != nil && len(t.heads) < maxMemo && len(header) < 100 {
			t.heads[header] = c
		}
	}
	return c
}

func columnOf(header string) column {
	header = fold(header)
	if header == "" || len(header) > 90 {
		return noColumn
	}
	lower := strings.ToLower(header)
	// "Cookie name", "Name of the cookie": the name wins over whatever else the header mentions.
	if nameHeader.MatchString(lower) {
		return nameColumn
	}
	for _, c := range columnWords {
		if c.words.may(lower) && c.words.Regexp.MatchString(header) {
			return c.column
		}
	}
	return labels()[strings.TrimSuffix(lower, ":")]
}

// labels are the headers that the lexicons add.
var labels = sync.OnceValue(func() map[string]column {
	out := map[string]column{}
	for _, language := range languages() {
		for class, c := range map[string]column{"label.name": nameColumn, "label.provider": providerColumn, "label.domain": providerColumn, "label.purpose": purposeColumn,
			"label.lifetime": lifetimeColumn, "label.type": typeColumn, "label.party": partyColumn, "label.category": categoryColumn} {
			for _, line := range lexicons()[language].lines[class] {
				for label := range strings.SplitSeq(line, "|") {
					out[label] = c
				}
			}
		}
	}
	return out
})

var nameHeader = regexp.MustCompile(`^(?:the )?(?:cookie|tracker|key|tag|cookies?|pixel)?[ -]*(?:names?|nombre|nom|nome|naam|keys?|bezeichnung|ids?|identifier)(?:[ -]?(?:of|der|des|du|de la|de|del|dei|van|do|dos)?[ -]?(?:the |das |la |los |het |il )?(?:cookies?|tracker|pixel|tag|key))?(?:\(s\)|/id)?$|^cookie-?(?:name|naam|bezeichnung)$|^(?:cookies?|trackers?)(?: */ *technolog(?:y|ie|ía|ia))?$|^name(?:/| or | der | des ).{0,20}$`)

// layout says where a cookie table keeps what.
type layout struct {
	header  int // row of the header; -1 = none
	columns []column
	turned  bool // the header is the first column
}

func (l layout) has(c column) bool { return l.index(c) >= 0 }

func (l layout) index(c column) int {
	for i, have := range l.columns {
		if have == c {
			return i
		}
	}
	return -1
}

// shift is the number of cells at the beginning of a row that were left out because the cell above spans rows.
func (l layout) shift(r tableRow) int {
	if len(r.cells) > 1 && len(r.cells) < len(l.columns) && l.columns[0] != nameColumn {
		return len(l.columns) - len(r.cells)
	}
	return 0
}

// cell is the text of a row in a column.
func (l layout) cell(r tableRow, column int) string {
	if i := column - l.shift(r); i >= 0 && i < len(r.cells) {
		return r.cells[i].text
	}
	return ""
}

// cookies says that a table lists cookies or storage keys.
func (t *table) cookies() bool {
	if t.known == 0 {
		t.known = 1
		t.lay = t.find()
		if t.lay.columns != nil {
			t.known = 2
		}
	}
	return t.known == 2
}

// find tells the layout of a table; no columns = not a cookie table.
func (t *table) find() layout {
	for i := 0; i < len(t.rows) && i < 3; i++ {
		if l, ok := t.layoutAt(i); ok {
			return l
		}
	}
	if l, ok := t.turnedLayout(); ok {
		return l
	}
	return layout{}
}

func (t *table) layoutAt(i int) (layout, bool) {
	r := t.rows[i]
	if len(r.cells) < 2 || len(r.cells) > 12 || i+1 >= len(t.rows) {
		return layout{}, false
	}
	l := layout{header: i}
	seen := map[column]bool{}
	for _, c := range r.cells {
		col := t.columnOf(c.text)
		if seen[col] {
			col = noColumn
		}
		seen[col] = col != noColumn
		l.columns = append(l.columns, col)
	}
	if !l.has(nameColumn) {
		l.guessName(t, i)
	}
	if !l.has(nameColumn) || !(l.has(purposeColumn) || l.has(lifetimeColumn) || l.has(providerColumn) || l.has(typeColumn) || l.has(categoryColumn)) {
		return layout{}, false
	}
	return l, t.evidence(l, i)
}

// guessName takes an unlabelled or "cookie type" first column for the names, if they look like names.
func (l *layout) guessName(t *table, header int) {
	for i, c := range l.columns {
		if c != noColumn && c != typeColumn && c != providerColumn {
			continue
		}
		names, cells := 0, 0
		for _, r := range t.rows[header+1:] {
			if text := l.cell(r, i); text != "" {
				cells++
				if nameLike(firstName(text)) {
					names++
				}
			}
		}
		if cells > 0 && names*10 >= cells*7 {
			l.columns[i] = nameColumn
			return
		}
	}
}

// evidence tells a cookie table from any other with a column "name" or "purpose": a word of the trade in the header
// or the title, or names that look like cookies'.
func (t *table) evidence(l layout, header int) bool {
	var head strings.Builder
	for _, c := range t.rows[header].cells {
		head.WriteString(c.text)
		head.WriteByte(' ')
	}
	col := l.index(nameColumn)
	names, cells, prose := 0, 0, 0
	for _, r := range t.rows[header+1:] {
		text := withoutLabel(l.cell(r, col), t.rows[header].cells[col].text)
		if text == "" {
			continue
		}
		cells++
		if nameLike(firstName(text)) {
			names++
		}
		if len(strings.Fields(text)) > 6 && !allNames(text) {
			prose++
		}
	}
	if cells == 0 || prose*2 > cells {
		return false
	}
	about := trackerWords.MatchString(head.String()) || trackerWords.MatchString(t.title)
	return about && (l.has(lifetimeColumn) || l.has(purposeColumn) || l.has(providerColumn) || names*2 >= cells || l.has(typeColumn)) || names*2 >= cells && (l.has(lifetimeColumn) || l.has(purposeColumn) || l.has(providerColumn) && l.has(typeColumn))
}

// allNames says that a long cell lists names only.
func allNames(text string) bool {
	for _, n := range cookieNames(text) {
		if !nameLike(n) {
			return false
		}
	}
	return true
}

var trackerWords = regexp.MustCompile(`(?i)cookie|tracker|local ?storage|session ?storage|pixel|web beacon|lokaler speicher|stockage local|almacenamiento local`)

// turnedLayout reads a table whose first column holds the headers: "Name | _ga", "Provider | Google".
func (t *table) turnedLayout() (layout, bool) {
	if len(t.rows) < 2 {
		return layout{}, false
	}
	l := layout{header: -1, turned: true}
	known, name := 0, false
	for _, r := range t.rows {
		if len(r.cells) < 2 {
			l.columns = append(l.columns, noColumn)
			continue
		}
		c := t.columnOf(strings.TrimSuffix(r.cells[0].text, ":"))
		l.columns = append(l.columns, c)
		if c != noColumn {
			known++
		}
		name = name || c == nameColumn && nameLike(firstName(r.cells[1].text))
	}
	return l, (name || !l.has(nameColumn) && t.titleName() != "") && known >= 2 && known*3 >= len(t.rows)*2
}

var (
	nameMark  = regexp.MustCompile(`[_*#\[{<$%:.\d-]|[a-z][A-Z]|^[A-Z]{2,}$`)
	nameShape = regexp.MustCompile(`^[\w.\-*#:@/$%&+=~!|?,^()<>{}\[\]…]{1,120}$`)
)

// nameLike says that a word has the look of a cookie's name or key.
func nameLike(s string) bool {
	if !nameShape.MatchString(s) || strings.Contains(s, "://") {
		return false
	}
	if !strings.ContainsFunc(s, unicode.IsLetter) {
		return strings.ContainsAny(s, "_#*") // "1.2" is a version
	}
	return nameMark.MatchString(s) || strings.ToLower(s) == s && len(s) <= 24 && !strings.HasSuffix(s, ",")
}
