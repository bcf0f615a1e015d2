package notice

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"trackaudit/crawler/evidence"
)

// largest gives documents of nearly 5 MB, the largest that are read at all: prose as notices hold it, of which hardly
// two sentences are alike, lists and tables; the same as text and as Markdown; and one that is nothing but tables.
var largest = map[string]func() evidence.Document{
	"HTML": func() evidence.Document {
		return filled("text/html", "<html><body><h1>Privacy notice</h1>", func(w *writing) string {
			return "<h2>" + w.title() + "</h2>\n<p>" + w.prose(5) + "</p>\n<p>" + w.prose(4) + "</p>\n<ul><li>" + w.sentence() + "</li><li>" + w.sentence() +
				"</li></ul>\n<table><tr><th>Cookie</th><th>Provider</th><th>Purpose</th><th>Expires</th></tr>" + w.row("<tr><td>", "</td><td>", "</td></tr>") +
				w.row("<tr><td>", "</td><td>", "</td></tr>") + "</table>\n"
		})
	},
	"text": func() evidence.Document {
		return filled("text/plain", "Privacy notice\n", func(w *writing) string {
			return w.title() + "\n" + w.prose(5) + "\n" + w.prose(4) + "\nWe share data with:\n- " + w.sentence() + "\n- " + w.sentence() + "\n"
		})
	},
	"Markdown": func() evidence.Document {
		return filled("text/markdown", "# Privacy notice\n\n", func(w *writing) string {
			return "## " + w.title() + "\n\n" + w.prose(5) + "\n\n" + w.prose(4) + "\n\n* " + w.sentence() + "\n* " + w.sentence() +
				"\n\n| Cookie | Provider | Purpose | Expires |\n|---|---|---|---|\n" + w.row("| ", " | ", " |\n") + w.row("| ", " | ", " |\n") + "\n"
		})
	},
	"tables": func() evidence.Document {
		cells := 0
		return filled("text/html", "<html><body><h1>Cookie notice</h1><p>We use these cookies.</p>", func(w *writing) string {
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
}

// filled repeats what next writes to just below the size that is refused.
func filled(contentType, head string, next func(*writing) string) evidence.Document {
	w := &writing{rand.New(rand.NewPCG(1, 2))}
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

// writing makes sentences out of parts by chance, the same in each run.
type writing struct{ *rand.Rand }

func (w *writing) one(of ...string) string { return of[w.IntN(len(of))] }

func (w *writing) who() string {
	return w.one("We", "We and our partners", "Our advertising partners", "Third parties", "Our service providers", "The company", "Acme Analytics", "Our site", "Some vendors", "Our app")
}

func (w *writing) tech() string {
	return w.one("cookies", "web beacons", "pixels", "local storage", "similar technologies", "your IP address", "device identifiers", "the location of your phone", "session cookies", "social plugins")
}

func (w *writing) aim() string {
	return w.one("measure how visitors use the site", "remember your settings", "show you advertisements that match your interests", "keep you signed in", "prevent fraud",
		"improve our services", "count visits to page "+strconv.Itoa(w.IntN(9999)), "deliver the order that you placed", "comply with the law", "answer your questions")
}

func (w *writing) sentence() string {
	return w.one(
		w.who()+" may use "+w.tech()+" and "+w.tech()+" to "+w.aim()+" and to "+w.aim()+".",
		"We do not share "+w.tech()+" with "+w.one("advertisers", "anyone", "social networks", "other companies")+" unless you "+w.one("agree", "ask us to", "consent")+", except as required by law.",
		w.who()+" collects "+w.tech()+" when you "+w.one("visit the shop", "open our e-mails", "create an account", "write to us")+", so that we can "+w.aim()+".",
		"Most browsers let you refuse "+w.tech()+"; then parts of the site may no longer "+w.aim()+".",
		"Records of kind "+strconv.Itoa(w.IntN(99999))+" are kept for "+strconv.Itoa(2+w.IntN(28))+" "+w.one("days", "months", "years")+" and then deleted.",
		"If you contact us by e-mail or telephone, a member of staff notes the matter, the date and the number "+strconv.Itoa(w.IntN(99999))+" of your order.",
		"We disclose "+w.one("personal information", "order details", "usage data")+" to "+w.one("affiliates", "hosting providers", "payment processors", "authorities")+" in order to "+w.aim()+".",
		"You have the right to "+w.one("access", "correct", "erase", "export")+" the data that we hold about you, free of charge, within "+strconv.Itoa(2+w.IntN(28))+" days.")
}

func (w *writing) prose(n int) string {
	var out []string
	for range n {
		out = append(out, w.sentence())
	}
	return strings.Join(out, " ")
}

func (w *writing) title() string {
	return w.one("How we use", "Information on", "Your choices about", "Third parties and") + " " + w.tech() + ", part " + strconv.Itoa(w.IntN(9999))
}

func (w *writing) row(open, between, end string) string {
	return open + "_x" + strconv.Itoa(w.IntN(99999)) + between + w.one("Acme", "Google", "example.test", "Lumen Labs") + between + w.aim() + between + strconv.Itoa(1+w.IntN(400)) + " " + w.one("days", "hours") + end
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

// BenchmarkCost reads each of the largest documents in a process of its own and tells what that takes: the processor's
// time, the collector's included, and the most memory that the process ever held, the program and the document included.
func BenchmarkCost(b *testing.B) {
	for name := range largest {
		b.Run(name, func(b *testing.B) {
			seconds, megabytes := 0.0, 0.0
			for b.Loop() {
				cmd := exec.Command(os.Args[0], "-test.run=^TestCostOf$", "-test.v")
				cmd.Env = append(os.Environ(), "TRACKAUDIT_COST="+name)
				out, err := cmd.CombinedOutput()
				_, line, ok := strings.Cut(string(out), "cost ")
				var s, m float64
				if _, bad := fmt.Sscan(line, &s, &m); err != nil || !ok || bad != nil {
					b.Skipf("no cost: %v %s", err, out)
				}
				seconds, megabytes = seconds+s, max(megabytes, m)
			}
			b.ReportMetric(seconds/float64(b.N), "cpu-s")
			b.ReportMetric(megabytes, "peak-MB")
		})
	}
}

// TestCostOf is the process that BenchmarkCost starts.
func TestCostOf(t *testing.T) {
	name := os.Getenv("TRACKAUDIT_COST")
	if name == "" {
		t.Skip("for BenchmarkCost only")
	}
	names, doc := corpusNames(), largest[name]()
	lexicons()
	pageLexicon()
	start := cpu(t)
	n, err := readAll([]evidence.Document{doc}, names)
	if err != nil || len(n.Declarations) == 0 {
		t.Fatal(err)
	}
	took := cpu(t) - start
	status, err := os.ReadFile("/proc/self/status") // its VmHWM; getrusage counts the parent's memory too
	_, peak, ok := strings.Cut(string(status), "VmHWM:")
	var kb float64
	if _, bad := fmt.Sscan(peak, &kb); err != nil || !ok || bad != nil {
		t.Skip("the system does not tell the memory of a process")
	}
	fmt.Printf("cost %.3f %.0f\n", took.Seconds(), kb/1024)
}

// cpu is the processor time that the process took so far, the collector's included: what counts on a busy machine.
func cpu(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
