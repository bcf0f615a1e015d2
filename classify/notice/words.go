package notice

import (
	"regexp"
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
	english *regexp.Regexp // nil = nothing
}

func wordsOf(class, english string) words {
	return words{class, regexp.MustCompile("(?i)" + english)}
}

// find gives where the first of the words stands in text, or nil.
func (w words) find(text string) []int {
	if w.english != nil {
		if at := w.english.FindStringIndex(text); at != nil {
			return at
		}
	}
	toks := tokens(text, Span{0, len(text)})
	for _, h := range pageHits(toks, w.class) {
		return []int{toks[h.from].Start, toks[h.to-1].End}
	}
	return nil
}

func (w words) in(text string) bool { return w.find(text) != nil }

// count counts the words in text, up to limit.
func (w words) count(text string, limit int) int {
	n := len(w.english.FindAllStringIndex(text, limit))
	if n < limit {
		n += len(pageHits(tokens(text, Span{0, len(text)}), w.class))
	}
	return min(n, limit)
}

// pageHits gives the hits of one page class, in order.
func pageHits(toks []token, class string) []hit {
	lx := pageLexicon()
	n, ok := lx.class[class]
	if !ok {
		return nil
	}
	var out []hit
	for _, h := range (&matcher{lexicon: lx}).find(toks) {
		if h.class == n {
			out = append(out, h)
		}
	}
	return out
}
