package knowledge

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// columns is the number of columns of each kind of row, the kind itself included, and key how many after it are
// its key.
var columns = map[string]struct{ n, key int }{
	"service": {8, 1}, "alias": {4, 1}, "domain": {5, 1}, "cookie": {9, 2}, "storage": {9, 2},
	"widget": {7, 2}, "recorder": {6, 2}, "fingerprinter": {5, 2}, "challenge": {5, 3},
	"entity": {5, 1}, "word": {4, 1}, "parameter": {5, 2}, "cloak": {4, 1},
}

// row is one fact as read.
type row struct {
	kind  string
	cell  []string // after the kind
	file  string
	line  int
	layer string
}

func (r row) where() string { return fmt.Sprintf("%s:%d", r.file, r.line) }

// table holds rows by kind and key; reading a later layer replaces rows of an earlier one.
type table struct {
	rows  []row
	place map[string]int
}

func newTable() *table { return &table{place: make(map[string]int, 1<<14)} }

// maxFacts bounds one layer.
const maxFacts = 64 << 20

func (t *table) read(name, layer string, data []byte) error {
	if len(data) > maxFacts {
		return fmt.Errorf("%s: larger than %d MB", name, maxFacts>>20)
	}
	t.rows = slices.Grow(t.rows, bytes.Count(data, []byte("\n")))
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		cell := strings.Split(line, "\t")
		c, ok := columns[cell[0]]
		r := row{cell[0], cell[1:], name, n, layer}
		if !ok {
			return fmt.Errorf("%s: unknown kind of row %q", r.where(), cell[0])
		}
		if len(cell) != c.n {
			return fmt.Errorf("%s: a %s row has %d columns, not %d", r.where(), cell[0], c.n, len(cell))
		}
		for i := range cell {
			cell[i] = strings.TrimSpace(cell[i])
		}
		if cell[len(cell)-1] == "" {
			return fmt.Errorf("%s: the row names no source", r.where())
		}
		key := strings.Join(cell[:1+c.key], "\t")
		i, known := t.place[key]
		switch {
		case !known:
			t.place[key] = len(t.rows)
			t.rows = append(t.rows, r)
		case t.rows[i].file == name && t.rows[i].layer == layer:
			return fmt.Errorf("%s: the same fact stands at line %d", r.where(), t.rows[i].line)
		default:
			t.rows[i] = r
		}
	}
	return nil
}

// facts checks every row and builds the indexes.
func (t *table) facts() (*Facts, error) {
	f := &Facts{
		services: map[string]Service{}, entities: map[string]Entity{}, aliases: map[string]string{},
		words: map[string]string{}, domains: map[string][]domainRule{}, cloaks: map[string][]domainRule{},
		parameters: map[string][]Parameter{},
		stored:     map[StorageKind]*patterns{CookieName: newPatterns(), StorageKey: newPatterns()},
	}
	for _, r := range t.rows { // entities first, then services: the others name them
		if r.kind == "entity" {
			f.entities[r.cell[0]] = Entity{r.cell[0], r.cell[1], r.cell[2], r.cell[3]}
		}
	}
	for _, r := range t.rows {
		if r.kind == "service" {
			if err := f.addService(r); err != nil {
				return nil, fmt.Errorf("%s: %w", r.where(), err)
			}
		}
	}
	for _, r := range t.rows {
		if r.kind == "service" || r.kind == "entity" {
			continue
		}
		if err := f.add(r); err != nil {
			return nil, fmt.Errorf("%s: %w", r.where(), err)
		}
	}
	for _, rules := range f.domains {
		slices.SortFunc(rules, func(a, b domainRule) int { return len(b.path) - len(a.path) })
	}
	f.names = newNameIndex(f)
	return f, nil
}

func (f *Facts) addService(r row) error {
	s := Service{ID: r.cell[0], Name: r.cell[1], Entity: r.cell[2], Parent: r.cell[3], Homepage: r.cell[4], Source: r.cell[6]}
	if s.ID == "" || s.Name == "" {
		return fmt.Errorf("a service needs an ID and a name")
	}
	if s.Parent == "" {
		s.Parent = f.entities[s.Entity].Parent
	}
	for _, word := range strings.Split(r.cell[5], ",") {
		p, err := purpose(strings.TrimSpace(word))
		if err != nil {
			return err
		}
		s.Purposes = append(s.Purposes, p)
	}
	f.services[s.ID] = s
	return nil
}

func (f *Facts) add(r row) error {
	service := r.cell[1]
	switch r.kind {
	case "word":
		if r.cell[1] != wordCapital && r.cell[1] != wordWhole {
			return fmt.Errorf("a word counts with a %s or as a %s, not %q", wordCapital, wordWhole, r.cell[1])
		}
		f.words[strings.ToLower(r.cell[0])] = r.cell[1]
		return nil
	case "widget", "recorder", "fingerprinter", "challenge":
		service = r.cell[0]
	}
	s, ok := f.services[service]
	if !ok && !(service == "" && slices.Contains([]string{"cookie", "storage", "challenge", "parameter"}, r.kind)) {
		return fmt.Errorf("no service %q", service)
	}
	switch r.kind {
	case "alias":
		f.aliases[strings.ToLower(r.cell[0])] = service
	case "domain":
		d, err := newDomainRule(r.cell[0], r.cell[2], s)
		if err != nil {
			return err
		}
		d.source, d.layer = r.cell[3], r.layer
		f.domains[d.domain] = append(f.domains[d.domain], d)
	case "cloak":
		d, err := newDomainRule(r.cell[0], "", s)
		if err != nil {
			return err
		}
		d.source, d.layer = r.cell[2], r.layer
		f.cloaks[d.domain] = append(f.cloaks[d.domain], d)
	case "parameter":
		p := Parameter{Service: s, Pattern: r.cell[0], Source: r.cell[3]}
		var err error
		if p.Purpose, err = purpose(r.cell[2]); err != nil {
			return err
		}
		if strings.Trim(p.Pattern, "*#") == "" {
			return fmt.Errorf("pattern %q matches every name", p.Pattern)
		}
		key := p.Pattern
		if strings.ContainsAny(key, "*#") {
			key = ""
		}
		f.parameters[key] = append(f.parameters[key], p)
	case "cookie", "storage":
		p, err := parsePattern(r, s)
		if err != nil {
			return err
		}
		f.stored[StorageKind(r.kind)].add(p)
	case "widget":
		f.widgets = append(f.widgets, Widget{service, r.cell[1], r.cell[2], r.cell[3], r.cell[4], r.cell[5]})
	case "recorder":
		f.recorders = append(f.recorders, Recorder{service, r.cell[1], r.cell[2], r.cell[3], r.cell[4]})
	case "fingerprinter":
		f.fingerprinters = append(f.fingerprinters, Fingerprinter{service, r.cell[1], r.cell[2], r.cell[3]})
	case "challenge":
		if !slices.Contains([]string{"title", "text", "header", "script", "cookie", "element"}, r.cell[1]) {
			return fmt.Errorf("a challenge shows in title, text, header, script, cookie or element, not in %q", r.cell[1])
		}
		f.challenges = append(f.challenges, ChallengePage{service, r.cell[1], strings.ToLower(r.cell[2]), r.cell[3]})
	}
	return nil
}

func purpose(word string) (Purpose, error) {
	if p := Purpose(word); slices.Contains(Purposes, p) {
		return p, nil
	}
	return "", fmt.Errorf("unknown purpose %q", word)
}

// parseLifetime reads "session", "90d", "2y" …; -1 for an empty cell.
func parseLifetime(s string) (int64, error) {
	switch s {
	case "":
		return -1, nil
	case "session":
		return 0, nil
	}
	unit := map[byte]int64{'s': 1, 'm': 60, 'h': 3600, 'd': 86400, 'y': 365 * 86400}[s[len(s)-1]]
	n, err := strconv.ParseInt(s[:len(s)-1], 10, 64)
	if err != nil || unit == 0 || n < 0 || n > 1<<32 {
		return 0, fmt.Errorf("lifetime %q is not \"session\" or a number with s, m, h, d or y", s)
	}
	return n * unit, nil
}
