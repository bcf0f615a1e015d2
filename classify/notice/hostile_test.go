package notice

import (
	"strings"
	"testing"
	"time"

	"trackaudit/crawler/evidence"
)

// TestHostile reads notices that are made to take long. The bound is loose, for the machine may be busy: what is guarded
// against takes minutes.
func TestHostile(t *testing.T) {
	for name, unit := range map[string]string{
		"one sentence":    "we do not share cookies with third parties such as Acme and Lumen, but may use your IP address to ",
		"only negations":  "not never no ",
		"only words":      "cookies ",
		"capitals":        "partners such as Acme, ",
		"labels":          "Name: _a\nProvider: b\n",
		"label pairs":     "Name\nProvider\n",
		"entries":         "- _a_b: ",
		"names":           "_a _b ",
		"brackets":        "third parties (Acme, (",
		"signals":         "Do Not Track signals it ",
		"questions":       "Do Not Track? No. ",
		"list":            "We share data with:\n",
		"quotation marks": "(“Tracking Technologies”) cookies ",
		"table":           "Name | Purpose | Expiry\n",
	} {
		t.Run(name, func(t *testing.T) {
			body := []byte("Privacy notice\n\nWe use cookies on this site, and this is our privacy notice.\n\n" + strings.Repeat(unit, 300_000/len(unit)))
			start := time.Now()
			for _, doc := range []evidence.Document{
				{URL: "notice.txt", ContentType: "text/plain", Body: body},
				{URL: "notice.md", ContentType: "text/markdown", Body: body},
			} {
				if n, err := readAll([]evidence.Document{doc}, corpusNames()); err == nil {
					checkQuotes(t, n)
				}
			}
			took := time.Since(start)
			t.Logf("2 × 300 KB in %v", took)
			if took > time.Minute {
				t.Error("too slow")
			}
		})
	}
}
