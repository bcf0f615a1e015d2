package filter_test

import (
	"fmt"
	"strings"
	"testing"

	"trackaudit/classify/filter"
)

// madeUp is a list of the size and mix of EasyPrivacy: mostly hosts, some paths, few options.
func madeUp() []byte {
	var b strings.Builder
	for i := range 50_000 {
		switch i % 20 {
		case 0:
			fmt.Fprintf(&b, "/track%d/*/pixel^\n", i)
		case 1:
			fmt.Fprintf(&b, "||cdn%d.test/js/stats%d.js$script,domain=a%d.test|b%d.test\n", i%50, i, i, i)
		case 2:
			fmt.Fprintf(&b, "@@||host%d.test/allowed/$image\n", i-1)
		case 3:
			fmt.Fprintf(&b, "&event%d=$third-party\n", i)
		default:
			fmt.Fprintf(&b, "||host%d.test^$third-party\n", i)
		}
	}
	return []byte(b.String())
}

func BenchmarkMatch(b *testing.B) {
	l, _ := filter.Parse("made up", madeUp())
	m := filter.Compile(l)
	for name, address := range map[string]string{
		"hit":       "https://www.host4711.test/collect?v=1&t=pageview&cid=1234.5678",
		"miss":      "https://www.example.test/assets/js/app.min.js?v=20260102&Lang=EN",
		"exception": "https://host4721.test/allowed/logo.png",
		"long":      "https://www.example.test/p?" + strings.Repeat("key=VALUE%20x&", 100),
	} {
		b.Run(name, func(b *testing.B) {
			r := filter.NewRequest(address, "Image", "https://www.page.test/")
			b.ReportAllocs()
			for b.Loop() {
				m.Match(r)
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	text := madeUp()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		l, _ := filter.Parse("made up", text)
		filter.Compile(l)
	}
}
