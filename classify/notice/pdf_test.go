package notice

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"trackaudit/crawler/evidence"
)

// testdata/pdf holds notices as HTML and the same printed by Chromium:
//
//	chromium --headless --no-pdf-header-footer --print-to-pdf=X.pdf X.html
//
// en-bakery has a cookie table with cells of several lines; de-bergbahn is justified and hyphenated, has headers and
// footers, and its table goes over to the next sheet; scanned has a drawing and no text.
func pdfFile(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", "pdf", name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestPDF demands that a PDF declares word for word what the HTML declares that it was printed from.
func TestPDF(t *testing.T) {
	for _, name := range []string{"en-bakery", "de-bergbahn"} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			n, err := Read([]evidence.Document{{URL: "https://a.test/" + name + ".pdf", ContentType: "application/pdf", Body: pdfFile(t, name+".pdf")}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d bytes read in %v", len(pdfFile(t, name+".pdf")), time.Since(start))
			html, err := Read([]evidence.Document{{URL: "https://a.test/" + name + ".html", ContentType: "text/html", Body: pdfFile(t, name+".html")}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			checkQuotes(t, n)
			got, want := keysOf(n), keysOf(html)
			if len(want) < 10 || !slices.Equal(got, want) {
				t.Errorf("declarations differ:\n%s\n\nHTML:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			a, b := n.Documents[0], html.Documents[0]
			if a.LastUpdated == "" || a.LastUpdated != b.LastUpdated || a.Language != b.Language {
				t.Errorf("updated %q, language %q; HTML: %q, %q", a.LastUpdated, a.Language, b.LastUpdated, b.Language)
			}
			titles := func(d Document) (list []string) {
				for _, s := range d.Sections {
					list = append(list, s.name())
				}
				return list
			}
			if !slices.Equal(titles(a), titles(b)) {
				t.Errorf("sections %q; HTML: %q", titles(a), titles(b))
			}
			links := func(d Document) (list []string) {
				for _, l := range d.Links {
					list = append(list, l.URL+" "+l.Text)
				}
				return list
			}
			if len(links(b)) == 0 || !slices.Equal(links(a), links(b)) {
				t.Errorf("links %q; HTML: %q", links(a), links(b))
			}
			if fmt.Sprint(n.Claims.OptOut) != fmt.Sprint(html.Claims.OptOut) || n.Claims.DNT.Value != html.Claims.DNT.Value {
				t.Errorf("opt-outs %v, DNT %s; HTML: %v, %s", n.Claims.OptOut, n.Claims.DNT.Value, html.Claims.OptOut, html.Claims.DNT.Value)
			}
			if strings.Contains(a.Text, "Seite 1") || strings.Contains(a.Text, "· Datenschutz") {
				t.Error("headers or footers stand in the text")
			}
		})
	}
}

// keysOf gives what each declaration says, with its quote and section.
func keysOf(n *Notice) []string {
	var out []string
	for _, d := range n.Declarations {
		out = append(out, strings.Join(contents(d), "|")+"|"+d.Section+"|"+d.Quote)
	}
	slices.Sort(out)
	return out
}

// TestPDFLong reads a PDF of as many sheets as are read at all.
func TestPDFLong(t *testing.T) {
	defer func(d time.Duration) { pdfTime = d }(pdfTime)
	pdfTime = 5 * time.Minute // it takes long on a busy machine
	body := pdfOfPages(maxPDFPages, "We use cookies for analytics, and we share data with advertising partners.")
	n, err := Read([]evidence.Document{{URL: "https://a.test/x.pdf", ContentType: "application/pdf", Body: body}}, nil)
	if err != nil || len(n.Declarations) < 2*maxPDFPages || strings.Contains(n.Documents[0].Text, "Page after page") {
		t.Errorf("%d declarations, %v", len(n.Declarations), err)
	}
}

// TestMain keeps PDFium compiled where the program does.
func TestMain(m *testing.M) {
	if caches, err := os.UserCacheDir(); err == nil {
		PDFCache.Dir = filepath.Join(caches, "trackaudit", "pdfium")
	}
	os.Exit(m.Run())
}

// TestPDFKept demands that a PDF is read where PDFium cannot be kept compiled, and where what was kept is broken; and
// that the broken one does not stay.
func TestPDFKept(t *testing.T) {
	before := PDFCache
	defer func() { PDFCache = before }()
	if PDFCache.Dir == "" { // a user without a folder for it
		PDFCache.Dir = t.TempDir()
	}
	body := pdfFile(t, "en-bakery.pdf")
	var want pdfWords
	want.read(body) // keeps it
	files, err := filepath.Glob(filepath.Join(PDFCache.Dir, "*", "*"))
	if err != nil || want.err != nil || len(files) == 0 {
		t.Fatalf("%v: %d kept, %v", want.err, len(files), err)
	}
	kept, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	PDFCache.Dir = filepath.Join(file, "no folder")
	var got pdfWords
	if got.read(body); got.err != nil || !reflect.DeepEqual(got.sheets, want.sheets) {
		t.Errorf("without a place to keep it: %v", got.err)
	}
	PDFCache.Dir = filepath.Join(dir, "kept")
	PDFCache.Drop = func() { os.RemoveAll(filepath.Join(dir, "kept")) }
	kept[len(kept)/2] ^= 0xFF
	broken := filepath.Join(PDFCache.Dir, filepath.Base(filepath.Dir(files[0])), filepath.Base(files[0]))
	if err := os.MkdirAll(filepath.Dir(broken), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(broken, kept, 0o600); err != nil {
		t.Fatal(err)
	}
	got = pdfWords{}
	if got.read(body); got.err != nil || !reflect.DeepEqual(got.sheets, want.sheets) {
		t.Errorf("broken: %v", got.err)
	}
	if _, err := os.Stat(broken); err == nil {
		t.Error("the broken one stays")
	}
}

func TestPDFUnreadable(t *testing.T) {
	whole := pdfFile(t, "en-bakery.pdf")
	for _, c := range []struct {
		name string
		body []byte
		want error
	}{
		{"scanned", pdfFile(t, "scanned.pdf"), errPDFScanned},
		{"locked", lockedPDF("Standard"), errPDFPassword},
		{"locked in an unknown way", lockedPDF("Nobodys"), errPDFEncrypted},
		{"half", whole[:len(whole)/2], nil},
		{"only a head", []byte("%PDF-1.7\n%%EOF"), errPDFBroken},
		{"noise", append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte{0xA5, 0x5A, '<', '('}, 50_000)...), errPDFBroken},
		{"nested", append([]byte("%PDF-1.7\n1 0 obj\n"), bytes.Repeat([]byte("[<<"), 50_000)...), errPDFBroken},
		{"many pages", pdfOfPages(maxPDFPages+1, "x"), errPDFPages},
		{"pages in a circle", []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>endobj\ntrailer<</Root 1 0 R>>\n"), nil},
	} {
		start := time.Now()
		_, err := Read([]evidence.Document{{URL: "https://a.test/x.pdf", ContentType: "application/pdf", Body: c.body}}, nil)
		var unreadable *UnreadableError
		if !errors.As(err, &unreadable) || c.want != nil && unreadable.Reason != c.want.Error() {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		t.Logf("%s: %v in %v", c.name, err, time.Since(start))
	}
}

// TestPDFOnce demands that what was asked whether it is a notice is not read again to say what it says.
func TestPDFOnce(t *testing.T) {
	defer func(d time.Duration) { pdfTime = d }(pdfTime)
	pdfTime = time.Minute
	doc := evidence.Document{URL: "https://a.test/x.pdf", ContentType: "application/pdf", Body: pdfFile(t, "en-bakery.pdf")}
	if kind, _ := Likely(doc); kind != "privacy" {
		t.Fatalf("kind %q", kind)
	}
	pdfTime = 0
	first, err := Read([]evidence.Document{doc}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Read([]evidence.Document{doc}, nil); err != nil || !slices.Equal(keysOf(first), keysOf(again)) || len(first.Declarations) == 0 {
		t.Errorf("%v; another reading:\n%s", err, strings.Join(keysOf(again), "\n"))
	}
}

// TestPDFTime demands that a PDF that takes too long is given up, and that the next one is read all the same.
func TestPDFTime(t *testing.T) {
	defer func(d time.Duration) { pdfTime = d }(pdfTime)
	pdfTime = 5 * time.Millisecond
	onePDF.kept = nil
	if _, err := pdfPageOf(pdfFile(t, "en-bakery.pdf")); !errors.Is(err, errPDFTime) {
		t.Errorf("%v", err)
	}
	pdfTime = time.Minute
	if _, err := pdfPageOf(pdfFile(t, "en-bakery.pdf")); err != nil {
		t.Errorf("%v", err)
	}
}

// lockedPDF is a PDF whose passwords nobody knows.
func lockedPDF(filter string) []byte {
	return []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n" +
		"4 0 obj<</Filter/" + filter + "/V 1/R 2/P -4/O<" + strings.Repeat("5a", 32) + ">/U<" + strings.Repeat("a5", 32) + ">>>endobj\ntrailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>\n")
}

func pdfOfPages(n int, line string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count " + fmt.Sprint(n) + "/Kids[" + strings.Repeat("3 0 R ", n) +
		"]>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n")
	rest := strings.Repeat("0 -14 Td (Page after page of words.) Tj ", 3) // as headers and footers are, repeated on each
	text := "BT /F 10 Tf 40 500 Td " + rest + "0 -14 Td (" + line + ") Tj " + rest + "ET"
	fmt.Fprintf(&b, "4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n", len(text), text)
	return b.Bytes()
}

// BenchmarkPDF reads a notice of three sheets, the start of its reader included.
func BenchmarkPDF(b *testing.B) {
	body := pdfFile(b, "de-bergbahn.pdf")
	b.ReportAllocs()
	for b.Loop() {
		onePDF.kept = nil
		if _, err := pdfPageOf(body); err != nil {
			b.Fatal(err)
		}
	}
}
