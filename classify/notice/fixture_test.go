package notice

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// A fixture is a notice with what a person reads in it; testdata/README.md describes the form.
type fixture struct {
	name         string
	document     evidence.Document
	facts        []string // language, dates, claims, opt-outs, sections, banner
	never        []evidence.Technology
	declarations []string // keys, see declared
	fragments    map[string]string
}

var spans = map[string]int64{"s": 1, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "mo": 30 * 86400, "y": 365 * 86400}

func readFixture(t *testing.T, path string) fixture {
	t.Helper()
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := fixture{name: strings.TrimSuffix(filepath.Base(path), ".txtar"), fragments: map[string]string{}}
	if len(ar.Files) != 2 || ar.Files[1].Name != "want" {
		t.Fatalf("%s: want a notice and its truth", path)
	}
	f.document = evidence.Document{URL: "https://" + f.name + ".test/" + ar.Files[0].Name, ContentType: contentTypeOf(ar.Files[0].Name), Body: ar.Files[0].Data}
	inDeclarations := false
	for i, line := range strings.Split(strings.TrimSpace(string(ar.Files[1].Data)), "\n") {
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "declarations":
			inDeclarations = true
		case inDeclarations:
			if err := f.declare(line); err != nil {
				t.Fatalf("%s: want line %d: %v", path, i+1, err)
			}
		case word == "never":
			f.never = append(f.never, evidence.Technology(rest))
		case word == "section" || word == "opt-out" || word == "language" || word == "updated" || word == "effective" || word == "banner:":
			f.facts = append(f.facts, strings.Join(strings.Fields(line), " "))
		case word == "dnt" || word == "gpc" || word == "consent" || word == "sale" || word == "sharing" || word == "retention":
			value, words, _ := strings.Cut(rest, ": ")
			f.facts = append(f.facts, word+" "+value)
			f.fragments[word] = words
		default:
			t.Fatalf("%s: want line %d: %q", path, i+1, line)
		}
	}
	return f
}

// declare takes in one line of the truth: each technology with each purpose with each recipient.
func (f *fixture) declare(line string) error {
	columns := strings.Split(line, "|")
	if len(columns) < 5 || len(columns) > 6 {
		return fmt.Errorf("%d columns", len(columns))
	}
	for i := range columns {
		columns[i] = strings.TrimSpace(columns[i])
	}
	d := Declaration{Party: evidence.Party(columns[3]), Strength: Category, Lifetime: -1}
	if len(columns) == 6 {
		for _, flag := range strings.Fields(columns[5]) {
			if err := d.flag(flag); err != nil {
				return err
			}
		}
	}
	recipients := strings.Split(columns[4], ",")
	if d.Strength == Exact {
		recipients = columns[4:5] // of a table: as it stands in the cell
	}
	for _, tech := range strings.Split(columns[1], ",") {
		for _, purpose := range strings.Split(columns[2], ",") {
			for _, recipient := range recipients {
				d.Technology, d.Purpose, d.Recipient = evidence.Technology(tech), knowledge.Purpose(purpose), recipient
				if tech != "" && !slices.Contains(evidence.Technologies, d.Technology) || purpose != "" && !slices.Contains(knowledge.Purposes, d.Purpose) {
					return fmt.Errorf("unknown word in %q", line)
				}
				f.declarations = append(f.declarations, columns[0]+" | "+declared(d))
			}
		}
	}
	return nil
}

func (d *Declaration) flag(flag string) error {
	name, value, _ := strings.Cut(flag, "=")
	switch {
	case flag == "denied":
		d.Denied = true
	case flag == "click":
		d.WithoutClick = true
	case flag == string(Generic) || flag == string(Specific):
		d.Strength = Strength(flag)
	case name == "names":
		d.Names, d.Strength = strings.Split(value, ","), Exact
	case flag == "life=session":
		d.Lifetime = 0
	case name == "life":
		unit := strings.TrimLeft(value, "0123456789")
		n, err := strconv.ParseInt(strings.TrimSuffix(value, unit), 10, 64)
		if err != nil || spans[unit] == 0 {
			return fmt.Errorf("life %q", value)
		}
		d.Lifetime = n * spans[unit]
	case slices.Contains(Regions, Region(flag)):
		d.Region = Region(flag)
	default:
		return fmt.Errorf("flag %q", flag)
	}
	return nil
}

// declared is all that two declarations of one quote must agree in.
func declared(d Declaration) string {
	return fmt.Sprintf("%s/%s/%s/%s/%s denied=%v %s click=%v names=%v life=%d", d.Technology, d.Purpose, d.Party, d.Recipient,
		d.Region, d.Denied, d.Strength, d.WithoutClick, d.Names, d.Lifetime)
}

// factsOf gives what a notice says beside its declarations, in the words of a fixture.
func factsOf(n *Notice) []string {
	d := n.Documents[0]
	out := []string{"language " + d.Language}
	if d.LastUpdated != "" {
		out = append(out, "updated "+d.LastUpdated)
	}
	if d.Effective != "" {
		out = append(out, "effective "+d.Effective)
	}
	for _, c := range []struct {
		name  string
		claim Claim
	}{{"dnt", n.Claims.DNT}, {"gpc", n.Claims.GPC}, {"consent", n.Claims.Consent}, {"sale", n.Claims.Sale}, {"sharing", n.Claims.Sharing}, {"retention", n.Claims.Retention}} {
		if c.claim.Value != Unstated {
			out = append(out, c.name+" "+string(c.claim.Value))
		}
	}
	for _, o := range n.Claims.OptOut {
		out = append(out, strings.TrimSpace("opt-out "+o.URL+" "+fmt.Sprint(o.Regions)[1:len(fmt.Sprint(o.Regions))-1]))
	}
	for _, s := range d.Sections {
		out = append(out, strings.Join(strings.Fields("section "+s.Number+" | "+s.Title+" | "+string(s.Region)), " "))
	}
	if d.Banner != "" {
		out = append(out, "banner: "+d.Banner)
	}
	return out
}

// score counts what is right, given and wanted, and lists the differences.
type score struct {
	right, given, wanted int
	differences          []string
}

func (s *score) compare(want, got []string) {
	left := slices.Clone(got)
	s.given += len(got)
	s.wanted += len(want)
	for _, w := range want {
		if i := slices.Index(left, w); i >= 0 {
			left = slices.Delete(left, i, i+1)
			s.right++
			continue
		}
		s.differences = append(s.differences, "missed "+w)
	}
	for _, g := range left {
		s.differences = append(s.differences, "wrong  "+g)
	}
}

func (s *score) add(o score) { s.right += o.right; s.given += o.given; s.wanted += o.wanted }

func (s score) String() string {
	return fmt.Sprintf("%s/%s", ratio(s.right, s.given), ratio(s.right, s.wanted))
}

// fixtureNames finds the vendors of testdata/vendors.tsv, whatever the embedded facts come to hold.
func fixtureNames(t *testing.T) namer {
	t.Helper()
	tsv, err := os.ReadFile("testdata/vendors.tsv")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]knowledge.Purpose{}
	var names []string
	for line := range strings.Lines(string(tsv)) {
		name, purpose, ok := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		if ok && !strings.HasPrefix(line, "#") {
			names = append(names, regexp.QuoteMeta(name))
			known[name] = knowledge.Purpose(purpose)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) }) // the longest first
	any := regexp.MustCompile(`\b(?:` + strings.Join(names, "|") + `)\b`)
	return func(text string) []named {
		var out []named
		for _, at := range any.FindAllStringIndex(text, -1) {
			name := text[at[0]:at[1]]
			n := named{text: name, service: name, start: at[0], end: at[1]}
			if p := known[name]; p != "" {
				n.purposes = []knowledge.Purpose{p}
			}
			out = append(out, n)
		}
		return out
	}
}

// check reads the notice of a fixture and scores its declarations and its facts.
func (f fixture) check(t *testing.T) (declarations, facts score) {
	n, err := readAll([]evidence.Document{f.document}, fixtureNames(t))
	if err != nil {
		declarations.compare(f.declarations, nil)
		facts.compare(f.facts, []string{err.Error()})
		return declarations, facts
	}
	checkQuotes(t, n)
	for _, d := range n.Declarations {
		if slices.Contains(f.never, d.Technology) {
			t.Errorf("%s: %s must not be read here: %q", f.name, d.Technology, d.Quote)
		}
	}
	declarations.compare(f.declarations, f.keys(n))
	facts.compare(f.facts, factsOf(n))
	for name, claim := range map[string]Claim{"dnt": n.Claims.DNT, "gpc": n.Claims.GPC, "consent": n.Claims.Consent, "sale": n.Claims.Sale, "retention": n.Claims.Retention} {
		if words := f.fragments[name]; words != "" && !strings.Contains(claim.Quote, words) {
			facts.differences = append(facts.differences, fmt.Sprintf("%s is said in %q, not in %q", name, words, claim.Quote))
		}
	}
	return declarations, facts
}

// keys gives the declarations of a notice in the form of those wanted: with the words of the truth that their quote holds.
func (f fixture) keys(n *Notice) []string {
	var got []string
	for _, d := range n.Declarations {
		at := fmt.Sprintf("%q", d.Quote)
		for _, w := range f.declarations {
			words, _, _ := strings.Cut(w, " | ")
			if strings.Contains(d.Quote, words) {
				at = words
				if key := at + " | " + declared(d); key == w && !slices.Contains(got, key) {
					break // a quote that two lines of the truth begin with differently
				}
			}
		}
		got = append(got, at+" | "+declared(d))
	}
	return got
}

func TestFixtures(t *testing.T) {
	paths, err := filepath.Glob("testdata/fixtures/*.txtar")
	if err != nil || len(paths) < 30 {
		t.Fatalf("%d fixtures, %v", len(paths), err)
	}
	languages := map[string]*[2]score{}
	var all [2]score
	t.Logf("%-18s %-22s %s", "precision/recall", "declarations", "facts (language, dates, claims, sections …)")
	for _, path := range paths {
		f := readFixture(t, path)
		declarations, facts := f.check(t)
		t.Logf("%-18s %s of %-8d %s of %d", f.name, declarations, declarations.wanted, facts, facts.wanted)
		for _, d := range append(declarations.differences, facts.differences...) {
			t.Errorf("%s: %s", f.name, d)
		}
		language, _, _ := strings.Cut(f.name, "-")
		if languages[language] == nil {
			languages[language] = &[2]score{}
		}
		for _, sum := range []*[2]score{languages[language], &all} {
			sum[0].add(declarations)
			sum[1].add(facts)
		}
	}
	for _, language := range slices.Sorted(maps.Keys(languages)) {
		t.Logf("%-18s %s of %-8d %s of %d", language, languages[language][0], languages[language][0].wanted, languages[language][1], languages[language][1].wanted)
	}
	t.Logf("%-18s %s of %-8d %s of %d", "all", all[0], all[0].wanted, all[1], all[1].wanted)
}
