package notice

import "strings"

// who is the actor nearest before a verb.
type who uint8

const (
	nobody  who = iota
	us          // we, our site
	visitor     // you
	other       // a recipient
	thing       // data, as of "information is shared"
)

// subject tells who does what the verb at token v says: the nearest actor before it in its clause.
func (r *reader) subject(s *sentence, v int) who {
	best, at, end := nobody, -1, -1
	actor := nobody // the nearest that is no thing
	stop := 0
	var you, data hit // the latest of each
	for i := v - 1; i >= 0 && i >= v-10; i-- {
		if w := s.toks[i].word; w == ";" || w == ":" || w == "." {
			stop = i
			break
		}
	}
	for _, h := range s.hits {
		class := r.m.classes[h.class]
		if class == "self" && h.from == v {
			return us // a verb that says who by its ending: "utilizamos"
		}
		if h.to > v || h.from < stop || h.to < v-9 || h.from < at || h.from == at && h.to < end {
			continue
		}
		if (class == "self" || class == "you") && (r.within(s, h, "oblique") || r.inKind(s, h)) {
			continue // "to us", "about our users", "the firm where we have our site"
		}
		switch {
		case class == "self":
			best, at, end = us, h.from, h.to
			actor = us
		case class == "you":
			best, at, end = visitor, h.from, h.to
			you, actor = h, visitor
		case class == "data":
			data = h
			if best != us || h.to-at > 6 { // "we will share information": the object of an earlier verb
				best, at, end = thing, h.from, h.to
			}
		case strings.HasPrefix(class, "rcp.") && h.from > 0 && r.m.isWord(s.toks[h.from-1], "recipient_before"): // "aan derden verstrekt"
		case strings.HasPrefix(class, "rcp."), class == "they":
			best, at, end = other, h.from, h.to
			actor = other
		}
	}
	if best == thing && actor == other && r.doc.Language == "en" && !r.passive(s, hit{from: v}) {
		best = other // "partners that get data from us may not sell it": data does nothing
	}
	best = r.inverted(s, v, best)
	if v > 0 && r.forVisitor(s, v) {
		return visitor
	}
	if best != nobody && best != us && r.unnamed(s, at, v) {
		return us
	}
	if best == visitor && r.passive(s, hit{from: v}) { // "information that you give us may be shared"
		if data.to > 0 && data.to <= you.from {
			return thing
		}
		return nobody
	}
	return best
}

// inKind says that a word is part of the words for a kind of recipient.
func (r *reader) inKind(s *sentence, h hit) bool {
	for _, o := range s.hits {
		if o.from < h.from && h.to <= o.to && strings.HasPrefix(r.m.classes[o.class], "rcp.") {
			return true
		}
	}
	return false
}

// forVisitor says that a verb is an infinitive whose subject is the visitor: "easier for you to share".
func (r *reader) forVisitor(s *sentence, v int) bool {
	if s.toks[v-1].word != "to" {
		return false
	}
	for _, h := range s.hits {
		if r.m.is(h, "you") && h.to == v-1 && h.from > 0 && s.toks[h.from-1].word == "for" {
			return true
		}
	}
	return false
}

// unnamed says that a verb has a subject of its own that the lexicon does not know, in a clause after the actor's: "if
// you log in, Acme will set a cookie". In a notice that is who speaks.
func (r *reader) unnamed(s *sentence, actor, v int) bool {
	i := v - 1
	for i > actor && (r.m.isWord(s.toks[i], "finite") || strings.HasSuffix(s.toks[i].word, "ly") || s.toks[i].word == "also") {
		i--
	}
	if i == v-1 || i <= actor || s.toks[i].mark() {
		return false
	}
	for _, h := range s.hits {
		if h.from <= i && i < h.to {
			switch class := r.m.classes[h.class]; {
			case class == "self", class == "you", class == "data", class == "they", class == "anaphora", class == "adverbial", strings.HasPrefix(class, "rcp."),
				strings.HasPrefix(class, "tech."), class == "umbrella":
				return false
			}
		}
	}
	return r.commaBetween(s, actor, i)
}
