package notice

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxApposed bounds the names read after one kind of recipient.
const maxApposed = 12

// apposed finds names that nobody told us of, where the notice itself says what they are: "partners such as Acme and
// Lumen", "our analytics provider, Acme", "payment processors (Acme, Lumen)". A name is up to four words that begin
// with a capital, right after the kind of recipient and words that introduce names.
func (r *reader) apposed(s *sentence) []named {
	if _, ok := r.m.class["suchas"]; !ok {
		return nil // a language that writes every noun with a capital
	}
	var out []named
	for _, h := range s.hits {
		if !strings.HasPrefix(r.m.classes[h.class], "rcp.") || h.to >= len(s.toks) {
			continue
		}
		at, by := r.introduced(s, h.to)
		if at < 0 {
			continue
		}
		names, end := r.capitalized(s, at)
		switch {
		case by == "," && (len(names) != 1 || end >= len(s.toks) || !s.toks[end].mark()):
			continue // ", Acme," is apposed, ", Acme has" begins a clause
		case by == "(" && len(names) < 2:
			continue // "(ISP)" is an abbreviation
		}
		out = append(out, names...)
		if len(out) >= maxApposed {
			break
		}
	}
	return out
}

// introduced gives the token at which names may begin after a kind of recipient, or -1; by is the mark that alone
// introduces them.
func (r *reader) introduced(s *sentence, i int) (at int, by string) {
	if s.toks[i].word == "," && i+1 < len(s.toks) {
		i++
		by = ","
	}
	for _, h := range s.hits {
		if h.from == i && r.m.is(h, "suchas") {
			at = h.to
			for at < len(s.toks) && (s.toks[at].word == "," || s.toks[at].word == ":" || s.toks[at].word == "(") {
				at++
			}
			return at, ""
		}
	}
	switch {
	case s.toks[i].word == "(" && i+1 < len(s.toks):
		for _, h := range s.hits {
			if h.from == i+1 && r.m.is(h, "suchas") {
				return h.to, ""
			}
		}
		return i + 1, "("
	case by == ",":
		return i, by
	}
	return -1, ""
}

// capitalized reads a list of names from token i on: "Acme, Lumen Labs and Orbit".
func (r *reader) capitalized(s *sentence, i int) (names []named, end int) {
	end = i
	for i < len(s.toks) && len(names) < maxApposed {
		from := i
		for i < len(s.toks) && i-from < 4 && r.capital(s, i, i == from) {
			i++
		}
		if i == from {
			return names, end
		}
		span := Span{s.toks[from].Start, s.toks[i-1].End}
		text := r.p.text[span.Start:span.End]
		if !strings.ContainsAny(text, "\n\t[]\"“”") {
			names = append(names, named{text: fold(text), start: span.Start - s.Start, end: span.End - s.Start})
		}
		end = i
		for i < len(s.toks) && (s.toks[i].word == "," || r.m.isWord(s.toks[i], "and")) {
			i++
		}
		if i == end {
			return names, end
		}
	}
	return names, end
}

// legalForms are no names by themselves.
var legalForms = wordSet("inc llc ltd limited corp co gmbh ag kg sa sas srl spa bv nv plc lp llp pty")

// capital says that a token is written like a part of a name: a capital first, and no word of the lexicon that begins
// something else.
func (r *reader) capital(s *sentence, i int, begins bool) bool {
	t := s.toks[i]
	if t.mark() || strings.ContainsAny(t.word, "/@:") || len(t.word) < 2 {
		return false
	}
	if first, _ := utf8.DecodeRuneInString(r.p.text[t.Start:t.End]); !unicode.IsUpper(first) {
		return false
	}
	if r.m.isWord(t, "and") || r.m.isWord(t, "you") {
		return false
	}
	if begins && (legalForms[strings.TrimSuffix(t.word, ".")] || r.m.isWord(t, "noname") || r.m.isWord(t, "self") || r.m.isWord(t, "data") || strings.HasSuffix(t.word, "ly")) {
		return false
	}
	for _, h := range s.hits {
		if class := r.m.classes[h.class]; h.from <= i && i < h.to && (strings.HasPrefix(class, "rcp.") || strings.HasPrefix(class, "tech.")) {
			return false
		}
	}
	return true
}
