package knowledge

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ImportTCF reads a vendor's device storage disclosures, in the format of IAB Europe's "Vendor Device Storage &
// Operational Disclosures" 1.1. The file does not say whose it is: vendor is the name in the Global Vendor List.
// Source names the file, for people.
//
// It is the vendor's own word, so whose a cookie is may be relied on. That the vendor holds storage to be exempt from
// consent (it names no purpose 1) exempts nothing: without a purpose that says more, the purpose is unknown.
func ImportTCF(known *Facts, vendor, source string, data []byte) (Import, error) {
	var file struct {
		Disclosures []struct {
			Identifier      string          `json:"identifier"`
			Type            string          `json:"type"`
			MaxAge          json.RawMessage `json:"maxAgeSeconds"`
			Domain          string          `json:"domain"`
			Domains         []string        `json:"domains"`
			Purposes        []int           `json:"purposes"`
			SpecialPurposes []int           `json:"specialPurposes"`
			OptOut          bool            `json:"optOut"`
		} `json:"disclosures"`
		Domains []struct {
			Domain          string `json:"domain"`
			Purposes        []int  `json:"purposes"`
			SpecialPurposes []int  `json:"specialPurposes"`
		} `json:"domains"`
	}
	if err := decode("device storage disclosures", data, &file); err != nil {
		return Import{}, err
	}
	im := newImporter(known, source)
	service := im.service(vendor)
	if service == "" {
		return Import{}, fmt.Errorf("device storage disclosures: the vendor has no name")
	}
	for _, d := range file.Disclosures {
		kind := StorageKey
		switch d.Type {
		case "cookie":
			kind = CookieName
		case "web":
		default:
			im.skip("%q is storage of type %q, not of a browser", d.Identifier, d.Type)
			continue
		}
		domains := d.Domains
		if d.Domain != "" {
			domains = append(domains, d.Domain)
		}
		by, ok := im.holders(domains)
		if !ok {
			im.skip("%s %q: no usable domain", kind, d.Identifier)
			continue
		}
		purpose := tcfPurpose(d.Purposes, d.SpecialPurposes)
		consent := d.OptOut || slices.Equal(d.SpecialPurposes, []int{3}) && purpose == StrictlyNecessary
		if d.OptOut && purpose == Unknown {
			purpose = StrictlyNecessary // it keeps the visitor's refusal
		}
		lifetime := int64(-1)
		if kind == CookieName {
			lifetime = tcfLifetime(d.MaxAge)
		}
		im.add(importedItem{kind, d.Identifier, service, purpose, lifetime, 0.85, by, consent})
	}
	for _, d := range file.Domains {
		domain, any, ok := importedDomain(d.Domain)
		if !ok || any {
			im.skip("domain %q is no domain of one owner", d.Domain)
			continue
		}
		im.domain(domain, service, tcfPurpose(d.Purposes, d.SpecialPurposes))
	}
	return im.result(), nil
}

// holders returns the domains that hold an item; none if it may be any site's. It reports false if there were
// domains and none can be used.
func (im *importer) holders(domains []string) (by []string, ok bool) {
	anywhere := len(domains) == 0
	for _, s := range domains {
		domain, any, ok := importedDomain(s)
		anywhere = anywhere || any
		if ok && !any {
			by = append(by, domain)
		}
	}
	if anywhere {
		return nil, true
	}
	return by, len(by) > 0
}

// tcfPurpose translates purposes and special purposes of the TCF (policies version 5): the one that asks most of the
// visitor decides, since a row has one purpose. Purpose 1, to store and access, says nothing of what for.
func tcfPurpose(purposes, special []int) Purpose {
	has := func(list []int, ids ...int) bool {
		return slices.ContainsFunc(list, func(id int) bool { return slices.Contains(ids, id) })
	}
	switch {
	case has(purposes, 2, 3, 4, 7): // select advertisements, profiles for them, measure them
		return Advertising
	case has(purposes, 8, 9, 10): // measure content, understand audiences, improve services
		return Analytics
	case has(purposes, 5, 6, 11): // profiles for content, select content
		return Personalization
	case has(special, 1): // security, fraud, errors
		return Security
	case has(special, 2): // deliver and present advertising and content
		return Advertising
	case has(special, 3): // keep the visitor's privacy choices
		return StrictlyNecessary
	}
	return Unknown
}

// tcfLifetime reads maxAgeSeconds: 0 is a session; null and what is no number of seconds is unknown, -1.
func tcfLifetime(raw json.RawMessage) int64 {
	var text string
	if json.Unmarshal(raw, &text) != nil { // some vendors write a string
		text = string(raw)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || n < 0 || n > 1<<32 {
		return -1
	}
	return n
}
