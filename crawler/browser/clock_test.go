package browser

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"sync"
	"testing"

	"trackaudit/crawler/evidence"
	"trackaudit/testsites"
)

// TestVirtualAndRealTime: virtual time shows what ten seconds of real time show. By default on the sites whose
// trackers wait, sit in frames, workers and popups, or record; with TRACKAUDIT_REAL_TIME=1 on all sites.
func TestVirtualAndRealTime(t *testing.T) {
	names := []string{"company", "frames", "late"}
	if os.Getenv("TRACKAUDIT_REAL_TIME") != "" {
		names = testsites.Names()
	}
	real := own(t, "shell", func(o *Options) { o.RealTime = true })
	virtual := shared(t, "shell")
	var mu sync.Mutex
	same, all := 0, 0
	inParallel(len(names), 4, func(i int) {
		site, err := testsites.Load(names[i])
		if err != nil {
			t.Error(err)
			return
		}
		seen := map[bool]map[string]bool{}
		for _, b := range []*Browser{real, virtual} {
			r, err := b.Visit(t.Context(), Job{ID: "v0001", URL: site.Start, Choice: evidence.ChoiceNone})
			if err != nil {
				t.Error(err)
				return
			}
			if d := r.Visit.Dwell; d.Budget > 0 && d.Virtual == b.o.RealTime {
				t.Errorf("%s: the visit calls its time virtual: %v", names[i], r.Visit.Dwell.Virtual)
			}
			seen[b.o.RealTime] = observed(r.Visit)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, fact := range slices.Sorted(maps.Keys(seen[true])) {
			all++
			if seen[false][fact] {
				same++
			} else {
				t.Errorf("%s: in real time only: %s", names[i], fact)
			}
		}
		for _, fact := range slices.Sorted(maps.Keys(seen[false])) {
			if !seen[true][fact] {
				all++
				t.Errorf("%s: in virtual time only: %s", names[i], fact)
			}
		}
	})
	t.Logf("%d sites: %d of %d observations are the same in virtual and in real time", len(names), same, all)
}

// chance matches the parts of names that are another on every visit.
var chance = regexp.MustCompile(`[0-9a-f]{10,}`)

// observed is what a visit holds, one line an observation, without what differs from one visit to the next.
func observed(v evidence.Visit) map[string]bool {
	set := map[string]bool{}
	for _, o := range v.Observations {
		name := chance.ReplaceAllString(o.Name, "*")
		if o.Request != nil {
			if u, err := url.Parse(o.Request.URL); err == nil {
				name += u.Path
			}
		}
		set[fmt.Sprintf("%s %s of %s by %s (%s)", o.Technology, name, o.Host, o.Setter, o.Source)] = true
	}
	return set
}
