// Package classify joins what a browser saw with what the site's notice says, and judges it.
//
// Judge gives every observation a verdict, and says what to act on and what was not seen; a Policy turns both into the
// outcome of an audit. All of it is pure: no network, no browser, no files, and the same
// evidence gives the same result.
package classify

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"trackaudit/classify/filter"
	"trackaudit/classify/knowledge"
	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
)

// Verdict is what the notice makes of one observation.
type Verdict string

const (
	Declared            Verdict = "declared"             // named, or its technology × purpose × party is declared
	DeclaredGenerically Verdict = "declared_generically" // only an umbrella clause covers it
	Misdeclared         Verdict = "misdeclared"          // listed with another purpose, recipient or a shorter lifetime
	Undeclared          Verdict = "undeclared"           //
	Contradicted        Verdict = "contradicted"         // the notice denies it
	Exempt              Verdict = "exempt"               // strictly necessary, or the consent record itself
	Unclassified        Verdict = "unclassified"         // we do not know what it is: never a guess
)

// Verdicts lists every verdict, the gravest first.
var Verdicts = []Verdict{Contradicted, Undeclared, Misdeclared, Unclassified, DeclaredGenerically, Declared, Exempt}

// Assessment is one observation judged.
type Assessment struct {
	Observation evidence.Observation
	Choice      evidence.Choice
	Service     string // knowledge's service ID; "" = not known
	Entity      string // the company behind it; "" = not known
	Purpose     knowledge.Purpose
	Pattern     string // of a stored item, the name as it is known: "_ga_*" for "_ga_ABC123"
	Verdict     Verdict
	Reason      string // one sentence for a person
	Declaration string // ID of the declaration that decided; "" = none
	Source      string // layer and source of the fact that says who and what for; "" = nothing is known
	Listed      string // list, section and rule of a downloaded filter list that names it: a hint, never a verdict

	who   identity
	cover cover
	only  notice.Region // the notice tells it to the visitors of this region only
	tag   string        // where in the document the script behind it is loaded from
}

// Input is everything that is judged.
type Input struct {
	Visits         iter.Seq[evidence.Visit] // read more than once, the same each time; nil = none
	Notice         *notice.Notice           // nil = none was found
	NoticeProblems []error                  // documents that exist and could not be read
	Drift          []notice.DocumentChange  // what changed since the declarations were signed off
	Looked         []string                 // where a notice was looked for
	Links          []evidence.LinkAnswer    // of the notice, by which visitors can object
	Facts          *knowledge.Facts
	Require        Requirement
	Laws           []string        // rule packs: eu, uk, us-ca
	Day            time.Time       // whose law counts; zero = all that ever came into force
	Lists          *filter.Matcher // nil = none were downloaded
}

// Finding is one thing to act on.
type Finding struct {
	Rule         string
	Severity     Severity
	Subject      string // the cookie, key, host or entity that a reader would look for
	Message      string // what was seen and what the notice says
	Fix          string // the words to add, or the tag to remove and where it is loaded from
	Fingerprint  string // "v1:…", the same as long as rule and subject are
	Quote        string // from the notice, where a sentence of it matters
	Basis        string // the source of the rule, and its kind
	Observations []string

	Status Status  // set by Policy.Apply
	Waiver *Waiver // with Waived
	// Seen says in how many of how many audits of the same site the finding was seen; 0 of 0 when the site was
	// audited once.
	Seen, Of int
}

// Status says what the policy makes of a finding.
type Status string

const (
	New     Status = "new"      // counts for the gate
	Known   Status = "baseline" // the baseline holds it: does not fail again
	Waived  Status = "waived"   // somebody answers for it, for a time
	Ignored Status = "off"      // the policy switched its rule off: shown, never fails
	// Unconfirmed was not seen in more than half of the repeated audits: shown, does not fail.
	Unconfirmed Status = "unconfirmed"
)

// Destination is a host that was contacted, the site's own included.
type Destination struct {
	Host         string
	Site         string
	Entity       string
	Purpose      knowledge.Purpose
	Party        evidence.Party
	Verdict      Verdict
	Technologies []evidence.Technology
	Choices      []evidence.Choice
}

// Gap is something that was not seen, without which nothing may pass.
type Gap struct {
	URL    string
	Choice evidence.Choice // "" = of the notice, whatever the choice
	Reason evidence.Reason // or NoticeUnreadable
	Detail string
}

// NoticeUnreadable is the reason of a gap that is a notice, not a page.
const NoticeUnreadable evidence.Reason = "notice-unreadable"

// Outcome is the result of an audit.
type Outcome string

const (
	Pass         Outcome = "pass"
	Fail         Outcome = "fail"
	Inconclusive Outcome = "inconclusive"
)

// Severity orders findings.
type Severity int

const (
	Info Severity = iota
	Low
	Medium
	High
)

var severities = []string{"info", "low", "medium", "high"}

func (s Severity) String() string { return severities[s] }

// ParseSeverity reads the word for a severity.
func ParseSeverity(word string) (Severity, error) {
	if i := slices.Index(severities, word); i >= 0 {
		return Severity(i), nil
	}
	return 0, fmt.Errorf("unknown severity %q", word)
}

// Requirement is how precisely something must be declared to count as declared.
type Requirement int

const (
	RequireGeneric  Requirement = iota // an umbrella clause is enough
	RequireCategory                    // technology × purpose × party
	RequireNamed                       // this cookie or this recipient by name
)

var requirements = []string{"generic", "category", "named"}

func (r Requirement) String() string { return requirements[r] }

// ParseRequirement reads the word for a requirement.
func ParseRequirement(word string) (Requirement, error) {
	if i := slices.Index(requirements, word); i >= 0 {
		return Requirement(i), nil
	}
	return 0, fmt.Errorf("unknown requirement %q", word)
}
