package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trackaudit/testsites"
)

// TestReportAgain: an audit and `trackaudit report` on its run folder come to the same report, and no scratch file stays.
func TestReportAgain(t *testing.T) {
	const name = "company"
	site, server := serveTestSite(t, name)
	vendors := filepath.Join(t.TempDir(), "vendors.tsv")
	if err := os.WriteFile(vendors, testsites.Vendors(), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "run")
	var first, again, errs bytes.Buffer
	run(t.Context(), append([]string{"audit", site.Start, "--host-rule", server.HostRule(), "--insecure", "--out", dir, "--quiet", "--format", "json", "--knowledge", vendors}, site.Want.Args...), &first, &errs)
	run(t.Context(), []string{"report", dir, "--format", "json"}, &again, &errs)
	if _, differences, err := checkManifest(dir); err != nil || len(differences) > 0 {
		t.Errorf("the run folder is not as it was written: %v, %v", differences, err)
	}
	var a, b map[string]any
	if err := json.Unmarshal(first.Bytes(), &a); err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	if err := json.Unmarshal(again.Bytes(), &b); err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	if list, _ := a["destinations"].([]any); len(list) < 2 {
		t.Errorf("%d destinations: nothing is compared", len(list))
	}
	if diff := cmp.Diff(b, a); diff != "" {
		t.Errorf("the reports differ (- report, + audit):\n%s", diff)
	}
}
