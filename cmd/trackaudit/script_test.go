package main

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"trackaudit/testsites"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"trackaudit": func() {
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
	t.Run("group", func(t *testing.T) { // the parallel scripts end before the server does
		testscript.Run(t, testscript.Params{
			Dir:  filepath.Join("testdata", "script"),
			Cmds: map[string]func(*testscript.TestScript, bool, []string){"cut": cut, "visits": countVisits},
			Setup: func(env *testscript.Env) error {
				vendors := filepath.Join(env.WorkDir, ".vendors.tsv")
				env.Setenv("RULE", server.HostRule())
				env.Setenv("VENDORS", vendors)
				env.Setenv("HOME", env.WorkDir)
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
	visits, truncated, err := readVisits(ts.MkAbs(args[0] + "/evidence.jsonl"))
	ts.Check(err)
	ids := map[string]bool{}
	for _, v := range visits {
		ids[v.ID] = true
	}
	if n, _ := strconv.Atoi(args[1]); truncated || len(visits) != n || len(ids) != n {
		ts.Fatalf("%d visits, %d of them different, truncated %v; want %s", len(visits), len(ids), truncated, args[1])
	}
}
