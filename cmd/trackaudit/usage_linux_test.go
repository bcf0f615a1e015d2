package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// build builds the command.
func build(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "trackaudit")
	if out, err := tool(t, "go", "build", "-o", bin, "./cmd/trackaudit"); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}

// usage is what a command and its descendants used: seconds, seconds of CPU, MB of the command's own memory at its
// highest, and MB of that of all of them.
type usage struct{ wall, cpu, memory, family float64 }

// measured runs a command to its end and looks at its family twenty times a second, the members that detach
// themselves too. What one uses after it was last looked at is missed.
func measured(t *testing.T, cmd *exec.Cmd, env ...string) (usage, string) {
	t.Helper()
	cmd.Env = append(os.Environ(), env...)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	cpu := map[int]float64{cmd.Process.Pid: 0}
	var u usage
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-look.C:
			own, all := census(cpu, cmd.Process.Pid)
			u.memory, u.family = max(u.memory, own), max(u.family, all)
		case <-ended:
			u.wall = time.Since(began).Seconds()
			for _, c := range cpu {
				u.cpu += c
			}
			return u, out.String()
		}
	}
}

// census brings the CPU seconds of a family up to date, takes in its new members, and returns the resident memory in
// MB of the head and of all.
func census(cpu map[int]float64, head int) (own, all float64) {
	type process struct {
		parent   int
		cpu, rss float64
	}
	living := map[int]process{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, _ := os.ReadFile(name)
		_, rest, _ := strings.Cut(string(text), ") ")
		f := strings.Fields(rest)
		var pid int
		if _, err := fmt.Sscanf(name, "/proc/%d/", &pid); err != nil || len(f) < 22 {
			continue
		}
		var p process
		var user, system, pages float64
		_, _ = fmt.Sscan(f[1], &p.parent)
		_, _ = fmt.Sscan(f[11]+" "+f[12]+" "+f[21], &user, &system, &pages)
		p.cpu, p.rss = (user+system)/100, pages*float64(os.Getpagesize())/(1<<20) // USER_HZ is 100
		living[pid] = p
	}
	for grew := true; grew; {
		grew = false
		for pid, p := range living {
			if _, known := cpu[pid]; known {
				continue
			}
			if _, child := cpu[p.parent]; child {
				cpu[pid], grew = 0, true
			}
		}
	}
	for pid := range cpu {
		if p, lives := living[pid]; lives {
			cpu[pid] = max(cpu[pid], p.cpu)
			all += p.rss
		}
	}
	return living[head].rss, all
}

// loadAverage is how busy the machine was in the last minute.
func loadAverage() string {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
