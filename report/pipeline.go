package report

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"trackaudit/classify"
	"trackaudit/crawler/evidence"
)

// Location is the place in the repository that answers for what was found: a line of the settings or of the
// signed-off declarations. Pipelines point at it, since a web address is no place for them.
type Location struct {
	File string // relative to the repository's root; "" = trackaudit.yaml, whether there is one or not
	Line int    // from 1; 0 = 1
}

const defaultFile = "trackaudit.yaml"

// place gives the location with its defaults, its separators as in an address.
func (r *Report) place() (file string, line int) {
	file = strings.TrimPrefix(strings.ReplaceAll(r.Location.File, `\`, "/"), "./")
	if file == "" {
		file = defaultFile
	}
	return file, max(r.Location.Line, 1)
}

// notSeen is the name under which a pipeline is told of a gap. It is no rule: nothing was judged.
const notSeen = "not-seen"

var notSeenRule = classify.Rule{ID: notSeen, Severity: classify.Medium, Title: "Something could not be seen",
	Help: "A page, a choice or a notice that the audit was to see could not be seen or read. Nothing may pass on what was not seen: find out why (the message says what happened) and audit again."}

// points are the findings and, after them, the gaps in the form of findings: a pipeline that reads only a list of
// problems must not take for clean what was not seen.
func points(r *Report) []Finding {
	list := append([]Finding{}, r.Findings...)
	for _, g := range r.Gaps {
		list = append(list, Finding{Rule: notSeen, Severity: notSeenRule.Severity.String(), Subject: g.URL, Message: gapMessage(g.Reason, g.Detail, g.Choice),
			Fix:         "Find out why, and audit again.",
			Fingerprint: "v1:" + digest(notSeen, g.URL, string(g.Choice), g.Reason), Observations: []string{}})
	}
	return list
}

func gapMessage(reason, detail string, choice evidence.Choice) string {
	text := "Not seen: " + spaced(reason)
	if detail != "" {
		text += ": " + detail
	}
	if choice != "" {
		text += " (choice " + string(choice) + ")"
	}
	return text
}

// fails says whether a finding makes the audit fail: one that counts, not below the severity that the user asked for,
// and never in an audit that passed.
func (r *Report) fails(f Finding) bool {
	return f.counts() && r.Outcome != classify.Pass && rank(f.Severity) >= r.FailOn
}

// fingerprints gives each point one of its own, stable from run to run: two with the same name are numbered.
func fingerprints(list []Finding) []string {
	out := make([]string, len(list))
	used := map[string]int{}
	for i, f := range list {
		fp := f.Fingerprint
		if fp == "" {
			fp = "v1:" + digest(f.Rule, f.Subject)
		}
		if used[fp]++; used[fp] > 1 {
			fp = fmt.Sprintf("%s/%d", fp, used[fp])
		}
		out[i] = fp
	}
	return out
}

// digest is 16 hexadecimal digits that stand for the parts.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return fmt.Sprintf("%x", sum[:8])
}
