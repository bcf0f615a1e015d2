package notice

import (
	"path"
	"regexp"
	"strings"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// namesOf makes a namer of the facts; nil facts name nobody.
func namesOf(facts *knowledge.Facts) namer {
	if facts == nil {
		return nil
	}
	services := map[string]int{} // by company
	for _, s := range facts.Services() {
		services[s.Entity]++
	}
	name := func(h knowledge.NameHit) named {
		n := named{service: h.Service.Name, entity: h.Service.Entity, text: h.Name, purposes: h.Service.Purposes, start: h.Start, end: h.End}
		if services[h.Service.Entity] > 1 && !strings.EqualFold(h.Name, h.Service.Name) && strings.HasPrefix(strings.ToLower(h.Service.Entity), strings.ToLower(h.Name)) {
			n.purposes = nil // a company with many services: "Google"
		}
		return n
	}
	return func(text string) []named {
		var out []named
		if h, ok := facts.NameAtStart(text); ok {
			n := name(h)
			n.opens = true
			out = append(out, n)
		}
		for _, h := range facts.NamesIn(text) {
			out = append(out, name(h))
		}
		return out
	}
}

// publisher gives the words by which the publisher of a document is known: the label of its site and the words of
// its title. A publisher is no recipient.
func (r *reader) publisher() map[string]bool {
	words := map[string]bool{}
	if site := evidence.SiteOf(evidence.HostOf(r.doc.URL)); site != "" {
		label, _, _ := strings.Cut(site, ".")
		words[strings.ToLower(label)] = true
	}
	if !strings.Contains(r.doc.URL, "://") { // a file, often named for whom it is from
		for _, w := range strings.FieldsFunc(strings.ToLower(path.Base(r.doc.URL)), func(c rune) bool { return !wordRune(c) || c == '_' }) {
			words[w] = true
		}
	}
	for _, w := range strings.FieldsFunc(strings.ToLower(r.p.title), func(c rune) bool { return !wordRune(c) }) {
		words[w] = true
	}
	r.ownNames(words)
	return words
}

// ownNames adds the vendor that the first words of a document name: a notice begins with who it is from.
func (r *reader) ownNames(words map[string]bool) {
	if r.names == nil {
		return
	}
	for _, b := range r.p.blocks {
		if b.place != inBody || b.kind == heading || b.End-b.Start < 40 {
			continue
		}
		first := sentences(r.p.text, Span{b.Start, min(b.End, b.Start+400)})
		if len(first) == 0 {
			return
		}
		text := r.p.text[first[0].Start:first[0].End]
		for _, n := range r.names(text) {
			if n.start <= 3 && !speaksOfOthers(text) || privacyTitle.in(text) {
				words[strings.ToLower(n.text)] = true
			}
			break // those named after it may be others
		}
		return
	}
}

// speaksOfOthers says that a sentence tells what somebody else does on "our" site, who is not the one that speaks.
func speaksOfOthers(text string) bool {
	lower := strings.ToLower(text)
	return strings.Contains(lower, " our ") && !strings.ContainsAny(lower, `"“(`) && !strings.Contains(lower, " we ")
}

// speaker is the definition of who "we" are.
var speaker = regexp.MustCompile(`["“'‘](?:we|us|our|company)[,.]?["”'’]`)

// serviceOf is the service that the title of a section, or of one around it, names: "Google Analytics 4 (Google Ireland
// Limited)" tells the provider of the cookies listed there.
func (r *reader) serviceOf(section int) string {
	if r.names == nil || section < 0 {
		return ""
	}
	if r.services == nil {
		r.services = make(map[int]string)
	}
	service, known := r.services[section]
	if !known {
		service = r.serviceAbove(section)
		r.services[section] = service
	}
	return service
}

func (r *reader) serviceAbove(section int) string {
	s := r.doc.Sections[section]
	if title, _, _ := strings.Cut(s.Title, " ("); len(title) <= 60 {
		for _, n := range r.names(". " + title) {
			if n.start == 2 && len(strings.Fields(title[n.end-2:])) <= 1 {
				return title
			}
		}
	}
	return r.serviceOf(s.above)
}
