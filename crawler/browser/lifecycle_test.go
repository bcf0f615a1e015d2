package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"

	"trackaudit/crawler/evidence"
)

var quietLog = log.New(io.Discard, "", 0)

// gone fails the test if anything of a browser is left: its process, its children, its profile.
func gone(t *testing.T, b *Browser) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for {
		left := processesOf(b.proc.profile)
		for _, pid := range groupOf(b.proc.cmd.Process.Pid) {
			left[pid] = "of its process group"
		}
		if _, err := os.Stat(b.proc.profile); err == nil {
			left[0] = b.proc.profile
		}
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("left behind: %v", left)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// groupOf lists the living processes of a process group.
func groupOf(group int) []int {
	var list []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, _ := os.ReadFile(name)
		_, rest, _ := strings.Cut(string(text), ") ") // after the name, which may hold anything
		var state string
		var parent, pgrp int
		if n, _ := fmt.Sscan(rest, &state, &parent, &pgrp); n == 3 && pgrp == group && state != "Z" {
			pid, _ := strconv.Atoi(strings.Split(name, "/")[2])
			list = append(list, pid)
		}
	}
	return list
}

func TestCloseLeavesNothing(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		b := own(t, mode, nil)
		visit(t, b, web.plant.put(plantSite+"/close", document("")), evidence.ChoiceNone)
		if len(processesOf(b.proc.profile)) == 0 {
			t.Fatal("the test sees no process of a running browser: it would see no leak either")
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		gone(t, b)
		if err := b.Close(); err != nil {
			t.Errorf("closing twice: %v", err)
		}
		if _, err := b.Visit(context.Background(), Job{ID: "v1", URL: "https://" + plantSite + "/close"}); !errors.Is(err, ErrLost) {
			t.Errorf("a visit after Close gives %v, want ErrLost", err)
		}
	})
}

func TestCloseDuringVisit(t *testing.T) {
	b := own(t, "shell", nil)
	url, waiting, release := hanging(t, "/close-during")
	defer release()
	ended := make(chan error, 1)
	go func() {
		_, err := b.Visit(context.Background(), Job{ID: "v1", URL: url})
		ended <- err
	}()
	<-waiting
	b.Close()
	if err := <-ended; !errors.Is(err, ErrLost) {
		t.Errorf("the visit under way gives %v, want ErrLost", err)
	}
	gone(t, b)
}

// hanging plants a page that answers only when it is released.
func hanging(t *testing.T, path string) (url string, waiting chan bool, release func()) {
	waiting, free := make(chan bool, 10), make(chan bool)
	url = web.plant.handle(plantSite+path, func(w http.ResponseWriter, r *http.Request) {
		waiting <- true
		<-free
		io.WriteString(w, document(""))
	})
	return url, waiting, func() { close(free) }
}

// TestCancelLeavesNothing calls a visit off while the page has yet to answer: the browser lives on and can be used.
func TestCancelLeavesNothing(t *testing.T) {
	b := own(t, "shell", nil)
	url, waiting, release := hanging(t, "/cancel")
	defer release()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	var r Result
	go func() {
		var err error
		r, err = b.Visit(ctx, Job{ID: "v1", URL: url})
		ended <- err
	}()
	<-waiting
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
	if r.Visit.Complete || r.Visit.Reason != evidence.NotVisited {
		t.Errorf("complete %v, reason %q", r.Visit.Complete, r.Visit.Reason)
	}
	if v := visit(t, b, web.plant.put(plantSite+"/after-cancel", document("")), evidence.ChoiceNone); !v.Complete {
		t.Errorf("the next visit: %s", v.Detail)
	}
	if n := len(b.visits) + len(b.owner); n != 0 {
		t.Errorf("the browser still knows %d contexts and targets of visits that ended", n)
	}
	b.Close()
	gone(t, b)
}

func TestStartCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	before := len(profilesIn(os.TempDir()))
	if b, err := Start(ctx, options(t, "shell")); err == nil {
		b.Close()
		t.Error("a start that was called off succeeded")
	}
	if n := len(profilesIn(os.TempDir())); n > before {
		t.Errorf("%d profiles left behind", n-before)
	}
}

func profilesIn(dir string) []string {
	list, _ := filepath.Glob(filepath.Join(dir, "trackaudit-profile-*"))
	return list
}

// TestKilled kills the browser in the middle of a visit: what was seen until then comes back with ErrLost, and
// nothing is left after Close.
func TestKilled(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		b := own(t, mode, nil)
		arrived := make(chan bool, 10)
		url := web.plant.put(plantSite+"/killed", document(`<script>document.cookie='early=1'; fetch('/killed-now'); setTimeout(() => fetch('/never'), 60000)</script>`))
		web.plant.handle(plantSite+"/killed-now", func(w http.ResponseWriter, r *http.Request) {
			select {
			case arrived <- true:
			default:
			}
			<-r.Context().Done() // hold virtual time while the browser is killed
		})
		go func() {
			<-arrived
			_ = b.proc.cmd.Process.Kill() // the parent alone: its children must not survive it
		}()
		began := time.Now()
		r, err := b.Visit(context.Background(), Job{ID: "v0001", URL: url})
		if !errors.Is(err, ErrLost) {
			t.Fatalf("err = %v, want ErrLost", err)
		}
		t.Logf("noticed after %v", time.Since(began).Round(time.Millisecond))
		if r.Visit.Complete || r.Visit.Reason != evidence.BrowserLost || r.Visit.Detail == "" {
			t.Errorf("complete %v, reason %q, detail %q", r.Visit.Complete, r.Visit.Reason, r.Visit.Detail)
		}
		if len(r.Visit.Requests) == 0 {
			t.Error("what was seen before the death is lost")
		}
		if _, err := b.Visit(context.Background(), Job{ID: "v0002", URL: url}); !errors.Is(err, ErrLost) {
			t.Errorf("the next visit gives %v, want ErrLost", err)
		}
		b.Close()
		gone(t, b)
	})
}

// TestRendererCrash: a page whose renderer dies costs its own completeness, not the browser, and what it did until
// then is kept.
func TestRendererCrash(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		b := shared(t, mode)
		url := web.plant.put(plantSite+"/crash", document(`<script>document.cookie='early=1'; fetch('/crash-first').then(() => fetch('/crash-now'))</script>`))
		web.plant.handle(plantSite+"/crash-now", func(w http.ResponseWriter, r *http.Request) {
			b.mu.Lock()
			defer b.mu.Unlock()
			for _, c := range b.visits {
				send(c.page, page.Crash, cdp.Empty{})
			}
		})
		r, err := b.Visit(context.Background(), Job{ID: "v0001", URL: url})
		if err != nil {
			t.Fatal(err)
		}
		v := r.Visit
		if v.Complete || v.Reason != evidence.Crashed {
			t.Errorf("complete %v, reason %q (%s)", v.Complete, v.Reason, v.Detail)
		}
		if len(v.Requests) < 2 || len(v.Observations) == 0 {
			t.Errorf("kept %d requests and %d observations of before the crash", len(v.Requests), len(v.Observations))
		}
		if v := visit(t, b, web.plant.put(plantSite+"/after-crash", document("")), evidence.ChoiceNone); !v.Complete {
			t.Errorf("the next visit: %s", v.Detail)
		}
	})
}

func TestNotFound(t *testing.T) {
	_, err := Start(context.Background(), Options{Path: filepath.Join(t.TempDir(), "no-browser")})
	var missing *NotFoundError
	if !errors.As(err, &missing) || missing.Path == "" {
		t.Errorf("a path without a browser gives %v, want a NotFoundError with the path", err)
	}
	script := filepath.Join(t.TempDir(), "chrome")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho hello\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(context.Background(), Options{Path: script}); err == nil || !strings.Contains(err.Error(), "not a browser") {
		t.Errorf("a program that is no browser gives %v", err)
	}
	silent := filepath.Join(t.TempDir(), "chrome")
	if err := os.WriteFile(silent, []byte("#!/bin/sh\nif [ \"$1\" = --version ]; then echo Chromium 1.2.3; exit; fi\necho cannot open shared object >&2; exit 127\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(context.Background(), Options{Path: silent}); err == nil || !strings.Contains(err.Error(), "cannot open shared object") {
		t.Errorf("a browser that dies at once gives %v, want its last words", err)
	}
	defer func(old func() []string) { candidates = old }(candidates)
	candidates = func() []string { return []string{"/nonexistent/chrome", "no-such-browser-on-path"} }
	if _, err := Start(context.Background(), Options{}); !errors.As(err, &missing) || missing.Path != "" {
		t.Errorf("no browser at all gives %v, want a NotFoundError without a path", err)
	}
	if list := FindAll(); len(list) != 0 {
		t.Errorf("FindAll = %v", list)
	}
}

// TestFind guards that the real binary is taken, not the wrapper scripts of a distribution, which add flags.
func TestFind(t *testing.T) {
	b, err := Find()
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range append(FindAll(), b) {
		t.Logf("%s %s (%s) at %s", b.Product, b.Version, b.Mode, b.Path)
		f, err := os.Open(b.Path)
		if err != nil {
			t.Fatal(err)
		}
		head := make([]byte, 2)
		io.ReadFull(f, head)
		f.Close()
		if string(head) == "#!" {
			t.Errorf("%s is a script", b.Path)
		}
	}
	if all := FindAll(); all[0] != b {
		t.Errorf("FindAll begins with %v, Find gives %v", all[0], b)
	}
}
