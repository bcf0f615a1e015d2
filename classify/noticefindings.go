package classify

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"trackaudit/classify/knowledge"
	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
)

// noticeItself says that there is no notice, or none that can be read.
func (c *collector) noticeItself() {
	for _, err := range c.in.NoticeProblems {
		url, why := problem(err)
		c.add("notice-unreadable", url, "", nil, func(f *Finding) {
			f.Message = fmt.Sprintf("The notice %s could not be read: %s.", url, why)
			f.Fix = "Make the notice readable without obstacles, or name one with --notice, or a signed-off file with --declaration."
		})
	}
	for _, d := range c.in.Drift {
		c.add("notice-drifted", d.URL, string(d.Change), nil, func(f *Finding) {
			what := map[notice.Change]string{notice.Changed: "has changed", notice.Went: "is no longer found", notice.Appeared: "is new"}[d.Change]
			f.Message = fmt.Sprintf("The notice %s %s since the declarations were signed off.", d.URL, what)
			f.Fix = "Compare the two with trackaudit notice --diff, correct the declarations, and sign them off again."
		})
	}
	for _, l := range c.in.Links {
		if !l.Dead {
			continue
		}
		c.add("opt-out-link-dead", l.URL, "", nil, func(f *Finding) {
			f.Message = fmt.Sprintf("The notice lets visitors object at %s, which leads nowhere: %s.", l.URL, l.Detail)
			f.Fix = "Correct the link, or take it out."
		})
	}
	if c.lost == nil || c.lost.first == nil {
		return // or there is nothing that a notice would have to tell of
	}
	f := c.add("notice-not-found", evidence.SiteOf(evidence.HostOf(c.lost.first.Observation.Page)), "", c.lost.first, func(f *Finding) {
		f.Message = fmt.Sprintf("No privacy or cookie notice was found, and the site works with %s. Looked at: %s.", listed(slices.Collect(maps.Keys(c.lost.who)), 8), strings.Join(c.in.Looked, "; "))
		f.Fix = "Publish a privacy notice and link it from every page, or name it with --notice URL."
	})
	f.Observations = append(c.lost.undeclared, f.Observations...)
}

// withoutNotice is what a site does that has no notice.
type withoutNotice struct {
	who        map[string]bool
	first      *Assessment
	undeclared []string // IDs of observations
}

func (w *withoutNotice) visit(list []Assessment) {
	for i := range list {
		a := &list[i]
		if a.Verdict != Exempt && (a.Purpose.Tracks() || own(a.Observation.Technology) || a.Observation.Party == evidence.ThirdParty) {
			w.who[a.who.label(&a.Observation)] = true
			if w.first == nil {
				w.first = a
			}
		}
		if a.Verdict == Undeclared {
			w.undeclared = append(w.undeclared, a.Observation.ID)
		}
	}
}

// problem takes an error of the reader apart.
func problem(err error) (url, why string) {
	var unreadable *notice.UnreadableError
	var language *notice.LanguageError
	switch {
	case errors.As(err, &unreadable):
		return unreadable.URL, unreadable.Reason
	case errors.As(err, &language) && language.Language != "":
		return language.URL, fmt.Sprintf("its language (%s) is not supported", language.Language)
	case errors.As(err, &language):
		return language.URL, "its language was not recognized"
	}
	return "notice", err.Error()
}

// metKey is what a notice may name of an observation.
type metKey struct {
	name, service, entity string
	technology            evidence.Technology
}

func (c *collector) meet(a *Assessment) {
	c.met[metKey{a.Observation.Name, a.who.service.ID, a.who.service.Entity, a.Observation.Technology}] = true
}

// stale files what the notice declares by name and nobody met.
func (c *collector) stale() {
	pages := c.survey.pages
	if len(pages) == 0 {
		return
	}
	where := fmt.Sprintf("not observed in %d pages and these choices", len(pages))
	for i := range c.in.Notice.Declarations {
		d := &c.in.Notice.Declarations[i]
		if d.Denied || !d.Counts() {
			continue
		}
		subject, kind := c.staleSubject(d)
		if subject == "" {
			continue
		}
		c.add("notice-stale", subject, kind, nil, func(f *Finding) {
			f.Message = fmt.Sprintf("The notice declares %s, %s.", subject, where)
			f.Quote = d.Quote
			f.Fix = fmt.Sprintf("If %s is no longer in use, take it out of the notice.", subject)
		})
	}
}

// staleSubject names what a declaration declares and was not seen; "" if it was, or if it names nothing in
// particular.
func (c *collector) staleSubject(d *notice.Declaration) (subject, kind string) {
	met := func(is func(metKey) bool) bool {
		for k := range c.met {
			if is(k) {
				return true
			}
		}
		return false
	}
	switch {
	case d.Technology == evidence.FlashCookie:
		return "Flash cookies", "technology"
	case d.Strength == notice.Exact && len(d.Names) > 0:
		if met(func(k metKey) bool {
			return slices.ContainsFunc(d.Names, func(p string) bool { return p == k.name || knowledge.Glob(asGlob(p), k.name) })
		}) {
			return "", ""
		}
		return strings.Join(d.Names, ", "), "name"
	case d.Strength == notice.Specific && d.Recipient != "":
		s, ok := c.in.Facts.ServiceNamed(d.Recipient)
		if !ok || met(func(k metKey) bool { return sameHouse(s, knowledge.Service{ID: k.service, Entity: k.entity}) }) {
			return "", ""
		}
		return d.Recipient, "vendor"
	case own(d.Technology) && d.Technology != evidence.Geolocation:
		if met(func(k metKey) bool { return k.technology == d.Technology }) {
			return "", ""
		}
		return words(string(d.Technology)), "technology"
	}
	return "", ""
}
