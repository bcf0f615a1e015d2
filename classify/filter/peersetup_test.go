package filter_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"trackaudit/classify/filter"
)

// debianLists unpacks EasyList, EasyPrivacy and the list of public suffixes from Debian's package of uBlock Origin,
// without installing it.
func debianLists(t *testing.T, dir string) (suffixes string, lists []string) {
	t.Helper()
	command(t, dir, "apt-get", "download", "webext-ublock-origin-chromium")
	packages, _ := filepath.Glob(filepath.Join(dir, "webext-*.deb"))
	if len(packages) != 1 {
		t.Fatalf("apt-get download left %v", packages)
	}
	command(t, dir, "dpkg", "-x", packages[0], "unpacked")
	var files []string
	for _, name := range []string{"effective_tld_names.dat", "easylist.txt", "easyprivacy.txt"} {
		found := ""
		filepath.WalkDir(filepath.Join(dir, "unpacked"), func(path string, _ os.DirEntry, err error) error {
			if err == nil && filepath.Base(path) == name {
				found = path
			}
			return nil
		})
		if found == "" {
			t.Fatalf("no %s in %s", name, packages[0])
		}
		files = append(files, found)
	}
	return files[0], files[1:]
}

func command(t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, stderr.Bytes())
	}
	return out
}

// peer is a folder with the engines to compare with.
type peer string

func installPeer(t *testing.T, dir string) peer {
	t.Helper()
	to := filepath.Join(dir, "peer")
	if err := os.CopyFS(to, os.DirFS("testdata/peer")); err != nil {
		t.Fatal(err)
	}
	command(t, to, "npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
	return peer(to)
}

// answers is what compare.mjs prints.
type answers struct {
	Load             float64 // ms
	NsKnown, NsWhole float64
	Heap             int64
	Blocked          []bool
	Said             [][2]string // rule and exception
	Second           [][2]any    // uBlock Origin: blocked, and by which rule
}

func (p peer) run(t *testing.T, dir, suffixes string, lists []string, asks []ask) answers {
	t.Helper()
	file := filepath.Join(dir, "requests.jsonl")
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, a := range asks {
		if err := enc.Encode(a); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var got answers
	if err := json.Unmarshal(command(t, string(p), "node", append([]string{"compare.mjs", file, suffixes}, lists...)...), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Blocked) != len(asks) {
		t.Fatalf("%d answers to %d requests", len(got.Blocked), len(asks))
	}
	return got
}

// figures are our own.
type figures struct {
	matcher      *filter.Matcher
	load         float64 // ms
	known, whole float64 // ns per match
	kept, peak   float64 // MB
	allocs       float64
}

func measure(t *testing.T, lists []string, asks []ask) figures {
	t.Helper()
	f := figures{load: 1e9}
	var before, after runtime.MemStats
	for range 3 { // the fastest of three, as for the others
		f.matcher = nil
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := time.Now()
		f.matcher = load(t, lists)
		f.load = min(f.load, float64(time.Since(start).Microseconds())/1000)
		runtime.ReadMemStats(&after)
		f.peak = max(f.peak, float64(after.Sys-before.Sys)/1e6)
		runtime.GC()
		runtime.ReadMemStats(&after)
		f.kept = float64(after.HeapAlloc-before.HeapAlloc) / 1e6
	}
	requests := make([]filter.Request, len(asks))
	for i, a := range asks {
		requests[i] = a.request()
	}
	f.known = fastest(len(asks), func(i int) { f.matcher.Match(requests[i]) })
	f.whole = fastest(len(asks), func(i int) { f.matcher.Match(filter.NewRequest(asks[i].URL, asks[i].Type, asks[i].Document)) })
	i := 0
	f.allocs = testing.AllocsPerRun(len(asks)-1, func() { f.matcher.Match(requests[i]); i++ })
	return f
}

func load(t *testing.T, lists []string) *filter.Matcher {
	t.Helper()
	var parsed []*filter.List
	for _, file := range lists {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		l, _ := filter.Parse(filepath.Base(file), text)
		parsed = append(parsed, l)
	}
	return filter.Compile(parsed...)
}

// fastest returns the ns per call of the fastest of seven rounds over n calls.
func fastest(n int, call func(int)) float64 {
	best := time.Duration(1 << 62)
	for range 7 {
		start := time.Now()
		for i := range n {
			call(i)
		}
		best = min(best, time.Since(start))
	}
	return float64(best.Nanoseconds()) / float64(n)
}
