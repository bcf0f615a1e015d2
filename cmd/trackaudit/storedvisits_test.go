package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trackaudit/crawler/evidence"
)

// TestWholeVisits guards that a resumed run finds the visits that saw their page whole, wherever they lie, and no others.
func TestWholeVisits(t *testing.T) {
	var text bytes.Buffer
	for i := range 40 {
		v := evidence.Visit{ID: fmt.Sprintf("v%04d", i), URL: "https://a.test/", Choice: evidence.ChoiceNone, Title: strings.Repeat("long\n", i*1000), Complete: i != 3}
		if err := evidence.Write(&text, v); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), evidenceFile)
	if err := os.WriteFile(file, text.Bytes()[:text.Len()-10], 0o644); err != nil { // killed in the last
		t.Fatal(err)
	}
	find := (&storedVisits{files: []string{file, file + ".none"}}).whole()
	for i := range 41 {
		id := fmt.Sprintf("v%04d", i)
		v, ok := find(id, "https://a.test/", evidence.ChoiceNone)
		if want := i != 3 && i < 39; ok != want || ok && (v.ID != id || len(v.Title) != i*5000) {
			t.Errorf("%s: found %v, as %s with a title of %d", id, ok, v.ID, len(v.Title))
		}
		if _, ok := find(id, "https://b.test/", evidence.ChoiceNone); ok {
			t.Errorf("%s is found at another address", id)
		}
	}
}
