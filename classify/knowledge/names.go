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
	where   string // wordCapital or wordWhole for names that are ordinary words too
	capital bool   // one word with a capital letter: "reach" in running text is not Reach
}

// Where a name that is a word of the language too counts (word rows).
const (
	wordCapital = "capital" // in running text only with a capital letter, inside a sentence, as a name stands
	wordWhole   = "whole"   // only where it is all there is
)

func newNameIndex(f *Facts) *nameIndex {
	x := &nameIndex{byFirst: make(map[string][]knownName, 2*len(f.services)), byName: make(map[string]string, 3*len(f.services))}
	add := func(written, service string) {
		written = strings.TrimSpace(written)
		name := strings.ToLower(written)
		if name == "" {
			return
		}
		if _, known := x.byName[name]; known {
			return
		}
		x.byName[name] = service
		where := f.words[name]
		if len(name) < 3 {
			where = wordWhole // "X", "Ve"
		}
		if where != wordWhole {
			first := firstWord(name)
			x.byFirst[first] = append(x.byFirst[first], knownName{name, service, where, capital(written) && first == name})
		}
	}
	services := f.Services()
	// Service names first, then entities (which several services share), in order of ID: the same in every run.
	for _, s := range services {
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
	for _, s := range services {
		id := s.ID
		if named, ok := x.byName[strings.ToLower(withoutForm(s.Entity))]; ok && f.services[named].Entity == s.Entity {
			id = named // "Microsoft Corporation" is Microsoft, not one of its services
		}
		add(s.Entity, id)
		add(withoutForm(s.Entity), id)
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

// legalForms are endings of company names, longer ones before those they end in.
var legalForms = []string{
	" gmbh & co. kg", " gmbh & co kg", " pty. ltd.", " pty ltd", " pvt. ltd.", " pvt ltd", " pte. ltd.", " pte ltd", " co., ltd.", " inc.", " inc",
	" l.l.c.", " llc", " ltd.", " ltd", " limited", " gmbh", " ag", " se", " kg", " s.a.s.", " sas", " s.p.a.", " spa", " s.a.", " sa", " b.v.", " bv",
	" n.v.", " nv", " ab", " aps", " a/s", " oy", " oü", " ou", " corp.", " corp", " corporation", " co.", " plc", " s.r.l.", " srl", " s.r.o.",
	" sp. z o.o.", " s.l.", " sl", " lp", " l.p.",
}

// withoutForm drops the legal form: "Hotjar Ltd." is "Hotjar".
func withoutForm(entity string) string {
	lower := strings.ToLower(entity)
	for _, form := range legalForms {
		if cut, ok := strings.CutSuffix(lower, form); ok && len(cut) <= len(entity) {
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
// each place, not overlapping. Names that are ordinary words too ("Segment", "Meta", "Drift") count only as their
// word rows say.
func (f *Facts) NamesIn(text string) []NameHit {
	if f.names == nil {
		return nil
	}
	var hits []NameHit
	inWord := false
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		letter := inWordRune(r)
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

// NameAtStart returns the name that a text begins with and that is an ordinary word too, with a capital letter as any first
// word has: whether it is meant, NamesIn cannot tell and leaves it out.
func (f *Facts) NameAtStart(text string) (NameHit, bool) {
	if f.names == nil || !capital(text) {
		return NameHit{}, false
	}
	for _, k := range f.names.byFirst[strings.ToLower(firstWord(text))] {
		if k.where != wordCapital || len(text) < len(k.text) || !strings.EqualFold(text[:len(k.text)], k.text) {
			continue
		}
		if next, _ := utf8.DecodeRuneInString(text[len(k.text):]); inWordRune(next) {
			continue
		}
		return NameHit{f.services[k.service], text[:len(k.text)], 0, len(k.text)}, true
	}
	return NameHit{}, false
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
		if last, _ := utf8.DecodeLastRuneInString(k.text); inWordRune(last) && inWordRune(next) {
			continue
		}
		if k.capital && !strings.ContainsFunc(rest[:len(k.text)], unicode.IsUpper) { // "comScore" has one, too
			continue
		}
		if k.where == wordCapital && !standsAsName(text[:i], rest[:len(k.text)], rest[len(k.text):]) {
			continue
		}
		return k, true
	}
	return knownName{}, false
}

// inWordRune says that a rune belongs to a word; "hotjar_id" is one, and not Hotjar.
func inWordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func capital(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

// standsAsName says whether a word that is also an ordinary one stands as a name does: with one capital letter,
// inside a sentence, without an article, and not in a title whose every word has a capital.
func standsAsName(before, word, after string) bool {
	if !capital(word) || len(word) > 1 && word == strings.ToUpper(word) || beginsSentence(before) {
		return false
	}
	if next, ok := strings.CutPrefix(after, " "); ok && capital(next) {
		return false
	}
	before = strings.TrimRight(before, " \t\u00a0")
	previous := before[strings.LastIndexFunc(before, func(r rune) bool { return !unicode.IsLetter(r) })+1:]
	return !determiners[strings.ToLower(previous)]
}

// determiners stand before an ordinary noun, in German before one with a capital letter too ("im Segment"). In the other
// languages a word with a capital inside a sentence is a name, whatever stands before it: "un píxel de Meta".
var determiners = map[string]bool{}

func init() {
	for _, w := range strings.Fields(`a an the this that these those each every any your our their its his her my no some
		der die das dem den des ein eine einem einen einer eines dieser diese dieses diesem diesen jeder jede jedes
		im am zum zur vom beim ins kein keine ihr ihre ihrer ihrem unser unsere unserer unserem`) {
		determiners[w] = true
	}
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
