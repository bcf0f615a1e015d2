package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/publicsuffix"

	"trackaudit/classify/knowledge"
)

// fileOf says which data file holds a kind of row.
var fileOf = map[string]string{
	"service": "services.tsv", "entity": "entities.tsv", "alias": "aliases.tsv", "word": "words.tsv",
	"domain": "domains.tsv", "cookie": "cookies.tsv", "storage": "storage.tsv", "widget": "widgets.tsv",
	"recorder": "recorders.tsv", "fingerprinter": "fingerprinters.tsv", "challenge": "challenges.tsv",
	"parameter": "parameters.tsv", "cloak": "cloaks.tsv",
}

// facts collects rows. What is written by hand comes first and is never overruled.
type facts struct {
	rows     map[string][]string // data file → rows
	services map[string]string   // folded ID, name or alias → service ID
	purpose  map[string]string   // service ID → its purposes
	domains  map[string]string   // domain, or domain/path → service ID
	own      []string            // patterns of cookies and storage keys written by hand
	notes    []string
}

func newFacts() *facts {
	return &facts{rows: map[string][]string{}, services: map[string]string{}, purpose: map[string]string{}, domains: map[string]string{}}
}

func (f *facts) readOwn(dir fs.FS, name string) error {
	rows, err := readRows(dir, name, func(string) {})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if fileOf[r[0]] == "" || len(r) < 4 {
			return fmt.Errorf("%s: no row of a known kind: %q", name, r)
		}
		switch r[0] {
		case "service":
			f.name(r[1], r[1])
			f.name(r[2], r[1])
			f.purpose[r[1]] = r[6]
		case "alias":
			f.name(r[1], r[2])
		case "domain":
			f.domains[strings.ToLower(r[1])] = r[2]
		case "cookie", "storage":
			f.own = append(f.own, r[1])
		}
		f.add(r...)
	}
	return nil
}

func (f *facts) add(cells ...string) {
	file := fileOf[cells[0]]
	f.rows[file] = append(f.rows[file], strings.Join(cells, "\t"))
}

func (f *facts) name(name, service string) {
	if key := fold(name); f.services[key] == "" {
		f.services[key] = service
	}
}

// fold leaves letters and digits: data sets write "Hubspot" and "hubspot.com" where the maker writes "HubSpot".
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// kebab makes a service ID of a name.
func kebab(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(words, "-")
}

// service gives the ID under which a data set's name is known, and makes a service of it if there is none.
func (f *facts) service(name, entity, homepage, purposes, source string) (id string, made bool) {
	if id := f.services[fold(name)]; id != "" {
		return id, false
	}
	id = kebab(name)
	if id == "" || purposes == "" {
		return "", false
	}
	if f.purpose[id] != "" {
		return id, false
	}
	f.name(name, id)
	f.purpose[id] = purposes
	f.add("service", id, name, entity, "", homepage, purposes, source)
	return id, true
}

// purposeOfCategory reads the categories of third-party-web. "other" says nothing; a consent provider is not
// strictly necessary because a data set calls it so.
var purposeOfCategory = map[string]string{
	"ad": "advertising", "analytics": "analytics", "social": "social_media", "tag-manager": "tag_management",
	"cdn": "content_delivery", "hosting": "content_delivery", "video": "functional", "content": "functional",
	"utility": "functional", "customer-success": "functional", "consent-provider": "functional",
	"marketing": "advertising", "other": "unknown",
}

func (f *facts) addEntities(rows [][]string, same, company map[string]string, source string) error {
	for _, r := range rows {
		name, entity, homepage, domains := r[0], cmp.Or(r[1], r[0]), r[2], strings.Fields(r[4])
		purpose := purposeOfCategory[r[3]]
		if purpose == "" {
			return fmt.Errorf("third-party-web: %s: unknown category %q", name, r[3])
		}
		id := same[name]
		if id == "-" {
			continue
		}
		if id == "" {
			id = f.ownerOf(name, domains)
		}
		if id == "" {
			id, _ = f.service(name, cmp.Or(company[entity], entity), homepage, purpose, source)
		}
		if f.purpose[id] == "" {
			return fmt.Errorf("map.tsv: %s is service %q, which is not known", name, id)
		}
		if strings.HasPrefix(f.purpose[id], purpose) {
			purpose = "" // the service's own
		} else if purpose == "unknown" || id != kebab(name) {
			purpose = "" // what we say of a service that we know wins
		}
		for _, d := range domains {
			d = strings.ToLower(strings.TrimPrefix(d, "*."))
			if _, known := f.domains[d]; known || f.covered(d) == id {
				continue
			}
			f.domains[d] = id
			f.add("domain", d, id, purpose, source)
		}
	}
	return nil
}

// ownerOf gives the one service of ours that some of the domains belong to.
func (f *facts) ownerOf(name string, domains []string) string {
	if id := f.services[fold(name)]; id != "" {
		return id
	}
	var ids []string
	for _, d := range domains {
		if id := f.domains[strings.TrimPrefix(d, "*.")]; id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) > 1 {
		f.notes = append(f.notes, fmt.Sprintf("map.tsv: third-party-web %q could be any of %s", name, strings.Join(ids, ", ")))
	}
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}

// covered says whose a domain already is through a domain above it.
func (f *facts) covered(domain string) string {
	for d := domain; ; {
		_, rest, ok := strings.Cut(d, ".")
		if !ok {
			break
		}
		if id := f.domains[rest]; id != "" {
			return id
		}
		d = rest
	}
	// "google.*" covers google.co.uk and what lies below it
	if suffix, icann := publicsuffix.PublicSuffix(domain); icann {
		for name := strings.TrimSuffix(domain, "."+suffix); name != ""; {
			if id := f.domains[name+".*"]; id != "" {
				return id
			}
			_, name, _ = strings.Cut(name, ".")
		}
	}
	return ""
}

// ownPattern says whether a hand-written row already speaks of a name.
func (f *facts) ownPattern(name string) bool {
	return slices.ContainsFunc(f.own, func(p string) bool { return p == name || knowledge.Glob(p, name) })
}

// files gives each data file, sorted.
func (f *facts) files() map[string][]byte {
	files := map[string][]byte{}
	for _, name := range slices.Sorted(maps.Values(fileOf)) {
		rows := slices.Clone(f.rows[name])
		slices.Sort(rows)
		files[name] = []byte(strings.Join(append(rows, ""), "\n"))
	}
	return files
}
