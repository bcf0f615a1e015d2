package knowledge

import (
	"strings"
	"testing"
)

// TestHowMuch prints how much is known and holds it to what was promised. A service counts with its owner, a domain
// and a purpose, a pattern with its purpose and lifetime.
func TestHowMuch(t *testing.T) {
	f := Embedded()
	hasDomain := map[string]bool{}
	for _, rules := range f.domains {
		for _, r := range rules {
			hasDomain[r.service.ID] = true
		}
	}
	all, own := 0, 0
	for _, s := range f.services {
		if s.Entity == "" || !hasDomain[s.ID] || s.Purposes[0] == Unknown {
			continue
		}
		all++
		if strings.HasPrefix(s.Source, "vendor documentation") {
			own++
		}
	}
	patterns, ownPatterns, consent := 0, 0, 0
	for _, p := range f.stored {
		for _, index := range []map[string][]pattern{p.exact, p.prefix} {
			for _, rows := range index {
				for _, r := range rows {
					if r.Consent {
						consent++
					}
					if r.Purpose == Unknown || r.Lifetime < 0 {
						continue
					}
					patterns++
					if strings.HasPrefix(r.Source, "vendor documentation") {
						ownPatterns++
					}
				}
			}
		}
	}
	tags, walls, recorders, printers := 0, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, s := range f.services {
		if s.Purposes[0] == TagManagement {
			tags++
		}
	}
	for _, c := range f.challenges {
		walls[c.Service] = true
	}
	for _, r := range f.recorders {
		recorders[r.Service] = true
		if r.Script == "" && r.Ingest == "" {
			t.Errorf("recorder %s has no script and sends nowhere", r.Service)
		}
	}
	for _, p := range f.fingerprinters {
		printers[p.Service] = true
	}
	for _, c := range []struct {
		what    string
		n, want int
	}{
		{"services with owner, domain and purpose", all, 300}, {"of them by hand", own, 300},
		{"cookie and storage patterns with purpose and lifetime", patterns, 200}, {"of them by hand", ownPatterns, 200},
		{"consent records", consent, 50}, {"social widgets", len(f.widgets), 20}, {"makers of session recorders", len(recorders), 20},
		{"makers of fingerprinting scripts", len(printers), 10}, {"tag managers", tags, 8}, {"makers of bot walls", len(walls), 10},
		{"entities with homepage", len(f.entities), 50}, {"tracking parameters", len(f.parameters), 50}, {"cloaking targets", len(f.cloaks), 20},
		{"aliases", len(f.aliases), 100}, {"domains", len(f.domains), 1000},
	} {
		t.Logf("%5d %s", c.n, c.what)
		if c.n < c.want {
			t.Errorf("%d %s, want %d", c.n, c.what, c.want)
		}
	}
}
