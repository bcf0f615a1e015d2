package browser

import "os/exec"

// ownGroup has nothing to do: Windows has no process groups of that kind.
func ownGroup(*exec.Cmd) {}

func killGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = cmd.Process.Kill()
	}
}

func runsAsRoot() bool { return false }
