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
	list     []phrase
	first    [][]int32 // phrases by an atom they may begin with
}

type phrase struct {
	class int
	steps []step
}

// A step is one word of a phrase: any of some atoms, after at most gap other words. The sieve has a bit for each of the
// atoms, which many share: where a word has none of them, it is no such word.
type step struct {
	atoms    []int32
	sieve    uint64
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
		prefix: map[string][]int32{}, suffix: map[string][]int32{}}
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
	if most := 64 * len(lexeme{}.alone); len(lx.classes) > most {
		return nil, fmt.Errorf("lexicon %s: %d classes, at most %d can be told apart", language, len(lx.classes), most)
	}
	return lx, nil
}

func (lx *lexicon) classNumber(name string) int {
	n, ok := lx.class[name]
	if !ok {
		n = len(lx.classes)
		lx.class[name] = n
		lx.classes = append(lx.classes, name)
		lx.groups = append(lx.groups, slices.IndexFunc(lx.classes, func(c string) bool {
			return c == name || group(c) == group(name) && group(name) != "retain" // "no longer than", within "kept … no longer than"
		}))
	}
	return n
}

func (lx *lexicon) add(p phrase) {
	n := int32(len(lx.list))
	lx.list = append(lx.list, p)
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
				lx.first = append(lx.first, nil)
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
			s.sieve |= 1 << (a & 63)
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
	known map[string]*lexeme // as written
	// Room that is used again and again.
	found []hit
	toks  []token
	kept  []hit
}

// maxKnown is how many words a matcher remembers: many more than people use in a notice.
const maxKnown = 50_000

func (lx *lexicon) matcher() *matcher { return &matcher{lexicon: lx, known: map[string]*lexeme{}} }

// lexeme gives the word that is written somewhere.
func (m *matcher) lexeme(text string) *lexeme {
	w, ok := m.known[text]
	if !ok {
		words := spelled(text)
		w = m.newLexeme(words[0])
		if len(words) > 1 {
			w.next = m.newLexeme(words[1])
		}
		m.remember(text, w)
	}
	return w
}

// address gives an address as a word.
func (m *matcher) address(text string) *lexeme {
	w, ok := m.known[text] // no word of another kind is written like an address
	if !ok {
		w = m.newLexeme(strings.ToLower(text))
		m.remember(text, w)
	}
	return w
}

func (m *matcher) remember(text string, w *lexeme) {
	if len(m.known) == maxKnown {
		clear(m.known)
	}
	m.known[strings.Clone(text)] = w // it may outlive the text
}

func (m *matcher) newLexeme(word string) *lexeme {
	w := &lexeme{word: word, atoms: m.literal[word]}
	for n := 1; n <= len(word) && n <= m.longest; n++ {
		w.atoms = append(w.atoms[:len(w.atoms):len(w.atoms)], m.prefix[word[:n]]...)
		w.atoms = append(w.atoms, m.suffix[word[len(word)-n:]]...)
	}
	for _, a := range w.atoms {
		w.sieve |= 1 << (a & 63)
		w.begins = append(w.begins, m.first[a]...)
		for _, n := range m.first[a] {
			if p := &m.list[n]; len(p.steps) == 1 {
				w.alone[p.class>>6&3] |= 1 << (p.class & 63)
			}
		}
	}
	return w
}

// phrases cuts a text into words and finds the phrases in it. Both last until the next text.
func (m *matcher) phrases(text string) ([]token, []hit) {
	m.toks = m.appendTokens(m.toks[:0], text, Span{0, len(text)})
	m.kept = m.appendHits(m.kept[:0], m.toks)
	return m.toks, m.kept
}

// appendHits adds the phrases in a sentence in order of their start. Within one group of classes ("tech.", "purpose.") a
// phrase that lies within a longer one is dropped: "flash cookies" is no "cookies".
func (m *matcher) appendHits(out []hit, toks []token) []hit {
	hits := m.found[:0]
	for i, t := range toks {
		for _, n := range t.begins {
			p := &m.list[n]
			to := i + 1 // a phrase of one word
			if len(p.steps) > 1 {
				to = match(p.steps, toks, i, true)
			}
			if to > 0 {
				hits = append(hits, hit{p.class, i, to})
			}
		}
	}
	m.found = hits
	return m.longestOnly(out, hits)
}

// match tries steps from token i on; it gives the token after the phrase, or 0.
func match(steps []step, toks []token, i int, first bool) int {
	if len(steps) == 0 {
		return i
	}
	s := &steps[0]
	last := i + s.gap
	if first {
		last = i
	}
	for at := i; at <= last && at < len(toks); at++ {
		if toks[at].sieve&s.sieve != 0 && overlaps(toks[at].atoms, s.atoms) {
			if to := match(steps[1:], toks, at+1, false); to > 0 {
				return to
			}
		}
		if toks[at].word == "." || toks[at].word == ";" {
			break
		}
	}
	if s.optional {
		return match(steps[1:], toks, i, first)
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

// longestOnly adds those of the hits that lie in no longer one of their group.
func (m *matcher) longestOnly(out, hits []hit) []hit {
	for i := 1; i < len(hits); i++ { // nearly sorted as they come: by their start, then the longest first
		for j := i; j > 0 && (hits[j].from < hits[j-1].from || hits[j].from == hits[j-1].from && hits[j].to > hits[j-1].to); j-- {
			hits[j], hits[j-1] = hits[j-1], hits[j]
		}
	}
	first, end := len(out), 0 // end is where the last of out ends
next:
	for _, h := range hits {
		for i := len(out) - 1; h.to <= end && i >= first && i >= len(out)-24; i-- {
			o := out[i]
			if o == h {
				continue next
			}
			if o.from <= h.from && h.to <= o.to && h.to-h.from < o.to-o.from && m.groups[o.class] == m.groups[h.class] {
				continue next
			}
		}
		out = append(out, h)
		end = max(end, h.to)
	}
	return out
}
