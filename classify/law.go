package classify

import (
	"slices"
	"time"
)

// Kind says what a source binds.
type Kind string

const (
	Binding  Kind = "binding"  // a law, or a court's reading of it
	Guidance Kind = "guidance" // of an authority: how it reads the law
	Proposal Kind = "proposal" // may become law; never applied
)

// Provision is one thing that a law asks, as far as an audit can see it, and since when.
type Provision struct {
	ID     string
	Law    string // the rule pack: eu, uk, us-ca
	Rule   string // that it switches on or makes graver; "" = it is only told
	What   string
	Source string
	Kind   Kind
	From   string // the first day on which it holds, YYYY-MM-DD; "" = not yet known
}

// Laws lists the rule packs.
var Laws = []string{"eu", "uk", "us-ca"}

// Provisions lists what the rule packs hold, by law and day. Sources: the texts named; the days are those on which they
// came into force, were decided or adopted.
var Provisions = []Provision{
	{"EU-1", "eu", "tracking-before-consent", "Nothing is stored or read without consent but what is strictly necessary.",
		"ePrivacy Directive 2002/58/EC art. 5(3), as amended by 2009/136/EC", Binding, "2011-05-25"},
	{"EU-8", "eu", "lifetime-not-stated", "The notice says how long cookies work, and whether third parties have access to them.",
		"CJEU C-673/17 Planet49", Binding, "2019-10-01"},
	{"EU-3", "eu", "tracking-before-consent", "Tracking pixels, tracking links and unique identifiers need consent like cookies.",
		"EDPB Guidelines 2/2023, version 2", Guidance, "2024-10-07"},
	{"EU-P1", "eu", "", "Consent rules for devices move into the GDPR, with an exception for a site's own audience figures and signals of browsers that must be heeded (Digital Omnibus).",
		"proposal of the European Commission of 19 November 2025", Proposal, ""},
	{"UK-0", "uk", "tracking-before-consent", "Nothing is stored or read without consent but what is strictly necessary.",
		"Privacy and Electronic Communications Regulations 2003 reg. 6, as amended in 2011", Binding, "2011-05-26"},
	{"UK-8", "uk", "lifetime-not-stated", "Visitors are told how long cookies work.",
		"CJEU C-673/17 Planet49, retained case law", Binding, "2019-10-01"},
	{"UK-1", "uk", "tracking-before-consent", "Statistics about one's own service need no consent where visitors are told and can object.",
		"Privacy and Electronic Communications Regulations 2003 sch. A1, by the Data (Use and Access) Act 2025", Binding, "2026-02-05"},
	{"CA-4", "us-ca", "dnt-statement-missing", "The notice says how the site answers Do Not Track.",
		"California Business and Professions Code §22575(b)(5)-(6) (CalOPPA)", Binding, "2014-01-01"},
	{"CA-1", "us-ca", "gpc-ignored", "A browser that sends Global Privacy Control has opted out of sale and sharing.",
		"CCPA regulations §7025", Binding, "2023-03-29"},
	{"CA-2", "us-ca", "", "The site displays whether it honours the signal. Not checked: an audit does not read pages for it.",
		"CCPA regulations §7025(c)(6)", Binding, "2026-01-01"},
}

// InForce lists the provisions of laws that hold on a day; on no day in particular (the zero time), all that ever came
// into force. Proposals never do.
func InForce(laws []string, day time.Time) []Provision {
	on := day.UTC().Format(time.DateOnly)
	var list []Provision
	for _, p := range Provisions {
		if slices.Contains(laws, p.Law) && p.Kind != Proposal && p.From != "" && (day.IsZero() || p.From <= on) {
			list = append(list, p)
		}
	}
	return list
}

// asks returns the first provision in force that is of this rule.
func (c *collector) asks(rule string) (Provision, bool) {
	return c.first(func(p Provision) bool { return p.Rule == rule })
}

// provision returns the provision in force that has this ID.
func (c *collector) provision(id string) (Provision, bool) {
	return c.first(func(p Provision) bool { return p.ID == id })
}

func (c *collector) first(is func(Provision) bool) (Provision, bool) {
	i := slices.IndexFunc(c.law, is)
	if i < 0 {
		return Provision{}, false
	}
	return c.law[i], true
}

// basis is how a finding cites a provision.
func (p Provision) basis() string {
	return p.Source + " (" + string(p.Kind) + ", in force since " + p.From + ")"
}
