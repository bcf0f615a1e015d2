package notice

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"trackaudit/crawler/evidence"
)

// speech is prose as notices hold it: sharing, cookies, a signal, a list and a table, to be read over and over.
const speech = `<h2>How we use cookies</h2>
<p>We and our partners use cookies, web beacons and local storage to measure how visitors use the site, to remember
your settings and to show you advertisements that match your interests. Some browsers let you refuse cookies. We do
not sell your personal information, and we never share your e-mail address with third parties without your consent,
except as required by law. Our servers log your IP address and the location of your device.</p>
<ul><li>Acme Analytics helps us count visits.</li><li>Our hosting providers process data on our behalf.</li></ul>
<p>We do not respond to Do Not Track signals. If your browser sends such a signal, our practices stay the same.</p>
<table><tr><th>Cookie</th><th>Provider</th><th>Purpose</th><th>Expires</th></tr>
<tr><td>_ac_id</td><td>Acme</td><td>Counts visits</td><td>13 months</td></tr>
<tr><td>theme</td><td>example.test</td><td>Remembers the colours you chose</td><td>1 year</td></tr></table>
`

// cpu is the processor time that the test took so far, the collector's included: what counts on a busy machine.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRead reads a notice of nearly 5 MB, the largest that is read at all.
func BenchmarkRead(b *testing.B) {
	body := []byte("<html><body><h1>Privacy notice</h1>" + strings.Repeat(speech, (maxBytes-1000)/len(speech)) + "</body></html>")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	start := cpu(b)
	defer func() { b.ReportMetric((cpu(b)-start).Seconds()/float64(b.N), "cpu-s/op") }()
	for b.Loop() {
		n, err := readAll([]evidence.Document{{URL: "https://shop.test/privacy", ContentType: "text/html", Body: body}}, corpusNames())
		if err != nil || len(n.Declarations) == 0 {
			b.Fatal(err)
		}
	}
}
