package knowledge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/publicsuffix"

	"trackaudit/crawler/evidence"
)

// Import is what a source of facts in another tool's format gave: rows of an overlay (see "Rows"), sorted, and what
// could not be said in rows.
type Import struct {
	TSV     []byte
	Skipped []string // one sentence each
}

// importer collects rows. Facts already known decide which service a name or a host means, and are never replaced
// by an import.
type importer struct {
	known    *Facts
	source   string
	services map[string]*importedService // new ones
	items    map[string]*importedItem    // by kind, pattern and service
	domains  map[string][]string         // cells of a row
	skipped  []string
}

type importedService struct {
	name, entity string
	purposes     map[Purpose]int
}

// importedItem is a cookie or a storage key. A source may name it more than once, for several domains.
type importedItem struct {
	kind             StorageKind
	pattern, service string
	purpose          Purpose
	lifetime         int64 // as CookieMatch
	confidence       float64
	by               []string // of which the setter or the holder must be one; none = anyone
	consent          bool
}

func newImporter(known *Facts, source string) *importer {
	if source = cell(source); source == "" {
		source = "imported"
	}
	return &importer{known: known, source: source, services: map[string]*importedService{}, items: map[string]*importedItem{}, domains: map[string][]string{}}
}

func (im *importer) skip(format string, args ...any) {
	im.skipped = append(im.skipped, cell(fmt.Sprintf(format, args...)))
}

// service returns the ID of the service that name means, known or new; "" if it is no name.
func (im *importer) service(name string) string {
	name = cell(name)
	if s, ok := im.known.ServiceNamed(name); ok {
		return s.ID
	}
	id := kebab(name)
	if id == "" {
		return ""
	}
	if _, taken := im.known.Service(id); taken { // another service, of another name
		id += "-imported"
	}
	if im.services[id] == nil {
		im.services[id] = &importedService{name: withoutForm(name), entity: name, purposes: map[Purpose]int{}}
	}
	return id
}

// maxImportLength bounds a name, a key, a domain of an import.
const maxImportLength = 200

// add adds an item, or skips it if its pattern says too little.
func (im *importer) add(item importedItem) {
	item.pattern = strings.TrimSpace(item.pattern)
	literal := strings.Trim(item.pattern, "*")
	switch {
	case item.pattern == "" || cell(item.pattern) != item.pattern || strings.ContainsAny(item.pattern, " ,;=#"):
		im.skip("%s %q is no name", item.kind, item.pattern)
		return
	case literal == "":
		im.skip("%s %q matches every name", item.kind, item.pattern)
		return
	case len(item.by) == 0 && len(literal) < 4:
		im.skip("%s %q is too short to tell whose it is on any site", item.kind, item.pattern)
		return
	}
	key := string(item.kind) + "\t" + item.pattern + "\t" + item.service
	if old := im.items[key]; old != nil {
		item.confidence = max(item.confidence, old.confidence)
		item.lifetime = max(item.lifetime, old.lifetime)
		item.consent = item.consent && old.consent
		if old.purpose != Unknown {
			item.purpose = old.purpose
		}
		if len(old.by) == 0 || len(item.by) == 0 {
			item.by = nil
		} else {
			item.by = append(item.by, old.by...)
		}
	}
	slices.Sort(item.by)
	item.by = slices.Compact(item.by)
	im.items[key] = &item
}

// domain adds a domain row, unless the domain is known: what is known is more exact than what an import claims.
func (im *importer) domain(domain, service string, purpose Purpose) {
	if m, ok := im.known.Host(domain, "/"); ok {
		if m.Service.ID != service {
			im.skip("domain %s is known as %s's", domain, m.Service.Name)
		}
		return
	}
	if first := im.domains[domain]; first != nil {
		if first[2] != service {
			im.skip("domain %s is claimed twice", domain)
		}
		return
	}
	im.domains[domain] = []string{"domain", domain, service, string(purpose), im.source}
}

// result writes the rows, services first.
func (im *importer) result() Import {
	count := func(service string, purpose Purpose) {
		if s := im.services[service]; s != nil {
			s.purposes[purpose]++
		}
	}
	var lines []string
	for _, d := range im.domains {
		count(d[2], Purpose(d[3]))
		lines = append(lines, strings.Join(d, "\t"))
	}
	for _, i := range im.items {
		count(i.service, i.purpose)
		hints := ""
		if len(i.by) > 0 {
			hints = "by=" + strings.Join(i.by, ",")
		}
		if i.consent {
			hints = strings.TrimSpace(hints + " consent")
		}
		lines = append(lines, strings.Join([]string{string(i.kind), i.pattern, i.service, string(i.purpose), lifetimeWord(i.lifetime),
			strconv.FormatFloat(i.confidence, 'g', -1, 64), hints, "", im.source}, "\t"))
	}
	slices.Sort(lines)
	var services []string
	for id, s := range im.services {
		if len(s.purposes) == 0 {
			continue // nothing was said of it
		}
		purposes := slices.DeleteFunc(slices.Clone(Purposes), func(p Purpose) bool { return s.purposes[p] == 0 })
		slices.SortStableFunc(purposes, func(a, b Purpose) int { return s.purposes[b] - s.purposes[a] })
		words := make([]string, len(purposes))
		for i, p := range purposes {
			words[i] = string(p)
		}
		services = append(services, strings.Join([]string{"service", id, s.name, s.entity, "", "", strings.Join(words, ","), im.source}, "\t"))
	}
	slices.Sort(services)
	var b strings.Builder
	for _, l := range append(services, lines...) {
		b.WriteString(l)
		b.WriteByte('\n')
	}
	slices.Sort(im.skipped)
	return Import{[]byte(b.String()), slices.Compact(im.skipped)}
}

// cell makes s fit for a cell: one line, no tabs, nothing invisible, not too long.
func cell(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxImportLength {
		s = strings.ToValidUTF8(s[:maxImportLength], "")
	}
	return strings.TrimSpace(s)
}

// kebab makes an ID of a name: "AdTech123 GmbH" is "adtech123-gmbh".
func kebab(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), "-")
}

// importedDomain reads a domain as imports write them ("*.example.com", ".example.com", "*example.com"): any is true
// for "*", ok false for what is none or belongs to many, as a public suffix does.
func importedDomain(s string) (domain string, any, ok bool) {
	s = strings.TrimSpace(s)
	if s == "*" || s == "" {
		return "", true, true
	}
	s = evidence.CleanHost(strings.TrimLeft(s, "*."))
	if len(s) > maxImportLength || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.-_") != "" || !strings.Contains(s, ".") {
		return "", false, false
	}
	if suffix, _ := publicsuffix.PublicSuffix(s); suffix == s {
		return "", false, false
	}
	return s, false, true
}

// decode reads JSON into v, saying what it was to be.
func decode(what string, data []byte, v any) error {
	if len(data) > maxFacts {
		return fmt.Errorf("%s: larger than %d MB", what, maxFacts>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// lifetimeWord writes a lifetime as rows do, in the largest unit that holds it whole; see parseLifetime.
func lifetimeWord(seconds int64) string {
	switch {
	case seconds < 0:
		return ""
	case seconds == 0:
		return "session"
	}
	for _, u := range []struct {
		n    int64
		unit string
	}{{365 * 86400, "y"}, {86400, "d"}, {3600, "h"}, {60, "m"}} {
		if seconds%u.n == 0 {
			return strconv.FormatInt(seconds/u.n, 10) + u.unit
		}
	}
	return strconv.FormatInt(seconds, 10) + "s"
}
