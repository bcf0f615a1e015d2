package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"trackaudit/testsites"
)

// TestAction runs what action.yml runs, as a runner would: inputs in the environment, the summary and the outputs
// in files.
func TestAction(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash")
	}
	server, err := testsites.Start(testsites.Options{Sites: []string{"omits"}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	dir := t.TempDir()
	vendors := filepath.Join(dir, "vendors.tsv")
	if err := os.WriteFile(vendors, testsites.Vendors(), 0o644); err != nil {
		t.Fatal(err)
	}
	source, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", filepath.Join(source, ".ci", "action"))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(),
		"TRACKAUDIT_SOURCE="+source, "TRACKAUDIT_TARGETS=https://www.ospreycameras.test/\n", "TRACKAUDIT_FAIL_ON=medium",
		"TRACKAUDIT_ARGUMENTS=--host-rule\n"+server.HostRule()+"\n--insecure\n--knowledge\n"+vendors, "TRACKAUDIT_OUT=run", "TRACKAUDIT_SARIF=out.sarif",
		"GITHUB_STEP_SUMMARY="+filepath.Join(dir, "summary.md"), "GITHUB_OUTPUT="+filepath.Join(dir, "output"))
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != exitFindings {
		t.Fatalf("exit %v, want 1\n%s%s", err, out.String(), errs.String())
	}
	if !strings.Contains(out.String(), "::error") && !strings.Contains(out.String(), "::warning") {
		t.Errorf("no annotation: %s", out.String())
	}
	for file, want := range map[string]string{"summary.md": "undeclared-technology", "out.sarif": `"undeclared-technology"`, "output": "exit-code=1", "run/MANIFEST.sha256": "evidence.jsonl"} {
		data, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil || !bytes.Contains(data, []byte(want)) {
			t.Errorf("%s does not hold %q: %v", file, want, err)
		}
	}
}

// TestActionInputs guards that no input is put into a script, and that each reaches it through the environment.
func TestActionInputs(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var action struct {
		Inputs map[string]any
		Runs   struct {
			Steps []struct {
				Run string
				Env map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(data, &action); err != nil {
		t.Fatal(err)
	}
	passed := map[string]bool{}
	for _, step := range action.Runs.Steps {
		if strings.Contains(step.Run, "${{") {
			t.Errorf("an expression stands in a script: %s", step.Run)
		}
		for _, value := range step.Env {
			if m := regexp.MustCompile(`inputs\.([a-z-]+)`).FindStringSubmatch(value); m != nil {
				passed[m[1]] = true
			}
		}
	}
	for name := range action.Inputs {
		if !passed[name] {
			t.Errorf("input %s reaches no script", name)
		}
	}
}
