package filter_test

import (
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"

	"trackaudit/classify/filter"
	"trackaudit/crawler/evidence"
)

const sample = `[Adblock Plus 2.0]
! Title: Sample
! Version: 7
! Last modified: 02 Jan 2026 03:04 UTC
! Licence: https://lists.test/licence
||early.test^
! Title: not the title
!---------- Tracking servers ----------!
! *** sample:servers.txt ***
||one.test^
! a remark
@@||one.test/ok
! *** sample:more.txt ***
||two.test^$removeparam=x
||three.test^$popup
page.test##.ad
!#include other.txt
/[/
/z
!---------- Exceptions ----------!
@@||two.test^
`

func TestParse(t *testing.T) {
	l, skipped := filter.Parse("sample", []byte(sample))
	if l.Name != "sample" || l.Title != "Sample" || l.Version != "7" || l.Updated != "02 Jan 2026 03:04 UTC" || l.Licence != "https://lists.test/licence" {
		t.Errorf("header: %q %q %q %q %q", l.Name, l.Title, l.Version, l.Updated, l.Licence)
	}
	if want := (filter.Counts{Rules: 3, Exceptions: 2, Cosmetic: 1, Skipped: 4}); l.Counts != want {
		t.Errorf("counts %+v, want %+v", l.Counts, want)
	}
	want := []filter.Skipped{
		{Line: 14, Text: "||two.test^$removeparam=x", Reason: "changes the address"},
		{Line: 15, Text: "||three.test^$popup", Reason: "is about new windows"},
		{Line: 17, Text: "!#include other.txt", Reason: "includes another file"},
		{Line: 18, Text: "/[/", Reason: "expression not understood"},
	}
	if !reflect.DeepEqual(skipped, want) {
		t.Errorf("skipped %+v", skipped)
	}
}

func TestParseRefuses(t *testing.T) {
	for line, want := range map[string]string{
		`/a(?!b)/`:                                "expression looks around",
		`/a(/`:                                    "expression not understood",
		`/((a{500}){2}){9}/`:                      "expression not understood", // Go's own bound
		`/(ab){900}(cd){900}(ef){900}/`:           "expression too large",
		"/" + strings.Repeat("ab", 1500) + "/":    "expression longer than 2000 bytes",
		"||a.test/" + strings.Repeat("ab", 2500):  "longer than 4096 bytes",
		"*":                                       "matches everything",
		"||a.test^$domain=b.test|/x/":             "option domain holds no names",
		"||a.test^$script,~script":                "covers no type",
		"||a.test^$denyallow=b.test":              "denyallow without domain",
		"@@||a.test^$elemhide":                    "switches cosmetic rules",
		"||a.test^$header=via:x":                  "looks at the response",
		"||a.test^$cname":                         "looks at names in DNS",
		"||a.test^$frobnicate=1":                  "unknown option frobnicate",
		`||a.test^$replace=/a\$b/c\,d/g,image`:    "changes the response",
		`||a.test^$removeparam=/^(a|b)=\$1/,1p`:   "changes the address",
		"||a.test^$permissions=autoplay=()":       "changes the response",
		"||a.test^$script,urlskip=?url,important": "changes the address",
	} {
		l, skipped := filter.Parse("test", []byte(line))
		if len(skipped) != 1 || !strings.HasPrefix(skipped[0].Reason, want) || l.Counts.Rules+l.Counts.Exceptions != 0 {
			t.Errorf("%.60s: %+v, want %q", line, skipped, want)
		}
	}
}

func TestRuleIsNamed(t *testing.T) {
	first, _ := filter.Parse("first", []byte("||x.test^\n"))
	l, _ := filter.Parse("sample", []byte(sample))
	m := filter.Compile(first, l)
	for address, want := range map[string]filter.Match{
		"https://x.test/":     {Rule: filter.Rule{List: "first", Line: 1, Text: "||x.test^"}},
		"https://early.test/": {Rule: filter.Rule{List: "sample", Line: 6, Text: "||early.test^"}},
		"https://one.test/":   {Rule: filter.Rule{List: "sample", Section: "Tracking servers (sample:servers.txt)", Line: 10, Text: "||one.test^"}},
		"https://one.test/ok": {
			Rule:      filter.Rule{List: "sample", Section: "Tracking servers (sample:servers.txt)", Line: 10, Text: "||one.test^"},
			Exception: filter.Rule{List: "sample", Section: "Tracking servers (sample:servers.txt)", Line: 12, Text: "@@||one.test/ok"},
		},
	} {
		if got, _ := m.Match(filter.NewRequest(address, "Script", "https://page.test/")); got != want {
			t.Errorf("%s: %+v", address, got)
		}
	}
}

func TestHostRuleIsPreferred(t *testing.T) {
	l, _ := filter.Parse("test", []byte("/collect?\n.tracker.test/\n||tracker.test^\n"))
	got, _ := filter.Compile(l).Match(filter.NewRequest("https://a.tracker.test/collect?x", "Image", "https://page.test/"))
	if got.Rule.Text != "||tracker.test^" {
		t.Errorf("got %q: the rule that names the host says most", got.Rule.Text)
	}
}

func TestRequests(t *testing.T) {
	v := &evidence.Visit{URL: "http://www.shop.test/", FinalURL: "https://www.shop.test/", Requests: []evidence.Request{
		{ID: "1", URL: "http://www.shop.test/", Type: "Document", Method: "GET", Target: "page"},
		{ID: "1", Hop: 1, URL: "https://www.shop.test/", Type: "Document", Method: "GET", Target: "page"},
		{ID: "2", URL: "https://cdn.shop.test/a.js", Type: "Script", Method: "GET", Frame: "https://www.shop.test/"},
		{ID: "3", URL: "https://widget.test/f", Type: "Document", Method: "GET", Target: "page", Frame: "https://widget.test/f"},
		{ID: "4", URL: "https://api.widget.test/e%", Type: "Ping", Method: "POST", Frame: "https://widget.test/f"},
	}}
	want := []filter.Request{
		{URL: "http://www.shop.test/", Type: "Document", Method: "GET", Document: "www.shop.test"},
		{URL: "https://www.shop.test/", Type: "Document", Method: "GET", Document: "www.shop.test"},
		{URL: "https://cdn.shop.test/a.js", Type: "Script", Method: "GET", Document: "www.shop.test"},
		{URL: "https://widget.test/f", Type: "SubFrame", Method: "GET", Document: "www.shop.test", ThirdParty: true},
		{URL: "https://api.widget.test/e%", Type: "Ping", Method: "POST", Document: "widget.test"},
	}
	if got := filter.Requests(v); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestNoRules(t *testing.T) {
	if _, ok := filter.Compile().Match(filter.Request{URL: "https://a.test/"}); ok {
		t.Error("an empty matcher matched")
	}
	l, _ := filter.Parse("test", []byte("/x\n"))
	for _, r := range []filter.Request{{}, {URL: "https://"}, {URL: "://x"}, {URL: "https://a.test" + strings.Repeat(".a", 100)}} {
		if m, ok := filter.Compile(l).Match(r); ok {
			t.Errorf("%+v matched %+v", r, m)
		}
	}
}

func TestMatchInParallel(t *testing.T) {
	l, _ := filter.Parse("test", []byte("||a.test^\n@@||a.test/ok\n/x$match-case\n"))
	m := filter.Compile(l)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				a, _ := m.Match(filter.NewRequest("https://a.test/ok", "Script", "https://page.test/"))
				b, _ := m.Match(filter.NewRequest("https://B.test/x"+strings.Repeat("y", 70), "Script", "https://page.test/"))
				if a.Exception.Text != "@@||a.test/ok" || b.Rule.Text != "/x$match-case" {
					t.Errorf("%+v %+v", a, b)
				}
			}
		})
	}
	wg.Wait()
}

func TestMatchAllocatesNothing(t *testing.T) {
	l, _ := filter.Parse("test", []byte("||a.test^$script,domain=page.test\n/Ab$match-case\n@@/ok^*z\n"))
	m := filter.Compile(l)
	r := filter.NewRequest("https://X.a.test/some/Path?ok=1&z", "Script", "https://www.page.test/")
	least := 1e9 // the garbage collector may empty the pool of buffers in between, and -race does so at random
	for range 50 {
		least = min(least, testing.AllocsPerRun(1, func() { m.Match(r) }))
	}
	if least > 0 {
		t.Errorf("%v allocations", least)
	}
}

// TestRealLists runs over lists in a folder named by TRACKAUDIT_LISTS, if any: nothing may be unknown to the reader.
func TestRealLists(t *testing.T) {
	dir := os.Getenv("TRACKAUDIT_LISTS")
	if dir == "" {
		t.Skip("TRACKAUDIT_LISTS names no folder of lists")
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(dir + "/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		l, skipped := filter.Parse(f.Name(), text)
		why := map[string]int{}
		for _, s := range skipped {
			why[s.Reason]++
		}
		t.Logf("%s: %+v %v", l.Name, l.Counts, why)
	}
}
