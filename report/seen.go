package report

import (
	"cmp"
	"slices"
	"time"

	"trackaudit/classify"
	"trackaudit/crawler/evidence"
)

// Seen gathers what a report tells of visits, one by one. They come in any order; the report must not depend on it.
type Seen struct {
	pages        *Sorted[Page]
	assessments  *Sorted[Assessment]
	verdicts     map[classify.Verdict]int
	technologies map[evidence.Technology]int
	choices      map[evidence.Choice]*choiceSeen
	reads        map[readKey]*readSeen
}

// NewSeen has seen nothing. scratch opens a file for what is too much for memory; nil = memory holds it all.
func NewSeen(scratch func() (Scratch, error)) *Seen {
	return &Seen{newSorted[Page](scratch), newSorted[Assessment](scratch), map[classify.Verdict]int{}, map[evidence.Technology]int{},
		map[evidence.Choice]*choiceSeen{}, map[readKey]*readSeen{}}
}

// Add takes in a visit and its observations as they were judged. It keeps neither.
func (s *Seen) Add(v *evidence.Visit, list []classify.Assessment) {
	s.pages.add(Page{v.URL, v.Choice, v.Status, v.Complete, v.Reason, v.Detail, v.FinalURL, v.Title, v.ID, len(v.Requests), len(v.Observations)})
	c := s.choices[v.Choice]
	if c == nil {
		c = &choiceSeen{}
		s.choices[v.Choice] = c
	}
	c.add(v)
	for _, call := range v.APIs {
		s.read(v.ID, call)
	}
	for i := range list {
		a := &list[i]
		o := Observation{Observation: a.Observation, Choice: cmp.Or(a.Choice, v.Choice), Initiator: slices.Clone(a.Observation.Initiator)}
		o.Observation.Initiator = nil
		o.FirstSeen = v.Started.UTC().Add(time.Duration(o.At) * time.Millisecond).Truncate(time.Millisecond)
		s.assessments.add(Assessment{o, a.Service, a.Entity, a.Purpose, a.Pattern, a.Verdict, a.Reason, a.Declaration, a.Source, a.Listed})
		s.verdicts[a.Verdict]++
		s.technologies[a.Observation.Technology]++
	}
}

// Err says what kept a list from being written or read whole.
func (s *Seen) Err() error { return cmp.Or(s.pages.Err(), s.assessments.Err()) }

// choiceSeen joins what the visits say of one choice: it failed if it failed anywhere, and it was made if it was
// made on one page, since a banner shows once. A signal needs no banner: it is made by sending it.
type choiceSeen struct {
	reach    evidence.Reach
	visit    string // that says so; the first of those that say the same
	complete bool   // some page was seen whole
}

func (c *choiceSeen) add(v *evidence.Visit) {
	c.complete = c.complete || v.Complete
	if v.Reach.Outcome == "failed" && !v.Complete && v.Choice.Signal() {
		return // the page was not seen; that is said of the page
	}
	rank := map[string]int{"": 0, "not_offered": 1, "made": 2, "failed": 3}
	more := cmp.Compare(rank[v.Reach.Outcome], rank[c.reach.Outcome])
	if more > 0 || more == 0 && compareIDs(v.ID, c.visit) < 0 {
		c.reach, c.visit = v.Reach, v.ID
	}
}

func (s *Seen) coverage() Coverage {
	c := Coverage{Pages: s.pages}
	for choice, seen := range s.choices {
		reached := Choice{choice, seen.reach.Outcome, seen.reach.Proof}
		switch {
		case reached.Reached != "":
		case seen.complete && (choice == evidence.ChoiceNone || choice.Signal()):
			reached = Choice{choice, "made", ""}
		default:
			reached = Choice{choice, "failed", ""}
		}
		c.Choices = append(c.Choices, reached)
	}
	slices.SortFunc(c.Choices, func(a, b Choice) int { return cmp.Compare(a.Choice, b.Choice) })
	return c
}
