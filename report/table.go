package report

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"trackaudit/classify"
)

// TableOptions fit the table to the place where it is shown.
type TableOptions struct {
	Width int  // columns that no line exceeds; 0 = 80, less than 60 counts as 60
	Color bool // ANSI colours; the caller knows of terminals and NO_COLOR
}

const (
	maxCell   = 400 // characters of one cell: the table is read at a glance, the other formats hold the rest
	maxListed = 5   // addresses named one by one
)

// Table writes the report for a person at a terminal, or at the log of a pipeline: the outcome, what was read and
// seen, the findings, what would settle each, and what could not be seen.
func Table(w io.Writer, r *Report, o TableOptions) error {
	r = cleaned(r)
	s := &sheet{width: max(cmp.Or(o.Width, 80), 60), color: o.Color}
	s.head(r)
	if err := s.findings(r.Findings); err != nil {
		return fmt.Errorf("table: %w", err)
	}
	s.remedies(r.Findings)
	s.gaps(r.Gaps)
	if len(r.Notes) > 0 {
		s.heading("Notes")
		for _, n := range r.Notes {
			s.hang("", "  ", n)
		}
	}
	_, err := io.WriteString(w, s.String())
	return err
}

// sheet is text under way, wrapped to a width.
type sheet struct {
	strings.Builder
	width int
	color bool
}

// ANSI codes of the colours.
const (
	bold   = "1"
	faint  = "2"
	red    = "1;31"
	green  = "1;32"
	yellow = "1;33"
)

var (
	severityColors = map[string]string{"high": red, "medium": yellow, "low": bold, "info": faint}
	outcomeColors  = map[classify.Outcome]string{classify.Pass: green, classify.Fail: red, classify.Inconclusive: yellow}
)

func (s *sheet) paint(code, text string) string {
	if !s.color || code == "" || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s *sheet) line(text string) { s.WriteString(strings.TrimRight(text, " ") + "\n") }

func (s *sheet) heading(text string) { s.WriteString("\n" + s.paint(bold, text) + "\n") }

// hang writes text behind a label; the lines that follow are indented to where the text began.
func (s *sheet) hang(color, label, text string) {
	indent := width(label)
	if indent > s.width/2 {
		s.hang("", "", label)
		indent, label = 4, "    "
	}
	lines := wrap(shorten(text, maxCell), s.width-indent)
	if len(lines) == 0 && strings.TrimSpace(label) != "" {
		lines, label = []string{""}, strings.TrimRight(label, " ")
	}
	label = s.paint(color, label)
	for _, line := range lines {
		s.line(label + line)
		label = strings.Repeat(" ", indent)
	}
}

// field is a labelled line of the head.
func (s *sheet) field(label, text string) { s.hang(faint, fmt.Sprintf("%-11s", label), text) }

func (s *sheet) head(r *Report) {
	s.hang(outcomeColors[r.Outcome], strings.ToUpper(string(r.Outcome))+"  ", cmp.Or(r.Target.Site, r.Target.URL))
	s.hang("", "", r.OutcomeReason)
	s.WriteByte('\n')
	s.field("Audited", r.Target.URL)
	label := "Notice"
	for _, d := range r.Notice.Documents {
		s.field(label, d.URL+" ("+noticeDates(d.LastUpdated, d.Effective)+")")
		label = ""
	}
	for _, p := range r.Notice.Problems {
		s.field(label, strings.TrimPrefix(p.URL+" could not be read: "+p.Reason, " "))
		label = ""
	}
	if label != "" {
		s.field(label, "none found; "+count(len(r.Notice.Looked), "address", "addresses")+" tried")
	}
	s.field("Visited", visited(r.Coverage))
	s.field("Observed", observed(r))
	s.field("Contacted", contacted(r.Destinations))
	var severities []string
	for _, word := range severityWords() {
		severities = append(severities, fmt.Sprintf("%d %s", r.Summary.BySeverity[word], word))
	}
	text := strings.Join(severities, ", ")
	if others := statusCounts(r); others != "" {
		text += "; of these do not count: " + others
	}
	s.field("Findings", text)
}

// findings draws the table itself. A finding's subject stands under its rule: four columns of words do not fit
// into 80 characters, and a rule's name must stay whole for whoever searches the output for it.
func (s *sheet) findings(list []Finding) error {
	if len(list) == 0 {
		return nil
	}
	number, severity, rule := len(strconv.Itoa(len(list))), len("Severity"), 0
	for _, f := range list {
		rule = max(rule, width(f.Rule))
	}
	const lines = 4*2 + 3 // a space on either side of four columns, and the lines between them
	left := s.width - number - severity - lines
	rule = min(rule, 30, left-len("What was seen"))
	message := left - rule

	var drawn strings.Builder
	t := tablewriter.NewTable(&drawn,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleLight),
			Settings: tw.Settings{
				Lines:      tw.Lines{ShowTop: tw.Off, ShowBottom: tw.Off, ShowHeaderLine: tw.On, ShowFooterLine: tw.Off},
				Separators: tw.Separators{BetweenColumns: tw.On, BetweenRows: tw.On},
			},
		})),
		tablewriter.WithEastAsian(tw.Off), // the same bytes whatever the locale
		tablewriter.WithHeaderAutoFormat(tw.Off), tablewriter.WithHeaderAlignment(tw.AlignLeft),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone), tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithRowAlignment(tw.AlignLeft),
	)
	t.Header("#", "Severity", "Rule and subject", "What was seen")
	for i, f := range list {
		color := severityColors[f.Severity]
		name := s.cell(bold, f.Rule, rule)
		if f.Subject != "" {
			name += "\n" + s.cell("", f.Subject, rule)
		}
		note := ""
		if text := remark(f); text != "" {
			note, color = "\n"+s.cell(faint, text, message), faint
		}
		if err := t.Append(strconv.Itoa(i+1), s.cell(color, f.Severity, severity), name, s.cell("", f.Message, message)+note); err != nil {
			return err
		}
	}
	if err := t.Render(); err != nil {
		return err
	}
	s.WriteByte('\n')
	for line := range strings.Lines(drawn.String()) {
		s.line(strings.TrimSuffix(line, "\n"))
	}
	return nil
}

// cell is text wrapped for a column; each line has its own colour, since a line of a table ends the one before.
func (s *sheet) cell(color, text string, limit int) string {
	lines := wrap(shorten(text, maxCell), limit)
	for i := range lines {
		lines[i] = s.paint(color, lines[i])
	}
	return strings.Join(lines, "\n")
}

func (s *sheet) remedies(list []Finding) {
	fixes := remedies(list)
	if len(fixes) == 0 {
		return
	}
	s.heading("What would settle them")
	for _, f := range fixes {
		s.hang(bold, "  "+numbers(f.Findings)+"  ", f.Fix)
	}
}

func (s *sheet) gaps(list []Gap) {
	if len(list) == 0 {
		return
	}
	s.heading("Not seen, so nothing may pass on it")
	for _, g := range gapGroups(list) {
		text := spaced(g.Reason)
		if g.Choice != "" {
			text += " (choice " + string(g.Choice) + ")"
		}
		if g.Detail != "" {
			text += ": " + g.Detail
		}
		s.hang("", "  ", text)
		for i, u := range g.URLs {
			if i == maxListed {
				s.hang("", "    ", fmt.Sprintf("and %d more", len(g.URLs)-maxListed))
				break
			}
			s.hang(faint, "    ", u)
		}
	}
}

// width is the number of columns that text takes. An ambiguous character counts as one, whatever the locale.
func width(text string) int {
	return twwidth.WidthWithOptions(text, twwidth.Options{EastAsianWidth: false})
}

// wrap breaks text into lines of at most limit columns: at spaces, and within a word that is longer than a line,
// after a character at which addresses and names have their joints, if there is one in its second half.
func wrap(text string, limit int) []string {
	limit = max(limit, 2) // a wide character takes two
	var lines []string
	line, used := "", 0
	flush := func() {
		if line != "" {
			lines, line, used = append(lines, line), "", 0
		}
	}
	for _, word := range strings.Fields(text) {
		w := width(word)
		if used > 0 && used+1+w <= limit {
			line, used = line+" "+word, used+1+w
			continue
		}
		flush()
		for w > limit {
			head := cut(word, limit)
			lines, word = append(lines, head), word[len(head):]
			w = width(word)
		}
		line, used = word, w
	}
	flush()
	return lines
}

// cut returns the beginning of a word that fits into limit columns.
func cut(word string, limit int) string {
	used, end, joint := 0, 0, 0
	for i, r := range word {
		w := width(string(r))
		if used+w > limit && i > 0 {
			break
		}
		used, end = used+w, i+len(string(r))
		if strings.ContainsRune("/?&=.-_,;:", r) && used > limit/2 {
			joint = end
		}
	}
	if joint > 0 {
		return word[:joint]
	}
	return word[:end]
}
