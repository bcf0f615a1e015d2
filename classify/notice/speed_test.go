package notice

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"trackaudit/crawler/evidence"
)

// largest gives documents of nearly 5 MB, the largest that are read at all: prose as notices hold it, of which hardly
// two sentences are alike, lists and tables; the same as text and as Markdown, and in German; one that is nothing but
// tables, one without a paragraph's end, and one of a title over each sentence.
var largest = map[string]func() evidence.Document{
	"HTML":   func() evidence.Document { return mixed(english) },
	"German": func() evidence.Document { return mixed(german) },
	"text": func() evidence.Document {
		return filled("text/plain", "Privacy notice\n", english, func(w *writing) string {
			return w.title() + "\n" + w.prose(5) + "\n" + w.prose(4) + "\nWe share data with:\n- " + w.sentence() + "\n- " + w.sentence() + "\n"
		})
	},
	"Markdown": func() evidence.Document {
		return filled("text/markdown", "# Privacy notice\n\n", english, func(w *writing) string {
			return "## " + w.title() + "\n\n" + w.prose(5) + "\n\n" + w.prose(4) + "\n\n* " + w.sentence() + "\n* " + w.sentence() +
				"\n\n| Cookie | Provider | Purpose | Expires |\n|---|---|---|---|\n" + w.row("| ", " | ", " |\n") + w.row("| ", " | ", " |\n") + "\n"
		})
	},
	"tables": func() evidence.Document {
		cells := 0
		return filled("text/html", "<html><body><h1>Cookie notice</h1><p>We use these cookies.</p>", english, func(w *writing) string {
			if cells > 90_000 { // just below the bound
				return "<p>" + w.prose(5) + "</p>\n"
			}
			t := "<h3>" + w.title() + "</h3><table><tr><th>Cookie</th><th>Provider</th><th>Purpose</th><th>Expires</th></tr>\n"
			for range 9 {
				t += w.row("<tr><td>", "</td><td>", "</td></tr>\n")
			}
			cells += 40
			return t + "</table>\n"
		})
	},
	"paragraph": func() evidence.Document {
		return filled("text/html", "<html><body><h1>Privacy notice</h1><p>", english, func(w *writing) string { return w.prose(5) + " " })
	},
	"sections": func() evidence.Document {
		return filled("text/html", "<html><body><h1>Privacy notice</h1>", english, func(w *writing) string {
			return "<h2>" + w.title() + "</h2>\n<p>" + w.sentence() + "</p>\n"
		})
	},
}

// firstPDF is read while PDFium is not yet kept compiled.
const firstPDF = "PDF, the first"

// others are documents that are measured beside the largest: PDFs, whose bound is the number of their sheets.
var others = map[string]func() evidence.Document{
	"PDF of 4":   func() evidence.Document { return fullPDF(4) },
	firstPDF:     func() evidence.Document { return fullPDF(4) },
	"PDF of 20":  func() evidence.Document { return fullPDF(20) },
	"PDF of 40":  func() evidence.Document { return fullPDF(40) },
	"PDF of 300": func() evidence.Document { return fullPDF(maxPDFPages) },
}

func costly() map[string]func() evidence.Document {
	all := maps.Clone(largest)
	maps.Copy(all, others)
	return all
}

// mixed is a page with all that notices hold.
func mixed(sp *speech) evidence.Document {
	return filled("text/html", "<html><body><h1>"+sp.name+"</h1>", sp, func(w *writing) string {
		return "<h2>" + w.title() + "</h2>\n<p>" + w.prose(5) + "</p>\n<p>" + w.prose(4) + "</p>\n<ul><li>" + w.sentence() + "</li><li>" + w.sentence() +
			"</li></ul>\n<table><tr><th>Cookie</th><th>" + strings.Join(sp.heads, "</th><th>") + "</th></tr>" + w.row("<tr><td>", "</td><td>", "</td></tr>") +
			w.row("<tr><td>", "</td><td>", "</td></tr>") + "</table>\n"
	})
}

// filled repeats what next writes to just below the size that is refused.
func filled(contentType, head string, sp *speech, next func(*writing) string) evidence.Document {
	w := &writing{rand.New(rand.NewPCG(1, 2)), sp}
	body := make([]byte, 0, maxBytes)
	body = append(body, head...)
	for {
		s := next(w)
		if len(body)+len(s) > maxBytes {
			return evidence.Document{URL: "https://shop.test/privacy", ContentType: contentType, Body: body}
		}
		body = append(body, s...)
	}
}

// A speech is what notices say in one language. In a sentence, $x stands for one of the words of a part x and # for a
// number.
type speech struct {
	name      string
	heads     []string // of a table of cookies, after the first
	sentences []string
	parts     map[string][]string
}

var english = &speech{
	name:  "Privacy notice",
	heads: []string{"Provider", "Purpose", "Expires"},
	sentences: []string{
		"$who may use $tech and $tech to $aim and to $aim.",
		"We do not share $tech with $whom unless you $agree, except as required by law.",
		"$who collects $tech when you $act, so that we can $aim.",
		"Most browsers let you refuse $tech; then parts of the site may no longer $aim.",
		"Records of kind # are kept for #2 $time and then deleted.",
		"If you contact us by e-mail or telephone, a member of staff notes the matter, the date and the number # of your order.",
		"We disclose $data to $vendor in order to $aim.",
		"You have the right to $right the data that we hold about you, free of charge, within #2 days.",
	},
	parts: map[string][]string{
		"who": {"We", "We and our partners", "Our advertising partners", "Third parties", "Our service providers", "The company", "Acme Analytics", "Our site", "Some vendors", "Our app"},
		"tech": {"cookies", "web beacons", "pixels", "local storage", "similar technologies", "your IP address", "device identifiers", "the location of your phone", "session cookies",
			"social plugins"},
		"aim": {"measure how visitors use the site", "remember your settings", "show you advertisements that match your interests", "keep you signed in", "prevent fraud",
			"improve our services", "count visits to page #", "deliver the order that you placed", "comply with the law", "answer your questions"},
		"whom":   {"advertisers", "anyone", "social networks", "other companies"},
		"agree":  {"agree", "ask us to", "consent"},
		"act":    {"visit the shop", "open our e-mails", "create an account", "write to us"},
		"time":   {"days", "months", "years"},
		"data":   {"personal information", "order details", "usage data"},
		"vendor": {"affiliates", "hosting providers", "payment processors", "authorities"},
		"right":  {"access", "correct", "erase", "export"},
		"title":  {"How we use $tech, part #", "Information on $tech, part #", "Your choices about $tech, part #", "Third parties and $tech, part #"},
	},
}

var german = &speech{
	name:  "Datenschutzerklärung",
	heads: []string{"Anbieter", "Zweck", "Speicherdauer"},
	sentences: []string{
		"$who setzen $tech und $tech ein, um $aim und um $aim.",
		"Ohne Ihre Einwilligung geben wir $data nicht an $whom weiter, es sei denn, das Gesetz Nr. # verlangt es.",
		"Wenn Sie $act, werden $tech erfasst, damit wir $data für die Bestellung # verarbeiten können.",
		"In den meisten Browsern können Sie $tech ablehnen; einzelne Bereiche der Website sind dann womöglich nicht erreichbar.",
		"Vorgänge der Art # bewahren wir für die Dauer von #2 $time auf und löschen sie danach.",
		"Rufen Sie uns an oder schreiben Sie uns, so hält eine Mitarbeiterin Anlass, Datum und die Nummer # Ihrer Bestellung fest.",
		"Zur Abwicklung übermitteln wir $data an $vendor, um $aim.",
		"Sie haben das Recht, binnen #2 Tagen unentgeltlich $right Ihrer bei uns gespeicherten Daten zu verlangen.",
	},
	parts: map[string][]string{
		"who": {"Wir", "Wir und unsere Partner", "Unsere Werbepartner", "Dritte", "Unsere Dienstleister", "Acme Analytics und wir", "Einige Anbieter"},
		"tech": {"Cookies", "Zählpixel", "Werbecookies", "den lokalen Speicher", "ähnliche Technologien", "Ihre IP-Adresse", "Gerätekennungen", "den Standort Ihres Telefons", "Sitzungscookies",
			"Social-Media-Plugins"},
		"aim": {"die Nutzung der Website auszuwerten", "Ihre Einstellungen zu speichern", "Ihnen passende Werbung zu zeigen", "Sie angemeldet zu halten", "Betrug zu verhindern",
			"unser Angebot zu verbessern", "Besuche der Seite # zu zählen", "Ihre Bestellung auszuliefern", "Pflichten aus dem Gesetz zu erfüllen", "Ihre Fragen zu beantworten"},
		"whom":   {"Werbetreibende", "Dritte", "soziale Netzwerke", "andere Unternehmen"},
		"act":    {"unseren Shop besuchen", "unsere E-Mails öffnen", "ein Kundenkonto anlegen", "uns schreiben"},
		"time":   {"Tagen", "Monaten", "Jahren"},
		"data":   {"personenbezogene Daten", "Angaben zur Bestellung", "Nutzungsdaten"},
		"vendor": {"verbundene Unternehmen", "Hosting-Anbieter", "Zahlungsdienstleister", "Behörden"},
		"right":  {"Auskunft über", "Berichtigung", "Löschung", "Übertragung"},
		"title":  {"Wie wir $tech nutzen, Teil #", "Angaben über $tech, Teil #", "Ihre Wahl bei $tech, Teil #", "Dritte und $tech, Teil #"},
	},
}

// writing makes sentences of a speech by chance, the same in each run.
type writing struct {
	*rand.Rand
	*speech
}

// filledIn puts words and numbers in the place of their marks: $x, # and, for a number of at most two figures, #2.
func (w *writing) filledIn(s string) string {
	var b strings.Builder
	for {
		at := strings.IndexAny(s, "$#")
		if at < 0 {
			return b.String() + s
		}
		b.WriteString(s[:at])
		mark := s[at]
		s = s[at+1:]
		switch rest, small := strings.CutPrefix(s, "2"); {
		case mark == '#' && small:
			s = rest
			b.WriteString(strconv.Itoa(2 + w.IntN(28)))
		case mark == '#':
			b.WriteString(strconv.Itoa(w.IntN(99999)))
		default:
			n := strings.IndexFunc(s+" ", func(c rune) bool { return c < 'a' || c > 'z' })
			of := w.parts[s[:n]]
			b.WriteString(w.filledIn(of[w.IntN(len(of))]))
			s = s[n:]
		}
	}
}

func (w *writing) sentence() string { return w.filledIn(w.sentences[w.IntN(len(w.sentences))]) }

func (w *writing) title() string { return w.filledIn("$title") }

func (w *writing) prose(n int) string {
	var out []string
	for range n {
		out = append(out, w.sentence())
	}
	return strings.Join(out, " ")
}

func (w *writing) row(open, between, end string) string {
	who := []string{"Acme", "Google", "example.test", "Lumen Labs"}[w.IntN(4)]
	return open + "_x" + strconv.Itoa(w.IntN(99999)) + between + who + between + w.filledIn("$aim") + between + w.filledIn("#2 $time") + end
}

// BenchmarkRead reads the largest documents.
func BenchmarkRead(b *testing.B) {
	for name, make := range largest {
		b.Run(name, func(b *testing.B) {
			doc := make()
			b.SetBytes(int64(len(doc.Body)))
			b.ReportAllocs()
			for b.Loop() {
				if n, err := readAll([]evidence.Document{doc}, corpusNames()); err != nil || len(n.Declarations) == 0 {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCost reads each of the largest documents in a process of its own and tells what that takes: the time
// of all processors, the collector's included, the time by the clock, and the most memory that the process ever held, the
// program and the document included.
func BenchmarkCost(b *testing.B) {
	for _, name := range slices.Sorted(maps.Keys(costly())) {
		b.Run(name, func(b *testing.B) {
			busy, megabytes, seconds := 0.0, 0.0, 0.0
			for b.Loop() {
				cmd := exec.Command(os.Args[0], "-test.run=^TestCostOf$", "-test.v")
				cmd.Env = append(os.Environ(), "TRACKAUDIT_COST="+name)
				if name == firstPDF {
					cmd.Env = append(cmd.Env, "XDG_CACHE_HOME="+b.TempDir())
				}
				out, err := cmd.CombinedOutput()
				_, line, ok := strings.Cut(string(out), "cost ")
				var c, m, s float64
				if _, bad := fmt.Sscan(line, &c, &m, &s); err != nil || !ok || bad != nil {
					b.Skipf("no cost: %v %s", err, out)
				}
				busy, megabytes, seconds = busy+c, max(megabytes, m), seconds+s
			}
			b.ReportMetric(busy/float64(b.N), "cpu-s")
			b.ReportMetric(seconds/float64(b.N), "wall-s")
			b.ReportMetric(megabytes, "peak-MB")
		})
	}
}

// fullPDF is a PDF whose sheets are full of text.
func fullPDF(sheets int) evidence.Document {
	s := &setter{}
	w := &writing{rand.New(rand.NewPCG(1, 2)), english}
	for range sheets {
		s.sheet()
		for i, l := range wrapped(w.prose(40), 90) {
			if i < 60 {
				s.put(40, 760-float64(i)*12, 9, false, l)
			}
		}
	}
	return evidence.Document{URL: "https://shop.test/privacy.pdf", ContentType: "application/pdf", Body: s.bytes()}
}

// TestCostOf is the process that BenchmarkCost starts.
func TestCostOf(t *testing.T) {
	name := os.Getenv("TRACKAUDIT_COST")
	if name == "" {
		t.Skip("for BenchmarkCost only")
	}
	names, doc := corpusNames(), costly()[name]()
	lexicons()
	pageLexicon()
	start, now := cpu(t), time.Now()
	n, err := readAll([]evidence.Document{doc}, names)
	if err != nil || len(n.Declarations) == 0 {
		t.Fatal(err)
	}
	took, wall := cpu(t)-start, time.Since(now)
	status, err := os.ReadFile("/proc/self/status") // its VmHWM; getrusage counts the parent's memory too
	_, peak, ok := strings.Cut(string(status), "VmHWM:")
	var kb float64
	if _, bad := fmt.Sscan(peak, &kb); err != nil || !ok || bad != nil {
		t.Skip("the system does not tell the memory of a process")
	}
	fmt.Printf("cost %.3f %.0f %.3f\n", took.Seconds(), kb/1024, wall.Seconds())
}

// cpu is the processor time that the process took so far, the collector's included: what counts on a busy machine.
func cpu(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
