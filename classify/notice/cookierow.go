package notice

import (
	"regexp"
	"strings"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// cookieRow is one line of a cookie table, whatever its form.
type cookieRow struct {
	Span
	names    []string
	provider string
	purpose  string
	lifetime string
	kind     string
	party    string
	category string
}

var (
	count       = regexp.MustCompile(`\s*[\[(]\s*x\s?\d+\s*[\])]$`)
	nameSplit   = regexp.MustCompile(`\s*(?:[,;\n|]|\s\+\s|\s&\s|\s/\s|\s(?:and|und|et|y|e|en|or|oder|ou|o|of)\s)\s*`)
	quotedName  = regexp.MustCompile("^[\"'“”‘’`]+|[\"'“”‘’`]+$")
	placeholder = regexp.MustCompile(`(?i)<[^<>]{1,40}>|\{[^{}]{1,40}\}|\[[^\[\]]{1,40}\]|\((?:hash|id|number|site|container|property)[^()]*\)|#+|x{3,}|\.\.\.|…|%s`)
)

// firstName is the first name in a cell.
func firstName(s string) string {
	if names := cookieNames(s); len(names) > 0 {
		return names[0]
	}
	return ""
}

// cookieNames reads the names in a cell. What stands for a changing part becomes "*".
func cookieNames(s string) []string {
	var out []string
	for _, part := range nameSplit.Split(s, 60) {
		part = count.ReplaceAllString(fold(part), "")
		part = quotedName.ReplaceAllString(part, "")
		if part == "" {
			continue
		}
		if strings.Contains(part, " ") {
			fields := strings.Fields(part)
			all := len(fields) < 12
			for _, f := range fields {
				all = all && nameLike(f) && nameMark.MatchString(f)
			}
			if all {
				out = append(out, fields...)
				continue
			}
			if m := bracketed.FindStringSubmatch(part); m != nil && nameLike(m[1]) && nameMark.MatchString(m[1]) {
				part = m[1]
			}
		}
		out = append(out, part)
	}
	return out
}

var bracketed = regexp.MustCompile(`^(\S+)\s*\(.*\)$`)

// pattern makes of a name as written one that matches: "_gat_<id>" is "_gat_*".
func pattern(name string) string {
	if placeholder.MatchString(name) && !strings.HasPrefix(name, "[") {
		p := placeholder.ReplaceAllString(name, "*")
		for strings.Contains(p, "**") {
			p = strings.ReplaceAll(p, "**", "*")
		}
		if strings.Trim(p, "*._-") != "" {
			return p
		}
	}
	return name
}

// rows gives the lines of a cookie table.
func (t *table) cookieRows() []cookieRow {
	if t.lay.turned {
		return t.turnedRows()
	}
	var out []cookieRow
	header := t.rows[max(t.lay.header, 0)]
	group := ""
	var before *cookieRow
	for i, r := range t.rows {
		if i <= t.lay.header || len(r.cells) == 0 {
			continue
		}
		if len(r.cells) == 1 || onlyFirst(r.cells) {
			group = r.cells[0].text // a row that names the category of those below
			continue
		}
		cells := r.cells
		shift := 0
		if before != nil {
			shift = t.lay.shift(r)
		}
		row := cookieRow{Span: r.Span, category: group}
		if shift > 0 {
			row.provider, row.category = before.provider, before.category
		}
		for j, c := range cells {
			if j+shift >= len(t.lay.columns) {
				break
			}
			label := ""
			if j+shift < len(header.cells) {
				label = header.cells[j+shift].text
			}
			row.set(t.lay.columns[j+shift], withoutLabel(c.text, label))
		}
		if len(row.names) == 0 || t.repeatsHeader(r) {
			continue
		}
		out = append(out, row)
		before = &out[len(out)-1]
	}
	return out
}

// repeatsHeader says that a row is the header once more.
func (t *table) repeatsHeader(r tableRow) bool {
	if t.lay.header < 0 {
		return false
	}
	same, filled := 0, 0
	for j, h := range t.rows[t.lay.header].cells {
		if h.text == "" || j >= len(r.cells) {
			continue
		}
		filled++
		if strings.EqualFold(h.text, r.cells[j].text) {
			same++
		}
	}
	return same >= 2 && same*2 > filled
}

func onlyFirst(cells []cell) bool {
	for _, c := range cells[1:] {
		if c.text != "" && c.text != cells[0].text {
			return false
		}
	}
	return true
}

// withoutLabel drops the header that tables for small screens repeat in each cell.
func withoutLabel(text, label string) string {
	first, rest, found := strings.Cut(text, "\n")
	if found && strings.EqualFold(strings.TrimSuffix(first, ":"), fold(label)) {
		return rest
	}
	if label != "" && len(text) > len(label)+1 && strings.EqualFold(text[:len(label)], label) && text[len(label)] == ':' {
		return strings.TrimSpace(text[len(label)+1:])
	}
	return text
}

func (t *table) turnedRows() []cookieRow {
	var out []cookieRow
	width := 0
	for _, r := range t.rows {
		width = max(width, len(r.cells))
	}
	for col := 1; col < width; col++ {
		var row cookieRow
		for i, r := range t.rows {
			if col >= len(r.cells) {
				continue
			}
			if t.lay.columns[i] == nameColumn {
				if len(row.names) > 0 {
					out = append(out, row)
				}
				row = cookieRow{Span: r.Span}
			}
			row.set(t.lay.columns[i], r.cells[col].text)
			row.End = max(row.End, r.End)
		}
		if len(row.names) > 0 {
			out = append(out, row)
		}
	}
	return out
}

func (c *cookieRow) set(col column, text string) {
	flat := fold(text)
	switch col {
	case nameColumn:
		c.names = cookieNames(text)
	case providerColumn:
		c.provider = flat
	case purposeColumn:
		c.purpose = flat
	case lifetimeColumn:
		c.lifetime = flat
	case typeColumn:
		c.kind = flat
	case partyColumn:
		c.party = flat
	case categoryColumn:
		c.category = flat
	}
}

var (
	localKind   = regexp.MustCompile(`(?i)\bhtml\b|local ?storage|lokaler|stockage local|almacenamiento local|archiviazione locale|lokale opslag`)
	sessionKind = regexp.MustCompile(`(?i)session ?storage`)
	indexedKind = regexp.MustCompile(`(?i)indexed ?db`)
	pixelKind   = regexp.MustCompile(`(?i)\b(?:pixel|beacon|tag)\b`)
	thirdWords  = regexp.MustCompile(`(?i)\b(?:third|3rd)[ -]?part|drittanbieter|tiers|tercer|terze? part|derde|terceir`)
	firstWords  = regexp.MustCompile(`(?i)\b(?:first|1st)[ -]?part|\bown\b|erstanbieter|eigene|propre|propia|proprietari|eigen|própri`)
)

func (c cookieRow) technology(around string) evidence.Technology {
	for _, text := range []string{c.kind, c.lifetime, around} {
		switch {
		case sessionKind.MatchString(text):
			return evidence.SessionStorage
		case indexedKind.MatchString(text):
			return evidence.IndexedDB
		case localKind.MatchString(text):
			return evidence.LocalStorage
		case pixelKind.MatchString(text):
			return evidence.WebBeacon
		case text != "" && strings.Contains(strings.ToLower(text), "cookie"):
			return evidence.CookieTech
		}
	}
	return evidence.CookieTech
}

// tables declares every cookie that the document's tables list.
func (r *reader) tables() {
	for i, b := range r.p.blocks {
		if b.kind != row || b.row != 0 || b.place == inChrome {
			continue
		}
		t := &r.p.tables[b.table]
		if !t.cookies() {
			continue
		}
		section := r.of[i]
		for _, c := range t.cookieRows() {
			r.declareRow(c, section, t)
		}
	}
}

// titles gives every table without a caption the title that stands before it.
func (r *reader) titles() {
	for i, b := range r.p.blocks {
		if b.kind == row && b.row == 0 && r.p.tables[b.table].title == "" {
			r.p.tables[b.table].title = r.titleBefore(i)
		}
	}
}

// titleBefore is the heading or caption line that stands before a table.
func (r *reader) titleBefore(i int) string {
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		b := r.p.blocks[j]
		if b.kind == row {
			break
		}
		if b.kind == heading || b.End-b.Start < 160 {
			return r.p.quote(b.Span)
		}
	}
	if s := r.of[i]; s >= 0 {
		return r.doc.Sections[s].Title
	}
	return ""
}

func (r *reader) declareRow(c cookieRow, section int, t *table) {
	around := t.title
	if section >= 0 {
		around += " " + r.doc.Sections[section].Title
	}
	d := Declaration{
		Technology: c.technology(around), Strength: Exact, Origin: FromTable, Confidence: 0.95, Retention: c.lifetime,
		Recipient: c.provider,
	}
	if t.cmp {
		d.Origin = FromCMP
	}
	if vendor := r.vendorOnly(c.names); vendor != "" {
		d.Strength, d.Recipient, c.names = Specific, vendor, nil
	}
	for _, n := range c.names {
		d.Names = append(d.Names, pattern(n))
	}
	life := lifetime(c.lifetime)
	if life < 0 && c.lifetime == "" && c.kind != "" {
		if life = lifetime(c.kind); life >= 0 {
			d.Retention = c.kind
		}
	}
	if d.Retention == "" {
		life = -1
	}
	about := c.party + " " + c.kind + " " + c.category
	switch {
	case thirdWords.MatchString(about):
		d.Party = evidence.ThirdParty
	case firstWords.MatchString(about):
		d.Party = evidence.FirstParty
	}
	purposes := r.categoryOf(c.category)
	if len(purposes) == 0 {
		purposes = r.categoryOf(c.kind)
	}
	if len(purposes) == 0 {
		purposes = r.rowPurposes(c.purpose)
	}
	if len(purposes) == 0 {
		purposes = r.categoryOf(t.title)
	}
	if len(purposes) == 0 && section >= 0 {
		purposes = r.categoryOf(r.doc.Sections[section].Title)
	}
	if len(purposes) == 0 {
		purposes = []knowledge.Purpose{""}
	}
	s := &sentence{Span: c.Span, section: section}
	for _, p := range purposes {
		d.Purpose = p
		r.addWith(s, d, life)
	}
}

// vendorOnly gives the vendor where a table lists vendors instead of cookies.
func (r *reader) vendorOnly(names []string) string {
	if r.names == nil || len(names) != 1 || nameMark.MatchString(names[0]) {
		return ""
	}
	for _, n := range r.names(". " + names[0]) {
		if n.start == 2 && n.end == 2+len(names[0]) {
			return names[0]
		}
	}
	return ""
}

// categoryOf reads the purpose that a category, or a heading that names one, stands for.
func (r *reader) categoryOf(text string) []knowledge.Purpose {
	if text == "" || len(text) > 120 {
		return nil
	}
	for _, c := range categories {
		if c.words.MatchString(text) {
			return []knowledge.Purpose{c.purpose}
		}
	}
	return nil
}

var categories = []struct {
	purpose knowledge.Purpose
	words   *regexp.Regexp
}{
	{knowledge.Advertising, regexp.MustCompile(`(?i)\b(?:marketing|advertis\w*|targeting|ads?|retargeting|werbung|publicit\w+|pubblicit\w+|advertentie\w*|profilazione|publicidade)\b|werbe`)},
	{knowledge.SocialMedia, regexp.MustCompile(`(?i)\bsocial|soziale|sociaux|sociales|sociais|sociale media`)},
	{knowledge.Analytics, regexp.MustCompile(`(?i)analy|statisti|estat[ií]sti|estad[ií]sti|performance|leistung|measurement|audience|messung|mesure|rendimiento|prestazioni|desempenho`)},
	{knowledge.Security, regexp.MustCompile(`(?i)\bsecurity|sicherheit|sécurité|seguridad|sicurezza|beveiliging|segurança`)},
	{knowledge.Personalization, regexp.MustCompile(`(?i)preferenc|personali[sz]|präferenz|préféren|preferencia|preferenz|voorkeur|personnalis`)},
	{knowledge.StrictlyNecessary, regexp.MustCompile(`(?i)necessar|essential|required|notwendig|erforderlich|nécessaire|essentiel|indispensable|necesari|esencial|técnicas|tecnici|noodzakelijk|essencia|obrigat`)},
	{knowledge.Functional, regexp.MustCompile(`(?i)function|funktion|fonction|funcional|funzional|functione`)},
}

// rowPurposes reads a description: the most telling purpose first wins, because a row is about one thing.
func (r *reader) rowPurposes(text string) []knowledge.Purpose {
	if text == "" {
		return nil
	}
	toks := tokens(text, Span{0, len(text)})
	found := map[knowledge.Purpose]bool{}
	for _, h := range r.m.find(toks) {
		if p, ok := strings.CutPrefix(r.m.classes[h.class], "purpose."); ok {
			found[knowledge.Purpose(p)] = true
		}
	}
	for _, p := range []knowledge.Purpose{knowledge.Advertising, knowledge.Analytics, knowledge.SocialMedia, knowledge.Security,
		knowledge.StrictlyNecessary, knowledge.Personalization, knowledge.ContentDelivery, knowledge.TagManagement, knowledge.Functional} {
		if found[p] {
			return []knowledge.Purpose{p}
		}
	}
	return nil
}
