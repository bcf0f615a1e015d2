package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trackaudit/testsites"
)

// TestRotating audits a site that gives its visits other names and its advertisements another order every time, twenty
// times, on another port each: the fingerprints are the same, or a baseline would be worth nothing.
func TestRotating(t *testing.T) {
	vendors := filepath.Join(t.TempDir(), "vendors.tsv")
	if err := os.WriteFile(vendors, testsites.Vendors(), 0o644); err != nil {
		t.Fatal(err)
	}
	const repeats = 20
	seen := map[string]int{}
	for i := range repeats {
		server, err := testsites.Start(testsites.Options{Sites: []string{"rotating"}})
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "run")
		var out, errs bytes.Buffer
		code := run(t.Context(), []string{"audit", "https://www.dabchickrecipes.test/", "--host-rule", server.HostRule(), "--insecure", "--knowledge", vendors, "--out", dir, "--quiet", "--dwell", "1s"}, &out, &errs)
		server.Close()
		if code != exitFindings {
			t.Fatalf("audit %d: exit %d: %s", i, code, errs.String())
		}
		r, err := readReport(dir)
		if err != nil {
			t.Fatal(err)
		}
		var prints []string
		for _, f := range r.Findings {
			prints = append(prints, f.Fingerprint+" "+f.Rule+" "+f.Subject)
		}
		slices.Sort(prints)
		seen[strings.Join(prints, "\n")]++
	}
	t.Logf("%d audits, %d different sets of fingerprints", repeats, len(seen))
	if len(seen) != 1 {
		for set, n := range seen {
			t.Errorf("%d times:\n%s", n, set)
		}
	}
}
