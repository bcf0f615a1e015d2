package report

import (
	"fmt"
	"io"
	"strings"

	"trackaudit/classify"
)

// maxAnnotations is how many of a kind GitHub shows of one step.
const maxAnnotations = 10

// maxSummary is the size, in bytes, of a job summary of one step.
const maxSummary = 1 << 20

// GitHub writes workflow commands that become annotations: the outcome unless it is a pass, the gravest findings,
// and how many more there are.
func GitHub(w io.Writer, r *Report) error {
	r = cleaned(r)
	var b strings.Builder
	file, line := r.place()
	where := ""
	if r.Location.File != "" {
		where = fmt.Sprintf("file=%s,line=%d,", property(file), line)
	}
	command := func(kind, title, message string) {
		fmt.Fprintf(&b, "::%s %stitle=%s::%s\n", kind, where, property(title), data(message))
	}
	if r.Outcome != classify.Pass {
		command("error", "Notice audit of "+r.name()+": "+spaced(r.Outcome), sentence(r)+" "+r.OutcomeReason)
	}
	var list []Finding
	for _, f := range points(r) {
		if f.counts() {
			list = append(list, f)
		}
	}
	all := len(r.Findings) + len(r.Gaps)
	if room := maxAnnotations - strings.Count(b.String(), "\n"); len(list) > room || all > len(list) {
		list = list[:min(len(list), room-1)] // the last line counts the rest
	}
	for _, f := range list {
		message := told(f)
		if f.Fix != "" {
			message += "\nTo settle it: " + f.Fix
		}
		command(annotation(f.Severity), f.Rule+": "+f.Subject, message)
	}
	if rest := all - len(list); rest > 0 {
		also := ""
		if others := statusCounts(r); others != "" {
			also = " (" + others + ")"
		}
		command("notice", "Notice audit", fmt.Sprintf("and %d more%s: they stand in the job summary and in the report", rest, also))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func annotation(severity string) string {
	switch severity {
	case "high":
		return "error"
	case "medium":
		return "warning"
	}
	return "notice"
}

// data escapes the message of a workflow command.
func data(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// property escapes a property of a workflow command, which ends at a comma or a double colon.
func property(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(text))
}

// GitHubSummary writes the job summary: the Markdown of the pull-request comment with more room.
func GitHubSummary(w io.Writer, r *Report) error {
	_, err := io.WriteString(w, markdown(cleaned(r), maxSummary))
	return err
}
