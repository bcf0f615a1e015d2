package main

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"trackaudit/crawler/browser"
	"trackaudit/testsites"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"trackaudit": func() {
			if d, err := time.ParseDuration(os.Getenv("LLM_TIMEOUT")); err == nil {
				llmTimeout = d
			}
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			defer stop()
			os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
		},
	})
}

// TestScripts runs the shell sessions in testdata/script against the test web. In them, $RULE is the host rule
// that leads to it and $VENDORS the file with the facts on its fictional vendors.
func TestScripts(t *testing.T) {
	server, err := testsites.Start(testsites.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	lists := listServer()
	defer lists.Close()
	model := modelServer()
	defer model.Close()
	t.Run("group", func(t *testing.T) { // the parallel scripts end before the server does
		testscript.Run(t, testscript.Params{
			Dir:  filepath.Join("testdata", "script"),
			Cmds: map[string]func(*testscript.TestScript, bool, []string){"cut": cut, "visits": countVisits, "code": wantCode, "samefindings": sameFindings, "append": appendFile, "accept": acceptSuggestions, "nokey": noKey},
			Setup: func(env *testscript.Env) error {
				vendors := filepath.Join(env.WorkDir, ".vendors.tsv")
				env.Setenv("RULE", server.HostRule())
				env.Setenv("VENDORS", vendors)
				env.Setenv("LISTS", lists.URL)
				env.Setenv("LLM", model.URL)
				env.Setenv("HOME", env.WorkDir)
				if found := browser.FindAll(); len(found) > 0 {
					env.Setenv("CHROME", found[0].Path)
				}
				return os.WriteFile(vendors, testsites.Vendors(), 0o644)
			},
		})
	})
}

// cut RUN N leaves a run as if it had been killed during its visit N+1.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	path := ts.MkAbs(args[0] + "/evidence.jsonl")
	lines := strings.SplitAfter(ts.ReadFile(args[0]+"/evidence.jsonl"), "\n")
	ts.Check(os.WriteFile(path, []byte(strings.Join(lines[:n], "")+lines[n][:len(lines[n])/2]), 0o644))
	info := strings.Replace(ts.ReadFile(args[0]+"/run.json"), `"interrupted": false`, `"interrupted": true`, 1)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+"/run.json"), []byte(info), 0o644))
	for _, name := range []string{"report.json", "report.html", "MANIFEST.sha256"} {
		ts.Check(os.Remove(ts.MkAbs(args[0] + "/" + name)))
	}
}

// visits RUN N checks that the evidence holds N visits, each once.
func countVisits(ts *testscript.TestScript, _ bool, args []string) {
	stored := &storedVisits{files: []string{ts.MkAbs(args[0] + "/evidence.jsonl")}}
	visits := slices.Collect(stored.all)
	ts.Check(stored.err)
	ids := map[string]bool{}
	for _, v := range visits {
		ids[v.ID] = true
	}
	if n, _ := strconv.Atoi(args[1]); stored.truncated || len(visits) != n || len(ids) != n {
		ts.Fatalf("%d visits, %d of them different, truncated %v; want %s", len(visits), len(ids), stored.truncated, args[1])
	}
}

// code N COMMAND… checks the exit code, which "!" does not tell apart.
func wantCode(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit %d, want %s", got, args[0])
	}
}

// samefindings RUN RUN checks that two runs found the same, by fingerprint.
func sameFindings(ts *testscript.TestScript, _ bool, args []string) {
	var sides [2][]string
	for i, dir := range args {
		r, err := readReport(ts.MkAbs(dir))
		ts.Check(err)
		for _, f := range r.Findings {
			sides[i] = append(sides[i], f.Fingerprint+" "+f.Rule+" "+f.Subject)
		}
		slices.Sort(sides[i])
	}
	if !slices.Equal(sides[0], sides[1]) {
		ts.Fatalf("findings differ:\n%s\n\n%s", strings.Join(sides[0], "\n"), strings.Join(sides[1], "\n"))
	}
}

// listServer stands in for the makers of lists.
func listServer() *httptest.Server {
	files := map[string]string{
		"/house.txt":         "[Adblock Plus 2.0]\n! Title: House list\n!-------- Trackers --------!\n||nobody-knows.test^\n||ads.example^$third-party\n@@||ads.example/ok.js$script\n##.banner\n",
		"/noncommercial.txt": "! Title: Mine\n! License: CC BY-NC-SA 4.0\n||x.test^\n",
		"/pixel.txt":         "||px.adloom.test^$image\n",
		"/page.html":         "<!doctype html><title>Not found</title>",
		"/facts.tsv":         "service\thouse\tHouse\tHouse Ltd.\t\t\tanalytics\ttest\ncookie\thouse_cookie\thouse\tanalytics\t1d\t1\t\t\ttest\n",
	}
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(body))
	}))
}

// append FILE MORE adds the lines of MORE at the end of FILE.
func appendFile(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(ts.ReadFile(args[0])+ts.ReadFile(args[1])), 0o644))
}

// accept FILE NEW writes a file of declarations in which a person has accepted what a model suggested.
func acceptSuggestions(ts *testscript.TestScript, _ bool, args []string) {
	const suggested = "origin: model\n    confidence: 0.3\n    review: "
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, suggested+"pending") {
		ts.Fatalf("%s holds no suggestion", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.ReplaceAll(text, suggested+"pending", suggested+"accepted")), 0o644))
}

// nokey RUN… checks that no file of the runs holds the key of the helper model.
func noKey(ts *testscript.TestScript, _ bool, args []string) {
	for _, dir := range args {
		ts.Check(filepath.WalkDir(ts.MkAbs(dir), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.Contains(ts.ReadFile(path), ts.Getenv(llmKey)) {
				ts.Fatalf("%s holds the key", path)
			}
			return err
		}))
	}
}
