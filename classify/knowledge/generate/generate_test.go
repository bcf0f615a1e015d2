package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestDataIsGenerated guards that ../data holds what the inputs give: whoever edits one side alone is told.
func TestDataIsGenerated(t *testing.T) {
	files, _, err := generate(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir("../data")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if files[e.Name()] == nil {
			t.Errorf("data/%s is not generated", e.Name())
		}
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", "data", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("data/%s is not what go generate ./classify/knowledge gives (%v)", name, err)
		}
	}
}

func TestLifetime(t *testing.T) {
	for period, want := range map[string]string{
		"1 year": "1y", "13 months": "396d", "12 months": "1y", "Session": "session", "30 mins": "30m", "2 Weeks": "14d",
		"forever": "", "Unknown": "", "10 seconds": "10s", "24 hours": "24h", "End of session (browser)": "session",
	} {
		if got := lifetime(period); got != want {
			t.Errorf("lifetime(%q) = %q, want %q", period, got, want)
		}
	}
}

// TestDistinct guards that a short or common name of the Open Cookie Database does not decide by itself.
func TestDistinct(t *testing.T) {
	for name, want := range map[string]bool{
		"_s*": false, "uid": false, "store": false, "frontend": false, "welcome-*": false, "lang": false, "user_id": false,
		"visid_incap_*": true, "KRTBCOOKIE_*": true, "li_sugr": true, "ajs_anonymous_id": true, "cc-*": false,
		"auth_tracking_id": false,
	} {
		literal, wildcard := name, false
		if literal[len(literal)-1] == '*' {
			literal, wildcard = literal[:len(literal)-1], true
		}
		if got := distinct(literal, wildcard); got != want {
			t.Errorf("distinct(%q) = %v", name, got)
		}
	}
}
