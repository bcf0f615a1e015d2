package testsites

import (
	"embed"
	"fmt"
	"path"
	"sort"
	"strings"
)

//go:embed sites/*.txtar
var siteFiles embed.FS

//go:embed vendors.txtar
var vendorFiles []byte

//go:embed vendors.tsv
var vendorFacts []byte

// Demo is the name of the site that shows the main job: a company whose notice leaves two technologies out.
const Demo = "company"

// vendorsName names the vendors' archive.
const vendorsName = "vendors"

// Site is one site of the test web.
type Site struct {
	Name  string
	About string   // one sentence
	Start string   // address an audit begins at
	Hosts []string // the hosts that belong to it, sorted
	Want  Want
	// SignedOff is a file of declarations (YAML) that somebody signed off for the site's notices; nil = none.
	SignedOff []byte
}

// Names lists the sites, sorted. The vendors are no site.
func Names() []string {
	entries, err := siteFiles.ReadDir("sites")
	if err != nil {
		return nil // cannot happen: the folder is embedded
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".txtar"))
	}
	sort.Strings(names)
	return names
}

// Load reads one site.
func Load(name string) (Site, error) {
	a, err := open(name)
	if err != nil {
		return Site{}, err
	}
	if a.want == nil {
		return Site{}, fmt.Errorf("site %s: no %s", name, wantFile)
	}
	want, err := parseWant(a.want)
	if err != nil {
		return Site{}, fmt.Errorf("site %s: %w", name, err)
	}
	s := Site{Name: name, About: a.about, Start: a.start, Want: want, SignedOff: a.signedOff}
	for host := range a.resources {
		s.Hosts = append(s.Hosts, host)
	}
	sort.Strings(s.Hosts)
	return s, nil
}

// Vendors is what is known of the fictional vendors, as an overlay for package knowledge.
func Vendors() []byte { return append([]byte(nil), vendorFacts...) }

func open(name string) (*archive, error) {
	raw, err := rawSite(name)
	if err != nil {
		return nil, err
	}
	return parseArchive(name, raw, rawSite)
}

func rawSite(name string) ([]byte, error) {
	if name == vendorsName {
		return vendorFiles, nil
	}
	raw, err := siteFiles.ReadFile(path.Join("sites", name+".txtar"))
	if err != nil {
		return nil, fmt.Errorf("site %s: there is no such site", name)
	}
	return raw, nil
}
