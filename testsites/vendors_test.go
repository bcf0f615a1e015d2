package testsites

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// vendorRows reads vendors.tsv: its rows by kind, and services by domain.
func vendorRows(t *testing.T) (rows map[string][][]string, owner map[string]string) {
	t.Helper()
	columns := map[string]int{"service": 8, "domain": 5, "cookie": 9, "storage": 9, "widget": 7, "recorder": 6, "fingerprinter": 5, "challenge": 5, "cloak": 4}
	rows, owner = map[string][][]string{}, map[string]string{}
	lines := strings.Split(strings.TrimSpace(string(Vendors())), "\n")[1:]
	if !slices.IsSorted(lines) {
		t.Error("the rows are not sorted")
	}
	for _, line := range lines {
		cells := strings.Split(line, "\t")
		if n := columns[cells[0]]; n != len(cells) {
			t.Errorf("%q: %d columns, want %d", line, len(cells), n)
			continue
		}
		rows[cells[0]] = append(rows[cells[0]], cells)
		if cells[0] == "domain" {
			owner[cells[1]] = cells[2]
		}
	}
	return rows, owner
}

func TestFactsCoverTheVendors(t *testing.T) {
	rows, owner := vendorRows(t)
	services := map[string]bool{}
	for _, r := range rows["service"] {
		services[r[1]] = true
	}
	a, err := open(vendorsName)
	if err != nil {
		t.Fatal(err)
	}
	for host := range a.resources {
		if !services[owner[siteOf(host)]] {
			t.Errorf("nobody owns %s", host)
		}
	}
	seconds := func(s string) int64 {
		if s == "session" {
			return 0
		}
		n, err := strconv.ParseInt(s[:len(s)-1], 10, 64)
		if err != nil {
			t.Errorf("lifetime %q", s)
		}
		return n * map[byte]int64{'s': 1, 'm': 60, 'h': 3600, 'd': 86400, 'y': 365 * 86400}[s[len(s)-1]]
	}
	for name, s := range load(t) {
		for _, c := range s.Want.Cookies {
			service := owner[siteOf(c.Setter)]
			if service == "" {
				continue
			}
			i := slices.IndexFunc(rows["cookie"], func(r []string) bool {
				prefix, open := strings.CutSuffix(r[1], "*")
				return r[2] == service && (r[1] == c.Name || open && strings.HasPrefix(c.Name, prefix))
			})
			if i < 0 {
				t.Errorf("%s: nothing is known of cookie %s of %s", name, c.Name, service)
			} else if r := rows["cookie"][i]; r[3] != c.Purpose || seconds(r[4]) != c.Lifetime {
				t.Errorf("%s: cookie %s: known as %s for %s, but it is for %s and lives %d s", name, c.Name, r[3], r[4], c.Purpose, c.Lifetime)
			}
		}
		for _, w := range s.Want.Widgets {
			if owner[siteOf(w.Host)] != w.Service {
				t.Errorf("%s: widget %+v", name, w)
			}
		}
		for _, r := range s.Want.Replay {
			known := slices.ContainsFunc(rows["recorder"], func(row []string) bool {
				return row[1] == r.Service && "https://"+row[2] == r.Script && "https://"+row[3] == r.Ingest
			})
			if !known {
				t.Errorf("%s: recorder %+v is not known", name, r)
			}
		}
	}
}
