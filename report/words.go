package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"trackaudit/classify"
	"trackaudit/crawler/evidence"
)

// limitations are what no audit of this kind can see. Every report for people and for machines carries them.
var limitations = []string{
	"Server-side tagging: what the site's own server passes on to others cannot be seen from a browser.",
	"Choices: what a site does after a visitor accepts or refuses is known only for the choices listed under coverage.",
	"Logins, payments and forms: pages behind them were not visited, and no form was submitted.",
	"Other pages: only the pages listed under coverage were seen. What was not observed there may still exist; it is never called unused.",
	"Place: sites load different tags and banners by country and network; this audit saw the site from one place.",
	"Chance: advertising auctions, tests and sampling change what is loaded from one visit to the next.",
	"One browser: other browsers, settings, devices and apps of the same operator may store and send other things.",
	"Automation: a site can recognize an automated browser and behave differently.",
	"New visitors: each choice began in an empty browser profile; what a site does on a later visit was not seen.",
	"Intent: a browser shows what is stored and sent, not what a recipient does with it. Owners and purposes come from published facts about a service, never from a name alone.",
	"Language: reading prose is not exact. Each declaration carries its quote and a confidence, and a person can correct it.",
	"Law: a finding is an indicator for a person to judge, not a legal conclusion.",
}

// sentence is the outcome in one sentence.
func sentence(r *Report) string {
	n := 0
	for _, f := range r.Findings {
		if f.counts() {
			n++
		}
	}
	also := ""
	if others := statusCounts(r); others != "" {
		also = " Besides, findings that do not count: " + others + "."
	}
	switch r.Outcome {
	case classify.Pass:
		if n == 0 && also == "" {
			return "What was seen on the site agrees with its notice."
		}
		if n == 0 {
			return "Nothing was found that fails this audit." + also
		}
		return fmt.Sprintf("Nothing was found that fails this audit; %s below its threshold.%s", count(n, "finding lies", "findings lie"), also)
	case classify.Inconclusive:
		return "Part of the site or of its notice could not be seen, so this audit can neither pass nor fail."
	}
	return fmt.Sprintf("The site and its notice do not agree: %s.%s", count(n, "finding", "findings"), also)
}

// statuses are what the policy can make of a finding; statusWords say it of one that does not count.
var (
	statuses    = []classify.Status{classify.New, classify.Known, classify.Waived, classify.Ignored}
	statusWords = map[classify.Status]string{classify.Known: "in the baseline", classify.Waived: "waived", classify.Ignored: "rule switched off"}
)

// counts says that a finding counts for the gate.
func (f Finding) counts() bool { return f.Status == classify.New || f.Status == "" }

// statusCounts tells of the findings that do not count: "2 in the baseline, 1 waived".
func statusCounts(r *Report) string {
	n := map[classify.Status]int{}
	for _, f := range r.Findings {
		n[f.Status]++
	}
	var parts []string
	for _, s := range statuses[1:] {
		if n[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[s], statusWords[s]))
		}
	}
	return strings.Join(parts, ", ")
}

// remark says what the policy makes of a finding that does not count, and how often one was seen; "" = nothing to
// say.
func remark(f Finding) string {
	var parts []string
	switch {
	case f.Status == classify.Known:
		parts = append(parts, "The baseline holds it.")
	case f.Status == classify.Ignored:
		parts = append(parts, "Its rule is switched off.")
	case f.Waiver != nil:
		parts = append(parts, fmt.Sprintf("Waived until %s by %s: %s.", f.Waiver.Expires, f.Waiver.Approver, strings.TrimSuffix(f.Waiver.Reason, ".")))
	case f.Status == classify.Waived:
		parts = append(parts, "Waived.")
	}
	if f.Of > 1 {
		parts = append(parts, fmt.Sprintf("Seen in %d of %d audits.", f.Seen, f.Of))
	}
	return strings.Join(parts, " ")
}

// told is the message of a finding with what is to be remarked.
func told(f Finding) string { return strings.TrimSpace(f.Message + " " + remark(f)) }

// name is what the report is about, for a headline.
func (r *Report) name() string { return cmp.Or(r.Target.Site, r.Target.URL, "unknown site") }

// ruleOf gives the rule behind a finding. One that this version does not know, of a report from elsewhere, is
// explained by its name.
func ruleOf(f Finding) classify.Rule {
	if rule, ok := classify.RuleByID(f.Rule); ok {
		return rule
	}
	if f.Rule == notSeen {
		return notSeenRule
	}
	rule := classify.Rule{ID: f.Rule, Title: cmp.Or(strings.ReplaceAll(f.Rule, "-", " "), "unknown rule"), Basis: f.Basis}
	rule.Help = rule.Title
	if severity := rank(f.Severity); severity >= classify.Info {
		rule.Severity = severity
	}
	return rule
}

// severityWords are the words for severities, the gravest first.
func severityWords() []string {
	var words []string
	for s := classify.High; s >= classify.Info; s-- {
		words = append(words, s.String())
	}
	return words
}

// spaced writes a word of ours for people: declared_generically → "declared generically".
func spaced[T ~string](word T) string { return strings.ReplaceAll(string(word), "_", " ") }

// count writes a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// counts writes "2 contradicted, 10 undeclared" for the verdicts that occur, in their order.
func counts(by map[classify.Verdict]int) string {
	var parts []string
	for _, v := range classify.Verdicts {
		if by[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", by[v], spaced(v)))
		}
	}
	return strings.Join(parts, ", ")
}

// observed says how many observations there are and what became of them.
func observed(r *Report) string {
	n := r.Assessments.Len()
	if n == 0 {
		return "nothing that stores, reads or sends"
	}
	return count(n, "observation", "observations") + ": " + counts(r.Summary.ByVerdict)
}

// contacted says how many hosts were contacted, and what the notice makes of those of others.
func contacted(list []Destination) string {
	all, third := map[string]bool{}, map[string]bool{}
	by := map[classify.Verdict]int{}
	for _, d := range list {
		all[d.Host] = true
		if d.Party == evidence.ThirdParty && !third[d.Host] {
			third[d.Host] = true
			by[d.Verdict]++
		}
	}
	text := fmt.Sprintf("%s, %d of third parties", count(len(all), "host", "hosts"), len(third))
	if c := counts(by); c != "" {
		text += ": " + c
	}
	return text
}

// visited says how much of the site was seen.
func visited(c Coverage) string {
	pages, whole := c.addresses()
	var choices []string
	for _, ch := range c.Choices {
		choices = append(choices, choiceName(ch.Choice)+" ("+spaced(ch.Reached)+")")
	}
	text := fmt.Sprintf("%d of %s seen whole", whole, count(pages, "page", "pages"))
	if len(choices) > 0 {
		text += ", in " + count(c.Pages.Len(), "visit", "visits") + "; choices: " + strings.Join(choices, ", ")
	}
	return text
}

// addresses counts the pages, and those that were seen whole in every visit.
func (c Coverage) addresses() (pages, whole int) {
	last, complete := "", false
	for p := range c.Pages.All() { // by address
		if pages == 0 || p.URL != last {
			pages++
			if last, complete = p.URL, p.Complete; complete {
				whole++
			}
		} else if complete && !p.Complete {
			complete = false
			whole--
		}
	}
	return pages, whole
}

// noticeDates says when a notice was last changed, or that it does not say.
func noticeDates(updated, effective string) string {
	var parts []string
	if updated != "" {
		parts = append(parts, "updated "+updated)
	}
	if effective != "" {
		parts = append(parts, "effective "+effective)
	}
	if len(parts) == 0 {
		return "states no date"
	}
	return strings.Join(parts, ", ")
}

// remedy is one fix and the numbers of the findings that it settles, counted from 1.
type remedy struct {
	Fix      string
	Findings []int
}

// remedies joins findings that one change settles.
func remedies(list []Finding) []remedy {
	var out []remedy
	at := map[string]int{}
	for i, f := range list {
		if f.Fix == "" {
			continue
		}
		j, ok := at[f.Fix]
		if !ok {
			j = len(out)
			at[f.Fix] = j
			out = append(out, remedy{Fix: f.Fix})
		}
		out[j].Findings = append(out[j].Findings, i+1)
	}
	return out
}

// numbers writes the numbers of findings: "1, 4, 7".
func numbers(list []int) string {
	var words []string
	for _, n := range list {
		words = append(words, strconv.Itoa(n))
	}
	return strings.Join(words, ", ")
}

// gapGroup is what could not be seen for one reason.
type gapGroup struct {
	Reason, Detail string
	Choice         evidence.Choice
	URLs           []string
}

// gapGroups joins gaps that differ in their address only.
func gapGroups(list []Gap) []gapGroup {
	var out []gapGroup
	for _, g := range list {
		i := slices.IndexFunc(out, func(o gapGroup) bool {
			return o.Reason == g.Reason && o.Detail == g.Detail && o.Choice == g.Choice
		})
		if i < 0 {
			i = len(out)
			out = append(out, gapGroup{Reason: g.Reason, Detail: g.Detail, Choice: g.Choice})
		}
		out[i].URLs = append(out[i].URLs, g.URL)
	}
	slices.SortStableFunc(out, func(a, b gapGroup) int {
		return cmp.Or(cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Choice, b.Choice), cmp.Compare(a.Detail, b.Detail))
	})
	return out
}
