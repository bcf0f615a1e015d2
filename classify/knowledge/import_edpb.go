package knowledge

import (
	"bytes"
	"fmt"
	"strings"
)

// edpbBase is a knowledge base as the EDPB's website auditing tool exports it: what inspectors noted about cookies or
// keys of local storage.
type edpbBase struct {
	Name       string `json:"name"`
	Category   string `json:"category"` // cookie or localstorage; older exports state none
	Knowledges []struct {
		Domain     string `json:"domain"` // of a cookie: "*", "example.com", "*.example.com", "*example.com"
		Name       string `json:"name"`   // of a cookie, with *
		Script     string `json:"script"` // of a key: what wrote it
		Key        string `json:"key"`
		Category   string `json:"category"`
		Source     string `json:"source"` // "Open (controller)", "Open (Inspector)", "Open (Outsider)"
		Controller string `json:"controller"`
	} `json:"knowledges"`
}

// edpbPurposes are the categories that the tool offers. "Technical" is an inspector's word for what works a site,
// strictly necessary or not, so it must not exempt: it is functional.
var edpbPurposes = map[string]Purpose{
	"targeted advertising": Advertising, "non-targeted advertising": Advertising, "technical": Functional, "technical (security)": Security,
	"analytics (exempted)": Analytics, "analytics (non exempted)": Analytics, "social media": SocialMedia,
	"content customisation": Personalization, "?": Unknown, "": Unknown,
}

// ImportEDPB reads one exported knowledge base, or a list of them. Source names the file, for people. An entry
// without a controller names nobody and is skipped; so is one for every cookie ("*") of a domain that says no more
// than whose the domain is, which becomes a domain row.
func ImportEDPB(known *Facts, source string, data []byte) (Import, error) {
	const what = "EDPB knowledge base"
	var bases []edpbBase
	if trimmed := bytes.TrimLeft(data, "\xef\xbb\xbf \t\r\n"); bytes.HasPrefix(trimmed, []byte("[")) {
		if err := decode(what, data, &bases); err != nil {
			return Import{}, err
		}
	} else {
		var one edpbBase
		if err := decode(what, data, &one); err != nil {
			return Import{}, err
		}
		bases = append(bases, one)
	}
	im := newImporter(known, source)
	entries := 0
	for _, base := range bases {
		for _, k := range base.Knowledges {
			entries++
			name, kind := k.Name, CookieName
			if base.Category == "localstorage" || k.Key != "" {
				name, kind = k.Key, StorageKey
			}
			purpose, ok := edpbPurposes[strings.ToLower(strings.TrimSpace(k.Category))]
			if !ok {
				im.skip("%s %q: unknown category %q", kind, name, k.Category)
				continue
			}
			service := im.service(k.Controller)
			if service == "" {
				im.skip("%s %q of %q: no controller", kind, name, k.Domain)
				continue
			}
			holder := k.Domain
			if kind == StorageKey {
				holder = hostOfScript(k.Script)
			}
			by, ok := im.holders([]string{holder})
			if !ok {
				im.skip("%s %q: %q is no domain", kind, name, holder)
				continue
			}
			if strings.Trim(name, "* ") == "" {
				for _, d := range by {
					im.domain(d, service, purpose)
				}
				continue
			}
			confidence := 0.7
			if strings.Contains(strings.ToLower(k.Source), "outsider") { // a guess from outside
				confidence = 0.5
			}
			im.add(importedItem{kind, name, service, purpose, -1, confidence, by, false})
		}
	}
	if entries == 0 {
		return Import{}, fmt.Errorf("%s: no entries", what)
	}
	return im.result(), nil
}

// hostOfScript returns the host of a script's address with or without its scheme, or "*" for none.
func hostOfScript(address string) string {
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	}
	host, _, _ := strings.Cut(strings.TrimSpace(address), "/")
	if host == "" {
		return "*"
	}
	return host
}
