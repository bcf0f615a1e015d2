package main

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
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
			Dir: filepath.Join("testdata", "script"),
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
