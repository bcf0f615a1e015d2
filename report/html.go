package report

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"trackaudit/classify"
	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
)

var (
	//go:embed html/report.html
	htmlText string
	//go:embed html/style.css
	htmlStyle string

	htmlPage = template.Must(template.New("report").Funcs(template.FuncMap{
		"style":   func() template.CSS { return template.CSS(htmlStyle) },
		"spaced":  func(word any) string { return spaced(fmt.Sprint(word)) },
		"count":   count,
		"moment":  func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04:05 UTC") },
		"machine": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"web": func(address string) bool {
			return strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
		},
		"short":    func(list []string) []string { return list[:min(len(list), maxShown)] },
		"rest":     func(list []string) int { return max(len(list)-maxShown, 0) },
		"dates":    noticeDates,
		"choice":   choiceName,
		"lifetime": lifetime,
	}).Parse(htmlText))
)

// maxShown bounds the addresses and IDs of one cell of the HTML report; report.json has them all.
const maxShown = 12

// HTML writes the report for the people who answer for the notice: one file that needs no network and no script.
func HTML(w io.Writer, r *Report) error {
	var b strings.Builder // a template that fails half-way must leave no half report
	if err := htmlPage.Execute(&b, newPage(cleaned(r))); err != nil {
		return fmt.Errorf("html: %w", err)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// page is the report as the HTML arranges it.
type page struct {
	*Report
	Sentence   string
	Severities []tally
	Verdicts   []tally
	Visited    string
	Contacted  string
	Points     []point
	GapGroups  []gapGroup
	Groups     []technology
	Quotes     []quote
	Declared   int // declarations that decided the verdict of an observation
	Rows       []pageRow
	Words      []word
	Choices    []word
}

// tally is a word and how often it occurs; Share is in percent.
type tally struct {
	Word  string
	Count int
	From  float64 // where its share begins
	Share float64
}

// point is a finding with everything that belongs to it.
type point struct {
	Finding
	Number  int
	Title   string // of its rule
	Counts  bool   // for the gate
	Remark  string // what the policy makes of it
	Section string // where its quote stands
	Source  string // address of the document
	Items   []item
	Lost    []string // observations that the report does not hold
}

// technology is the items of one technology.
type technology struct {
	Technology evidence.Technology
	Items      []item
	Open       bool // something here is not as the notice says
	Counts     string
}

// quote is one sentence, list item or row of a notice, and all that it declares.
type quote struct {
	Quote, Section, Source string
	Declarations           []declaration
}

type declaration struct {
	notice.Declaration
	Observed int // observations whose verdict it decided
}

// pageRow is one address, with what came of it under each choice of the coverage, in its order.
type pageRow struct {
	URL, Title string
	Cells      []*Page // nil = not visited
}

// word explains a word of ours.
type word struct{ Word, Meaning string }

var verdictWords = []word{
	{"contradicted", "the notice denies it"},
	{"undeclared", "nothing in the notice covers it"},
	{"misdeclared", "listed with another purpose, another recipient or a shorter lifetime"},
	{"unclassified", "it is not known what it is; nothing is guessed"},
	{"declared generically", "only an umbrella clause covers it, such as “and similar technologies” or “our partners”"},
	{"declared", "named, or its technology, purpose and party are declared"},
	{"exempt", "strictly necessary, or the record of consent itself"},
}

var choiceWords = []word{
	{choiceName(evidence.ChoiceNone), "the visitor touches nothing: what happens before anybody chooses"},
	{choiceName(evidence.ChoiceAccept), "the visitor accepts everything in the consent banner"},
	{choiceName(evidence.ChoiceReject), "the visitor rejects everything in the consent banner"},
	{choiceName(evidence.ChoiceGPC), "the browser sends the signal Global Privacy Control (Sec-GPC: 1)"},
	{choiceName(evidence.ChoiceDNT), "the browser sends the signal Do Not Track (DNT: 1)"},
}

// choiceName keeps the choice "none" from being read as the absence of something.
func choiceName(c evidence.Choice) string {
	if c == evidence.ChoiceNone {
		return "no choice"
	}
	return string(c)
}

func newPage(r *Report) page {
	p := page{Report: r, Sentence: sentence(r), Visited: visited(r.Coverage), Contacted: contacted(r.Destinations),
		GapGroups: gapGroups(r.Gaps), Rows: pageRows(r.Coverage), Words: verdictWords, Choices: choiceWords}
	for _, s := range severityWords() {
		p.Severities = append(p.Severities, tally{Word: s, Count: r.Summary.BySeverity[s]})
	}
	from := 0.0
	for _, v := range classify.Verdicts {
		t := tally{Word: string(v), Count: r.Summary.ByVerdict[v], From: from}
		t.Share = 100 * float64(t.Count) / float64(max(len(r.Assessments), 1))
		from += t.Share
		p.Verdicts = append(p.Verdicts, t)
	}
	p.points(r)
	p.technologies(r)
	p.quotes(r)
	return p
}

func (p *page) points(r *Report) {
	byID := map[string]*Assessment{}
	for i := range r.Assessments {
		byID[r.Assessments[i].Observation.ID] = &r.Assessments[i]
	}
	for i, f := range r.Findings {
		pt := point{Finding: f, Number: i + 1, Title: ruleOf(f).Title, Counts: f.counts(), Remark: remark(f)}
		var list []*Assessment
		for _, id := range f.Observations {
			if a, ok := byID[id]; ok {
				list = append(list, a)
			} else {
				pt.Lost = append(pt.Lost, id)
			}
		}
		pt.Items = items(list)
		pt.Section, pt.Source = r.quoted(f.Quote)
		p.Points = append(p.Points, pt)
	}
}

// quoted finds where a quote stands in the notice.
func (r *Report) quoted(text string) (section, source string) {
	if text == "" {
		return "", ""
	}
	for _, d := range r.Notice.Declarations {
		if d.Quote == text {
			return d.Section, r.documentURL(d.Document)
		}
	}
	for _, c := range []notice.Claim{r.Notice.Claims.DNT, r.Notice.Claims.GPC, r.Notice.Claims.Consent} {
		if c.Quote == text {
			return "", r.documentURL(c.Document)
		}
	}
	return "", ""
}

func (r *Report) documentURL(id string) string {
	for _, d := range r.Notice.Documents {
		if d.ID == id {
			return d.URL
		}
	}
	return ""
}

func (p *page) technologies(r *Report) {
	by := map[evidence.Technology][]*Assessment{}
	for i := range r.Assessments {
		t := r.Assessments[i].Observation.Technology
		by[t] = append(by[t], &r.Assessments[i])
	}
	order := slices.Clone(evidence.Technologies)
	for t := range by {
		if !slices.Contains(order, t) {
			order = append(order, t)
		}
	}
	slices.Sort(order[len(evidence.Technologies):])
	for _, t := range order {
		if len(by[t]) == 0 {
			continue
		}
		g := technology{Technology: t, Items: items(by[t])}
		verdicts := map[classify.Verdict]int{}
		for _, it := range g.Items {
			verdicts[it.Verdict]++
			g.Open = g.Open || it.Verdict == classify.Contradicted || it.Verdict == classify.Undeclared || it.Verdict == classify.Misdeclared
		}
		g.Counts = counts(verdicts)
		p.Groups = append(p.Groups, g)
	}
}

func (p *page) quotes(r *Report) {
	decided := map[string]int{}
	for _, a := range r.Assessments {
		decided[a.Declaration]++
	}
	for _, d := range r.Notice.Declarations {
		n := len(p.Quotes)
		source := r.documentURL(d.Document)
		if n == 0 || p.Quotes[n-1].Quote != d.Quote || p.Quotes[n-1].Source != source || p.Quotes[n-1].Section != d.Section {
			p.Quotes = append(p.Quotes, quote{Quote: d.Quote, Section: d.Section, Source: source})
			n++
		}
		q := &p.Quotes[n-1]
		q.Declarations = append(q.Declarations, declaration{d, decided[d.ID]})
		if decided[d.ID] > 0 {
			p.Declared++
		}
	}
}

// pageRows turns visits into one row an address and one cell a choice.
func pageRows(c Coverage) []pageRow {
	var rows []pageRow
	at := map[string]int{}
	for i := range c.Pages {
		pg := &c.Pages[i]
		n, ok := at[pg.URL]
		if !ok {
			n = len(rows)
			at[pg.URL] = n
			rows = append(rows, pageRow{URL: pg.URL, Cells: make([]*Page, len(c.Choices))})
		}
		rows[n].Title = cmp.Or(rows[n].Title, pg.Title)
		for j, ch := range c.Choices {
			// Of several visits under one choice, the one that did not see its page is shown.
			if cell := rows[n].Cells[j]; ch.Choice == pg.Choice && (cell == nil || cell.Complete) {
				rows[n].Cells[j] = pg
			}
		}
	}
	return rows
}
