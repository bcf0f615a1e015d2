package notice

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// The development corpus lies beside the repository; a fresh clone does not have it.
const corpusDir = "../../../shared/corpus"

var showLabel = flag.String("show", "", "with -run Corpus: print the segments that a label is missed in, or wrongly given to")

// corpusFile opens a file of the development corpus, or skips the test.
func corpusFile(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(corpusDir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the development corpus is not beside the repository: %s", name)
	}
	return path
}

func eachLine[T any](t *testing.T, path string) []T {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []T
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 16<<20)
	for sc.Scan() {
		var v T
		if err := json.Unmarshal(sc.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// half parts notices into those the rules may be tuned on and those that only measure.
func half(notice string) string {
	h := fnv.New32a()
	h.Write([]byte(notice))
	if h.Sum32()%2 == 1 {
		return "tune"
	}
	return "held"
}

type segment struct {
	Notice string   `json:"notice"`
	Number int      `json:"segment"`
	Text   string   `json:"text"`
	Two    []string `json:"labels_two_of_three"`
	Any    []string `json:"labels_any"`
}

func (s segment) half() string { return half(s.Notice) }

// labelsOf gives a segment the labels that a declaration earns it, by the corpus' rule.
func labelsOf(d Declaration) []string {
	other := d.Party == evidence.ThirdParty || d.Recipient != ""
	if d.Denied {
		if other {
			return []string{"neg:tp"}
		}
		return []string{"neg:fp"}
	}
	var out []string
	if other {
		out = append(out, "tp:any")
	}
	switch d.Recipient {
	case "", "third parties", "affiliates", "other users": // the last two the annotators have words of their own for
	default:
		out = append(out, "tp:named") // the annotators' word for a recipient told apart, by its name or its kind
	}
	switch d.Technology {
	case evidence.CookieTech, evidence.WebBeacon, evidence.LocalStorage, evidence.SessionStorage, evidence.FlashCookie,
		evidence.IndexedDB, evidence.ThirdPartyRequest, evidence.SocialWidget:
		out = append(out, "tech:cookies")
		p := d.Purpose
		if p == knowledge.StrictlyNecessary || p == knowledge.Security {
			p = knowledge.Functional
		}
		if p != "" {
			out = append(out, "cookiepurpose:"+string(p))
		}
	case evidence.IPAddress, evidence.DeviceID:
		out = append(out, "tech:ip_device")
	case evidence.Geolocation:
		out = append(out, "tech:location")
	}
	return out
}

// goals are the issue's, beside the rules baseline and one annotator against the others.
var goals = []struct {
	label, baseline, human, goal string
}{
	{"tech:cookies", ".80/.97", ".90/.75", ".88/.92"},
	{"tech:ip_device", ".84/.94", "", ".88/.92"},
	{"tech:location", ".81/.59", ".82/.82", ".82/.80"},
	{"cookiepurpose:advertising", ".79/.83", ".79/.64", ".82/.85"},
	{"cookiepurpose:analytics", ".66/.66", ".74/.58", ".75/.75"},
	{"cookiepurpose:personalization", ".55/.90", "", ".72/.80"},
	{"cookiepurpose:functional", ".62/.23", "", ""},
	{"tp:any", ".67/.73", "", ".80/.80"},
	{"neg:tp", ".44/.95", ".81/.69", ".75/.75"},
	{"neg:fp", "", "", ""},
	{"tp:named", ".--/.66", "", ""},
}

type tally struct{ given, right, wanted, found int }

func (t *tally) count(given, any, two bool) {
	if given {
		t.given++
		if any {
			t.right++
		}
	}
	if two {
		t.wanted++
		if given {
			t.found++
		}
	}
}

func (t tally) String() string {
	return fmt.Sprintf("%s/%s", ratio(t.right, t.given), ratio(t.found, t.wanted))
}

// counted adds how many segments the two figures rest on.
func (t tally) counted() string { return fmt.Sprintf("%s (%d,%d)", t, t.given, t.wanted) }

func ratio(a, b int) string {
	if b == 0 {
		return " -- "
	}
	return fmt.Sprintf("%.2f", float64(a)/float64(b))
}

// readNoticeText reads segments joined to one plain text and tells which segment each declaration stands in.
func readSegments(t *testing.T, segments []segment) map[int]map[string]string {
	t.Helper()
	var text strings.Builder
	starts := make([]int, len(segments))
	for i, s := range segments {
		starts[i] = text.Len()
		text.WriteString(s.Text)
		text.WriteString("\n\n")
	}
	n, err := readAll([]evidence.Document{{URL: segments[0].Notice + ".txt", ContentType: "text/plain", Body: []byte(text.String())}}, corpusNames())
	if err != nil {
		t.Errorf("%s: %v", segments[0].Notice, err)
		return nil
	}
	got := map[int]map[string]string{}
	for _, d := range n.Declarations {
		i, found := slices.BinarySearch(starts, d.Start)
		if !found {
			i--
		}
		if got[i] == nil {
			got[i] = map[string]string{}
		}
		for _, l := range labelsOf(d) {
			got[i][l] = d.Quote
		}
	}
	return got
}

func TestCorpusSegments(t *testing.T) {
	all := eachLine[segment](t, corpusFile(t, "segments.jsonl"))
	tallies := map[string]map[string]*tally{}
	for start := 0; start < len(all); {
		end := start
		for end < len(all) && all[end].Notice == all[start].Notice {
			end++
		}
		got := readSegments(t, all[start:end])
		for i, s := range all[start:end] {
			for _, g := range goals {
				for _, set := range []string{s.half(), "all", "always"} {
					if tallies[g.label] == nil {
						tallies[g.label] = map[string]*tally{}
					}
					if tallies[g.label][set] == nil {
						tallies[g.label][set] = &tally{}
					}
					given := got[i][g.label] != "" || set == "always"
					any, two := slices.Contains(s.Any, g.label), slices.Contains(s.Two, g.label)
					tallies[g.label][set].count(given, any, two)
					if g.label == *showLabel && set == "tune" && (given && !any || !given && two) {
						kind := "FALSE "
						if two {
							kind = "MISSED"
						}
						text := got[i][g.label]
						if two {
							text = fold(s.Text)
						}
						t.Logf("%s %s#%d %s", kind, s.Notice, s.Number, text)
					}
				}
			}
		}
		start = end
	}
	t.Logf("%-30s %-11s %-18s %-18s %-11s %-9s %-9s %s", "precision/recall", "all", "tune half", "held-out half", "always yes", "baseline", "human", "goal")
	for _, g := range goals {
		m := tallies[g.label]
		t.Logf("%-30s %-11s %-18s %-18s %-11s %-9s %-9s %s", g.label, m["all"], m["tune"].counted(), m["held"].counted(), m["always"], g.baseline, g.human, g.goal)
	}
}
