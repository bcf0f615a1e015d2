package report

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"
	"time"

	"trackaudit/classify"
)

// SARIF writes the report in the Static Analysis Results Interchange Format 2.1.0 (OASIS), as code scanning reads
// it: every result lies at the report's Location, and its fingerprint tells it from the others there.
func SARIF(w io.Writer, r *Report) error {
	r = cleaned(r)
	list := points(r)
	run := sarifRun{
		Tool:              sarifTool{sarifDriver{Name: r.Tool.Name, Version: r.Tool.Version, Rules: []sarifRule{}}},
		AutomationDetails: sarifID{"trackaudit/" + url.PathEscape(r.Target.Site) + "/"},
		Invocations: []sarifInvocation{{Successful: r.Outcome == classify.Pass || r.Outcome == classify.Fail,
			Started: r.Started.UTC().Format(time.RFC3339), Ended: r.Finished.UTC().Format(time.RFC3339), Notifications: []sarifNotification{}}},
		ColumnKind: "utf16CodeUnits",
		Results:    []sarifResult{},
		Properties: map[string]any{"outcome": r.Outcome, "outcome_reason": r.OutcomeReason, "target": r.Target.URL, "limitations": r.Limitations},
	}
	if run.Tool.Driver.Name == "" {
		run.Tool.Driver.Name = "trackaudit"
	}
	file, line := r.place()
	here := sarifPhysical{sarifArtifact{address(file), "%SRCROOT%"}, sarifRegion{line}}
	index := map[string]int{}
	prints := fingerprints(list)
	for i, f := range list {
		n, known := index[f.Rule]
		if !known {
			n = len(run.Tool.Driver.Rules)
			index[f.Rule] = n
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, newSARIFRule(f))
		}
		if f.Rule == notSeen {
			run.Invocations[0].Notifications = append(run.Invocations[0].Notifications,
				sarifNotification{sarifID{notSeen}, "warning", sarifMessage{plainText(f.Message + ": " + f.Subject)}})
		}
		message := told(f)
		if f.Subject != "" && !strings.Contains(message, f.Subject) {
			message = f.Subject + ": " + message
		}
		if f.Fix != "" {
			message += "\nTo settle it: " + f.Fix
		}
		run.Results = append(run.Results, sarifResult{
			RuleID: f.Rule, RuleIndex: n, Level: sarifLevel(f.Severity), Message: sarifMessage{plainText(message)},
			Locations: []sarifLocation{{here, []sarifLogical{{f.Subject, r.Target.Site + "/" + f.Subject, "resource"}}}},
			// GitHub tells results of one rule in one line apart by the first of these only.
			PartialFingerprints: map[string]string{"primaryLocationLineHash": prints[i], "trackaudit/v1": prints[i]},
			Baseline:            map[classify.Status]string{classify.Known: "unchanged"}[f.Status],
			Suppressions:        suppressions(f),
			Properties: map[string]any{"severity": f.Severity, "subject": f.Subject, "fix": f.Fix, "quote": f.Quote, "basis": f.Basis, "status": f.Status,
				"observations": f.Observations},
		})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

// suppressions tells of a finding that somebody lets pass: it stays a result.
func suppressions(f Finding) []sarifSuppression {
	if f.Status != classify.Waived && f.Status != classify.Ignored {
		return nil
	}
	return []sarifSuppression{{"external", "accepted", remark(f)}}
}

func sarifLevel(severity string) string {
	switch severity {
	case "high":
		return "error"
	case "medium":
		return "warning"
	}
	return "note"
}

// address writes a path as a relative reference: a name with a colon or a space must not become something else.
func address(file string) string {
	parts := strings.Split(file, "/")
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(url.PathEscape(p), ":", "%3A")
	}
	return strings.Join(parts, "/")
}

// plainText keeps words of a page from becoming a link: SARIF reads [text](address) in plain messages.
func plainText(text string) string { return strings.ReplaceAll(text, "](", `\](`) }

func newSARIFRule(f Finding) sarifRule {
	rule := ruleOf(f)
	help := rule.Help
	if rule.Basis != "" {
		help += "\nBasis: " + rule.Basis
	}
	level := sarifLevel(rule.Severity.String())
	return sarifRule{ID: f.Rule, Name: camel(f.Rule), Short: sarifMessage{plainText(rule.Title)}, Full: sarifMessage{plainText(rule.Help)},
		Help: sarifMessage{plainText(help)}, Configuration: sarifConfiguration{level},
		Properties: map[string]any{"tags": []string{"privacy"}, "problem.severity": strings.ReplaceAll(level, "note", "recommendation")}}
}

// camel writes a kebab word as a name: "undeclared-cookie" → "UndeclaredCookie".
func camel(id string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(id, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool              sarifTool         `json:"tool"`
		AutomationDetails sarifID           `json:"automationDetails"`
		Invocations       []sarifInvocation `json:"invocations"`
		ColumnKind        string            `json:"columnKind"`
		Results           []sarifResult     `json:"results"`
		Properties        map[string]any    `json:"properties"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID            string             `json:"id"`
		Name          string             `json:"name"`
		Short         sarifMessage       `json:"shortDescription"`
		Full          sarifMessage       `json:"fullDescription"`
		Help          sarifMessage       `json:"help"`
		Configuration sarifConfiguration `json:"defaultConfiguration"`
		Properties    map[string]any     `json:"properties"`
	}
	sarifConfiguration struct {
		Level string `json:"level"`
	}
	sarifID struct {
		ID string `json:"id"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Started       string              `json:"startTimeUtc"`
		Ended         string              `json:"endTimeUtc"`
		Notifications []sarifNotification `json:"toolExecutionNotifications"`
	}
	sarifNotification struct {
		Descriptor sarifID      `json:"descriptor"`
		Level      string       `json:"level"`
		Message    sarifMessage `json:"message"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID              string             `json:"ruleId"`
		RuleIndex           int                `json:"ruleIndex"`
		Level               string             `json:"level"`
		Message             sarifMessage       `json:"message"`
		Locations           []sarifLocation    `json:"locations"`
		PartialFingerprints map[string]string  `json:"partialFingerprints"`
		Baseline            string             `json:"baselineState,omitempty"`
		Suppressions        []sarifSuppression `json:"suppressions,omitempty"`
		Properties          map[string]any     `json:"properties"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifLogical struct {
		Name string `json:"name"`
		Full string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
)
