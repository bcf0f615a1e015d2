package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"trackaudit/classify"
)

// Difference is what changed between two audits of a site.
type Difference struct {
	Schema   string   `json:"schema"`
	Old      Audit    `json:"old"`
	New      Audit    `json:"new"`
	Findings Changes  `json:"findings"` // by fingerprint
	Owners   Changes  `json:"owners"`   // companies behind third-party hosts; hosts of nobody known stand for themselves
	Stored   Changes  `json:"stored"`   // cookies and storage items, by technology, name and owner
	Notice   []string `json:"notice"`   // documents whose text changed
	Gaps     int      `json:"gaps"`     // things that one of the two did not see: what went may only not have been seen
}

// Audit names one side of a comparison.
type Audit struct {
	URL      string           `json:"url"`
	Started  string           `json:"started"`
	Outcome  classify.Outcome `json:"outcome"`
	Findings int              `json:"findings"`
}

// Changes lists what is only in the new audit, only in the old one, and in both but not the same.
type Changes struct {
	Appeared []Change `json:"appeared"`
	Went     []Change `json:"went"`
	Changed  []Change `json:"changed"`
}

// Change is one thing that differs.
type Change struct {
	Key  string `json:"key"`
	What string `json:"what"`
}

// Appeared says that the new audit holds a finding, an owner or a stored item that the old one does not.
func (d Difference) Appeared() bool {
	return len(d.Findings.Appeared)+len(d.Owners.Appeared)+len(d.Stored.Appeared) > 0
}

// thing is one entry of a side: how people call it, and what of it may change.
type thing struct{ what, state string }

// Compare tells what appeared, went and changed between two reports. Findings are told apart by fingerprint, hosts
// by who is behind them: advertising auctions rotate hosts, not owners.
func Compare(before, after *Report) Difference {
	d := Difference{Schema: "trackaudit.diff/v1", Old: audit(before), New: audit(after), Notice: []string{}, Gaps: len(before.Gaps) + len(after.Gaps),
		Findings: changes(findingThings(before), findingThings(after)),
		Owners:   changes(ownerThings(before), ownerThings(after)),
		Stored:   changes(storedThings(before), storedThings(after)),
	}
	old := map[string]string{}
	for _, doc := range before.Notice.Documents {
		old[doc.URL] = doc.SHA256
	}
	for _, doc := range after.Notice.Documents {
		if sum, ok := old[doc.URL]; !ok || sum != doc.SHA256 {
			d.Notice = append(d.Notice, doc.URL)
		}
	}
	slices.Sort(d.Notice)
	return d
}

func audit(r *Report) Audit {
	return Audit{r.Target.URL, r.Started.Format("2006-01-02 15:04"), r.Outcome, len(r.Findings)}
}

func findingThings(r *Report) map[string]thing {
	m := map[string]thing{}
	for _, f := range r.Findings {
		m[f.Fingerprint] = thing{fmt.Sprintf("%s: %s (%s)", f.Rule, f.Subject, f.Severity), f.Severity}
	}
	return m
}

func ownerThings(r *Report) map[string]thing {
	m := map[string]thing{}
	for _, d := range r.Destinations {
		if d.Party == "first" {
			continue
		}
		owner := cmp.Or(d.Entity, d.Site)
		t := m[owner]
		if t.what == "" || gravest(string(d.Verdict), t.state) {
			t = thing{fmt.Sprintf("%s (%s): %s", owner, d.Purpose, d.Verdict), string(d.Verdict)}
		}
		m[owner] = t
	}
	return m
}

func storedThings(r *Report) map[string]thing {
	m := map[string]thing{}
	for a := range r.Assessments.All() {
		o := a.Observation
		if o.Cookie == nil && o.Storage == nil {
			continue
		}
		owner := cmp.Or(a.Service, o.Setter, o.Site)
		key := string(o.Technology) + " " + cmp.Or(a.Pattern, o.Name) + " of " + owner
		t := m[key]
		if t.what == "" || gravest(string(a.Verdict), t.state) {
			t = thing{fmt.Sprintf("%s: %s", key, a.Verdict), string(a.Verdict)}
		}
		m[key] = t
	}
	return m
}

func gravest(a, b string) bool {
	return slices.Index(classify.Verdicts, classify.Verdict(a)) < slices.Index(classify.Verdicts, classify.Verdict(b))
}

func changes(before, after map[string]thing) Changes {
	c := Changes{[]Change{}, []Change{}, []Change{}}
	for key, t := range after {
		old, ok := before[key]
		switch {
		case !ok:
			c.Appeared = append(c.Appeared, Change{key, t.what})
		case old.state != t.state:
			c.Changed = append(c.Changed, Change{key, fmt.Sprintf("%s, was %s", t.what, old.state)})
		}
	}
	for key, t := range before {
		if _, ok := after[key]; !ok {
			c.Went = append(c.Went, Change{key, t.what})
		}
	}
	for _, list := range [][]Change{c.Appeared, c.Went, c.Changed} {
		slices.SortFunc(list, func(a, b Change) int { return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Key, b.Key)) })
	}
	return c
}

// DiffJSON writes a difference for machines.
func DiffJSON(w io.Writer, d Difference) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(d)
}

// DiffText writes a difference for people: one line a change, + appeared, - went, ~ changed.
func DiffText(w io.Writer, d Difference) error {
	var err error
	say := func(format string, args ...any) {
		if err == nil {
			_, err = fmt.Fprintf(w, format+"\n", args...)
		}
	}
	say("old  %s  %s  %s, %d findings", d.Old.Started, clean(d.Old.URL), clean(string(d.Old.Outcome)), d.Old.Findings)
	say("new  %s  %s  %s, %d findings", d.New.Started, clean(d.New.URL), clean(string(d.New.Outcome)), d.New.Findings)
	none := true
	for _, part := range []struct {
		name string
		c    Changes
	}{{"Findings", d.Findings}, {"Third parties", d.Owners}, {"Stored", d.Stored}} {
		if len(part.c.Appeared)+len(part.c.Went)+len(part.c.Changed) == 0 {
			continue
		}
		none = false
		say("\n%s", part.name)
		for _, x := range part.c.Appeared {
			say("+ %s", clean(x.What))
		}
		for _, x := range part.c.Went {
			say("- %s", clean(x.What))
		}
		for _, x := range part.c.Changed {
			say("~ %s", clean(x.What))
		}
	}
	for _, u := range d.Notice {
		none = false
		say("\nThe notice %s changed.", clean(u))
	}
	if none {
		say("\nNothing changed.")
	}
	if d.Gaps > 0 {
		say("\n%d things were not seen in one of the two: what went may only not have been seen.", d.Gaps)
	}
	return err
}
