package notice

import (
	"bytes"
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"

	"trackaudit/crawler/evidence"
)

// A setter sets type on sheets of 600 by 800 points, in a font whose letters are all equally wide.
type setter struct{ sheets []*bytes.Buffer }

const letter = 0.6 // the width of each, in sizes

func (s *setter) sheet() { s.sheets = append(s.sheets, &bytes.Buffer{}) }

func (s *setter) put(x, y, size float64, bold bool, text string) {
	font := "F"
	if bold {
		font = "B"
	}
	text = strings.NewReplacer("(", `\(`, ")", `\)`, `\`, `\\`, "fi", "\x01", "fl", "\x02").Replace(text) // as ligatures
	fmt.Fprintf(s.sheets[len(s.sheets)-1], "BT /%s %g Tf 1 0 0 1 %g %g Tm (%s) Tj ET\n", font, size, x, y, text)
}

func (s *setter) bytes() []byte {
	var b bytes.Buffer
	kids := ""
	for i := range s.sheets {
		kids += fmt.Sprintf("%d 0 R ", 10+2*i)
	}
	fmt.Fprintf(&b, "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count %d/Kids[%s]>>endobj\n", len(s.sheets), kids)
	encoding := "/Encoding<</Type/Encoding/BaseEncoding/WinAnsiEncoding/Differences[1/fi/fl]>>"
	fmt.Fprintf(&b, "3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Courier%s>>endobj\n4 0 obj<</Type/Font/Subtype/Type1/BaseFont/Courier-Bold%s>>endobj\n", encoding, encoding)
	for i, sheet := range s.sheets {
		fmt.Fprintf(&b, "%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R/Resources<</Font<</F 3 0 R/B 4 0 R>>>>>>endobj\n", 10+2*i, 11+2*i)
		fmt.Fprintf(&b, "%d 0 obj<</Length %d>>stream\n%sendstream endobj\n", 11+2*i, sheet.Len(), sheet)
	}
	b.WriteString("trailer<</Root 1 0 R>>\n")
	return b.Bytes()
}

// wrapped cuts a paragraph into lines of at most some letters. A | stands where a word may be broken.
func wrapped(text string, letters int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		plain := strings.ReplaceAll(word, "|", "")
		if len(strings.TrimSpace(line+" "+plain)) <= letters {
			line = strings.TrimSpace(line + " " + plain)
			continue
		}
		if head, tail, ok := strings.Cut(word, "|"); ok && len(line+" "+head+"-") <= letters {
			lines, line = append(lines, line+" "+head+"-"), strings.ReplaceAll(tail, "|", "")
			continue
		}
		lines, line = append(lines, line), plain
	}
	return append(lines, line)
}

var columnTitle = "Privacy notice of the Orchard Cooperative"

// columnText are titles, which begin with #, and paragraphs.
var columnText = []string{
	"# Cookies and traffic",
	"Our office uses first-party coo|kies to remember what you have put into the bas|ket, and analy|tics cookies to find out which pages visi|tors read most often.",
	"We also use web bea|cons in our e-mails. They tell us whe|ther a mes|sage was opened, so that we can mea|sure how well our news|letter works.",
	"Your IP add|ress is recorded when you visit the site, for secu|rity only, and is deleted after seven days without any further use of it.",
	"# Who receives data",
	"We share data with adver|tising part|ners, who use it to show you adver|tise|ments that match your inte|rests on other sites as well as on ours.",
	"We do not sell personal infor|mation to any|body. We do not use finger|printing, and we do not record your loca|tion in any way.",
	"Service pro|viders that deliver our par|cels get the address that you enter, so that the fruit which you ordered reaches you fresh and in time.",
	"# Your choices",
	"You can refuse ana|lytics cookies in the set|tings of this site at any time. The shop works with|out them, but it may forget the lan|guage that you chose.",
	"We do not respond to Do Not Track sig|nals, because there is no agree|ment yet on what a site should do when it receives one from a browser.",
}

var columnTable = [][]string{
	{"Cookie", "Provider", "Purpose", "Expires"},
	{"orchard_basket", "Orchard", "remembers the basket", "1 day"},
	{"_ga", "Google Analytics", "analytics of visits", "2 years"},
	{"orchard_lang", "Orchard", "keeps the language", "1 year"},
	{"_fbp", "Meta", "advertising on other sites", "3 months"},
	{"orchard_sid", "Orchard", "keeps you signed in", "session"},
}

// set sets the text in columns, each line of a row at once if across is set, with a header and a footer on each sheet, and
// the table below it, over the end of a sheet.
func set(columns int, across bool) []byte {
	const size, top, bottom, left, width = 9.0, 740.0, 70.0, 40.0, 520.0
	s := &setter{}
	y := 0.0
	sheet := func() {
		s.sheet()
		s.put(left, 775, 8, false, "Orchard Cooperative")
		s.put(430, 775, 8, false, "fresh since 1911")
		s.put(260, 30, 8, false, fmt.Sprintf("Page %d", len(s.sheets)))
		y = top
	}
	sheet()
	s.put(left, y, 16, true, columnTitle)
	y -= 34
	gap := 18.0
	each := (width - gap*float64(columns-1)) / float64(columns)
	letters := int(each / (size * letter))
	type line struct {
		text string
		bold bool
		down float64
	}
	var lines []line
	for _, p := range columnText {
		title, bold := strings.CutPrefix(p, "# ")
		for i, l := range wrapped(title, letters) {
			down := 11.0
			if i == 0 {
				down = 19
			}
			lines = append(lines, line{l, bold, down})
		}
	}
	type placed struct {
		x, y float64
		line
	}
	const height = 170.0 // of the columns on a sheet, so that they go on on the next
	for len(lines) > 0 {
		var all []placed
		for c := range columns {
			at := y
			for len(lines) > 0 && y-at < height {
				all = append(all, placed{left + float64(c)*(each+gap), at, lines[0]})
				lines = lines[1:]
				if len(lines) > 0 {
					at -= lines[0].down
				}
			}
		}
		if across {
			slices.SortStableFunc(all, func(a, b placed) int { return int(b.y - a.y) })
		}
		for _, l := range all {
			s.put(l.x, l.y, size, l.bold, l.text)
		}
		if y -= height + 40; len(lines) > 0 {
			sheet()
		}
	}
	y = min(y, bottom+3.5*14) // three rows fit on this sheet
	for i, row := range columnTable {
		if y < bottom {
			sheet()
		}
		for c, x := range []float64{left, 160, 290, 490} {
			s.put(x, y, size, i == 0, row[c])
		}
		y -= 14
	}
	return s.bytes()
}

// TestPDFColumns demands that a PDF in columns declares word for word what the same text declares as HTML.
func TestPDFColumns(t *testing.T) {
	var b strings.Builder
	b.WriteString("<h1>" + columnTitle + "</h1>")
	for _, p := range columnText {
		p = html.EscapeString(strings.ReplaceAll(p, "|", ""))
		if title, ok := strings.CutPrefix(p, "# "); ok {
			b.WriteString("<h2>" + title + "</h2>")
			continue
		}
		b.WriteString("<p>" + p + "</p>")
	}
	b.WriteString("<table>")
	for i, row := range columnTable {
		cell := []string{"td", "th"}[max(0, 1-i)]
		b.WriteString("<tr><" + cell + ">" + strings.Join(row, "</"+cell+"><"+cell+">") + "</" + cell + "></tr>")
	}
	want, err := Read([]evidence.Document{{URL: "https://a.test/x.html", ContentType: "text/html", Body: []byte("<html><body>" + b.String() + "</table></body></html>")}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(want.Declarations) < 12 {
		t.Fatalf("only %d declarations", len(want.Declarations))
	}
	for _, c := range []struct {
		name    string
		columns int
		across  bool
	}{{"one", 1, false}, {"two", 2, false}, {"two, across", 2, true}, {"three", 3, false}, {"three, across", 3, true}} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Read([]evidence.Document{{URL: "https://a.test/x.pdf", ContentType: "application/pdf", Body: set(c.columns, c.across)}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			checkQuotes(t, got)
			if a, b := keysOf(got), keysOf(want); !slices.Equal(a, b) {
				t.Errorf("declarations differ:\n%s\n\nHTML:\n%s\n\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"), got.Documents[0].Text)
			}
			if a, b := got.Claims.DNT, want.Claims.DNT; b.Quote == "" || a.Value != b.Value || a.Quote != b.Quote {
				t.Errorf("DNT %s %q, want %s %q", a.Value, a.Quote, b.Value, b.Quote)
			}
			for _, never := range []string{"Page", "1911"} {
				if strings.Contains(got.Documents[0].Text, never) {
					t.Errorf("%q of a header or footer stands in the text", never)
				}
			}
		})
	}
}
