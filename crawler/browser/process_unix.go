//go:build unix && !linux

package browser

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup gives the browser a process group, so that its children die with it.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

func killGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}

func runsAsRoot() bool { return os.Geteuid() == 0 }
