package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"trackaudit/classify"
	"trackaudit/crawler/evidence"
)

// item is the same thing observed on any number of pages.
type item struct {
	Assessment
	Chains  [][]string // distinct initiator chains, innermost first
	Places  []string   // pages
	Choices []string
	Phases  []string
	IDs     []string
	First   time.Time
	Details []string
}

// items joins assessments that differ in page, choice and time only, the gravest first.
func items(list []*Assessment) []item {
	type key struct {
		technology                                        evidence.Technology
		name, host, setter, entity, purpose, verdict, why string
	}
	var out []item
	at := map[key]int{}
	seen := []map[string]bool{} // places, by item
	for _, a := range list {
		o := &a.Observation
		k := key{o.Technology, o.Name, o.Host, o.Setter, a.Entity, string(a.Purpose), string(a.Verdict), a.Reason}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, item{Assessment: *a, First: o.FirstSeen, Details: details(*o)})
			seen = append(seen, map[string]bool{"": true})
		}
		it := &out[i]
		if len(o.Initiator) > 0 && !slices.ContainsFunc(it.Chains, func(c []string) bool { return slices.Equal(c, o.Initiator) }) {
			it.Chains = append(it.Chains, o.Initiator)
		}
		if !seen[i][o.Page] {
			seen[i][o.Page] = true
			it.Places = append(it.Places, o.Page)
		}
		it.Choices = add(it.Choices, choiceName(o.Choice))
		it.Phases = add(it.Phases, spaced(o.Phase))
		it.IDs = append(it.IDs, o.ID)
		if !o.FirstSeen.IsZero() && (it.First.IsZero() || o.FirstSeen.Before(it.First)) {
			it.First = o.FirstSeen
		}
	}
	for i := range out {
		slices.Sort(out[i].Choices)
	}
	grave := func(v classify.Verdict) int { return slices.Index(classify.Verdicts, v) }
	slices.SortStableFunc(out, func(a, b item) int {
		return cmp.Or(cmp.Compare(grave(a.Verdict), grave(b.Verdict)), cmp.Compare(a.Observation.Name, b.Observation.Name),
			cmp.Compare(a.Observation.Host, b.Observation.Host), cmp.Compare(a.Observation.Setter, b.Observation.Setter))
	})
	return out
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
