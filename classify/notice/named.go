package notice

import (
	"regexp"
	"slices"
	"strings"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// namesOf makes a namer of the facts; nil facts name nobody.
func namesOf(facts *knowledge.Facts) namer {
	if facts == nil {
		return nil
	}
	return func(text string) []named {
		var out []named
		for _, h := range facts.NamesIn(text) {
			out = append(out, named{service: h.Service.Name, entity: h.Service.Entity, text: h.Name, purposes: h.Service.Purposes, start: h.Start, end: h.End})
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
	for _, w := range strings.FieldsFunc(strings.ToLower(r.p.title), func(c rune) bool { return !wordRune(c) }) {
		words[w] = true
	}
	return words
}

// speaker is the definition of who "we" are.
var speaker = regexp.MustCompile(`["“'‘](?:we|us|our|company)[,.]?["”'’]`)

// vendors gives the vendors a sentence names as those that get or collect data, by the name the text uses.
func (r *reader) vendors(s *sentence, rd *reading) []named {
	if s.asks || r.has(s, "disclaim", 0) >= 0 && len(rd.techs) == 0 {
		return nil
	}
	if text := r.p.text[s.Start:s.End]; strings.Contains(text, "(") && speaker.MatchString(strings.ToLower(text)) {
		return nil // the companies named are the ones that speak
	}
	var list, out []named
	if r.names != nil {
		list = r.names(r.p.text[s.Start:s.End])
	}
	for _, n := range r.apposed(s) {
		if !slices.ContainsFunc(list, func(o named) bool { return o.start < n.end && n.start < o.end }) {
			list = append(list, n)
		}
	}
	for _, n := range list {
		first, _, _ := strings.Cut(strings.ToLower(n.text), " ")
		if r.own[first] || r.own[strings.ToLower(n.text)] || slices.ContainsFunc(out, func(o named) bool { return o.text == n.text }) {
			continue
		}
		if before := s.Start + n.start; before > 0 && strings.ContainsRune("./@-", rune(r.p.text[before-1])) {
			continue // part of an address
		}
		if after := s.Start + n.end; after < len(r.p.text) && strings.ContainsRune("./@", rune(r.p.text[after])) && after+1 < len(r.p.text) && isSpaceAt(r.p.text, after+1) == 0 {
			continue
		}
		out = append(out, n)
	}
	if len(out) == 0 {
		return nil
	}
	advises := r.has(s, "advice", 0) >= 0 || r.has(s, "rights", 0) >= 0
	if advises && !r.ownUse(s) && !rd.shares {
		return nil
	}
	if rd.shares || rd.third || len(rd.techs) > 0 || s.item || out[0].start == 0 || r.does(s, out) {
		return out
	}
	return nil
}

// does says that a sentence tells of using, allowing or sharing.
func (r *reader) does(s *sentence, vendors []named) bool {
	for _, v := range s.hits {
		if (r.m.is(v, "allow") || r.m.is(v, "use") || r.m.is(v, "acts") || r.m.is(v, "byparty") && v.to-v.from > 1) && r.subject(s, v.from) != visitor {
			return true
		}
	}
	return false
}

// declareVendors declares each named vendor for the technologies and purposes of its sentence.
func (r *reader) declareVendors(s *sentence, rd reading, vendors []named) {
	for _, v := range vendors {
		d := Declaration{Party: evidence.ThirdParty, Recipient: v.text, Strength: Specific, Confidence: 0.75}
		if v.service == "" {
			d.Confidence = 0.6 // a name by the look of it
		}
		d.Denied = rd.deniesTP && !rd.shares && !rd.third
		techs := storing(rd.techs)
		if d.Denied || len(techs) == 0 {
			techs = []techHit{{}}
		}
		purposes := rd.purposes
		if d.Denied {
			purposes = []knowledge.Purpose{""}
		}
		if len(purposes) == 0 && len(v.purposes) == 1 && v.purposes[0] != knowledge.Unknown {
			purposes = v.purposes // what a product of one purpose is for, it tells by its name
		}
		if len(purposes) == 0 {
			purposes = []knowledge.Purpose{""}
		}
		for _, t := range techs {
			for _, p := range purposes {
				d.Technology, d.Purpose = t.tech, p
				r.add(s, d)
			}
		}
	}
}
