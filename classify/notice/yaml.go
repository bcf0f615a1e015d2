package notice

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// file is the form of a declarations file.
type file struct {
	Documents    []DocumentJSON `yaml:"documents"`
	Review       Review         `yaml:"review"`
	Claims       Claims         `yaml:"claims"`
	Declarations []Declaration  `yaml:"declarations"`
}

const fileHead = `# What the notice declares, as trackaudit read it. Correct it, then judge by it:
#
#   trackaudit audit URL --declaration THIS-FILE
#
# review        pending, accepted or rejected; of the file or of one declaration. A rejected declaration does not count.
# technology    cookie, local_storage, session_storage, indexed_db, web_beacon, social_widget, fingerprinting,
#               session_replay, form_capture, geolocation, flash_cookie, ip_address, device_id …; "" = sharing in general
# purpose       strictly_necessary, security, personalization, functional, content_delivery, tag_management, analytics,
#               advertising, social_media, unknown; "" = unstated
# party         first or third; "" = unstated
# recipient     a vendor by name, or a kind: "advertising partners"; "" = unstated
# region        where it holds: us, us-ca, eu, uk, outside_us; "" = everywhere
# denied        true = the notice says that it does NOT do this
# except        what a denial leaves open, as written: "without your consent"; "" = nothing
# condition     consent, opt_in or account: it happens only to visitors who agreed, switched it on or signed in; "" = to all
# strength      exact (by the cookie's name), specific (a named vendor), category (a kind), generic (an umbrella clause)
# retention     as written: "2 years", "session"
# names         cookies or keys; * and <placeholders> stand for any characters
# quote         the words of the notice; start and end are byte offsets in the document's text
# origin        rule, table, cmp; human for what you add; model for what a helper model suggested, which counts only once
#               its own review says accepted
# claims        dnt and gpc: honored, not_honored, unclear, unstated; consent: prior, implied, unstated; sale and sharing:
#               declared, denied, unclear, unstated; retention: stated, limited, indefinite, unstated
# sha256        of the documents this was read from, text_sha256 of what a person reads in them: when the live notice
#               differs, it is time to read it again
`

// Marshal writes a notice as YAML for a person to correct and sign off.
func Marshal(n *Notice) ([]byte, error) {
	f := file{Documents: n.documents(), Review: n.Review, Claims: n.Claims.filled(), Declarations: n.JSON().Declarations}
	if f.Review == "" {
		f.Review = Pending
	}
	for i := range f.Declarations {
		if f.Declarations[i].Review == "" {
			f.Declarations[i].Review = Pending
		}
	}
	var b bytes.Buffer
	b.WriteString(fileHead)
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(f); err != nil {
		return nil, fmt.Errorf("declarations: %w", err)
	}
	return b.Bytes(), enc.Close()
}

var lineNumber = regexp.MustCompile(`line (\d+): ?(.*)`)

// Unmarshal reads what Marshal wrote and a person corrected. Unknown keys and words are errors with their line.
func Unmarshal(data []byte) (*Notice, error) {
	if len(data) > 4*maxBytes {
		return nil, &SyntaxError{1, "larger than 20 MB"}
	}
	var f file
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, &SyntaxError{1, "no declarations in it"}
		}
		return nil, syntaxError(err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, &SyntaxError{1, "more than one YAML document"}
	}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, syntaxError(err)
	}
	if err := f.check(&root); err != nil {
		return nil, err
	}
	n := &Notice{Review: f.Review, Claims: f.Claims.filled(), Declarations: f.Declarations}
	for _, d := range f.Documents {
		n.Documents = append(n.Documents, Document{ID: d.ID, URL: d.URL, SHA256: d.SHA256, TextSHA256: d.TextSHA256, Language: d.Language, LastUpdated: d.LastUpdated, Effective: d.Effective})
	}
	for i := range n.Declarations {
		d := &n.Declarations[i]
		d.Lifetime = lifetime(d.Retention)
		if d.Names == nil {
			d.Names = []string{}
		}
	}
	return n, nil
}

func syntaxError(err error) error {
	if m := lineNumber.FindStringSubmatch(err.Error()); m != nil {
		n, _ := strconv.Atoi(m[1])
		return &SyntaxError{n, m[2]}
	}
	return &SyntaxError{1, err.Error()}
}

// check refuses words that are none of ours, and names the line of the first.
func (f *file) check(root *yaml.Node) error {
	at := func(path ...any) int { return lineOf(root, path...) }
	if !slices.Contains(reviews, f.Review) {
		return &SyntaxError{at("review"), fmt.Sprintf("review: unknown word %q", f.Review)}
	}
	signals := []ClaimValue{"", Honored, NotHonored, Unclear, Unstated}
	sales := []ClaimValue{"", ClaimDeclared, ClaimDenied, Unclear, Unstated}
	for _, c := range []struct {
		name  string
		value ClaimValue
		words []ClaimValue
	}{
		{"dnt", f.Claims.DNT.Value, signals}, {"gpc", f.Claims.GPC.Value, signals},
		{"consent", f.Claims.Consent.Value, []ClaimValue{"", consentPrior, consentImplied, Unstated}},
		{"sale", f.Claims.Sale.Value, sales}, {"sharing", f.Claims.Sharing.Value, sales},
		{"retention", f.Claims.Retention.Value, []ClaimValue{"", RetentionStated, RetentionLimited, RetentionIndefinite, Unstated}},
	} {
		if !slices.Contains(c.words, c.value) {
			return &SyntaxError{at("claims", c.name, "value"), fmt.Sprintf("claims: %s: unknown word %q", c.name, c.value)}
		}
	}
	documents := map[string]bool{"": true}
	for i, d := range f.Documents {
		if documents[d.ID] {
			return &SyntaxError{at("documents", i, "id"), fmt.Sprintf("document id %q is empty or not unique", d.ID)}
		}
		documents[d.ID] = true
	}
	for i, d := range f.Declarations {
		for _, w := range d.words(documents) {
			if !w.ok {
				return &SyntaxError{at("declarations", i, w.key), fmt.Sprintf("%s: unknown word %q", w.key, w.word)}
			}
		}
	}
	return nil
}

type wordCheck struct {
	key, word string
	ok        bool
}

func (d Declaration) words(documents map[string]bool) []wordCheck {
	return []wordCheck{
		{"document", d.Document, documents[d.Document]},
		{"technology", string(d.Technology), d.Technology == "" || slices.Contains(evidence.Technologies, d.Technology)},
		{"purpose", string(d.Purpose), d.Purpose == "" || slices.Contains(knowledge.Purposes, d.Purpose)},
		{"party", string(d.Party), d.Party == "" || d.Party == evidence.FirstParty || d.Party == evidence.ThirdParty},
		{"region", string(d.Region), slices.Contains(Regions, d.Region)},
		{"condition", string(d.Condition), slices.Contains(conditions, d.Condition)},
		{"strength", string(d.Strength), slices.Contains([]Strength{Exact, Specific, Category, Generic}, d.Strength)},
		{"origin", string(d.Origin), slices.Contains(origins, d.Origin)},
		{"review", string(d.Review), slices.Contains(reviews, d.Review)},
		{"confidence", strconv.FormatFloat(d.Confidence, 'g', -1, 64), d.Confidence >= 0 && d.Confidence <= 1},
		{"start", strconv.Itoa(d.Start), d.Start >= 0},
		{"end", strconv.Itoa(d.End), d.End >= d.Start},
	}
}

// lineOf gives the line of the value at a path of keys and indexes, or of the nearest thing above it.
func lineOf(node *yaml.Node, path ...any) int {
	line := max(node.Line, 1)
	if node.Kind == yaml.DocumentNode && len(node.Content) > 0 {
		node = node.Content[0]
	}
	for _, step := range path {
		var next *yaml.Node
		switch key := step.(type) {
		case string:
			for i := 0; i+1 < len(node.Content); i += 2 {
				if node.Kind == yaml.MappingNode && node.Content[i].Value == key {
					next = node.Content[i+1]
				}
			}
		case int:
			if node.Kind == yaml.SequenceNode && key < len(node.Content) {
				next = node.Content[key]
			}
		}
		if next == nil {
			return line
		}
		node, line = next, next.Line
	}
	return line
}
