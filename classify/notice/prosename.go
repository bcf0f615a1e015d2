package notice

import (
	"strings"
	"unicode"

	"trackaudit/crawler/evidence"
)

// maxProseNames bounds the names that are taken from one sentence.
const maxProseNames = 20

// proseNames gives the names of cookies or keys that a sentence of prose writes out: words with an underscore, and the
// session cookies that servers are known by. A placeholder of a template ("[shop_name]") is none.
func proseNames(text string) []string {
	if !strings.Contains(text, "_") && !strings.Contains(text, "SESS") {
		return nil
	}
	var out []string
	for _, w := range strings.FieldsFunc(text, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("_.-*<>[]{}@/:", c)
	}) {
		w = strings.Trim(w, ".-:/")
		if strings.ContainsAny(w, "@/:[]{}") || len(w) < 3 || !strings.ContainsFunc(w, unicode.IsLetter) {
			continue
		}
		if name := strings.Contains(w, "_") && nameLike(w) || w == "PHPSESSID" || w == "JSESSIONID"; name && len(out) < maxProseNames {
			out = add(out, pattern(w))
		}
	}
	return out
}

// named gives the names that a sentence writes out of one of its technologies: of its cookies, or else of its storage.
// Names that are examples ("such as") are not all that the sentence declares.
func (r *reader) named(s *sentence, techs []techHit, t techHit) []string {
	if t.umbrella || r.has(s, "suchas", 0) >= 0 || r.has(s, "example", 0) >= 0 || !hasNames(t.tech) || t.tech != evidence.CookieTech && holds(techs, evidence.CookieTech) {
		return nil
	}
	if !s.namesRead {
		s.names, s.namesRead = proseNames(r.p.text[s.Start:s.End]), true
	}
	return s.names
}

// hasNames says that what a technology stores has names that notices give.
func hasNames(t evidence.Technology) bool {
	return t == evidence.CookieTech || t == evidence.LocalStorage || t == evidence.SessionStorage
}

func holds(techs []techHit, tech evidence.Technology) bool {
	for _, t := range techs {
		if t.tech == tech && !t.umbrella {
			return true
		}
	}
	return false
}
