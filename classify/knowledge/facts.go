package knowledge

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:generate go run ./generate

//go:embed data/*.tsv
var dataFiles embed.FS

// embeddedLayer is the Layer of facts that no overlay decided.
const embeddedLayer = "embedded"

// Overlay is one TSV file of facts that win over those below it.
type Overlay struct {
	Name string // for people and errors, e.g. the file's name
	TSV  []byte
}

// Facts is everything known, ready to be asked. It is never changed after Load.
type Facts struct {
	services       map[string]Service
	entities       map[string]Entity
	aliases        map[string]string // lower-case name → service ID
	words          map[string]string // lower-case name that is an ordinary word → where it counts
	domains        map[string][]domainRule
	stored         map[StorageKind]*patterns
	widgets        []Widget
	recorders      []Recorder
	fingerprinters []Fingerprinter
	challenges     []ChallengePage
	parameters     map[string][]Parameter  // exact names by the name, patterns under ""
	cloaks         map[string][]domainRule // by domain
	names          *nameIndex
	hash           string
}

// Embedded are the facts that the program carries.
var Embedded = sync.OnceValue(func() *Facts {
	f, err := Load()
	if err != nil {
		return &Facts{services: map[string]Service{}} // cannot happen: a test loads the embedded files
	}
	return f
})

// Load reads the embedded facts and the overlays over them; the last overlay wins. An error names the file and
// the line.
func Load(overlays ...Overlay) (*Facts, error) {
	t := newTable()
	sum := sha256.New()
	entries, err := dataFiles.ReadDir("data")
	if err != nil {
		return nil, fmt.Errorf("embedded facts: %w", err)
	}
	for _, e := range entries {
		data, err := dataFiles.ReadFile("data/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("embedded facts: %w", err)
		}
		sum.Write(data)
		if err := t.read(e.Name(), embeddedLayer, data); err != nil {
			return nil, err
		}
	}
	for _, o := range overlays {
		sum.Write([]byte{0})
		sum.Write(o.TSV)
		if err := t.read(o.Name, o.Name, o.TSV); err != nil {
			return nil, err
		}
	}
	f, err := t.facts()
	if err != nil {
		return nil, err
	}
	f.hash = hex.EncodeToString(sum.Sum(nil))
	return f, nil
}

// Hash is the SHA-256 of all layers, in hex: runs with equal hashes were judged by the same facts.
func (f *Facts) Hash() string { return f.hash }

// Service returns a service by its ID.
func (f *Facts) Service(id string) (Service, bool) {
	s, ok := f.services[id]
	return s, ok
}

// Entity returns a company by its full name.
func (f *Facts) Entity(name string) (Entity, bool) {
	e, ok := f.entities[name]
	return e, ok
}

// Services lists all services, by ID.
func (f *Facts) Services() []Service {
	list := make([]Service, 0, len(f.services))
	for _, s := range f.services {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b Service) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// Widgets lists the known social widgets.
func (f *Facts) Widgets() []Widget { return f.widgets }

// Recorders lists the known session recorders.
func (f *Facts) Recorders() []Recorder { return f.recorders }

// Fingerprinters lists the known fingerprinting libraries.
func (f *Facts) Fingerprinters() []Fingerprinter { return f.fingerprinters }

// ChallengePages lists the signs of bot walls.
func (f *Facts) ChallengePages() []ChallengePage { return f.challenges }

// WidgetFrame says which social widget a frame's address belongs to.
func (f *Facts) WidgetFrame(rawURL string) (Widget, bool) {
	return longest(f.widgets, rawURL, func(w Widget) string { return w.Frame })
}

// WidgetScript says which social widget a script's address belongs to.
func (f *Facts) WidgetScript(rawURL string) (Widget, bool) {
	return longest(f.widgets, rawURL, func(w Widget) string { return w.Script })
}

// RecorderScript says which session recorder a script's address belongs to.
func (f *Facts) RecorderScript(rawURL string) (Recorder, bool) {
	return longest(f.recorders, rawURL, func(r Recorder) string { return r.Script })
}

// RecorderIngest says which session recorder takes payload at an address.
func (f *Facts) RecorderIngest(rawURL string) (Recorder, bool) {
	return longest(f.recorders, rawURL, func(r Recorder) string { return r.Ingest })
}

// FingerprinterScript says which fingerprinting library a script's address belongs to.
func (f *Facts) FingerprinterScript(rawURL string) (Fingerprinter, bool) {
	return longest(f.fingerprinters, rawURL, func(p Fingerprinter) string { return p.Script })
}

// TrackingParam says who reads a query parameter that carries a click or a visitor between sites ("gclid").
func (f *Facts) TrackingParam(name string) (Parameter, bool) {
	if list := f.parameters[name]; len(list) > 0 {
		return list[0], true
	}
	for _, p := range f.parameters[""] {
		if Glob(p.Pattern, name) {
			return p, true
		}
	}
	return Parameter{}, false
}

// CloakingTarget says whose a name is that another name is an alias of (CNAME), if it is known to lend itself to
// sites as a name of their own. A name that only delivers content gives nothing.
func (f *Facts) CloakingTarget(cname string) (HostMatch, bool) {
	return lookup(f.cloaks, strings.TrimSuffix(cname, "."), "")
}

// longest returns the row with the longest prefix that rawURL has.
func longest[T any](rows []T, rawURL string, prefix func(T) string) (best T, ok bool) {
	address := withoutScheme(rawURL)
	n := 0
	for _, row := range rows {
		if p := prefix(row); len(p) > n && hasAddressPrefix(address, p) {
			best, ok, n = row, true, len(p)
		}
	}
	return best, ok
}

func withoutScheme(rawURL string) string {
	if _, rest, ok := strings.Cut(rawURL, "://"); ok {
		rawURL = rest
	}
	host, path, _ := strings.Cut(strings.TrimPrefix(rawURL, "//"), "/")
	if i := strings.IndexByte(host, ':'); i >= 0 {
		host = host[:i]
	}
	return strings.ToLower(host) + "/" + path
}

// hasAddressPrefix says whether address ("host/path") begins with prefix, of which the host must be whole.
func hasAddressPrefix(address, prefix string) bool {
	host, path, _ := strings.Cut(prefix, "/")
	h, p, _ := strings.Cut(address, "/")
	if parent, ok := strings.CutPrefix(host, "*."); ok {
		if h != parent && !strings.HasSuffix(h, "."+parent) {
			return false
		}
	} else if h != host {
		return false
	}
	return hasPathPrefix(p, path)
}

// hasPathPrefix says whether path begins with prefix, in which * stands for any characters but a slash.
func hasPathPrefix(path, prefix string) bool {
	for {
		literal, rest, wild := strings.Cut(prefix, "*")
		if !strings.HasPrefix(path, literal) {
			return false
		}
		if !wild {
			return true
		}
		path = path[len(literal):]
		if i := strings.IndexByte(path, '/'); i >= 0 {
			path = path[i:]
		} else {
			path = ""
		}
		prefix = rest
	}
}
