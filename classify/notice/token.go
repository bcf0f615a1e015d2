package notice

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is one word or one mark of punctuation that bounds a clause.
type token struct {
	Span
	*lexeme
}

// A lexeme is a word as a lexicon knows it.
type lexeme struct {
	word   string    // lower case, without possessive; the mark itself for punctuation
	atoms  []int32   // what the lexicon has that matches it
	sieve  uint64    // of the atoms, see step
	begins []int32   // the phrases that it may begin
	alone  [4]uint64 // the classes that have a phrase of this word alone, by number
	next   *lexeme   // the second word of two that are written as one: "not" of "don't"
}

func (t token) mark() bool { return len(t.word) == 1 && strings.ContainsAny(t.word, ",;:().") }

// appendTokens cuts a span into words. Hyphens and slashes part words ("opt-out", "IP/device"), addresses stay whole,
// "n't" becomes "not", and an elided article stands by itself ("l'", "adresse").
func (m *matcher) appendTokens(out []token, text string, s Span) []token {
	for i := s.Start; i < s.End; {
		n := 1
		switch c := text[i]; kindOfByte[c] {
		case markByte:
			out = append(out, token{Span{i, i + 1}, m.lexeme(text[i : i+1])})
			i++
			continue
		case otherByte:
			i++
			continue
		case longByte:
			var r rune
			r, n = utf8.DecodeRuneInString(text[i:s.End])
			switch {
			case r == '…':
				out = append(out, token{Span{i, i + n}, m.lexeme(".")})
				i += n
				continue
			case r == '–' || r == '—':
				if i+n >= s.End || !innerNext(text[i+n:s.End]) || i == s.Start || isSpaceAt(text, i-1) > 0 {
					out = append(out, token{Span{i, i + n}, m.lexeme(",")})
				}
				i += n
				continue
			case !wordRune(r):
				i += n
				continue
			}
		}
		j := i + n
		for j < s.End {
			if kindOfByte[text[j]] == wordByte {
				j++
				continue
			}
			r, n := utf8.DecodeRuneInString(text[j:s.End])
			if !wordRune(r) && !(inner(r) && j+n < s.End && innerNext(text[j+n:s.End])) {
				break
			}
			j += n
		}
		if a := addressEnd(text, i, j, s.End); a > j {
			out = append(out, token{Span{i, a}, m.address(text[i:a])})
			i = a
			continue
		}
		for w := m.lexeme(text[i:j]); w != nil; w = w.next {
			out = append(out, token{Span{i, j}, w})
		}
		i = j
	}
	return out
}

// What a byte is at the beginning of a token.
const (
	otherByte = iota
	wordByte
	markByte
	longByte // the first of several
)

var kindOfByte = func() (kinds [256]uint8) {
	for c := range kinds {
		switch {
		case c >= utf8.RuneSelf:
			kinds[c] = longByte
		case strings.IndexByte(",;:().", byte(c)) >= 0:
			kinds[c] = markByte
		case wordRune(rune(c)):
			kinds[c] = wordByte
		}
	}
	return kinds
}()

func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '%' || r == '&'
	}
	return r == '§' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// inner marks stand within a word when a letter or digit follows.
func inner(r rune) bool { return r == '\'' || r == '’' || r == '.' || r == '@' }

func innerNext(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return wordRune(r)
}

// addressEnd extends a word that begins an address ("https:", "www.example.com/x") to the address' end.
func addressEnd(text string, i, j, end int) int {
	w := text[i:j]
	scheme := (strings.EqualFold(w, "http") || strings.EqualFold(w, "https")) && strings.HasPrefix(text[j:end], "://")
	if !scheme && (!strings.ContainsRune(w, '.') || j >= end || text[j] != '/') && !(len(w) > 4 && strings.EqualFold(w[:4], "www.")) {
		return j
	}
	for j < end && isSpaceAt(text, j) == 0 && !strings.ContainsRune("<>\"”)]", rune(text[j])) {
		_, n := utf8.DecodeRuneInString(text[j:end])
		j += n
	}
	for j > i && strings.ContainsRune(".,;:!?", rune(text[j-1])) {
		j--
	}
	return j
}

// spelled gives the word that is written, or two that are written as one.
func spelled(text string) []string {
	w := strings.ToLower(text)
	if strings.Contains(w, "’") {
		w = strings.ReplaceAll(w, "’", "'")
	}
	at := strings.IndexByte(w, '\'')
	if at < 0 {
		if verb, ok := joinedNot[w]; ok {
			return []string{verb, "not"}
		}
		return []string{w}
	}
	switch {
	case strings.HasSuffix(w, "n't"):
		return []string{verbBeforeNot(w[:len(w)-3]), "not"}
	case strings.HasSuffix(w, "'s"), strings.HasSuffix(w, "'ll"), strings.HasSuffix(w, "'re"), strings.HasSuffix(w, "'ve"), strings.HasSuffix(w, "'d"), strings.HasSuffix(w, "'m"):
		return []string{w[:strings.LastIndexByte(w, '\'')]}
	case at <= 7 && at > 0 && at < len(w)-1:
		return []string{w[:at+1], w[at+1:]}
	}
	return []string{w}
}

// joinedNot are negated verbs in one word, with the apostrophe forgotten or none due.
var joinedNot = map[string]string{"cannot": "can", "dont": "do", "doesnt": "does", "didnt": "did", "wont": "will", "isnt": "is", "arent": "are"}

func verbBeforeNot(w string) string {
	switch w {
	case "wo":
		return "will"
	case "ca":
		return "can"
	}
	return w
}
