package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
)

// visitPart is a piece of a visit that can be left out by withholding its commands: methods, or "method text" where the
// parameters must hold the text.
type visitPart struct {
	name     string
	commands []string
}

var visitParts = []visitPart{
	{"(nothing: a whole visit)", nil},
	{"wheel", []string{"Input.dispatchMouseEvent mouseWheel"}},
	{"mouse", []string{"Input.dispatchMouseEvent mouseMoved"}},
	{"key", []string{"Input.dispatchKeyEvent"}},
	{"waiting for frames", []string{"Runtime.evaluate requestAnimationFrame"}},
	{"all input and waiting", []string{"Input.dispatchMouseEvent", "Input.dispatchKeyEvent", "Runtime.evaluate requestAnimationFrame"}},
	{"hooks", []string{"Page.addScriptToEvaluateOnNewDocument", "Runtime.addBinding"}},
	{"web storage", []string{"DOMStorage.enable"}},
	{"reports", []string{"Network.enableReportingApi"}},
	{"user agent", []string{"Emulation.setUserAgentOverride"}},
	{"auto-attach", []string{"Target.setAutoAttach"}},
	{"size of small images", []string{"Network.getResponseBody"}},
	{"reading the page", []string{"Runtime.evaluate querySelectorAll"}},
	{"leaving", []string{"Runtime.evaluate PageTransitionEvent", "Page.setWebLifecycleState", "Emulation.setScriptExecutionDisabled"}},
	{"cookies of the jar", []string{"Storage.getCookies"}},
}

// TestParts prints what each part of a visit costs in milliseconds of CPU, by process: visits that leave it out, whole
// ones and the bare browser take turns, TRACKAUDIT_ROUNDS times (12). It counts threads to the nanosecond, as Linux
// does, which a process that is gone takes with it: contexts are disposed of only after each count, and what that costs
// is not in the figures. Noise is about 3 ms. It runs with TRACKAUDIT_BENCH=1 and never fails on time.
func TestParts(t *testing.T) {
	if os.Getenv("TRACKAUDIT_BENCH") == "" {
		t.Skip("TRACKAUDIT_BENCH is not set")
	}
	rounds := 12
	if n, err := strconv.Atoi(os.Getenv("TRACKAUDIT_ROUNDS")); err == nil {
		rounds = n
	}
	url := plantOrdinary()
	bare, control := bareBrowser(t, "shell")
	full := own(t, "shell", nil)
	load := func() error { return loadBare(bare, control, url) }
	see := func() error {
		r, err := full.Visit(context.Background(), Job{ID: "v0001", URL: url})
		if err == nil && len(r.Visit.Requests) < 15 {
			err = fmt.Errorf("%d requests, %s", len(r.Visit.Requests), r.Visit.Detail)
		}
		return err
	}
	var base spent
	parts := make([]spent, len(visitParts))
	for round := range rounds + 1 {
		base.add(t, bare, visitPart{}, load)
		for i, p := range visitParts {
			parts[i].add(t, full, p, see)
		}
		if round == 0 { // the first visits warm everything up
			base = spent{}
			clear(parts)
		}
	}
	t.Logf("%-26s %9s %9s %9s %9s %9s %7s %7s %9s", "without", "renderer", "browser", "network", "gpu", "all", "saves", "ratio", "wall ms")
	row := func(name string, s spent) {
		n, all := float64(s.visits)/1000, 0.0
		for _, v := range s.cpu {
			all += v / n
		}
		whole, bareAll := 0.0, 0.0
		for _, v := range parts[0].cpu {
			whole += v / float64(parts[0].visits) * 1000
		}
		for _, v := range base.cpu {
			bareAll += v / float64(base.visits) * 1000
		}
		t.Logf("%-26s %9.1f %9.1f %9.1f %9.1f %9.1f %7.1f %7.2f %9.1f", name, s.cpu["renderer"]/n, s.cpu["browser"]/n, s.cpu["network"]/n, s.cpu["gpu-process"]/n, all,
			whole-all, all/bareAll, s.wall/n)
	}
	row("(the bare browser)", base)
	for i, p := range visitParts {
		row(p.name, parts[i])
	}
	t.Logf("load of the machine %s", machineLoad())
}

// spent is what visits have cost, in seconds, by kind of process.
type spent struct {
	visits int
	wall   float64
	cpu    map[string]float64
}

// add makes one visit without a part and adds what it costs.
func (s *spent) add(t *testing.T, b *Browser, without visitPart, do func() error) {
	if s.cpu == nil {
		s.cpu = map[string]float64{}
	}
	var kept []*cdproto.Message
	b.mux.withhold = func(msg *cdproto.Message) bool {
		if msg.Method == target.CommandDisposeBrowserContext {
			kept = append(kept, msg)
			return true
		}
		return without.withholds(msg)
	}
	before, began := threadsOf(b), time.Now()
	if err := do(); err != nil {
		t.Errorf("without %s: %v", without.name, err)
	}
	s.wall += time.Since(began).Seconds()
	for task, now := range threadsOf(b) {
		s.cpu[now.kind] += now.cpu - before[task].cpu
	}
	s.visits++
	b.mux.withhold = nil
	for _, msg := range kept {
		var p target.DisposeBrowserContextParams
		if err := json.Unmarshal(msg.Params, &p); err != nil {
			t.Fatal(err)
		}
		if _, err := cdp.Call(context.Background(), b.root, target.DisposeBrowserContext, p); err != nil {
			t.Fatal(err)
		}
	}
}

func (p visitPart) withholds(msg *cdproto.Message) bool {
	for _, c := range p.commands {
		method, text, _ := strings.Cut(c, " ")
		if string(msg.Method) == method && bytes.Contains(msg.Params, []byte(text)) {
			return true
		}
	}
	return false
}

// thread is the CPU time in seconds of a thread, and the kind of its process.
type thread struct {
	kind string
	cpu  float64
}

// threadsOf are a browser's living threads.
func threadsOf(b *Browser) map[string]thread {
	group := fmt.Sprint(b.proc.cmd.Process.Pid)
	list := map[string]thread{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, _ := os.ReadFile(name)
		_, rest, _ := strings.Cut(string(text), ") ")
		if f := strings.Fields(rest); len(f) < 3 || f[2] != group {
			continue
		}
		cmd, _ := os.ReadFile(filepath.Dir(name) + "/cmdline")
		kind := "browser"
		if _, rest, ok := strings.Cut(string(cmd), "--type="); ok {
			kind = strings.FieldsFunc(rest, func(c rune) bool { return c == 0 || c == ' ' })[0]
		}
		if strings.Contains(string(cmd), "network.mojom") {
			kind = "network"
		}
		tasks, _ := filepath.Glob(filepath.Dir(name) + "/task/*/schedstat")
		for _, task := range tasks {
			var ns float64
			text, _ := os.ReadFile(task)
			_, _ = fmt.Sscan(string(text), &ns)
			list[task] = thread{kind, ns / 1e9}
		}
	}
	return list
}
