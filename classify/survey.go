package classify

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"

	"trackaudit/crawler/evidence"
)

// survey is what has to be known of all visits before one of them can be judged. It is kept by what was seen, not by
// where: only what could not be seen, and a number for each address, grow with the pages.
type survey struct {
	visits   int
	profiles map[itemKey]*profileValues
	follow   map[string]bool // sites of third parties that keep an identifier on the device or receive one
	pages    map[uint64]bool // addresses that were seen whole, by hash
	whole    map[evidence.Choice]bool
	first    map[evidence.Choice]string // ID of the first visit under a choice
	short    []evidence.Visit           // those that may be gaps, without what they hold
}

// itemKey tells a stored item from others, in whatever visit it was stored.
type itemKey struct {
	technology evidence.Technology
	name, host string
}

// profileValues are the values that an item had. Every visit begins in a fresh profile: a value that differs between
// them was made for the visitor.
type profileValues struct {
	hashes map[string]bool
	visits int
}

func keyOf(o *evidence.Observation) itemKey { return itemKey{o.Technology, stable(o.Name), o.Host} }

func newSurvey(visits iter.Seq[evidence.Visit]) *survey {
	s := &survey{profiles: map[itemKey]*profileValues{}, follow: map[string]bool{}, pages: map[uint64]bool{},
		whole: map[evidence.Choice]bool{}, first: map[evidence.Choice]string{}}
	if visits != nil {
		for v := range visits {
			s.add(&v)
		}
	}
	return s
}

func (s *survey) add(v *evidence.Visit) {
	s.visits++
	if id, ok := s.first[v.Choice]; !ok || v.ID < id {
		s.first[v.Choice] = v.ID
	}
	s.whole[v.Choice] = s.whole[v.Choice] || v.Complete
	if v.Complete {
		sum := sha256.Sum256([]byte(v.URL))
		s.pages[binary.BigEndian.Uint64(sum[:])] = true
	}
	if !v.Complete || v.Reach.Outcome == "failed" {
		s.short = append(s.short, evidence.Visit{ID: v.ID, URL: v.URL, Choice: v.Choice, Status: v.Status, Complete: v.Complete, Reason: v.Reason, Detail: v.Detail, Reach: v.Reach})
	}
	s.values(v)
	// A third party keeps an identifier of its own on the device, or receives one.
	for i := range v.Observations {
		o := &v.Observations[i]
		if o.Cookie != nil && o.Party == evidence.ThirdParty && !o.Cookie.Session && identifies(o.Cookie.Value) {
			s.follow[o.Site] = true
		}
	}
	for _, f := range v.Flows {
		if f.Party == evidence.ThirdParty {
			s.follow[f.Site] = true
		}
	}
}

func (s *survey) values(v *evidence.Visit) {
	met := map[itemKey]bool{}
	for i := range v.Observations {
		o := &v.Observations[i]
		value := stored(o)
		if value.Hash == "" {
			continue
		}
		k := keyOf(o)
		p := s.profiles[k]
		if p == nil {
			p = &profileValues{hashes: map[string]bool{}}
			s.profiles[k] = p
		}
		if len(p.hashes) < 2 { // one more tells nothing more
			p.hashes[value.Hash] = true
		}
		if !met[k] {
			met[k] = true
			p.visits++
		}
	}
}

// gaps lists what was not seen and without which nothing may pass: pages that were not seen whole, choices that were
// offered and could not be made, notices that could not be read. A page of the site that says it does not exist
// (404, 410) or that is no page (a linked file) is no gap unless the audit began there.
func (s *survey) gaps(noticeProblems []error) []Gap {
	var gaps []Gap
	for _, v := range s.short {
		start := v.ID == s.first[v.Choice]
		switch {
		case !v.Complete && !start && (v.Reason == evidence.HTTPError && (v.Status == 404 || v.Status == 410) || v.Reason == evidence.NotHTML):
		case !v.Complete:
			gaps = append(gaps, Gap{v.URL, v.Choice, v.Reason, v.Detail})
		case v.Reach.Outcome == "failed":
			gaps = append(gaps, Gap{v.URL, v.Choice, "choice_failed", cmp.Or(v.Reach.Proof, fmt.Sprintf("the choice %s was offered and could not be made", v.Choice))})
		}
	}
	for choice, any := range s.whole {
		if !any && !slices.ContainsFunc(gaps, func(g Gap) bool { return g.Choice == choice }) {
			gaps = append(gaps, Gap{"", choice, evidence.NotVisited, "no page was seen under this choice"})
		}
	}
	if s.visits == 0 {
		gaps = append(gaps, Gap{"", "", evidence.NotVisited, "no page was visited"})
	}
	for _, err := range noticeProblems {
		url, why := problem(err)
		gaps = append(gaps, Gap{url, "", NoticeUnreadable, why})
	}
	slices.SortFunc(gaps, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(a.URL, b.URL), cmp.Compare(a.Choice, b.Choice), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Detail, b.Detail))
	})
	return gaps
}
