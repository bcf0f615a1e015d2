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
	opens      bool // an ordinary word too, and the first of the text
	guess      bool // nothing in the sentence says that it takes part
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

// sentences gives each sentence of the body with the phrases found in it. Its words and phrases last until the next
// one is asked for.
func (r *reader) sentences(yield func(*sentence) bool) {
	for b := range r.batches {
		for i := range b.list {
			s := &b.list[i]
			r.defineTerms(s)
			r.addTerms(s)
			s.index()
			if s.leads && columnOf(r.p.text[s.Start:s.End-1]) == lifetimeColumn {
				continue // the label of a list
			}
			if !yield(s) {
				return
			}
		}
	}
}

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
