package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the repository's top folder.
const root = "../.."

// tool runs a command at the top of the repository and returns what it printed.
func tool(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// TestFormatted and the tests below make `go test ./...` the whole gate.
func TestFormatted(t *testing.T) {
	out, err := tool(t, "gofmt", "-l", "cmd", "crawler", "classify", "report", "testsites")
	if err != nil || out != "" {
		t.Errorf("gofmt would change: %s %v", out, err)
	}
}

func TestVet(t *testing.T) {
	if out, err := tool(t, "go", "vet", "./..."); err != nil {
		t.Errorf("go vet: %v\n%s", err, out)
	}
}

func TestTidy(t *testing.T) {
	if out, err := tool(t, "go", "mod", "tidy", "-diff"); err != nil {
		t.Errorf("go mod tidy would change go.mod or go.sum: %v\n%s", err, out)
	}
}

// TestLayout holds the top level to the names the project was given.
func TestLayout(t *testing.T) {
	allowed := map[string]bool{"cmd": true, "crawler": true, "classify": true, "report": true, "testsites": true,
		"go.mod": true, "go.sum": true, "README.md": true, "Makefile": true, "LICENSE": true, "NOTICE": true,
		"Dockerfile": true, "action.yml": true}
	for _, f := range tracked(t) {
		top, _, _ := strings.Cut(f, "/")
		if !allowed[top] && !strings.HasPrefix(top, ".") {
			t.Errorf("%s: the top level has no room for %s", f, top)
		}
	}
}

var machinePath = regexp.MustCompile(`(^|[^[:alnum:]._/-])/(root|home/[a-z]+|tmp|work)/[a-zA-Z]`)

// TestNoMachinePaths guards that nothing committed names a path of one machine.
func TestNoMachinePaths(t *testing.T) {
	for _, f := range tracked(t) {
		data, err := os.ReadFile(filepath.Join(root, f))
		if err != nil {
			continue // deleted in the work tree
		}
		if bytes.IndexByte(data, 0) >= 0 || f == "cmd/trackaudit/gate_test.go" {
			continue
		}
		if m := machinePath.Find(data); m != nil {
			t.Errorf("%s names a path of a machine: %q", f, m)
		}
	}
}

func tracked(t *testing.T) []string {
	t.Helper()
	out, err := tool(t, "git", "ls-files")
	if err != nil {
		t.Skipf("not a git checkout: %v", err)
	}
	return strings.Fields(out)
}

// TestOneExit guards that only main.go ends the process.
func TestOneExit(t *testing.T) {
	for _, f := range tracked(t) {
		if !strings.HasSuffix(f, ".go") || strings.HasSuffix(f, "_test.go") || f == "cmd/trackaudit/main.go" || strings.Contains(f, "knowledge/generate") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(root, f))
		if err == nil && (bytes.Contains(data, []byte("os.Exit(")) || bytes.Contains(data, []byte("log.Fatal"))) {
			t.Errorf("%s ends the process: only main.go does", f)
		}
	}
}
