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
// highest, MB of that of all of them, and how many they then were.
type usage struct {
	wall, cpu, memory, family float64
	processes                 int
}

// measured runs a command to its end and looks at its family twenty times a second, the members that detach
// themselves too; at the memory of all of them once a second, which costs more. What one uses after it was last looked
// at is missed.
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
	var u usage
	f := family{head: cmd.Process.Pid, cpu: map[member]float64{}}
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for n := 0; ; n++ {
		select {
		case <-look.C:
			living := f.census()
			u.memory = max(u.memory, living[f.head])
			if n%20 > 0 {
				continue
			}
			all := 0.0
			for pid, resident := range living {
				all += proportional(pid, resident)
			}
			if all > u.family {
				u.family, u.processes = all, len(living)
			}
		case <-ended:
			u.wall = time.Since(began).Seconds()
			for _, c := range f.cpu {
				u.cpu += c
			}
			return u, out.String()
		}
	}
}

// member is a process: its number alone is given to another once it has ended.
type member struct{ pid, start int }

// family is a process and its descendants, with the seconds of CPU of each.
type family struct {
	head int
	cpu  map[member]float64
}

// census brings the CPU seconds up to date, takes in new members, and returns the resident memory of the living, in MB.
func (f *family) census() map[int]float64 {
	type process struct {
		member
		parent   int
		cpu, rss float64
	}
	running := map[int]process{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, _ := os.ReadFile(name)
		_, rest, _ := strings.Cut(string(text), ") ")
		field := strings.Fields(rest)
		var p process
		if _, err := fmt.Sscanf(name, "/proc/%d/", &p.pid); err != nil || len(field) < 22 {
			continue
		}
		var user, system, pages float64
		_, _ = fmt.Sscan(field[1], &p.parent)
		_, _ = fmt.Sscan(field[11]+" "+field[12]+" "+field[19]+" "+field[21], &user, &system, &p.start, &pages)
		p.cpu, p.rss = (user+system)/100, pages*float64(os.Getpagesize())/(1<<20) // USER_HZ is 100
		running[p.pid] = p
	}
	if p, ok := running[f.head]; ok && len(f.cpu) == 0 {
		f.cpu[p.member] = 0
	}
	for grew := true; grew; {
		grew = false
		for _, p := range running {
			if _, known := f.cpu[p.member]; known {
				continue
			}
			if _, child := f.cpu[running[p.parent].member]; child {
				f.cpu[p.member], grew = 0, true
			}
		}
	}
	living := map[int]float64{}
	for _, p := range running {
		if _, ours := f.cpu[p.member]; ours {
			f.cpu[p.member] = max(f.cpu[p.member], p.cpu)
			living[p.pid] = p.rss
		}
	}
	return living
}

// proportional is the memory of a process in MB, in which what it shares counts by its share; resident, where that
// cannot be read.
func proportional(pid int, resident float64) float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	for line := range strings.Lines(string(text)) {
		var kb float64
		if _, err := fmt.Sscanf(line, "Pss: %f kB", &kb); err == nil {
			return kb / 1024
		}
	}
	return resident
}

// loadAverage is how busy the machine was in the last minute.
func loadAverage() string {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
