package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	eastasian "golang.org/x/text/width"

	"trackaudit/classify"
	"trackaudit/crawler/evidence"
)

var update = flag.Bool("update", false, "write the golden files anew")

// attacks are what a page may give as a name, an address or a sentence.
var attacks = []string{
	"\x1b[31mred\x1b[2J\x1b]0;title\x07\x9b1m", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>'`,
	"javascript:alert(1)", "invoice\u202Efdp.exe\u2066", "\xff\xfe broken \xc3", "one\ntwo\r\nthree\u2028four\u0085five\vsix",
	`=HYPERLINK("http://evil.test","x")`, "+1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(A1:A9)", "\t=1+1", "\r=1+1",
	strings.Repeat("日本語のとても長い名前", 200), strings.Repeat("A", 5000), "::error file=x::y%0A::stop-commands::z",
	"](http://evil.test) ![x](http://evil.test/x.png) `code` | cell | @everyone #1 <!-- -->", "</style></title>--><b>", "{{.}} ${{ secrets.X }}",
	"zero\u200bwidth\u2060\ufeff", "tags\U000E0041\U000E0042", "Z" + strings.Repeat("\u0351", 300), "", " ", "]]>&amp;<![CDATA[", "\x00nul",
	"🏳️‍🌈👩‍👩‍👧‍👦", "http://evil.test/\"onmouseover=\"alert(1)",
}

// hostile is a report in which every single string is an attack; by seed, another one each time.
func hostile(seed uint64) *Report {
	r := sample().report()
	random := rand.New(rand.NewPCG(seed, 1))
	spoil(reflect.ValueOf(r).Elem(), random)
	megabyte := strings.Repeat("<é\x1b", 1<<18)
	r.Findings[0].Subject, r.Findings[1].Message = megabyte, megabyte
	for i := range r.Assessments.held {
		spoil(reflect.ValueOf(&r.Assessments.held[i]).Elem(), random)
	}
	for i := range r.Coverage.Pages.held {
		spoil(reflect.ValueOf(&r.Coverage.Pages.held[i]).Elem(), random)
	}
	r.Assessments.held[0].Observation.Name, r.Notice.Declarations[0].Quote = megabyte, megabyte
	r.Gaps[0].URL = megabyte
	return r
}

func spoil(v reflect.Value, random *rand.Rand) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(attacks[random.IntN(len(attacks))])
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			spoil(v.Field(i), random)
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i), random)
		}
	case reflect.Pointer:
		if _, list := v.Interface().(interface{ cleaned() any }); !list && !v.IsNil() {
			spoil(v.Elem(), random)
		}
	case reflect.Map:
		if v.Type().Key().Kind() == reflect.String {
			v.SetMapIndex(reflect.ValueOf(attacks[random.IntN(len(attacks))]).Convert(v.Type().Key()), reflect.New(v.Type().Elem()).Elem())
		}
	}
}

func write(t *testing.T, format string, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := Writers[format](&b, r); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return b.String()
}

// TestFormats holds every format to what is asked of all: it writes any report, the same bytes each time, in UTF-8,
// without a character that moves a cursor or hides, bounded in size, and it does not change the report.
func TestFormats(t *testing.T) {
	reports := map[string]*Report{"empty": New(Input{}), "zero": {}, "sample": sample().report(), "policy": gated().report()}
	for seed := range uint64(2) {
		reports["hostile "+string('0'+rune(seed))] = hostile(seed)
	}
	for name, r := range reports {
		before := cleaned(r)
		for format := range Writers {
			t.Run(name+"/"+format, func(t *testing.T) {
				out := write(t, format, r)
				if again := write(t, format, r); again != out {
					t.Error("the same report gives other bytes")
				}
				if !utf8.ValidString(out) {
					t.Error("not UTF-8")
				}
				for i, c := range out {
					if c != '\n' && !(format == "csv" && c == '\r') && (!unicode.IsPrint(c) || unseen(c)) {
						t.Fatalf("raw %U at %d: …%q…", c, i, out[max(0, i-40):min(len(out), i+40)])
					}
				}
				if limit := 4 << 20; format != "json" && len(out) > limit {
					t.Errorf("%d bytes, at most %d wanted: a long name must be shortened", len(out), limit)
				}
			})
		}
		if !reflect.DeepEqual(before, cleaned(r)) {
			t.Errorf("%s: a writer changed the report", name)
		}
	}
}

// TestOrder guards that a report does not depend on the order in which pages ended.
func TestOrder(t *testing.T) {
	want := sample().report()
	random := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		in := sample()
		shuffle(random, in.Visits)
		shuffle(random, in.Assessments)
		shuffle(random, in.Findings)
		shuffle(random, in.Destinations)
		shuffle(random, in.Gaps)
		shuffle(random, in.Looked)
		shuffle(random, in.NoticeProblems)
		shuffle(random, in.Notice.Declarations)
		for _, f := range in.Findings {
			shuffle(random, f.Observations)
		}
		got := in.report()
		for format := range Writers {
			if a, b := write(t, format, want), write(t, format, got); a != b {
				t.Errorf("%s: shuffled input gives another report:\n%s", format, cmp.Diff(a, b))
			}
		}
	}
}

func shuffle[T any](random *rand.Rand, list []T) {
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

func TestJSONHasNoNull(t *testing.T) {
	for name, r := range map[string]*Report{"empty": New(Input{}), "sample": sample().report()} {
		var tree any
		if err := json.Unmarshal([]byte(write(t, "json", r)), &tree); err != nil {
			t.Fatal(err)
		}
		noNulls(t, name, tree)
	}
}

func noNulls(t *testing.T, path string, v any) {
	switch v := v.(type) {
	case nil:
		t.Errorf("%s is null", path)
	case []any:
		for _, e := range v {
			noNulls(t, path+"[]", e)
		}
	case map[string]any:
		for k, e := range v {
			noNulls(t, path+"."+k, e)
		}
	}
}

func TestDecode(t *testing.T) {
	want := sample().report()
	text := write(t, "json", want)
	got, err := Decode(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if again := write(t, "json", got); again != text {
		t.Errorf("a report read back is another:\n%s", cmp.Diff(text, again))
	}
	var schema *SchemaError
	for in, found := range map[string]string{`{}`: "", `[]`: "", `{"schema":"trackaudit.report/v0"}`: "trackaudit.report/v0", `{"schema":"trackaudit.run/v1"}`: "trackaudit.run/v1"} {
		if _, err := Decode(strings.NewReader(in)); !errors.As(err, &schema) || schema.Found != found {
			t.Errorf("Decode(%s) = %v, want a SchemaError that found %q", in, err, found)
		}
	}
	for _, in := range []string{"", "nonsense", text[:len(text)/2], text + text, `{"schema":"trackaudit.report/v1","findings":7}`} {
		if _, err := Decode(strings.NewReader(in)); err == nil {
			t.Errorf("Decode of %.40q gives no error", in)
		}
	}
	// The text that a parser gets is the text that the page gave, whatever had to be escaped.
	in := sample()
	in.Findings[0].Subject = "a\u202eb\x1b\U000E0041\u200b<script>\u00ad"
	if got, err = Decode(strings.NewReader(write(t, "json", in.report()))); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(write(t, "json", got), `\udb40\udc41`) || got.Findings[1].Subject != in.Findings[0].Subject {
		t.Errorf("subject %q, want %q", got.Findings[1].Subject, in.Findings[0].Subject)
	}
}

func TestSummary(t *testing.T) {
	s := sample().report().Summary
	want := Summary{
		ByVerdict: map[classify.Verdict]int{"contradicted": 1, "undeclared": 6, "misdeclared": 5, "unclassified": 1,
			"declared_generically": 3, "declared": 5, "exempt": 5},
		ByRule: map[string]int{"undeclared-session-replay": 1, "contradicts-notice": 1, "retention-exceeds-declared": 1,
			"undeclared-recipient": 1, "weakly-declared": 1, "notice-stale": 1},
		ByStatus:     map[classify.Status]int{"new": 6, "baseline": 0, "waived": 0, "off": 0},
		BySeverity:   map[string]int{"high": 2, "medium": 1, "low": 2, "info": 1},
		ByTechnology: map[evidence.Technology]int{"cookie": 13, "web_beacon": 5, "session_replay": 5, "fingerprinting": 1, "third_party_request": 1, "local_storage": 1},
	}
	if d := cmp.Diff(want, s); d != "" {
		t.Error(d)
	}
	empty := New(Input{}).Summary
	if len(empty.ByVerdict) != 7 || len(empty.BySeverity) != 4 || len(empty.ByStatus) != 4 {
		t.Errorf("what did not occur must stand there as 0: %+v", empty)
	}
}

// TestReached: a choice failed if it failed anywhere, and was made if it was made once; what nobody reports made
// was not made.
func TestReached(t *testing.T) {
	v := func(choice evidence.Choice, complete bool, outcome string) evidence.Visit {
		return evidence.Visit{Choice: choice, Complete: complete, Reach: evidence.Reach{Outcome: outcome}}
	}
	for name, c := range map[string]struct {
		visits []evidence.Visit
		want   string
	}{
		"none was made":                     {[]evidence.Visit{v("none", true, "made")}, "made"},
		"a banner shows once":               {[]evidence.Visit{v("reject", true, "made"), v("reject", true, "not_offered")}, "made"},
		"no banner anywhere":                {[]evidence.Visit{v("reject", true, "not_offered")}, "not_offered"},
		"failed once":                       {[]evidence.Visit{v("reject", true, "made"), v("reject", true, "failed")}, "failed"},
		"a signal on a page not seen":       {[]evidence.Visit{v("gpc", false, "failed"), v("gpc", true, "made")}, "made"},
		"a signal on no page seen":          {[]evidence.Visit{v("gpc", false, "failed")}, "failed"},
		"a button of which nothing is said": {[]evidence.Visit{v("accept", true, "")}, "failed"},
		"none of which nothing is said":     {[]evidence.Visit{v("none", true, "")}, "made"},
	} {
		if got := (audited{Visits: c.visits}).report().Coverage.Choices[0].Reached; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain – “quoted” ünïcode 日本": "plain – “quoted” ünïcode 日本",
		"\x1b[31m":                  `\x1b[31m`,
		"a\u202eb":                  `a\u202eb`,
		"a\nb\tc\u2028d\u00a0e":     "a b c d e",
		"\xff\ufffd":                "\\xff\ufffd",
		"\u200b\u2800":              `\u200b\u2800`,
		"e\u0301\u0301\u0301\u0301": "e\u0301\u0301\u0301" + `\u0301`,
		"\U000E0041":                `\ue0041`,
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
	long := strings.Repeat("x", 5000)
	if got := clean(long); len(got) > 2100 || !strings.Contains(got, "5000 characters") {
		t.Errorf("a long text is not shortened: %d bytes", len(got))
	}
	if clean(long+"a"+long) == clean(long+"b"+long) {
		t.Error("two long texts that differ look the same")
	}
}

// cells is the number of columns of a line, by the Unicode property East Asian Width, which the code under test does
// not ask.
func cells(line string) int {
	n := 0
	for _, c := range line {
		switch {
		case unicode.In(c, unicode.Mn, unicode.Me):
		case eastasian.LookupRune(c).Kind() == eastasian.EastAsianWide, eastasian.LookupRune(c).Kind() == eastasian.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestTableWidth(t *testing.T) {
	reports := []*Report{sample().report(), New(Input{}), hostile(1), hostile(2), hostile(3)}
	for _, columns := range []int{0, 60, 80, 133} {
		for i, r := range reports {
			for _, color := range []bool{false, true} {
				var b bytes.Buffer
				if err := Table(&b, r, TableOptions{Width: columns, Color: color}); err != nil {
					t.Fatal(err)
				}
				out := b.String()
				if color {
					if i == 0 && !strings.Contains(out, "\x1b[") {
						t.Error("no colour")
					}
					out = sgr.ReplaceAllString(out, "")
				}
				limit := columns
				if limit == 0 {
					limit = 80
				}
				for line := range strings.Lines(out) {
					if line = strings.TrimSuffix(line, "\n"); cells(line) > limit {
						t.Errorf("report %d: %d columns, at most %d wanted: %q", i, cells(line), limit, line)
					}
					if strings.HasSuffix(line, " ") {
						t.Errorf("trailing space: %q", line)
					}
				}
			}
		}
	}
}

// TestTableGolden shows what a person reads. -update writes it anew.
func TestTableGolden(t *testing.T) { golden(t, "table.txt", write(t, "table", sample().report())) }

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-update if this is meant):\n%s", path, d)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int
		want  []string
	}{
		{"", 10, nil},
		{"one two three", 7, []string{"one two", "three"}},
		{"https://example.test/a/very/long/path", 15, []string{"https://", "example.test/a/", "very/long/path"}},
		{"日本語日本語", 5, []string{"日本", "語日", "本語"}},
		{"x 日本語", 2, []string{"x", "日", "本", "語"}},
	} {
		if d := cmp.Diff(c.want, wrap(c.text, c.limit)); d != "" {
			t.Errorf("wrap(%q, %d):\n%s", c.text, c.limit, d)
		}
	}
}
