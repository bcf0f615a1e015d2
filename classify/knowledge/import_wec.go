package knowledge

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"trackaudit/crawler/evidence"
)

// wecLog is how something came to be, as the collector logged it.
type wecLog struct {
	Stack []struct {
		FileName string `json:"fileName"`
	} `json:"stack"`
}

// ImportWEC reads the inspection of one site by the EDPS's website evidence collector (inspection.json). Source names
// the file, for people.
//
// It says what was seen, not whose it is: a cookie or key is given to the service, among those known, of the script
// that wrote it or of the third party that holds it, with little confidence. What nobody known wrote is skipped, as
// is what a tag manager or a host that only delivers wrote, for these write what others tell them. How long a cookie
// was stored for is no declared lifetime and left out.
func ImportWEC(known *Facts, source string, data []byte) (Import, error) {
	var file struct {
		Cookies []struct {
			Name       string `json:"name"`
			Domain     string `json:"domain"`
			FirstParty *bool  `json:"firstPartyStorage"`
			Log        wecLog `json:"log"`
		} `json:"cookies"`
		LocalStorage map[string]map[string]struct {
			FirstParty *bool  `json:"firstPartyStorage"`
			Log        wecLog `json:"log"`
		} `json:"localStorage"`
		Host string `json:"host"` // of the site
	}
	if err := decode("WEC inspection", data, &file); err != nil {
		return Import{}, err
	}
	if len(file.Cookies)+len(file.LocalStorage) == 0 {
		return Import{}, fmt.Errorf("WEC inspection: no cookies and no storage")
	}
	im := newImporter(known, source)
	site := evidence.SiteOf(file.Host)
	own := func(first *bool, host string) bool {
		if first != nil {
			return *first
		}
		return evidence.SiteOf(host) == site
	}
	for _, c := range file.Cookies {
		im.seen(CookieName, c.Name, c.Domain, own(c.FirstParty, c.Domain), c.Log)
	}
	for _, origin := range slices.Sorted(maps.Keys(file.LocalStorage)) {
		keys := file.LocalStorage[origin]
		host := evidence.HostOf(origin)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			im.seen(StorageKey, key, host, own(keys[key].FirstParty, host), keys[key].Log)
		}
	}
	return im.result(), nil
}

// seen adds an item that was seen on host, if somebody known wrote it.
func (im *importer) seen(kind StorageKind, name, host string, first bool, log wecLog) {
	setters := []string{}
	for _, frame := range log.Stack {
		if h := evidence.HostOf(frame.FileName); h != "" {
			setters = append(setters, h)
		}
	}
	if !first {
		setters = append(setters, host)
	}
	for _, h := range setters {
		m, ok := im.known.Host(h, "/")
		if !ok || m.Purpose == TagManagement || m.Purpose == ContentDelivery {
			continue
		}
		if strings.Contains(name, "*") {
			break // would be a pattern
		}
		im.add(importedItem{kind, name, m.Service.ID, m.Purpose, -1, 0.4, []string{evidence.SiteOf(h)}, false})
		return
	}
	im.skip("%s %q of %s: nobody known wrote it", kind, name, host)
}
