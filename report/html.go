package report

import (
	"bufio"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"iter"
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
		"few":      few,
		"chains":   func() int { return maxChains },
		"dates":    noticeDates,
		"choice":   choiceName,
		"lifetime": lifetime,
	}).Parse(htmlText))
)

// maxShown bounds the addresses and IDs of one cell of the HTML report; report.json has them all.
const maxShown = 12

// HTML writes the report for the people who answer for the notice: one file that needs no network and no script. It is
// written as it is made: of a large site, the pages are never all in memory. After an error the file is to be removed.
func HTML(w io.Writer, r *Report) error {
	p, err := newPage(cleaned(r))
	if err != nil {
		return fmt.Errorf("html: %w", err)
	}
	out := bufio.NewWriterSize(w, 1<<16)
	if err := htmlPage.Execute(out, p); err != nil {
		return fmt.Errorf("html: %w", err)
	}
	return cmp.Or(out.Flush(), p.Coverage.Pages.Err())
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
	Addresses  int // pages
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
	Lost    some // observations that the report does not hold
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

func newPage(r *Report) (page, error) {
	p := page{Report: r, Sentence: sentence(r), Visited: visited(r.Coverage), Contacted: contacted(r.Destinations),
		GapGroups: gapGroups(r.Gaps), Words: verdictWords, Choices: choiceWords}
	p.Addresses, _ = r.Coverage.addresses()
	for _, s := range severityWords() {
		p.Severities = append(p.Severities, tally{Word: s, Count: r.Summary.BySeverity[s]})
	}
	from := 0.0
	for _, v := range classify.Verdicts {
		t := tally{Word: string(v), Count: r.Summary.ByVerdict[v], From: from}
		t.Share = 100 * float64(t.Count) / float64(max(r.Assessments.Len(), 1))
		from += t.Share
		p.Verdicts = append(p.Verdicts, t)
	}
	pages, by, decided := numbering{}, map[evidence.Technology]*items{}, map[string]int{}
	named := sortedBy[byID](r.Assessments)
	for a := range r.Assessments.All() {
		t := a.Observation.Technology
		if by[t] == nil {
			by[t] = newItems(pages)
		}
		by[t].add(&a)
		decided[a.Declaration]++
		named.add(byID{a})
	}
	p.technologies(by)
	p.quotes(decided)
	p.points(named, pages)
	return p, cmp.Or(r.Assessments.Err(), named.Err(), r.Coverage.Pages.Err())
}

// byID is an assessment in the order in which a finding names observations.
type byID struct{ Assessment }

func (a byID) compare(b byID) int { return cmp.Compare(a.Observation.ID, b.Observation.ID) }

func (p *page) points(named *Sorted[byID], pages numbering) {
	rest := make([][]string, len(p.Findings)) // of the observations of each finding, those that are still to come
	evidence := make([]*items, len(p.Findings))
	for i, f := range p.Findings {
		p.Points = append(p.Points, point{Finding: f, Number: i + 1, Title: ruleOf(f).Title, Counts: f.counts(), Remark: remark(f)})
		p.Points[i].Section, p.Points[i].Source = p.quoted(f.Quote)
		rest[i], evidence[i] = f.Observations, newItems(pages)
	}
	for a := range named.All() {
		for i := range rest {
			for len(rest[i]) > 0 && rest[i][0] < a.Observation.ID {
				p.Points[i].Lost.add(rest[i][0])
				rest[i] = rest[i][1:]
			}
			if len(rest[i]) > 0 && rest[i][0] == a.Observation.ID {
				evidence[i].add(&a.Assessment)
				rest[i] = rest[i][1:]
			}
		}
	}
	for i := range rest {
		for _, id := range rest[i] {
			p.Points[i].Lost.add(id)
		}
		p.Points[i].Items = evidence[i].sorted()
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

func (p *page) technologies(by map[evidence.Technology]*items) {
	order := slices.Clone(evidence.Technologies)
	for t := range by {
		if !slices.Contains(order, t) {
			order = append(order, t)
		}
	}
	slices.Sort(order[len(evidence.Technologies):])
	for _, t := range order {
		if by[t] == nil {
			continue
		}
		g := technology{Technology: t, Items: by[t].sorted()}
		verdicts := map[classify.Verdict]int{}
		for _, it := range g.Items {
			verdicts[it.Verdict]++
			g.Open = g.Open || it.Verdict == classify.Contradicted || it.Verdict == classify.Undeclared || it.Verdict == classify.Misdeclared
		}
		g.Counts = counts(verdicts)
		p.Groups = append(p.Groups, g)
	}
}

// quotes takes how many observations each declaration decided.
func (p *page) quotes(decided map[string]int) {
	for _, d := range p.Notice.Declarations {
		n := len(p.Quotes)
		source := p.documentURL(d.Document)
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

// Rows gives one row an address and one cell a choice.
func (p page) Rows() iter.Seq[pageRow] {
	return func(yield func(pageRow) bool) {
		var row pageRow
		for pg := range p.Coverage.Pages.All() { // by address
			if row.Cells == nil || row.URL != pg.URL {
				if row.Cells != nil && !yield(row) {
					return
				}
				row = pageRow{URL: pg.URL, Cells: make([]*Page, len(p.Coverage.Choices))}
			}
			row.Title = cmp.Or(row.Title, pg.Title)
			for j, ch := range p.Coverage.Choices {
				// Of several visits under one choice, the one that did not see its page is shown.
				if cell := row.Cells[j]; ch.Choice == pg.Choice && (cell == nil || cell.Complete) {
					row.Cells[j] = &pg
				}
			}
		}
		if row.Cells != nil {
			yield(row)
		}
	}
}
