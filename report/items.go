package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"trackaudit/classify"
	"trackaudit/crawler/evidence"
)

// item is the same thing observed on any number of pages.
type item struct {
	Assessment
	Chains  [][]string // the first distinct initiator chains, innermost script first, and one more than are shown
	Places  some       // pages
	Choices []string
	Phases  []string
	IDs     some
	First   time.Time
	Details []string

	seen *big.Int // numbers of the pages
}

// maxChains is how many initiator chains of an item the HTML report shows.
const maxChains = 3

// some is the first of many texts, and how many there are.
type some struct {
	Shown []string
	All   int
}

func (s *some) add(text string) {
	if s.All++; len(s.Shown) < maxShown {
		s.Shown = append(s.Shown, text)
	}
}

// Rest is how many are not shown.
func (s some) Rest() int { return s.All - len(s.Shown) }

// few is the first texts of a list.
func few(list []string) some { return some{list[:min(len(list), maxShown)], len(list)} }

// numbering gives each text a number, the same whenever it comes; an empty one 0.
type numbering map[uint64]int

func (n numbering) of(text string) int {
	if text == "" {
		return 0
	}
	sum := sha256.Sum256([]byte(text))
	key := binary.BigEndian.Uint64(sum[:])
	if n[key] == 0 {
		n[key] = len(n) + 1
	}
	return n[key]
}

// items joins assessments that differ in page, choice and time only.
type items struct {
	list  []item
	at    map[itemKey]int
	pages numbering // of all items of a report
}

type itemKey struct {
	technology                                        evidence.Technology
	name, host, setter, entity, purpose, verdict, why string
}

func newItems(pages numbering) *items { return &items{at: map[itemKey]int{}, pages: pages} }

func (s *items) add(a *Assessment) {
	o := &a.Observation
	k := itemKey{o.Technology, o.Name, o.Host, o.Setter, a.Entity, string(a.Purpose), string(a.Verdict), a.Reason}
	i, ok := s.at[k]
	if !ok {
		i = len(s.list)
		s.at[k] = i
		s.list = append(s.list, item{Assessment: *a, First: o.FirstSeen, Details: details(*o), seen: new(big.Int)})
	}
	it := &s.list[i]
	if len(o.Initiator) > 0 && len(it.Chains) <= maxChains && !slices.ContainsFunc(it.Chains, func(c []string) bool { return slices.Equal(c, o.Initiator) }) {
		it.Chains = append(it.Chains, o.Initiator)
	}
	if page := s.pages.of(o.Page); page > 0 && it.seen.Bit(page) == 0 {
		it.seen.SetBit(it.seen, page, 1)
		it.Places.add(o.Page)
	}
	it.Choices = add(it.Choices, choiceName(o.Choice))
	it.Phases = add(it.Phases, spaced(o.Phase))
	it.IDs.add(o.ID)
	if !o.FirstSeen.IsZero() && (it.First.IsZero() || o.FirstSeen.Before(it.First)) {
		it.First = o.FirstSeen
	}
}

// sorted gives the items, the gravest first.
func (s *items) sorted() []item {
	for i := range s.list {
		slices.Sort(s.list[i].Choices)
	}
	grave := func(v classify.Verdict) int { return slices.Index(classify.Verdicts, v) }
	slices.SortStableFunc(s.list, func(a, b item) int {
		return cmp.Or(cmp.Compare(grave(a.Verdict), grave(b.Verdict)), cmp.Compare(a.Observation.Name, b.Observation.Name),
			cmp.Compare(a.Observation.Host, b.Observation.Host), cmp.Compare(a.Observation.Setter, b.Observation.Setter))
	})
	return s.list
}

// add appends a text that is not empty and not there yet.
func add(list []string, text string) []string {
	if text == "" || slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

// details are what an observation's kind adds: how long a cookie lives, what was called, where a request went.
func details(o Observation) []string {
	var out []string
	note := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if o.Source != "" {
		note("seen by %s", o.Source)
	}
	if c := o.Cookie; c != nil {
		note("lifetime %s", lifetime(c))
		if c.PartitionKey != "" {
			note("partitioned by %s", c.PartitionKey)
		}
		if c.Blocked != "" {
			note("refused by the browser: %s", c.Blocked)
		}
		if c.Deleted {
			note("removed again during the visit")
		}
		note("value of %s (%s)", count(c.Value.Length, "byte", "bytes"), c.Value.Shape)
	}
	if st := o.Storage; st != nil {
		note("value of %s (%s)", count(st.Value.Length, "byte", "bytes"), st.Value.Shape)
		if st.Deleted {
			note("removed again during the visit")
		}
	}
	if q := o.Observation.Request; q != nil {
		note("%s %s", q.Method, q.URL)
		if len(q.CNAMEs) > 0 {
			note("the name leads to %s", strings.Join(q.CNAMEs, " → "))
		}
		if q.Failed != "" {
			note("failed: %s", q.Failed)
		}
	}
	if wd := o.Widget; wd != nil {
		note("%s of %s", wd.Form, wd.Service)
		if wd.Before == "click" {
			note("ran without a click, once the mouse had moved and the page was scrolled")
		}
	}
	if api := o.API; api != nil {
		for _, name := range slices.Sorted(maps.Keys(api.Calls)) {
			note("%s called %s", name, count(api.Calls[name], "time", "times"))
		}
		for _, name := range slices.Sorted(maps.Keys(api.Details)) {
			note("%s: %s", spaced(name), api.Details[name])
		}
	}
	return out
}

// lifetime writes how long a cookie was asked to live.
func lifetime(c *evidence.Cookie) string {
	if c.Session {
		return "session"
	}
	return classify.Span(c.Lifetime)
}
