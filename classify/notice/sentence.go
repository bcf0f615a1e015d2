package notice

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Abbreviations whose full stop ends no sentence, lower case without the last dot.
var abbreviations = wordSet(`e.g i.e etc vs cf al approx dept est fig no nos sec secs art arts para paras ch vol pp p mr mrs ms dr
	prof st jr sr inc ltd corp co llc l.l.c s.a s.r.l b.v n.v u.s u.k u.s.a e.u d.c a.m p.m ph.d incl excl max min tel
	z.b bzw ggf d.h u.a u.ä usw vgl abs nr lit ca evtl inkl sog gem i.s.d i.s.v i.d.r i.v.m s.o s.u o.ä z.t zzgl str
	p.ex ex par m mme mm av bd env n° cf réf
	p.ej ej sr sra av pág núm ud uds ee ee.uu
	ecc es d.lgs dott sig sig.ra pag cfr
	bijv b.v d.w.z o.a m.b.t t.a.v nl blz
	exa dr dra sr sra n.º art arts inc`)

// Abbreviations that often do end a sentence: they end one before a capital that begins a common opening.
var mayEnd = wordSet(`etc inc ltd corp co llc l.l.c u.s u.k u.s.a e.u usw ecc a.m p.m s.a b.v n.v ee.uu`)

var openers = wordSet(`we our the this these those that you your if in for it its they their when to by as please such some
	however all any a an no under with on at from other wir unsere die der das diese sie ihre wenn nous notre nos le la
	les ce ces vous si usamos utilizamos el los las este esta estos il lo i gli questo questi wij we de het deze u o a os
	as esses estes`)

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// longestSentence is where text without an end mark is cut, in bytes: no person writes longer sentences, and the rules
// look at every pair of a sentence's words.
const longestSentence = 1500

// sentences cuts a span of text into sentences, each trimmed.
func sentences(text string, s Span) []Span {
	var out []Span
	start := s.Start
	for i := s.Start; i < s.End; {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(text[i:s.End])
		}
		next := i + n
		if i-start > longestSentence && (isSpaceAt(text, i) > 0 || i-start > 2*longestSentence) {
			out = appendSpan(out, text, Span{start, i})
			start = i
		}
		if (r == '.' || r == '!' || r == '?' || r == '…') && endsSentence(text, s, start, i, next) {
			end := closing(text, s.End, next)
			out = appendSpan(out, text, Span{start, end})
			start, next = end, end
		} else if r == '。' || r == '！' || r == '？' {
			out = appendSpan(out, text, Span{start, next})
			start = next
		}
		i = next
	}
	return appendSpan(out, text, Span{start, s.End})
}

func appendSpan(out []Span, text string, s Span) []Span {
	if s = trimmed(text, s); s.Start < s.End {
		return append(out, s)
	}
	return out
}

// closing skips quotation marks and brackets that belong to the sentence that ended before i.
func closing(text string, end, i int) int {
	for i < end {
		r, n := utf8.DecodeRuneInString(text[i:end])
		if !strings.ContainsRune(".!?…\"'”’»)]", r) {
			break
		}
		i += n
	}
	return i
}

// endsSentence judges the mark at text[at:next].
func endsSentence(text string, s Span, start, at, next int) bool {
	after := closing(text, s.End, next)
	if after >= s.End {
		return true
	}
	if isSpaceAt(text, after) == 0 {
		// "us.The": a stop glued to the next sentence, but never within an address or a name.
		r, _ := utf8.DecodeRuneInString(text[after:s.End])
		word := lastWord(text[start:at])
		return text[at] == '.' && after == next && unicode.IsUpper(r) && len(word) > 2 && word == strings.ToLower(word) &&
			!strings.ContainsAny(word, "./@:") && gluedSentence(text[after:s.End])
	}
	rest := strings.TrimLeftFunc(text[after:s.End], func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("\"'“‘«([¿¡", r)
	})
	if rest == "" {
		return true
	}
	first, _ := utf8.DecodeRuneInString(rest)
	if unicode.IsLower(first) && !nameBegins(rest) {
		return false
	}
	if text[at] != '.' || after > next {
		return true
	}
	word := strings.ToLower(strings.TrimLeft(lastWord(text[start:at]), "(\"'“‘[«"))
	switch {
	case word == "":
		return true
	case abbreviations[word]:
		return mayEnd[word] && openers[strings.ToLower(firstWord(rest))] && unicode.IsUpper(first)
	case utf8.RuneCountInString(word) == 1 && unicode.IsLetter([]rune(word)[0]):
		return openers[strings.ToLower(firstWord(rest))] && word != "a" && len(strings.Fields(text[start:at])) > 3
	case len(word) <= 3 && isNumber(word) && len(strings.Fields(text[start:at])) == 1:
		return false // "1. Title"
	case isNumber(word) && (!unicode.IsUpper(first) || months()[strings.ToLower(firstWord(rest))] > 0): // "5. April"
		return false
	}
	return true
}

// nameBegins says that a text begins with a name that does so in small letters: "reCAPTCHA", "pll_language".
func nameBegins(rest string) bool {
	word, _, _ := strings.Cut(rest, " ")
	return strings.ContainsFunc(word, func(c rune) bool { return c == '_' || unicode.IsUpper(c) }) && !strings.ContainsAny(word, "./@")
}

// gluedSentence says that what follows a glued stop goes on like prose.
func gluedSentence(rest string) bool {
	w := firstWord(rest)
	return openers[strings.ToLower(w)] && len(rest) > len(w) && rest[len(w)] == ' '
}

func lastWord(s string) string {
	i := len(s)
	for i > 0 && spaceBefore(s[:i]) == 0 {
		_, n := utf8.DecodeLastRuneInString(s[:i])
		i -= n
	}
	return s[i:]
}

func firstWord(s string) string {
	for i, r := range s {
		if !unicode.IsLetter(r) {
			return s[:i]
		}
	}
	return s
}

func isNumber(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
