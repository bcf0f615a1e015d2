package notice

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed lexicon/*.txt
var lexiconFiles embed.FS

// A lexicon holds the phrases of one language, by class. See lexicon/README.md for the format of its file.
type lexicon struct {
	language string
	classes  []string            // by number
	groups   []int               // of each class, by number: those of "tech.", of "purpose." …
	class    map[string]int      // number by name
	label    map[string]string   // of a class: the words a report uses for it
	lines    map[string][]string // of the classes that pages are read by, see words
	literal  map[string][]int32
	prefix   map[string][]int32
	suffix   map[string][]int32
	longest  int // length of the longest prefix or suffix
	phrases  []phrase
	first    map[int32][]int32 // phrases by an atom they may begin with
}

type phrase struct {
	class int
	steps []step
}

// A step is one word of a phrase: any of some atoms, after at most gap other words.
type step struct {
	atoms    []int32
	gap      int
	optional bool
}

// A hit is a phrase found: tokens from..to-1.
type hit struct {
	class    int
	from, to int
}

var lexicons = sync.OnceValue(func() map[string]*lexicon {
	all := map[string]*lexicon{}
	names, _ := fs.Glob(lexiconFiles, "lexicon/*.txt")
	for _, name := range names {
		data, err := lexiconFiles.ReadFile(name)
		if err != nil {
			panic(err) // embedded: cannot fail
		}
		language := strings.TrimSuffix(strings.TrimPrefix(name, "lexicon/"), ".txt")
		lx, err := parseLexicon(language, string(data))
		if err != nil {
			panic(err) // a test reads every embedded lexicon
		}
		all[language] = lx
	}
	return all
})

// languages lists the languages that there is a lexicon for.
func languages() []string { return slices.Sorted(maps.Keys(lexicons())) }

func parseLexicon(language, data string) (*lexicon, error) {
	return parsePhrases(language, data, pageGroups)
}

// parsePhrases reads a lexicon; the lines of the groups set apart are kept as they are.
func parsePhrases(language, data string, apart map[string]bool) (*lexicon, error) {
	lx := &lexicon{language: language, class: map[string]int{}, label: map[string]string{}, lines: map[string][]string{}, literal: map[string][]int32{},
		prefix: map[string][]int32{}, suffix: map[string][]int32{}, first: map[int32][]int32{}}
	atoms := map[string]int32{}
	class := -1
	number := 0
	for line := range strings.SplitSeq(data, "\n") {
		number++
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if strings.HasPrefix(line, "[") {
			name, label, _ := strings.Cut(strings.Trim(line, "[]"), "=")
			name, label = strings.TrimSpace(name), strings.TrimSpace(label)
			if !knownClass(name) {
				return nil, fmt.Errorf("lexicon %s: line %d: unknown class %q", language, number, name)
			}
			class = lx.classNumber(name)
			if label != "" {
				lx.label[name] = label
			}
			continue
		}
		if class < 0 {
			return nil, fmt.Errorf("lexicon %s: line %d: phrase before the first class", language, number)
		}
		steps, err := lx.steps(line, atoms)
		if err != nil {
			return nil, fmt.Errorf("lexicon %s: line %d: %w", language, number, err)
		}
		if name := lx.classes[class]; apart[group(name)] {
			lx.lines[name] = append(lx.lines[name], line)
			continue
		}
		lx.add(phrase{class, steps})
	}
	return lx, nil
}

func (lx *lexicon) classNumber(name string) int {
	n, ok := lx.class[name]
	if !ok {
		n = len(lx.classes)
		lx.class[name] = n
		lx.classes = append(lx.classes, name)
		lx.groups = append(lx.groups, slices.IndexFunc(lx.classes, func(c string) bool { return group(c) == group(name) }))
	}
	return n
}

func (lx *lexicon) add(p phrase) {
	n := int32(len(lx.phrases))
	lx.phrases = append(lx.phrases, p)
	for _, s := range p.steps {
		for _, a := range s.atoms {
			lx.first[a] = append(lx.first[a], n)
		}
		if !s.optional {
			return
		}
	}
}

func (lx *lexicon) steps(line string, atoms map[string]int32) ([]step, error) {
	var out []step
	gap := 0
	for _, word := range strings.Fields(line) {
		if n, ok := strings.CutPrefix(word, ".."); ok {
			g, err := strconv.Atoi(n)
			if err != nil || g < 1 || g > 15 || len(out) == 0 {
				return nil, fmt.Errorf("bad gap %q", word)
			}
			gap = g
			continue
		}
		s := step{gap: gap}
		gap = 0
		if w, ok := strings.CutSuffix(word, "?"); ok {
			s.optional, word = true, w
		}
		for alt := range strings.SplitSeq(strings.ToLower(word), "|") {
			stem, isPrefix := strings.CutSuffix(alt, "*")
			stem, isSuffix := strings.CutPrefix(stem, "*")
			if isPrefix && isSuffix || stem == "" || strings.ContainsAny(stem, "*-?") {
				return nil, fmt.Errorf("bad word %q", word)
			}
			a, ok := atoms[alt]
			if !ok {
				a = int32(len(atoms))
				atoms[alt] = a
				lx.longest = max(lx.longest, len(stem))
				switch {
				case isPrefix:
					lx.prefix[stem] = append(lx.prefix[stem], a)
				case isSuffix:
					lx.suffix[stem] = append(lx.suffix[stem], a)
				default:
					lx.literal[stem] = append(lx.literal[stem], a)
				}
			}
			s.atoms = append(s.atoms, a)
		}
		out = append(out, s)
	}
	if len(out) == 0 || out[len(out)-1].optional || gap > 0 {
		return nil, fmt.Errorf("phrase %q must end in a word", line)
	}
	return out, nil
}

// A matcher finds phrases; it remembers what each distinct word matches.
type matcher struct {
	*lexicon
	known map[string][]int32
	// Room that every sentence uses again.
	toks  []token
	atoms [][]int32
	found []hit
	kept  []hit
}

func (lx *lexicon) matcher() *matcher { return &matcher{lexicon: lx, known: map[string][]int32{}} }

func (m *matcher) atomsOf(word string) []int32 {
	if a, ok := m.known[word]; ok {
		return a
	}
	out := slices.Clone(m.literal[word])
	for n := 1; n <= len(word) && n <= m.longest; n++ {
		out = append(out, m.prefix[word[:n]]...)
		out = append(out, m.suffix[word[len(word)-n:]]...)
	}
	if m.known != nil {
		m.known[word] = out
	}
	return out
}

// tokens cuts a span of a text into words; the result has no room to spare, for many are kept.
func (m *matcher) tokens(text string, s Span) []token {
	m.toks = appendTokens(m.toks[:0], text, s)
	return slices.Clone(m.toks)
}

// find gives the phrases in a sentence in order of their start. Within one group of classes ("tech.", "purpose.") a
// phrase that lies within a longer one is dropped: "flash cookies" is no "cookies".
func (m *matcher) find(toks []token) []hit {
	atoms, hits := m.atoms[:0], m.found[:0]
	for _, t := range toks {
		atoms = append(atoms, m.atomsOf(t.word))
	}
	for i := range toks {
		for _, a := range atoms[i] {
			for _, n := range m.first[a] {
				p := &m.phrases[n]
				to := i + 1 // a phrase of one word
				if len(p.steps) > 1 {
					to = match(p.steps, toks, atoms, i, true)
				}
				if to > 0 {
					hits = append(hits, hit{p.class, i, to})
				}
			}
		}
	}
	m.atoms, m.found = atoms, hits
	return m.longestOnly(hits)
}

// match tries steps from token i on; it gives the token after the phrase, or 0.
func match(steps []step, toks []token, atoms [][]int32, i int, first bool) int {
	if len(steps) == 0 {
		return i
	}
	s := steps[0]
	last := i + s.gap
	if first {
		last = i
	}
	for at := i; at <= last && at < len(toks); at++ {
		if overlaps(atoms[at], s.atoms) {
			if to := match(steps[1:], toks, atoms, at+1, false); to > 0 {
				return to
			}
		}
		if toks[at].word == "." || toks[at].word == ";" {
			break
		}
	}
	if s.optional {
		return match(steps[1:], toks, atoms, i, first)
	}
	return 0
}

func overlaps(a, b []int32) bool {
	for _, x := range a {
		if slices.Contains(b, x) {
			return true
		}
	}
	return false
}

func group(class string) string {
	g, _, _ := strings.Cut(class, ".")
	return g
}

func (m *matcher) longestOnly(hits []hit) []hit {
	for i := 1; i < len(hits); i++ { // nearly sorted as they come: by their start, then the longest first
		for j := i; j > 0 && (hits[j].from < hits[j-1].from || hits[j].from == hits[j-1].from && hits[j].to > hits[j-1].to); j-- {
			hits[j], hits[j-1] = hits[j-1], hits[j]
		}
	}
	out := m.kept[:0]
next:
	for _, h := range hits {
		for i := len(out) - 1; i >= 0 && i >= len(out)-24; i-- {
			o := out[i]
			if o == h {
				continue next
			}
			if o.from <= h.from && h.to <= o.to && h.to-h.from < o.to-o.from && m.groups[o.class] == m.groups[h.class] {
				continue next
			}
		}
		out = append(out, h)
	}
	m.kept = out
	return slices.Clone(out)
}
