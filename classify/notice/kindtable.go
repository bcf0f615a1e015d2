package notice

import (
	"strings"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// otherTable declares what the rows of a table say that lists kinds of cookies ("Type of cookie", "Why we use them")
// or companies ("Third party", "Purpose") instead of names.
func (r *reader) otherTable(t *table, section int) {
	rows := t.rows
	for len(rows) > 0 && (len(rows[0].cells) < 2 || onlyFirst(rows[0].cells)) {
		rows = rows[1:] // titles
	}
	if len(rows) < 2 || len(rows[0].cells) > 8 {
		return
	}
	header := rows[0]
	around := t.title
	if section >= 0 {
		around += " " + r.doc.Sections[section].Title
	}
	var heads strings.Builder
	for _, c := range header.cells {
		heads.WriteString(c.text)
		heads.WriteByte(' ')
	}
	first := fold(header.cells[0].text)
	cookies := trackerWords.MatchString(heads.String()) || trackerWords.MatchString(around)
	switch columnOf(first) {
	case typeColumn, categoryColumn, nameColumn:
		if cookies && (trackerWords.MatchString(first) || columnOf(first) != nameColumn) {
			r.kindRows(rows[1:], section, around)
		}
	case providerColumn:
		if !trackerWords.MatchString(first) {
			r.companyRows(rows, section, cookies)
		}
	}
}

// kindRows declares each kind of cookie with its purpose.
func (r *reader) kindRows(rows []tableRow, section int, around string) {
	for _, row := range rows {
		if len(row.cells) < 2 || len(row.cells[0].text) > 120 {
			continue
		}
		purposes := r.categoryOf(fold(row.cells[0].text))
		if len(purposes) == 0 {
			continue // what names no kind is none of ours to name
		}
		d := Declaration{Technology: evidence.CookieTech, Strength: Category, Origin: FromTable, Confidence: 0.85}
		if tech := kindOfTech(row.cells[0].text); tech != "" {
			d.Technology = tech
		} else if tech := kindOfTech(around); tech != "" {
			d.Technology = tech
		}
		d.Party = r.partyOf(fold(row.cells[0].text))
		s := &sentence{Span: row.Span, section: section}
		for _, p := range purposes {
			d.Purpose = p
			r.addWith(s, d, -1)
		}
	}
}

// companyRows declares each company below a header as a recipient, for what its row says it does; cookies = the table
// is about them.
func (r *reader) companyRows(rows []tableRow, section int, cookies bool) {
	for _, row := range rows[1:] {
		if len(row.cells) < 2 {
			continue
		}
		name := fold(row.cells[0].text)
		if !r.companyLike(name) {
			continue
		}
		var category, purpose string
		for i, c := range row.cells[1:] {
			if i+1 >= len(rows[0].cells) {
				break
			}
			switch columnOf(rows[0].cells[i+1].text) {
			case purposeColumn:
				purpose = fold(c.text)
			case categoryColumn, typeColumn:
				category = fold(c.text)
			}
		}
		d := Declaration{Party: evidence.ThirdParty, Recipient: name, Strength: Specific, Origin: FromTable, Confidence: 0.8}
		if cookies {
			d.Technology = evidence.CookieTech
		}
		if category == "" && len(purpose) < 60 {
			category = purpose
		}
		purposes := r.categoryOf(category)
		if len(purposes) == 0 {
			purposes = r.rowPurposes(purpose)
		}
		if len(purposes) == 0 {
			purposes = []knowledge.Purpose{""}
		}
		s := &sentence{Span: row.Span, section: section}
		for _, p := range purposes {
			d.Purpose = p
			r.addWith(s, d, -1)
		}
	}
}

// companyLike says that a cell may be a company's name: a few words, the first with a capital, and no kind of
// recipient ("Service providers").
func (r *reader) companyLike(name string) bool {
	if len(name) < 2 || len(name) > 60 || len(strings.Fields(name)) > 6 || strings.ToLower(name[:1]) == name[:1] || r.own[strings.ToLower(name)] {
		return false
	}
	toks, hits := r.m.phrases(name)
	for _, h := range hits {
		if r.m.is(h, "nocompany") && h.from == 0 && h.to == len(toks) {
			return false // "Integrations" is a kind of service
		}
		// "Analytics tools" begins with what it is for; "Lumen Analytics" is a name.
		if class := r.m.classes[h.class]; strings.HasPrefix(class, "rcp.") || class == "self" || h.from == 0 && (class == "noname" || strings.HasPrefix(class, "purpose.")) {
			return false
		}
	}
	return true
}
