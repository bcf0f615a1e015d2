package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// asNobody is set in the environment of the test binary when it runs itself as an ordinary user.
const asNobody = "TRACKAUDIT_TEST_AS_NOBODY"

func init() {
	if os.Getenv(asNobody) != "" {
		os.Exit(nobody())
	}
}

// TestSandbox: root loses the sandbox and is told so; everyone else keeps it. The second half runs the test binary
// again as an ordinary user, who must visit a page with the sandbox on where this machine lets Chrome have one.
func TestSandbox(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root: both halves need it")
	}
	var said []string
	b := own(t, "shell", func(o *Options) {
		o.Log = func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
	})
	cmd, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", b.proc.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(cmd), "--no-sandbox") {
		t.Error("root's browser has no --no-sandbox")
	}
	if len(said) != 1 || !strings.Contains(said[0], "sandbox") {
		t.Errorf("root is told %q", said)
	}
	b.Close()

	dir, err := os.MkdirTemp("/tmp", "trackaudit-nobody-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	exe, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	self := filepath.Join(dir, "browser.test")
	if err := os.WriteFile(self, exe, 0o755); err != nil {
		t.Fatal(err)
	}
	url := web.plant.put(plantSite+"/nobody", document(""))
	again := exec.Command(self)
	again.Env = []string{"TMPDIR=" + dir, "HOME=" + dir, "PATH=" + os.Getenv("PATH"), asNobody + "=" + url + " " + web.plant.rule()}
	again.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := again.CombinedOutput()
	t.Logf("as nobody: %s", out)
	switch {
	case strings.Contains(string(out), "flags: --no-sandbox"):
		t.Error("an ordinary user lost the sandbox")
	case strings.Contains(string(out), "warned:"):
		t.Error("an ordinary user is warned about the sandbox")
	case err != nil && strings.Contains(strings.ToLower(string(out)), "sandbox"):
		t.Logf("this machine does not let Chrome have its sandbox, which Start says")
	case err != nil:
		t.Errorf("%v", err)
	case !strings.Contains(string(out), "complete: true"):
		t.Error("the visit with the sandbox on is not complete")
	}
}

// nobody is what the test binary does when TestSandbox runs it as an ordinary user.
func nobody() int {
	url, rules, _ := strings.Cut(os.Getenv(asNobody), " ")
	b, err := Start(context.Background(), Options{HostRules: []string{rules}, Insecure: true,
		Log: func(format string, args ...any) { fmt.Println("warned:", fmt.Sprintf(format, args...)) }})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer b.Close()
	cmd, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", b.proc.cmd.Process.Pid))
	for _, flag := range strings.Split(string(cmd), "\x00") {
		if strings.Contains(flag, "sandbox") {
			fmt.Println("flags:", flag)
		}
	}
	r, err := b.Visit(context.Background(), Job{ID: "v0001", URL: url})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("complete:", r.Visit.Complete, r.Visit.Detail)
	return 0
}
