package notice

import (
	"slices"
	"strings"
	"sync"
)

// pageGroups are the classes that are read before the language of a document is known, or where it is a word of a
// table rather than of a sentence: from all lexicons at once.
var pageGroups = wordSet("date month region title page label unit number word stop optout")

// pageLexicon holds the phrases of those classes in all languages.
var pageLexicon = sync.OnceValue(func() *lexicon {
	var b strings.Builder
	for _, language := range languages() {
		for class, lines := range lexicons()[language].lines {
			b.WriteString("[" + class + "]\n" + strings.Join(lines, "\n") + "\n")
		}
	}
	lx, err := parsePhrases("", b.String(), nil)
	if err != nil {
		panic(err) // each line was parsed before
	}
	return lx
})

// words finds the phrases of a page class in a text, in any language; English adds what a line of words cannot say.
type words struct {
	class   string
	english *search // nil = nothing
}

func wordsOf(class, english string) words { return words{class, mustSearch("(?i)" + english)} }

// A phraseText is a text in which the words of several classes are looked for.
type phraseText struct {
	text, lower string
	toks        []token
	hits        []hit // of all page classes
	cut         bool  // toks and hits are there
}

func textOf(text string) *phraseText { return &phraseText{text: text, lower: strings.ToLower(text)} }

// find gives where the first of the words stands in a text, or nil.
func (w words) find(t *phraseText) []int {
	if w.english != nil && w.english.may(t.lower) {
		if at := w.english.FindStringIndex(t.text); at != nil {
			return at
		}
	}
	if hits := t.of(w.class, 1); len(hits) > 0 {
		return []int{t.toks[hits[0].from].Start, t.toks[hits[0].to-1].End}
	}
	return nil
}

func (w words) in(text string) bool { return w.find(textOf(text)) != nil }

// count counts the words in a text, up to limit.
func (w words) count(text string, limit int) int {
	n := len(w.english.FindAllStringIndex(text, limit))
	if n < limit {
		n += len(textOf(text).of(w.class, limit))
	}
	return min(n, limit)
}

// of gives the hits of one page class, in order, up to limit.
func (t *phraseText) of(class string, limit int) []hit {
	lx := pageLexicon()
	n, ok := lx.class[class]
	if !ok {
		return nil
	}
	if !t.cut {
		m := pageMatchers.Get().(*matcher)
		toks, hits := m.phrases(t.text)
		t.toks, t.hits, t.cut = slices.Clone(toks), slices.Clone(hits), true
		pageMatchers.Put(m)
	}
	var out []hit
	for _, h := range t.hits {
		if h.class == n && len(out) < limit {
			out = append(out, h)
		}
	}
	return out
}

// pageMatchers are kept, because they remember words.
var pageMatchers = sync.Pool{New: func() any { return pageLexicon().matcher() }}
