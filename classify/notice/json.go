package notice

import (
	"cmp"
	"slices"
)

// JSON is the notice as the report and "trackaudit notice --format json" show it.
type JSON struct {
	Documents    []DocumentJSON `json:"documents"`
	Claims       Claims         `json:"claims"`
	Declarations []Declaration  `json:"declarations"`
}

// DocumentJSON is a document without its text.
type DocumentJSON struct {
	ID          string `json:"id" yaml:"id"`
	URL         string `json:"url" yaml:"url"`
	SHA256      string `json:"sha256" yaml:"sha256"`                     // of the bytes as fetched
	TextSHA256  string `json:"text_sha256" yaml:"text_sha256,omitempty"` // of the notice's own text, white space folded
	Language    string `json:"language" yaml:"language"`
	LastUpdated string `json:"last_updated" yaml:"last_updated"`
	Effective   string `json:"effective" yaml:"effective"`
}

// JSON gives the notice in the form of the report: sorted, no list null.
func (n *Notice) JSON() JSON {
	out := JSON{Documents: n.documents(), Claims: n.Claims.filled(), Declarations: make([]Declaration, 0, len(n.Declarations))}
	for _, d := range n.Declarations {
		if d.Names == nil {
			d.Names = []string{}
		}
		out.Declarations = append(out.Declarations, d)
	}
	slices.SortStableFunc(out.Declarations, compareDeclarations)
	return out
}

func (n *Notice) documents() []DocumentJSON {
	out := make([]DocumentJSON, 0, len(n.Documents))
	for _, d := range n.Documents {
		out = append(out, DocumentJSON{d.ID, d.URL, d.SHA256, d.TextSHA256, d.Language, d.LastUpdated, d.Effective})
	}
	return out
}

// filled gives claims in which nothing is null or an empty word.
func (c Claims) filled() Claims {
	for _, claim := range c.single() {
		if claim.Value == "" {
			claim.Value = Unstated
		}
	}
	outs := make([]OptOut, 0, len(c.OptOut))
	for _, o := range c.OptOut {
		if o.Regions == nil {
			o.Regions = []Region{}
		}
		outs = append(outs, o)
	}
	c.OptOut = outs
	return c
}

// compareDeclarations orders by place in the documents, then by content.
func compareDeclarations(a, b Declaration) int {
	return cmp.Or(
		cmp.Compare(len(a.Document), len(b.Document)), cmp.Compare(a.Document, b.Document),
		cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End),
		cmp.Compare(a.Technology, b.Technology), cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Party, b.Party),
		cmp.Compare(a.Recipient, b.Recipient), cmp.Compare(a.Region, b.Region),
		slices.Compare(a.Names, b.Names),
	)
}
