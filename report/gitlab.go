package report

import (
	"encoding/json"
	"io"

	"trackaudit/classify"
)

// GitLab writes the report as a code quality report. Its fingerprints are unique, and differ between sites whose
// reports are joined.
func GitLab(w io.Writer, r *Report) error {
	r = cleaned(r)
	file, line := r.place()
	list := points(r)
	out := make([]gitlabIssue, 0, len(list))
	prints := fingerprints(list)
	for i, f := range list {
		out = append(out, gitlabIssue{f.Rule + ": " + f.Subject + ": " + told(f), f.Rule, digest(r.Target.Site, prints[i]),
			map[string]string{"high": "critical", "medium": "major", "low": "minor"}[f.Severity], gitlabLocation{file, gitlabLines{line}}})
		if out[i].Severity == "" || f.Status == classify.Waived || f.Status == classify.Ignored {
			out[i].Severity = "info"
		}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

type (
	gitlabIssue struct {
		Description string         `json:"description"`
		Check       string         `json:"check_name"`
		Fingerprint string         `json:"fingerprint"`
		Severity    string         `json:"severity"`
		Location    gitlabLocation `json:"location"`
	}
	gitlabLocation struct {
		Path  string      `json:"path"`
		Lines gitlabLines `json:"lines"`
	}
	gitlabLines struct {
		Begin int `json:"begin"`
	}
)
