package notice

import "sync"

// A batch is some sentences in the order of the text. Their words and phrases lie side by side in room that a later
// batch takes again: who keeps a sentence for longer copies them, see keep.
type batch struct {
	list []sentence
	*room
}

type room struct {
	toks []token
	hits []hit
}

var rooms = sync.Pool{New: func() any { return &room{} }}

const batchSize = 200 // sentences

// batches cuts the body of the page into sentences and finds the phrases in them. That takes about half of the time of
// all reading, so one goroutine cuts while what was cut before is read.
func (r *reader) batches(yield func(*batch) bool) {
	cut, stop := make(chan *batch, 2), make(chan struct{})
	defer close(stop)
	go func() {
		defer close(cut)
		c := cutter{p: r.p, of: r.of, m: r.m.lexicon.matcher(), yield: func(b *batch) bool {
			select {
			case cut <- b:
				return true
			case <-stop:
				return false
			}
		}}
		c.cut()
	}()
	for b := range cut {
		if !yield(b) {
			return
		}
		rooms.Put(b.room)
	}
}

type cutter struct {
	p     *page
	of    []int // section of each block
	m     *matcher
	b     *batch
	yield func(*batch) bool
}

func (c *cutter) cut() {
	c.renew()
	for i, b := range c.p.blocks {
		if b.place != inBody || b.kind == heading || b.card || b.kind == row && c.p.tables[b.table].cookies() {
			continue
		}
		for _, s := range c.p.pieces(i) {
			if !c.add(sentence{Span: s, block: i, section: c.of[i], item: b.kind == item || b.kind == row}) {
				return
			}
		}
	}
	c.yield(c.b)
}

func (c *cutter) renew() {
	c.b = &batch{make([]sentence, 0, batchSize), rooms.Get().(*room)}
	c.b.toks, c.b.hits = c.b.toks[:0], c.b.hits[:0]
}

// maxHits is how many phrases a sentence may hold before it is cut in half: the rules look at every pair of them.
const maxHits = 200

// add adds a sentence, or its halves; false = stop.
func (c *cutter) add(s sentence) bool {
	toks, hits := len(c.b.toks), len(c.b.hits)
	c.b.toks = c.m.appendTokens(c.b.toks, c.p.text, s.Span)
	s.toks = c.b.toks[toks:len(c.b.toks):len(c.b.toks)]
	c.b.hits = c.m.appendHits(c.b.hits, s.toks)
	s.hits = c.b.hits[hits:len(c.b.hits):len(c.b.hits)]
	if middle := len(s.toks) / 2; len(s.hits) > maxHits && middle > 10 {
		at := s.toks[middle].Start
		c.b.toks, c.b.hits = c.b.toks[:toks], c.b.hits[:hits]
		half := func(s sentence, span Span) sentence {
			return sentence{Span: span, block: s.block, section: s.section, item: s.item}
		}
		return c.add(half(s, trimmed(c.p.text, Span{s.Start, at}))) && c.add(half(s, Span{at, s.End}))
	}
	last := c.p.text[s.End-1]
	s.asks, s.leads = last == '?', last == ':'
	if c.b.list = append(c.b.list, s); len(c.b.list) < batchSize {
		return true
	}
	full := c.b
	c.renew()
	return c.yield(full)
}
