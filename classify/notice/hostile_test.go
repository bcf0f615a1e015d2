package notice

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"trackaudit/crawler/evidence"
)

const declares = "We use cookies and web beacons to analyze traffic, and share data with advertising partners. We do not sell your IP address. "

// hostile is input made to hang or to mislead a reader, of about size bytes each.
func hostile(size int) map[string]evidence.Document {
	fill := func(s string) string { return strings.Repeat(s, max(1, size/len(s))) }
	page := func(ct, body string) evidence.Document { return evidence.Document{ContentType: ct, Body: []byte(body)} }
	docs := map[string]evidence.Document{
		"nested div":      page("text/html", "<p>"+declares+fill("<div>")+declares),
		"nested list":     page("text/html", "<p>"+declares+fill("<ul><li>")+declares),
		"nested table":    page("text/html", "<p>"+declares+fill("<table><tr><td>")+declares),
		"cells":           page("text/html", "<p>"+declares+"<table><tr>"+fill("<td>a")),
		"rows":            page("text/html", "<p>"+declares+"<table><tr><th>Name<th>Purpose<th>Duration"+fill("<tr><td>_ga<td>a<td>2y")),
		"definition list": page("text/html", "<p>"+declares+"<dl>"+fill("<dt>_ga<dd>counts, 2 years")),
		"cards":           page("text/html", "<p>"+declares+fill("<h3>_ga</h3><p>Purpose: x</p><p>Duration: 2 years</p>")),
		"headings":        page("text/html", "<p>"+declares+fill("<h2>1.1 Cookies</h2>")),
		"links":           page("text/html", "<p>"+declares+fill("<a href=x>opt out</a> ")),
		"banners":         page("text/html", "<p>"+declares+fill("<div class='cookie-banner nav'>we use cookies</div>")),
		"attributes":      page("text/html", "<p>"+declares+"<div "+fill("a=b ")+">"),
		"table rows":      page("text/markdown", declares+"\n\n| Name | Purpose |\n|---|---|\n"+fill("| _ga | x |\n")),
		"stars":           page("text/markdown", declares+"\n\n"+fill("**a*_b_")),
		"brackets":        page("text/markdown", declares+"\n\n"+fill("[](")),
		"no full stop":    page("text/plain", fill("we use cookies and not share data with third parties ")),
		"one word":        page("text/plain", declares+fill("a")),
		"parentheses":     page("text/plain", declares+fill("(")),
		"defined terms":   page("text/plain", declares+fill("cookies (“Tracking Tools”) ")),
		"names":           page("text/plain", fill("we use the cookies _a ")),
		"short lines":     page("text/plain", declares+"\n"+fill("a\n")),
		"title lines":     page("text/plain", declares+"\n"+fill("Cookie policy\n")),
		"label lines":     page("text/plain", declares+"\n"+fill("Name: _ga\n")),
		"signals":         page("text/plain", fill("do not track\nthese signals\n")),
		"vendors":         page("text/plain", fill("We share data with Google Analytics, Facebook, Hotjar and Criteo. ")),
	}
	for name, unit := range map[string]string{
		"one sentence":    "we do not share cookies with third parties such as Acme and Lumen, but may use your IP address to ",
		"only negations":  "not never no ",
		"only words":      "cookies ",
		"capitals":        "partners such as Acme, ",
		"labels":          "Name: _a\nProvider: b\n",
		"label pairs":     "Name\nProvider\n",
		"entries":         "- _a_b: ",
		"two names":       "_a _b ",
		"open brackets":   "third parties (Acme, (",
		"signal and it":   "Do Not Track signals it ",
		"questions":       "Do Not Track? No. ",
		"leads":           "We share data with:\n",
		"quotation marks": "(“Tracking Technologies”) cookies ",
		"bars":            "Name | Purpose | Expiry\n",
		"backticks":       "``a` <b>",
		"quotations":      "> > > # a\n",
	} {
		docs[name] = page("text/plain", declares+"\n\n"+fill(unit))
		docs[name+", Markdown"] = page("text/markdown", declares+"\n\n"+fill(unit))
	}
	return docs
}

// TestHostile demands of each that it ends in a reading or in an error that says why. The bound is loose, for the machine
// may be busy: what is guarded against takes minutes.
func TestHostile(t *testing.T) {
	for name, doc := range hostile(100_000) {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			n, err := readAll([]evidence.Document{doc}, corpusNames())
			if took := time.Since(start); took > time.Minute {
				t.Errorf("took %v", took)
			}
			var unreadable *UnreadableError
			var language *LanguageError
			switch {
			case err == nil && len(n.Documents) == 1:
				checkQuotes(t, n)
			case !errors.As(err, &unreadable) && !errors.As(err, &language):
				t.Errorf("%v, %d documents", err, len(n.Documents))
			}
		})
	}
}

func TestTooMuch(t *testing.T) {
	for _, c := range []struct{ name, contentType, body, reason string }{
		{"bytes", "text/html", declares + strings.Repeat(" ", maxBytes), "larger than 5 MB"},
		{"nesting", "text/html", "<p>" + declares + strings.Repeat("<div>", 100_000), "nested too deeply"},
		{"cells", "text/html", "<p>" + declares + "<table><tr>" + strings.Repeat("<td>a", 900_000), "more than 100,000 table cells"},
		{"Markdown cells", "text/markdown", declares + "\n\n|a|b|\n|-|-|\n" + strings.Repeat("|a|b|\n", 60_000), "more than 100,000 table cells"},
		{"declarations", "text/plain", strings.Repeat("We use cookies, IP addresses, device IDs, web beacons and local storage.\n", 40_000), "more than 100,000 declarations"},
		{"sentences", "text/plain", declares + strings.Repeat("We use it.\n", 200_001), "more than 200,000 sentences"},
		{"binary", "text/html", "\x00\x01\x02" + declares, "not text"},
		{"NULs", "text/plain", declares + strings.Repeat("\x00", 300), "not text"},
		{"PDF", "application/pdf", "%PDF-1.7\n" + declares, "broken PDF"},
		{"empty", "text/html", " \n\t ", "empty document"},
		{"no text", "text/html", "<html><body><script>we use cookies</script></body></html>", "no text"},
	} {
		_, err := Read([]evidence.Document{{URL: "https://a.test/", ContentType: c.contentType, Body: []byte(c.body)}}, nil)
		var unreadable *UnreadableError
		if !errors.As(err, &unreadable) || unreadable.Reason != c.reason {
			t.Errorf("%s: %v, want %q", c.name, err, c.reason)
		}
	}
}

func TestEncodings(t *testing.T) {
	german := "<html><body><p>Wir verwenden Cookies für Werbung und zählen die Besuche auf unserer Seite. Die Daten geben wir nicht an Dritte weiter.</p></body></html>"
	wide := func(s string, big, mark bool) []byte {
		var b []byte
		put := func(u uint16) {
			if big {
				b = append(b, byte(u>>8), byte(u))
			} else {
				b = append(b, byte(u), byte(u>>8))
			}
		}
		if mark {
			put(0xFEFF)
		}
		for _, u := range utf16.Encode([]rune(s)) {
			put(u)
		}
		return b
	}
	latin := func(s string) []byte {
		var b []byte
		for _, r := range s {
			b = append(b, byte(r))
		}
		return b
	}
	for _, c := range []struct {
		name, contentType string
		body              []byte
	}{
		{"UTF-8", "text/html; charset=utf-8", []byte(german)},
		{"UTF-8 with mark", "text/html", []byte("\uFEFF" + german)},
		{"UTF-8 called Latin-1", "text/html; charset=iso-8859-1", []byte(german)},
		{"UTF-16 little", "text/html", wide(german, false, true)},
		{"UTF-16 big", "text/html", wide(german, true, true)},
		{"UTF-16 little, said by the server", "text/html; charset=utf-16le", wide(german, false, false)},
		{"UTF-16 little, unsaid", "text/html", wide(german, false, false)},
		{"UTF-16 big, unsaid", "text/plain", wide(german, true, false)},
		{"Latin-1, unsaid", "text/html", latin(german)},
		{"Latin-1, said", "text/html; charset=iso-8859-1", latin(german)},
		{"a broken byte", "text/html", []byte(strings.Replace(german, "Besuche", "Bes\xffuche", 1))},
	} {
		n, err := Read([]evidence.Document{{URL: "https://a.test/", ContentType: c.contentType, Body: c.body}}, nil)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		checkQuotes(t, n)
		text := n.Documents[0].Text
		if n.Documents[0].Language != "de" || len(n.Declarations) < 2 || !strings.Contains(text, "für Werbung") {
			t.Errorf("%s: %s %d declarations %q", c.name, n.Documents[0].Language, len(n.Declarations), text)
		}
	}
}

// BenchmarkHostile reads the same at the size of the largest notice that is read at all.
func BenchmarkHostile(b *testing.B) {
	for name, doc := range hostile(maxBytes - 1000) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = Read([]evidence.Document{doc}, nil)
			}
		})
	}
}
