// Package notice reads privacy and cookie notices: documents become text with sections, and sections become
// declarations, each with its verbatim quote and offsets, that say which technology the operator declares or
// denies, for which purpose, by whom, to whom, where.
package notice

import (
	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// Notice is everything a site says about itself: its documents, what they declare, and what they claim.
type Notice struct {
	Documents    []Document
	Claims       Claims
	Declarations []Declaration
	Review       Review // of a file that a person corrected; "" = pending
}

// Review is where a person's check of a declaration, or of the whole file, stands.
type Review string

const (
	Pending  Review = "pending"
	Accepted Review = "accepted"
	Rejected Review = "rejected"
)

var reviews = []Review{"", Pending, Accepted, Rejected}

// Document is one notice as a person reads it.
type Document struct {
	ID          string // "d1", "d2" …
	URL         string // or the file's name
	SHA256      string // of the bytes as fetched
	TextSHA256  string // of the text between the navigation, white space folded: what Drift compares
	Language    string // "en", "de" …; "" = not recognized
	LastUpdated string // YYYY-MM-DD; "" = unstated
	Effective   string // YYYY-MM-DD; "" = unstated
	Text        string // what the offsets count in
	Body        Span   // the notice itself within Text: navigation before and after it lies outside
	Sections    []Section
	Banner      string // text of a consent banner that stood on the same page; not part of the body
	Links       []Link

	passages []passage // what a quote may be
}

// Span is a range of bytes in a document's text.
type Span struct{ Start, End int }

// Section is one numbered or titled part of a document.
type Section struct {
	Number string // "3.2"; "" = unnumbered
	Title  string
	Level  int    // 1 = top
	Region Region // what the heading or the text confines it to; "" = everywhere
	Span          // from its heading to the next heading of any level

	above int // the section that it lies in, -1 = none
}

// Region confines a section or declaration to visitors of a place. It is one of Regions, wherever it stands: in sections,
// declarations and opt-outs, in JSON and YAML. A declaration has the region of the section that it stands in; a section
// has that of its heading, else that of the section around it.
//
//	""          everywhere, or unstated
//	us          the United States, or one of them other than California
//	us-ca       California
//	eu          the European Union or the European Economic Area, with or without the United Kingdom and Switzerland
//	uk          the United Kingdom alone
//	outside_us  anywhere but the United States
type Region string

// Regions lists every region word.
var Regions = []Region{"", "us", "us-ca", "eu", "uk", "outside_us"}

// Link is an <a href> in the text.
type Link struct {
	URL, Text string
	Span
}

// Polarity is in Denied; Strength says how precisely something is declared.
type Strength string

const (
	Exact    Strength = "exact"    // this cookie, key or host by name
	Specific Strength = "specific" // a named vendor or product
	Category Strength = "category" // technology, purpose or kind of recipient
	Generic  Strength = "generic"  // an umbrella clause: "and similar technologies", "our partners"
)

// Condition is what something declared waits for: it happens only to visitors of whom it is true.
type Condition string

const (
	OnConsent   Condition = "consent" // after the visitor has agreed
	OnOptIn     Condition = "opt_in"  // where the visitor switched it on or asked for it
	WithAccount Condition = "account" // for those who register or sign in
)

var conditions = []Condition{"", OnConsent, OnOptIn, WithAccount}

// Origin says who made a declaration.
type Origin string

const (
	FromRule  Origin = "rule"
	FromTable Origin = "table"
	FromCMP   Origin = "cmp"
	FromHuman Origin = "human"
	FromModel Origin = "model" // suggested by a helper model (--llm): counts only once a person has accepted it
)

var origins = []Origin{"", FromRule, FromTable, FromCMP, FromHuman, FromModel}

// Declaration is one technology × purpose × party × recipient that the notice declares or denies.
type Declaration struct {
	ID         string              `json:"id" yaml:"id"`
	Document   string              `json:"document" yaml:"document"`
	Technology evidence.Technology `json:"technology" yaml:"technology"` // "" = sharing in general
	Purpose    knowledge.Purpose   `json:"purpose" yaml:"purpose"`       // "" = unstated
	Party      evidence.Party      `json:"party" yaml:"party"`           // "" = unstated
	Recipient  string              `json:"recipient" yaml:"recipient"`   // named vendor ("Google Analytics") or category ("advertising partners"); "" = unstated
	Region     Region              `json:"region" yaml:"region"`
	Denied     bool                `json:"denied" yaml:"denied"`
	Except     string              `json:"except" yaml:"except"`       // what a denial leaves open, as written: "without your consent"; "" = nothing
	Condition  Condition           `json:"condition" yaml:"condition"` // what has to happen first; "" = nothing
	Strength   Strength            `json:"strength" yaml:"strength"`
	Retention  string              `json:"retention" yaml:"retention"` // as written: "2 years", "session"
	Lifetime   int64               `json:"-" yaml:"-"`                 // Retention in seconds; 0 = session, -1 = unstated
	Names      []string            `json:"names" yaml:"names"`         // cookie or key names or patterns: "_ga_*"
	Quote      string              `json:"quote" yaml:"quote"`         // a whole sentence, list item or table row, verbatim, white space folded
	Section    string              `json:"section" yaml:"section"`     // "3.2 Matters That May Require Consent"
	Start      int                 `json:"start" yaml:"start"`         // byte offsets into the document's text
	End        int                 `json:"end" yaml:"end"`
	Origin     Origin              `json:"origin" yaml:"origin"`
	Confidence float64             `json:"confidence" yaml:"confidence"`
	// WithoutClick marks a social widget that the notice says sends data even if nobody clicks it.
	WithoutClick bool `json:"without_click,omitempty" yaml:"without_click,omitempty"`
	// Review is set in files, and pending on what a model suggested; see Counts.
	Review Review `json:"review,omitempty" yaml:"review,omitempty"`
}

// Counts says whether a declaration is part of what the notice declares. What a person rejected is not, and what a model
// suggested only once a person has accepted that very declaration, not merely the file: until then, a model that misreads
// a sentence could turn a finding into a pass.
func (d Declaration) Counts() bool {
	if d.Origin == FromModel {
		return d.Review == Accepted
	}
	return d.Review != Rejected
}

// ClaimValue is the notice's answer to a signal.
type ClaimValue string

const (
	Honored    ClaimValue = "honored"
	NotHonored ClaimValue = "not_honored"
	Unclear    ClaimValue = "unclear"
	Unstated   ClaimValue = "unstated"
)

// The values of the claims on sale and sharing, besides unclear and unstated.
const (
	ClaimDeclared ClaimValue = "declared" // the notice says that it is done
	ClaimDenied   ClaimValue = "denied"   // … that it is not done
)

// The values of the claim on retention, besides unstated.
const (
	RetentionStated     ClaimValue = "stated"     // for a period that it names
	RetentionLimited    ClaimValue = "limited"    // as long as something goes on
	RetentionIndefinite ClaimValue = "indefinite" // without an end
)

// Claim is one thing the notice says about how it treats visitors, with the words that say it.
type Claim struct {
	Value    ClaimValue `json:"value" yaml:"value"`
	Document string     `json:"document" yaml:"document"`
	Quote    string     `json:"quote" yaml:"quote"`
	Start    int        `json:"start" yaml:"start"`
	End      int        `json:"end" yaml:"end"`
}

// Claims are what the notice says of signals, consent, sale and opt-outs. Consent's values are "prior", "implied" and
// "unstated". Sale is of personal information; sharing is for advertising across contexts, as the law of California
// uses the word.
type Claims struct {
	DNT       Claim    `json:"dnt" yaml:"dnt"`
	GPC       Claim    `json:"gpc" yaml:"gpc"`
	Consent   Claim    `json:"consent" yaml:"consent"`
	Sale      Claim    `json:"sale" yaml:"sale"`
	Sharing   Claim    `json:"sharing" yaml:"sharing"`
	Retention Claim    `json:"retention" yaml:"retention"`
	OptOut    []OptOut `json:"opt_out" yaml:"opt_out"`
}

// single lists the claims that have one value.
func (c *Claims) single() []*Claim {
	return []*Claim{&c.DNT, &c.GPC, &c.Consent, &c.Sale, &c.Sharing, &c.Retention}
}

// OptOut is a link by which a visitor can object.
type OptOut struct {
	URL     string   `json:"url" yaml:"url"`
	Regions []Region `json:"regions" yaml:"regions"`
}
