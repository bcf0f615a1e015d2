package classify

import (
	"fmt"
	"strings"
)

// Policy is the gate: which findings fail a build.
type Policy struct {
	FailOn   Severity
	Baseline map[string]bool // fingerprints of an earlier report: what it holds does not fail again
}

// Outcome turns findings and gaps into the result of an audit, with a sentence that says why. Findings win over
// gaps: what was proved does not become doubtful because something else was not seen.
func (p Policy) Outcome(findings []Finding, gaps []Gap) (Outcome, string) {
	failing, known := 0, 0
	for _, f := range findings {
		switch {
		case f.Severity < p.FailOn:
		case p.Baseline[f.Fingerprint]:
			known++
		default:
			failing++
		}
	}
	also := ""
	if known > 0 {
		also = fmt.Sprintf("; %s in the baseline", count(known, "more is", "more are"))
	}
	switch {
	case failing > 0:
		reason := fmt.Sprintf("%s at or above %s%s", count(failing, "finding", "findings"), p.FailOn, also)
		if len(gaps) > 0 {
			reason += fmt.Sprintf("; besides, %s not seen", count(len(gaps), "thing was", "things were"))
		}
		return Fail, reason
	case len(gaps) > 0:
		var why []string
		for _, g := range gaps {
			why = append(why, strings.ReplaceAll(string(g.Reason), "_", " "))
		}
		return Inconclusive, fmt.Sprintf("%s not seen (%s): nothing passes that was not seen%s", count(len(gaps), "thing was", "things were"), listed(why, 5), also)
	}
	return Pass, fmt.Sprintf("everything was seen, and no finding is at or above %s%s", p.FailOn, also)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
