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
	label    string // the names as they stand there
	provider string
	purpose  string
	lifetime string
	kind     string
	party    string
	category string
}

// cookieRows gives the lines of a cookie table.
func (t *table) cookieRows() []cookieRow {
	if t.lay.turned {
		return t.turnedRows()
	}
	var out []cookieRow
	header := t.rows[max(t.lay.header, 0)]
	group := ""
	var before *cookieRow
	for i, r := range t.rows {
		if i == t.lay.header || len(r.cells) == 0 {
			continue
		}
		if len(r.cells) == 1 || onlyFirst(r.cells) {
			group = r.cells[0].text // a row that names the category of those below
			continue
		}
		if i < t.lay.header {
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

// titleName is the cookie's name that a table's title ends in: "Cookie _pk_id".
func (t *table) titleName() string {
	if name := lastWord(t.title); strongName(name) {
		return name
	}
	return ""
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
		if name := t.titleName(); name != "" && !t.lay.has(nameColumn) {
			row = cookieRow{Span: t.rows[0].Span, names: cookieNames(name)}
		}
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

// ours is how a table of cookies says that one is the site's own.
var ours = regexp.MustCompile(`(?i)^(?:us|we|ourselves|ours|this (?:web)?site|our (?:web)?site|first[ -]party|1st[ -]party|own|propi[ao]s?|propia \(.*\)|nous|nous[- ]mêmes|ce site|interne|nosotros|esta web|este sitio|wir|wir selbst|diese website|eigene?r?|erstanbieter|noi|questo sito|proprietari[oa]|wij|wijzelf|deze website|eigen|eerste partij|nós|este site|própri[ao]s?|primera parte|prima parte|primeira parte|première partie)$`)

func (c *cookieRow) set(col column, text string) {
	flat := fold(text)
	switch col {
	case nameColumn:
		c.names, c.label = cookieNames(text), flat
	case providerColumn:
		if c.provider = flat; ours.MatchString(flat) { // nobody else
			c.provider, c.party = "", "first party"
		}
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

// technology is what the row's type says, else what its lifetime says, else the words around the table.
func (c cookieRow) technology(around string) evidence.Technology {
	for _, text := range []string{c.kind, c.lifetime, around} {
		if tech := kindOfTech(text); tech != "" {
			return tech
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
		section := r.of[i]
		if !t.cookies() {
			r.otherTable(t, section)
			continue
		}
		rows := t.cookieRows()
		vendors := !t.lay.has(lifetimeColumn) && r.listsVendors(rows)
		for _, c := range rows {
			if vendors && len(c.names) > 0 && c.provider != "" && !strings.ContainsAny(c.names[0], "_*#[{<$%:.-0123456789") && r.vendorOnly(c) == "" {
				c.names = nil // what stands among vendors and is none we know is a tool of its provider's, not a cookie
			}
			r.declareRow(c, section, t)
		}
	}
}

// listsVendors says that a table names vendors and their tools instead of cookies: half its rows or more name a vendor, or
// are written like proper names, as cookies seldom are.
func (r *reader) listsVendors(rows []cookieRow) bool {
	vendors := 0
	for _, c := range rows {
		if properName.MatchString(c.label) || r.vendorOnly(c) != "" {
			vendors++
		}
	}
	return vendors > 0 && vendors*2 >= len(rows)
}

var properName = regexp.MustCompile(`^\p{Lu}\p{Ll}[\p{L} ]*$`)

// titles gives every table without a caption the title that stands before it.
func (r *reader) titles() {
	heads := map[string]column{}
	for i := range r.p.tables {
		r.p.tables[i].heads = heads
	}
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
		if b.card {
			continue
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

// titlesAround gives the title of a table and of the sections it stands in, the nearest first. A sentence before a table
// is no title.
func (r *reader) titlesAround(t *table, section int) []string {
	var out []string
	if !strings.HasSuffix(t.title, ".") {
		out = append(out, t.title)
	}
	if section < 0 {
		return out
	}
	if r.titled == nil {
		r.titled = make(map[int][]string)
	}
	titles, known := r.titled[section]
	if !known {
		for i := section; i >= 0; i = r.doc.Sections[i].above {
			titles = append(titles, r.doc.Sections[i].Title)
		}
		r.titled[section] = titles
	}
	return append(out, titles...)
}

func (r *reader) declareRow(c cookieRow, section int, t *table) {
	titles := r.titlesAround(t, section)
	around := strings.Join(titles[:min(2, len(titles))], " ")
	service := r.serviceOf(section)
	if service != "" {
		around = "" // the "Pixel" in a service's name is none
	}
	d := Declaration{
		Technology: c.technology(around), Strength: Exact, Origin: FromTable, Confidence: 0.95, Retention: c.lifetime,
		Recipient: c.provider,
	}
	if d.Recipient == "" {
		d.Recipient = service
	}
	if t.cmp {
		d.Origin = FromCMP
	}
	if vendor := r.vendorOnly(c); vendor != "" {
		d.Strength, d.Recipient, d.Party, c.names = Specific, vendor, evidence.ThirdParty, nil
	}
	for _, n := range c.names {
		if !strings.Contains(n, " ") { // "our own cookies" is no name of one
			d.Names = append(d.Names, pattern(n))
		}
	}
	if len(d.Names) == 0 && d.Strength == Exact {
		d.Strength = Category
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
	if p := r.partyOf(c.party + " " + c.kind + " " + c.category); p != "" {
		d.Party = p
	}
	purposes := r.categoryOf(c.category)
	if len(purposes) == 0 {
		purposes = r.rowPurposes(c.category)
	}
	if len(purposes) == 0 {
		purposes = r.categoryOf(c.kind)
	}
	for _, title := range titles {
		if len(purposes) == 0 && isCategory(title) {
			purposes = r.categoryOf(title)
		}
	}
	if len(purposes) == 0 {
		purposes = r.rowPurposes(c.purpose)
	}
	for _, title := range titles {
		if len(purposes) == 0 {
			purposes = r.categoryOf(title)
		}
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

// vendorOnly gives the vendor where a table lists vendors instead of cookies: one that is known, or a name of several
// words.
func (r *reader) vendorOnly(c cookieRow) string {
	if len(c.names) == 0 || nameMark.MatchString(c.names[0]) {
		return ""
	}
	if strings.Contains(c.names[0], " ") {
		if !trackerWords.MatchString(c.label) && r.companyLike(c.label) {
			return c.label
		}
		return ""
	}
	if r.names == nil || len(c.names) != 1 {
		return ""
	}
	for _, n := range r.names(". " + c.names[0]) {
		if n.start == 2 && n.end == 2+len(c.names[0]) {
			return c.names[0]
		}
	}
	return ""
}
