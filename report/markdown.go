package report

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
)

// maxComment bounds a comment, in bytes; GitHub takes 65,536 characters.
const maxComment = 60000

// Markdown writes the report as a comment for a pull request (GitHub Flavored Markdown; GitLab reads it too). What
// comes from a page is text there: it makes no link, no image, no mention and no markup.
func Markdown(w io.Writer, r *Report) error {
	_, err := io.WriteString(w, markdown(cleaned(r), maxComment))
	return err
}

// markdown renders a cleaned report in at most limit bytes. Rows that do not fit are counted, never dropped in
// silence.
func markdown(r *Report, limit int) string {
	d := &document{limit: limit - 1000} // what ends the page is short
	fmt.Fprintf(d, "## Notice audit of %s: %s\n\n**%s** %s\n", mdCode(r.name()), mdText(spaced(r.Outcome)), mdText(sentence(r)), mdText(r.OutcomeReason))
	head := [][2]string{{"Audited", mdCode(r.Target.URL)}}
	for _, n := range r.Notice.Documents {
		head = append(head, [2]string{"Notice", mdCode(n.URL) + " (" + mdText(noticeDates(n.LastUpdated, n.Effective)) + ")"})
	}
	for _, p := range r.Notice.Problems {
		head = append(head, [2]string{"Notice", mdCode(p.URL) + " could not be read: " + mdText(p.Reason)})
	}
	if len(head) == 1 {
		head = append(head, [2]string{"Notice", "none found; " + count(len(r.Notice.Looked), "address", "addresses") + " tried"})
	}
	head = append(head, [2]string{"Visited", mdText(visited(r.Coverage))}, [2]string{"Observed", mdText(observed(r))},
		[2]string{"Contacted", mdText(contacted(r.Destinations))})
	d.list("\n| | |\n|---|---|\n", "", len(head), func(i int) string { return "| " + head[i][0] + " | " + head[i][1] + " |\n" })

	d.list("\n### Findings\n\n| # | Severity | Rule | Subject | What was seen |\n|--:|---|---|---|---|\n", "", len(r.Findings), func(i int) string {
		f := r.Findings[i]
		return fmt.Sprintf("| %d | %s | %s | %s | %s |\n", i+1, mdText(f.Severity), mdCode(f.Rule), mdCode(f.Subject), mdText(told(f)))
	})
	fixes := remedies(r.Findings)
	d.list("\n<details><summary>What would settle them</summary>\n\n| # | |\n|--:|---|\n", "\n</details>\n", len(fixes), func(i int) string {
		return "| " + numbers(fixes[i].Findings) + " | " + mdText(fixes[i].Fix) + " |\n"
	})
	d.list("\n### Not seen, so nothing may pass on it\n\n| Where | Choice | Why |\n|---|---|---|\n", "", len(r.Gaps), func(i int) string {
		g := r.Gaps[i]
		return "| " + mdCode(g.URL) + " | " + mdText(string(g.Choice)) + " | " + mdText(strings.TrimSuffix(spaced(g.Reason)+": "+g.Detail, ": ")) + " |\n"
	})
	d.list("\n### Notes\n\n", "", len(r.Notes), func(i int) string { return "- " + mdText(r.Notes[i]) + "\n" })
	fmt.Fprintf(d, "\n<sub>%s, %s. A finding is an indicator for a person to judge. What no audit of this kind can see stands in the HTML report.</sub>\n",
		mdText(shorten(r.Tool.Name+" "+r.Tool.Version, 60)), r.Started.UTC().Format(time.RFC3339))
	return d.String()
}

// document is Markdown under way, with a limit.
type document struct {
	strings.Builder
	limit int
}

// list writes a part: how it begins, its rows, how it ends. It says how many rows found no room.
func (d *document) list(begin, end string, n int, row func(int) string) {
	const rest = "\nand %d more, in the report\n"
	if n == 0 {
		return
	}
	left := d.limit - d.Len() - len(begin) - len(end) - len(rest)
	if left < 0 {
		left, begin, end = 0, "", ""
	}
	d.WriteString(begin)
	for i := range n {
		text := row(i)
		if left -= len(text); left < 0 {
			fmt.Fprintf(d, rest, n-i)
			break
		}
		d.WriteString(text)
	}
	d.WriteString(end)
}

// mdText writes words of a page so that Markdown makes nothing of them. A character written as a number is never
// markup; after those that name people and issues stands a space of no width, since names are looked for in the text
// that results.
func mdText(text string) string { return encode(shorten(text, maxCell), true) }

// mdCode writes a name as code, where no names are looked for and a copy is exact.
func mdCode(text string) string {
	if text == "" {
		return "–"
	}
	return "<code>" + encode(shorten(text, maxCell), false) + "</code>"
}

var beginsList = regexp.MustCompile(`^([-+=]|[0-9]+[.)])`)

func encode(text string, words bool) string {
	var b strings.Builder
	list := beginsList.MatchString(text)
	for i, c := range text {
		// GitHub makes links of these by themselves.
		web := c == ':' && strings.HasPrefix(text[i:], "://") || c == '.' && i >= 3 && strings.EqualFold(text[i-3:i], "www")
		switch {
		case web, list && i == 0, strings.ContainsRune("\\`*_{}[]()#|~<>&@$^!%", c):
			fmt.Fprintf(&b, "&#%d;", c)
			if words && strings.ContainsRune("@#!~$%^&", c) {
				b.WriteString("&#8203;")
			}
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}
