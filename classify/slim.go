package classify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"trackaudit/crawler/evidence"
)

// Slimmer makes copies of visits that hold what judging and reporting read, once the whole of each is on disk: memory must
// not grow with all that large pages load. Of requests, judging reads the first to each host under each choice, and those for the
// scripts that an observation leads back to; of calls of Web APIs, each kind once. What many pages have in common is kept once.
type Slimmer struct {
	met   map[reached]bool
	words map[string]string
	calls map[string]bool // of Web APIs, as a report tells them
}

type reached struct {
	host   string
	choice evidence.Choice
}

// NewSlimmer returns a Slimmer for the visits of one audit.
func NewSlimmer() *Slimmer {
	return &Slimmer{map[reached]bool{}, map[string]string{}, map[string]bool{}}
}

// Slim returns the copy. It shares memory with v, which is not to be used any more.
func (s *Slimmer) Slim(v evidence.Visit) evidence.Visit {
	v.Links, v.Frames = nil, nil
	v.APIs = slices.DeleteFunc(v.APIs, func(c evidence.APICall) bool {
		key := fmt.Sprint(c.API, c.Script, c.Host, slices.Sorted(maps.Keys(c.Calls)), c.Asked)
		again := s.calls[key]
		s.calls[key] = true
		return again
	})
	needed := scriptsBehind(v)
	all := v.Requests
	v.Page.Requests, v.Requests = len(all), nil
	for _, r := range all {
		first := !s.met[reached{r.Host, v.Choice}]
		s.met[reached{s.word(r.Host), v.Choice}] = true
		script := r.Type == "Script" && needed[r.URL]
		if !first && !script {
			continue
		}
		kept := evidence.Request{URL: s.word(r.URL), Host: s.word(r.Host), Site: s.word(r.Site), Party: r.Party, Type: s.word(r.Type)}
		if n := len(r.Initiator); script && n > 0 {
			kept.Initiator = []string{s.word(r.Initiator[n-1])}
		}
		v.Requests = append(v.Requests, kept)
	}
	v.URL, v.FinalURL, v.Site = s.word(v.URL), s.word(v.FinalURL), s.word(v.Site)
	for i := range v.Observations {
		o := &v.Observations[i]
		for _, text := range []*string{&o.Name, &o.Setter, &o.Host, &o.Site, &o.Page, &o.Frame, &o.Source} {
			*text = s.word(*text)
		}
		for j := range o.Initiator {
			o.Initiator[j] = s.word(o.Initiator[j])
		}
		if q := o.Request; q != nil {
			q.URL, q.Host, q.Site, q.Type, q.Method, q.Initiator = s.word(q.URL), s.word(q.Host), s.word(q.Site), s.word(q.Type), s.word(q.Method), o.Initiator
		}
	}
	return v
}

// word keeps one copy of a text that many visits hold.
func (s *Slimmer) word(text string) string {
	if w, ok := s.words[text]; ok {
		return w
	}
	if len(text) > 300 {
		return text // long addresses are seldom met twice
	}
	w := strings.Clone(text)
	s.words[w] = w
	return w
}

// scriptsBehind lists the scripts that the observations of a visit lead back to: each last in its chain, and the scripts
// that loaded it.
func scriptsBehind(v evidence.Visit) map[string]bool {
	loadedBy := map[string]string{}
	for _, r := range v.Requests {
		if n := len(r.Initiator); r.Type == "Script" && n > 0 && loadedBy[r.URL] == "" {
			loadedBy[r.URL] = withoutLine(r.Initiator[n-1])
		}
	}
	needed := map[string]bool{}
	for _, o := range v.Observations {
		if n := len(o.Initiator); n > 0 {
			for at := withoutLine(o.Initiator[n-1]); at != "" && !needed[at]; at = loadedBy[at] {
				needed[at] = true
			}
		}
	}
	return needed
}
