package notice

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// vendors gives the vendors a sentence names as those that get or collect data, by the name the text uses.
func (r *reader) vendors(s *sentence, rd *reading) []named {
	if s.asks || r.has(s, "hypothetical", 0) >= 0 || r.has(s, "disclaim", 0) >= 0 && len(rd.techs) == 0 {
		return nil
	}
	text := r.p.text[s.Start:s.End]
	if strings.Contains(text, "(") && speaker.MatchString(strings.ToLower(text)) {
		return nil // the companies named are the ones that speak
	}
	var list, out []named
	if r.names != nil && r.mayName(s) {
		list = r.names(text)
	}
	for _, n := range r.apposed(s) {
		if !slices.ContainsFunc(list, func(o named) bool { return o.start < n.end && n.start < o.end }) {
			list = append(list, n)
		}
	}
	for _, n := range list {
		first, _, _ := strings.Cut(strings.ToLower(n.text), " ")
		first, _, _ = strings.Cut(first, ".")
		if strings.ToLower(n.text) == n.text && n.service != n.text && !strings.ContainsAny(n.text, ".0123456789") {
			continue // "all access", "provide support": words, though a service is called so
		}
		if n.opens && !r.opens(s, n) || r.own[first] || r.own[strings.ToLower(n.text)] || slices.ContainsFunc(out, func(o named) bool { return o.text == n.text }) {
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
	if r.doc.Language != "en" {
		if out = r.withoutRefused(s, out); r.has(s, "link", 0) >= 0 && len(rd.techs) == 0 && !rd.shares {
			return nil // "links to Lumen"
		}
	}
	if rd.shares || rd.third || len(out) == 0 {
		return out
	}
	if r.doc.Language != "en" { // where words stand elsewhere, a verb anywhere will do
		if len(rd.techs) > 0 || s.item || out[0].start == 0 || r.does(s) || labelsProvider(text, out[0]) {
			return out
		}
		out = slices.DeleteFunc(out, func(n named) bool { return !r.tells(s, n, rd) })
		for i := range out {
			out[i].guess = true
		}
		return out
	}
	kept := out[:0]
	for _, n := range out {
		counts := s.item && n.start <= 3 || labelsProvider(text, n) || r.introduces(s, n) || r.takesPart(s, &n)
		if !counts && !n.denied && r.tells(s, n, rd) {
			counts, n.guess = true, true
		}
		if last := len(kept) - 1; !counts && last >= 0 && r.beside(s, kept[last], n) {
			counts, n.denied = true, kept[last].denied
		}
		if counts {
			kept = append(kept, n)
		}
	}
	return kept
}

// tells says that a vendor is there for what it is known for, or the sentence says, wherever it is named in one that
// neither denies nor refers: "after that, Lumen shows you our offers elsewhere".
func (r *reader) tells(s *sentence, n named, rd *reading) bool {
	if r.has(s, "not", 0) >= 0 || r.has(s, "meta", 0) >= 0 || r.has(s, "link", 0) >= 0 {
		return false
	}
	if at := r.has(s, "you", 0); at >= 0 && s.hits[at].from == 0 {
		return false // "you may sign in with"
	}
	if known := trade([]named{n}); len(known) > 0 {
		return known[0] != knowledge.StrictlyNecessary
	}
	return n.service != "" && len(r.purposesIn(s, "content.", r.negated(s))) > 0
}

// mayName says that a sentence may hold a name: a capital, a figure or a dot after its first word, or a first word that
// begins no sentence of ours.
func (r *reader) mayName(s *sentence) bool {
	if len(s.toks) == 0 {
		return false
	}
	first := s.toks[0]
	if !r.m.isWord(first, "self") && !r.m.isWord(first, "you") && !r.m.isWord(first, "noname") {
		return true
	}
	rest := strings.TrimRight(r.p.text[first.End:s.End], ".")
	return strings.ContainsFunc(rest, func(c rune) bool {
		return c == '.' || c < utf8.RuneSelf && unicode.IsDigit(c) || unicode.IsUpper(c) || c >= utf8.RuneSelf && !unicode.IsLower(c)
	})
}

// labelsProvider says that nothing but a label stands before a name: "Provider: Lumen".
func labelsProvider(text string, n named) bool {
	label, rest, ok := strings.Cut(text[:n.start], ":")
	return ok && len(label) < 40 && strings.TrimSpace(rest) == "" && columnOf(label) == providerColumn
}

// introduces says that a sentence begins with a vendor and says what it is: "Lumen, a tag manager, loads …".
func (r *reader) introduces(s *sentence, n named) bool {
	return n.start == 0 && strings.HasPrefix(r.p.text[s.Start+n.end:s.End], ", a")
}

// beside says that nothing but a comma or "and" stands between two names: "Lumen Ltd. and Acme Inc.".
func (r *reader) beside(s *sentence, a, b named) bool {
	if a.end >= b.start {
		return false
	}
	switch strings.TrimSpace(strings.Trim(strings.TrimSpace(r.p.text[s.Start+a.end:s.Start+b.start]), ",")) {
	case "", "and", "or", "&":
		return true
	}
	return false
}

// takesPart says that a vendor does what the sentence tells, or that it is done with or by it: it stands as the subject
// or the object of a verb, or beside the name of a technology ("Lumen cookies"). Of what is not used it sets denied, if
// that is said flatly.
func (r *reader) takesPart(s *sentence, n *named) bool {
	from, to := s.tokensOf(Span{s.Start + n.start, s.Start + n.end})
	if from < 0 {
		return false
	}
	to = r.afterRelative(s, to)
	for _, v := range s.hits {
		if _, ok := r.techOf(v); ok && v.from < to && from < v.to {
			return false // "Adobe Flash" is a technology
		} else if ok && (v.from >= to && v.from-to <= 1 || v.to <= from && from-v.to <= 1) {
			return true
		}
		acts := r.m.is(v, "acts") || r.m.is(v, "share") || r.m.is(v, "get")
		if acts && v.from >= to && v.from-to <= 5 && !r.actorBetween(s, to, v.from) && !r.negated(s)[v.from] {
			return true
		}
		takes := r.m.is(v, "allow") || r.m.is(v, "use") || r.m.is(v, "give") || r.m.is(v, "byparty") && (v.to-v.from > 1 || !r.visitorActs(s, v.from))
		if passive := r.m.is(v, "use") && v.from >= to && v.from-to <= 3 && r.passive(s, v); passive && !r.negated(s)[v.from] {
			return true // "Lumen is used"
		}
		if takes && v.to <= from && from-v.to <= 6 && r.subject(s, v.from) != visitor && !r.referring(s, v) {
			if !r.negated(s)[v.from] {
				return true
			}
			n.denied = r.m.is(v, "use") && r.refuses(s, v)
			return n.denied
		}
	}
	return false
}

// inDenial says that a vendor stands in the scope of a negation.
func (r *reader) inDenial(s *sentence, v named) bool {
	from, _ := s.tokensOf(Span{s.Start + v.start, s.Start + v.end})
	return from >= 0 && r.negated(s)[from]
}

// opens says that a word with which a sentence begins stands there as a name: a verb follows ("Stripe receives …"), or a
// mark in a list ("Stripe, for payments").
func (r *reader) opens(s *sentence, n named) bool {
	_, to := s.tokensOf(Span{s.Start, s.Start + n.end})
	if to >= len(s.toks) || s.toks[to].mark() {
		return s.item
	}
	return slices.ContainsFunc(s.hits, func(v hit) bool {
		return v.from == to && (r.m.is(v, "acts") || r.m.is(v, "get") || r.m.is(v, "receive") || r.m.is(v, "use") || r.m.is(v, "share") || r.m.is(v, "auxiliary") || r.m.is(v, "finite"))
	})
}

// tokensOf gives the tokens of a span of the text: from..to-1; from is -1 where there is none.
func (s *sentence) tokensOf(at Span) (from, to int) {
	from = slices.IndexFunc(s.toks, func(t token) bool { return t.End > at.Start })
	for to = max(from, 0); to < len(s.toks) && s.toks[to].Start < at.End; to++ {
	}
	return from, to
}

// afterRelative gives the token at which a clause goes on behind a relative one: "Lumen, which hosts our pages, sees".
func (r *reader) afterRelative(s *sentence, at int) int {
	if at+1 >= len(s.toks) || s.toks[at].word != "," || !r.m.isWord(s.toks[at+1], "relative") {
		return at
	}
	for i := at + 2; i < len(s.toks) && i < at+15; i++ {
		if s.toks[i].mark() {
			if s.toks[i].word == "," {
				return i + 1
			}
			break
		}
	}
	return at
}

// refuses says that we flatly do not do what a verb says: "we do not use".
func (r *reader) refuses(s *sentence, v hit) bool {
	if r.has(s, "if", 0) >= 0 || r.has(s, "advice", 0) >= 0 || r.has(s, "except", 0) >= 0 || r.exempt(s) {
		return false
	}
	return slices.ContainsFunc(s.hits, func(n hit) bool {
		return r.m.is(n, "not") && n.to <= v.from && r.m.isWord(s.toks[n.to-1], "adverbial") && r.coordinate(s, n.to, v.from) &&
			!r.notFlat(s, n) && !r.conditional(s, n) && !r.bare(s, n)
	})
}

// visitorActs says that the last verb before a token is the visitor's: "you may share it through".
func (r *reader) visitorActs(s *sentence, at int) bool {
	last := nobody
	for _, v := range s.hits {
		if v.to <= at && (r.m.is(v, "acts") || r.m.is(v, "share") || r.m.is(v, "collect")) {
			last = r.subject(s, v.from)
		}
	}
	return last == visitor
}

// actorBetween says that somebody else stands between two tokens, who does what follows.
func (r *reader) actorBetween(s *sentence, from, to int) bool {
	for _, h := range s.hits {
		if h.from >= from && h.to <= to && (r.m.is(h, "self") || r.m.is(h, "you")) {
			return true
		}
	}
	return false
}

// does says that a sentence tells of using, allowing or sharing.
func (r *reader) does(s *sentence) bool {
	for _, v := range s.hits {
		if (r.m.is(v, "allow") || r.m.is(v, "use") || r.m.is(v, "acts") || r.m.is(v, "byparty") && v.to-v.from > 1) && r.subject(s, v.from) != visitor {
			return true
		}
	}
	return false
}

// vendorActs says that a vendor that a sentence names does something itself or gets data: "Google uses cookies", "to
// Facebook", "erfährt YouTube".
func (r *reader) vendorActs(s *sentence, vendors []named) bool {
	text := r.p.text[s.Start:s.End]
	for _, n := range vendors {
		for at, next := 0, 0; next >= 0; at += next + len(n.text) {
			if next = strings.Index(text[at:], n.text); next >= 0 && r.actsAt(s, s.Start+at+next, s.Start+at+next+len(n.text)) {
				return true
			}
		}
	}
	return false
}

// actsAt says that the name at text[start:end] is the subject of its clause, or receives what the sentence shares.
func (r *reader) actsAt(s *sentence, start, end int) bool {
	from, to := s.tokensOf(Span{start, end})
	if from < 0 || to >= len(s.toks) {
		return false
	}
	if s.toks[to].word == "," && to+2 < len(s.toks) && r.doc.Language != "en" && r.m.isWord(s.toks[to+1], "relative") && // "Lumen, das Cookies setzt"
		slices.ContainsFunc(s.hits, func(v hit) bool { return r.m.is(v, "acts") && v.from > to+1 && v.from-to <= 5 }) {
		return true
	}
	if from == 0 {
		return !s.toks[to].mark() && r.inverted(s, to, nobody) != us
	}
	before := s.toks[from-1]
	if r.m.isWord(before, "receive") {
		return true
	}
	gives := r.has(s, "share", 0) >= 0 || r.has(s, "give", 0) >= 0 || r.has(s, "sell", 0) >= 0
	if gives && (r.m.isWord(before, "toward") || r.m.isWord(before, "recipient_before")) {
		return true
	}
	return slices.ContainsFunc(s.hits, func(v hit) bool {
		return r.m.is(v, "acts") && v.from >= to && v.from-to <= 3 && r.subject(s, v.from) == nobody
	})
}

// trade gives the one purpose that all of some vendors are known for, if there is one: a product of one purpose tells by
// its name what it is for. Of several that track nobody, as with those who take payments, the first is it.
func trade(vendors []named) []knowledge.Purpose {
	var out []knowledge.Purpose
	for _, v := range vendors {
		if len(v.purposes) == 0 || v.purposes[0] == knowledge.Unknown || len(v.purposes) > 1 && slices.ContainsFunc(v.purposes, knowledge.Purpose.Tracks) {
			return nil
		}
		out = addPurpose(out, v.purposes[0])
	}
	if len(out) != 1 {
		return nil
	}
	return out
}

// declareVendors declares each named vendor for the technologies and purposes of its sentence.
func (r *reader) declareVendors(s *sentence, rd reading, vendors []named) {
	for _, v := range vendors {
		d := Declaration{Party: evidence.ThirdParty, Recipient: v.text, Strength: Specific, Confidence: 0.75}
		if v.service == "" || v.guess {
			d.Confidence = 0.6 // a name by the look of it, or by nothing but that it is there
		}
		d.Denied = v.denied || rd.deniesTP && !rd.shares && !rd.third && r.inDenial(s, v)
		techs := storing(rd.techs)
		if d.Denied || len(techs) == 0 {
			techs = []techHit{{}}
		}
		purposes := rd.purposes
		if rd.guess && len(rd.techs) == 0 {
			purposes = nil
		}
		if d.Denied {
			purposes = []knowledge.Purpose{""}
		}
		if len(purposes) == 0 {
			purposes = trade([]named{v})
		}
		if len(purposes) == 0 && len(rd.techs) == 0 && !rd.shares {
			purposes = r.purposesIn(s, "content.", r.negated(s))
		}
		if len(purposes) == 0 {
			purposes = []knowledge.Purpose{""}
		}
		for _, t := range techs {
			for _, p := range purposes {
				d.Technology, d.Purpose = t.tech, p
				d.WithoutClick = rd.noClick && t.tech == evidence.SocialWidget
				d.Names, d.Strength = nil, Specific
				if d.Names = r.named(s, techs, t); len(d.Names) > 0 {
					d.Strength = Exact
				}
				r.add(s, d)
			}
		}
	}
}
