package knowledge

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// NameHit is a name of a service, entity or alias that stands in running text.
type NameHit struct {
	Service    Service
	Name       string // as it stands there
	Start, End int    // bytes
}

// nameIndex finds names in text by their first word.
type nameIndex struct {
	byFirst map[string][]knownName // lower-case first word → names, longest first
	byName  map[string]string      // lower-case whole name → service ID
}

type knownName struct {
	text    string // lower case
	service string
	strict  bool // also an ordinary word: counts only when written with a capital inside a sentence
}

// ordinary are names that are words of the language too. They count only where they are written with a capital
// letter and do not begin a sentence.
var ordinary = map[string]bool{
	"meta": true, "segment": true, "drift": true, "heap": true, "branch": true, "clarity": true, "intercom": true,
	"amplitude": true, "adjust": true, "outbrain": false, "snap": true, "x": true, "sift": true, "oracle": true,
	"signal": true, "crisp": true, "front": true, "gist": true, "help scout": false, "matter": true, "permutive": false,
	"amazon": false, "apple": false, "box": true, "chartbeat": false, "criteo": false, "fathom": true, "plausible": true,
	"pendo": false, "sentry": true, "split": true, "statsig": false, "stripe": true, "square": true, "unity": true,
	"vibe": true, "verve": true, "tapad": false, "quantum": true, "optimizely": false, "appier": false, "bing": false,
}

func newNameIndex(f *Facts) *nameIndex {
	x := &nameIndex{byFirst: map[string][]knownName{}, byName: map[string]string{}}
	add := func(name, service string) {
		name = strings.ToLower(strings.TrimSpace(name))
		if len(name) < 2 {
			return
		}
		if _, known := x.byName[name]; known {
			return
		}
		x.byName[name] = service
		first := firstWord(name)
		x.byFirst[first] = append(x.byFirst[first], knownName{name, service, ordinary[name]})
	}
	// Service names first, then entities (which several services share), in order of ID: the same in every run.
	for _, s := range f.Services() {
		add(s.Name, s.ID)
	}
	aliases := make([]string, 0, len(f.aliases))
	for a := range f.aliases {
		aliases = append(aliases, a)
	}
	slices.Sort(aliases)
	for _, a := range aliases {
		add(a, f.aliases[a])
	}
	for _, s := range f.Services() {
		add(s.Entity, s.ID)
		add(withoutForm(s.Entity), s.ID)
	}
	for _, names := range x.byFirst {
		slices.SortFunc(names, func(a, b knownName) int {
			if len(a.text) != len(b.text) {
				return len(b.text) - len(a.text)
			}
			return strings.Compare(a.text, b.text)
		})
	}
	return x
}

// withoutForm drops the legal form: "Hotjar Ltd." is "Hotjar".
func withoutForm(entity string) string {
	for _, form := range []string{" inc.", " inc", " llc", " ltd.", " ltd", " limited", " gmbh", " ag", " s.a.", " sa", " sas", " b.v.", " bv", " ab", " oy", " corp.", " corporation", " co.", " plc", " pty ltd", " s.r.l.", " srl", ","} {
		if cut, ok := strings.CutSuffix(strings.ToLower(entity), form); ok {
			return strings.TrimRight(entity[:len(cut)], ", ")
		}
	}
	return entity
}

func firstWord(s string) string {
	for i, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return s[:i]
		}
	}
	return s
}

// ServiceNamed returns the service that text names as a whole, by its name, an alias or its entity, in any case.
func (f *Facts) ServiceNamed(text string) (Service, bool) {
	if f.names == nil {
		return Service{}, false
	}
	name := strings.ToLower(strings.TrimSpace(text))
	id, ok := f.names.byName[name]
	if !ok {
		id, ok = f.names.byName[strings.ToLower(withoutForm(name))]
	}
	if !ok {
		return Service{}, false
	}
	return f.services[id], true
}

// NamesIn finds the names of services, entities and aliases that stand in text as whole words, longest first at
// each place, not overlapping. Names that are ordinary words too ("Segment", "Meta", "Drift") count only with a
// capital letter and not at the beginning of a sentence.
func (f *Facts) NamesIn(text string) []NameHit {
	if f.names == nil {
		return nil
	}
	var hits []NameHit
	inWord := false
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		letter := unicode.IsLetter(r) || unicode.IsDigit(r)
		if letter && !inWord {
			if k, ok := f.names.at(text, i); ok {
				end := i + len(k.text)
				hits = append(hits, NameHit{f.services[k.service], text[i:end], i, end})
				i, inWord = end, false
				continue
			}
		}
		inWord = letter
		i += n
	}
	return hits
}

// at returns the longest name that begins at text[i:].
func (x *nameIndex) at(text string, i int) (knownName, bool) {
	rest := text[i:]
	first := firstWord(rest)
	if len(first) > 40 {
		return knownName{}, false
	}
	for _, k := range x.byFirst[strings.ToLower(first)] {
		if len(rest) < len(k.text) || !strings.EqualFold(rest[:len(k.text)], k.text) {
			continue
		}
		next, _ := utf8.DecodeRuneInString(rest[len(k.text):])
		if last, _ := utf8.DecodeLastRuneInString(k.text); (unicode.IsLetter(last) || unicode.IsDigit(last)) && (unicode.IsLetter(next) || unicode.IsDigit(next)) {
			continue
		}
		if k.strict && (!capital(rest) || beginsSentence(text[:i])) {
			continue
		}
		return k, true
	}
	return knownName{}, false
}

func capital(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

func beginsSentence(before string) bool {
	before = strings.TrimRight(before, " \t\u00a0\"'“‘(")
	if before == "" {
		return true
	}
	switch before[len(before)-1] {
	case '.', '!', '?', '\n', ':':
		return true
	}
	return false
}
