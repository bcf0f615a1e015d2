package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// TestDiskFull audits into a folder on a disk that is too small: the run ends with an error that says so, what was
// written stays readable, and the run can be resumed where there is room. It needs the right to mount.
func TestDiskFull(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("no small disk can be made here: %v", err)
	}
	defer func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	}()
	rule := generatedSite(t, 25)
	dir := filepath.Join(disk, "run")
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"audit", "https://www.many.test/", "--host-rule", rule, "--insecure", "--pages", "25", "--out", dir, "--quiet"}, &out, &errs)
	if code != exitUsage || !strings.Contains(errs.String(), "no space left") {
		t.Errorf("exit %d, want %d, with: %s", code, exitUsage, errs.String())
	}
	stored := &storedVisits{files: []string{filepath.Join(dir, evidenceFile)}}
	visits := slices.Collect(stored.all)
	if stored.err != nil || len(visits) == 0 || len(visits) >= 25 {
		t.Fatalf("%d visits on the full disk, %v", len(visits), stored.err)
	}
	for _, v := range visits {
		if !v.Complete || v.ID == "" {
			t.Errorf("%s: complete %v", v.URL, v.Complete)
		}
	}
	t.Logf("disk full after %d visits (the last cut: %v): exit %d, %s", len(visits), stored.truncated, code, strings.TrimSpace(errs.String()))
	wide := filepath.Join(t.TempDir(), "run")
	if err := os.CopyFS(wide, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	errs.Reset()
	if code := run(t.Context(), []string{"audit", "--resume", wide, "--quiet"}, &out, &errs); code == exitUsage {
		t.Fatalf("resumed: exit %d: %s", code, errs.String())
	}
	stored = &storedVisits{files: []string{filepath.Join(wide, evidenceFile)}}
	again := slices.Collect(stored.all)
	ids := map[string]bool{}
	for _, v := range again {
		ids[v.ID] = true
	}
	if stored.err != nil || len(again) != 25 || len(ids) != 25 {
		t.Errorf("resumed: %d visits, %d of them different, %v; want 25", len(again), len(ids), stored.err)
	}
}
