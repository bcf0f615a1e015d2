package notice

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is one word or one mark of punctuation that bounds a clause.
type token struct {
	Span
	word string // lower case, without possessive; the mark itself for punctuation
}

func (t token) mark() bool { return len(t.word) == 1 && strings.ContainsAny(t.word, ",;:().") }

// tokens cuts a span into words. Hyphens and slashes part words ("opt-out", "IP/device"), addresses stay whole,
// "n't" becomes "not", and an elided article stands by itself ("l'", "adresse").
func tokens(text string, s Span) []token {
	return appendTokens(make([]token, 0, (s.End-s.Start)/5+1), text, s)
}

func appendTokens(out []token, text string, s Span) []token {
	for i := s.Start; i < s.End; {
		r, n := utf8.DecodeRuneInString(text[i:s.End])
		switch {
		case r == ',' || r == ';' || r == ':' || r == '(' || r == ')':
			out = append(out, token{Span{i, i + 1}, string(r)})
			i += n
			continue
		case r == '.' || r == '…':
			out = append(out, token{Span{i, i + n}, "."})
			i += n
			continue
		case r == '–' || r == '—':
			if i+n >= s.End || !innerNext(text[i+n:s.End]) || i == s.Start || isSpaceAt(text, i-1) > 0 {
				out = append(out, token{Span{i, i + n}, ","})
			}
			i += n
			continue
		case !wordRune(r):
			i += n
			continue
		}
		j := i
		for j < s.End {
			r, n := utf8.DecodeRuneInString(text[j:s.End])
			if !wordRune(r) && !(inner(r) && j+n < s.End && innerNext(text[j+n:s.End])) {
				break
			}
			j += n
		}
		if a := addressEnd(text, i, j, s.End); a > j {
			out = append(out, token{Span{i, a}, strings.ToLower(text[i:a])})
			i = a
			continue
		}
		out = appendWord(out, text, Span{i, j})
		i = j
	}
	return out
}

func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '%' || r == '&'
	}
	return r == '_' || r == '%' || r == '&' || r == '§' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
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

func appendWord(out []token, text string, s Span) []token {
	w := strings.ToLower(text[s.Start:s.End])
	if strings.Contains(w, "’") {
		w = strings.ReplaceAll(w, "’", "'")
	}
	at := strings.IndexByte(w, '\'')
	if at < 0 {
		if c := w[len(w)-1]; c == 't' && len(w) <= 6 { // as all of them
			if verb, ok := joinedNot[w]; ok {
				return append(out, token{s, verb}, token{s, "not"})
			}
		}
		return append(out, token{s, w})
	}
	switch {
	case strings.HasSuffix(w, "n't"):
		return append(out, token{s, verbBeforeNot(w[:len(w)-3])}, token{s, "not"})
	case strings.HasSuffix(w, "'s"), strings.HasSuffix(w, "'ll"), strings.HasSuffix(w, "'re"), strings.HasSuffix(w, "'ve"):
		return append(out, token{s, w[:strings.LastIndexByte(w, '\'')]})
	case at <= 5 && at > 0 && at < len(w)-2:
		return append(out, token{s, w[:at+1]}, token{s, w[at+1:]})
	}
	return append(out, token{s, w})
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
