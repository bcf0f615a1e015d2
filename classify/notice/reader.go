package notice

import (
	"regexp"
	"slices"
	"strings"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// namer finds the vendors that a text names; start and end count bytes of the text.
type namer func(text string) []named

type named struct {
	text       string // as it stands there
	service    string
	entity     string
	purposes   []knowledge.Purpose
	start, end int
	denied     bool // the sentence says that it is not used
}

// reader reads one document.
type reader struct {
	p     *page
	m     *matcher
	names namer
	doc   *Document
	of    []int // section of each block
	all   []*sentence
	out   []*Declaration
	room  []Declaration   // where the next of out are put
	full  bool            // there were more declarations than are kept
	told  []told          // cookies in no table
	terms []string        // defined terms that stand for cookies and the like, lower case
	own   map[string]bool // words by which the publisher is known
	cites []string        // how each section is cited; "" = not asked yet
	// What cells were found to say, because tables say it again and again.
	categories map[string]knowledge.Purpose
	parties    map[string]evidence.Party
	labels     map[string]column
	titled     map[int][]string // the titles around each section
	services   map[int]string   // the service that they name
}

// maxHits is how many phrases a sentence may hold before it is cut in half: the rules look at every pair of them.
const maxHits = 200

// sentences cuts the body and gives each sentence with the phrases found in it.
func (r *reader) sentences(yield func(*sentence) bool) {
	for i, b := range r.p.blocks {
		if b.place != inBody || b.kind == heading || b.card || b.kind == row && r.p.tables[b.table].cookies() {
			continue
		}
		spans := []Span{b.Span}
		if b.kind != row || b.End-b.Start > longRow {
			spans = sentences(r.p.text, b.Span)
		}
		for len(spans) > 0 {
			s := spans[0]
			spans = spans[1:]
			sent := &sentence{Span: s, block: i, section: r.of[i], item: b.kind == item || b.kind == row}
			text := r.p.text[s.Start:s.End]
			sent.asks = text[len(text)-1] == '?'
			sent.leads = text[len(text)-1] == ':'
			sent.toks = r.m.tokens(r.p.text, s)
			sent.hits = r.m.find(sent.toks)
			if middle := len(sent.toks) / 2; len(sent.hits) > maxHits && middle > 10 {
				at := sent.toks[middle].Start
				spans = append([]Span{trimmed(r.p.text, Span{s.Start, at}), {at, s.End}}, spans...)
				continue
			}
			r.defineTerms(sent)
			r.addTerms(sent)
			sent.index()
			if sent.leads && columnOf(strings.TrimSuffix(text, ":")) == lifetimeColumn {
				continue // the label of a list
			}
			if !yield(sent) {
				return
			}
		}
	}
}

// longRow is the length in bytes beyond which a row of a table holds sentences of its own.
const longRow = 600

// definedTerm is a term in quotation marks and brackets: (collectively, “Tracking Technologies”).
var definedTerm = regexp.MustCompile(`\((?:[\p{L} ,]{0,30})[“"„«‘']([^”"“»’'()]{4,40})[”"“»’']\)|\((\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+){1,3})\)`)

var termWords = regexp.MustCompile(`(?i)technolog|technik|storage|speicher|tracker|cookie|tool|beacon|tracking`)

// defineTerms remembers a term that a sentence defines after it named cookies or the like.
func (r *reader) defineTerms(s *sentence) {
	text := r.p.text[s.Start:s.End]
	if !strings.Contains(text, "(") || len(r.terms) > 8 {
		return
	}
	for _, at := range definedTerm.FindAllStringSubmatchIndex(text, 4) {
		group := at[2:4]
		if group[0] < 0 {
			group = at[4:6] // without marks, but with capitals
		}
		term := strings.ToLower(fold(text[group[0]:group[1]]))
		if !termWords.MatchString(term) || slices.Contains(r.terms, term) {
			continue
		}
		for _, h := range s.hits {
			if strings.HasPrefix(r.m.classes[h.class], "tech.") && s.toks[h.from].Start < s.Start+at[0] {
				r.terms = append(r.terms, term)
				break
			}
		}
	}
}

// addTerms adds a hit where a sentence uses a defined term.
func (r *reader) addTerms(s *sentence) {
	class, ok := r.m.class["umbrella"]
	if !ok || len(r.terms) == 0 {
		return
	}
	text := strings.ToLower(r.p.text[s.Start:s.End])
	if len(text) != s.End-s.Start {
		return
	}
	for _, term := range r.terms {
		at := strings.Index(text, term)
		if at < 0 {
			continue
		}
		for i, t := range s.toks {
			if t.Start < s.Start+at {
				continue
			}
			if !slices.ContainsFunc(s.hits, func(h hit) bool { return h.from <= i && i < h.to && strings.HasPrefix(r.m.classes[h.class], "tech.") }) {
				s.hits = append(s.hits, hit{class, i, min(i+len(strings.Fields(term)), len(s.toks))})
				slices.SortStableFunc(s.hits, func(a, b hit) int { return a.from - b.from })
			}
			break
		}
	}
}
