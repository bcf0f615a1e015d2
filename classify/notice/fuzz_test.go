package notice

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"trackaudit/crawler/evidence"
)

// seeds adds the notices of the fixtures whose names end so.
func seeds(f *testing.F, ending string) {
	paths, err := filepath.Glob("testdata/fixtures/*.txtar")
	if err != nil || len(paths) == 0 {
		f.Fatal(err)
	}
	for _, path := range paths {
		ar, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if filepath.Ext(ar.Files[0].Name) == ending {
			f.Add(ar.Files[0].Data)
		}
	}
}

// reads demands that whatever is read holds together: offsets within the text, quotes exact, links and sections in it.
func reads(t *testing.T, contentType string, body []byte) {
	n, err := readAll([]evidence.Document{{URL: "https://a.test/p", ContentType: contentType, Body: body}}, corpusNames())
	if err != nil {
		return
	}
	checkQuotes(t, n)
	d := n.Documents[0]
	inside := func(what string, s Span) {
		if s.Start < 0 || s.Start > s.End || s.End > len(d.Text) {
			t.Errorf("%s %v of %d", what, s, len(d.Text))
		}
	}
	inside("body", d.Body)
	for _, s := range d.Sections {
		inside("section", s.Span)
	}
	for _, l := range d.Links {
		inside("link", l.Span)
	}
}

func FuzzRead(f *testing.F) {
	seeds(f, ".html")
	f.Fuzz(func(t *testing.T, body []byte) { reads(t, "text/html", body) })
}

func FuzzMarkdown(f *testing.F) {
	seeds(f, ".md")
	f.Fuzz(func(t *testing.T, body []byte) { reads(t, "text/markdown", body) })
}

func FuzzPlain(f *testing.F) {
	seeds(f, ".txt")
	f.Fuzz(func(t *testing.T, body []byte) { reads(t, "text/plain", body) })
}

// FuzzYAML demands that a file that is read is written so that it is read as the same.
func FuzzYAML(f *testing.F) {
	paths, _ := filepath.Glob("testdata/fixtures/*.txtar")
	for _, path := range paths[:4] {
		ar, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		n, err := readAll([]evidence.Document{{URL: "https://a.test/" + ar.Files[0].Name, Body: ar.Files[0].Data}}, nil)
		if err != nil {
			f.Fatal(err)
		}
		data, err := Marshal(n)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("declarations:\n- {technology: cookie, strength: category, names: [a, 'b: c'], quote: \"x\\u0001\\n\"}\n"))
	if data, err := os.ReadFile("testdata/README.md"); err == nil {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Unmarshal(data)
		if err != nil {
			return
		}
		first, err := Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Unmarshal(first)
		if err != nil {
			t.Fatalf("%v in what was written:\n%s", err, first)
		}
		second, err := Marshal(again)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("written twice:\n%s\n%s", first, second)
		}
		if !reflect.DeepEqual(n.Claims, again.Claims) || len(n.Declarations) != len(again.Declarations) {
			t.Errorf("read as something else:\n%s", first)
		}
	})
}
