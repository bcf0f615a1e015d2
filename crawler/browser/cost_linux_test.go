package browser

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
)

// benchPages is how many pages each round loads.
const benchPages = 16

// TestCost prints what our full visit costs beside what the bare browser needs for the same page: CPU seconds of
// the browser's process group and of this process (which serves the page as well), and wall time, for one to four
// tabs. Bare and full take turns, so that what else the machine does hits both. It runs with TRACKAUDIT_BENCH=1
// and never fails on time.
func TestCost(t *testing.T) {
	if os.Getenv("TRACKAUDIT_BENCH") == "" {
		t.Skip("TRACKAUDIT_BENCH is not set")
	}
	url := plantOrdinary()
	t.Logf("page of 15 requests from 6 hosts over TLS; dwell 10 s; %d pages a round, two rounds; load of the machine %s", benchPages, machineLoad())
	t.Logf("%-6s %4s | %-29s | %-29s | %s", "", "", "bare browser, a page", "our visit, a page", "")
	t.Logf("%-6s %4s | %8s %9s %10s | %8s %9s %10s | %9s %9s", "mode", "tabs", "CPU-s", "tool CPU", "pages/s", "CPU-s", "tool CPU", "pages/s", "CPU ratio", "with tool")
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			bare, control := bareBrowser(t, mode)
			full := own(t, mode, nil)
			load := func() {
				if err := loadBare(bare, control, url); err != nil {
					t.Error(err)
				}
			}
			see := func() { // full Chromium asks for the icon too
				r, err := full.Visit(context.Background(), Job{ID: "v0001", URL: url})
				if v := r.Visit; err != nil || !v.Complete || len(v.Requests) < 15 || len(v.Requests) > 16 || v.Dwell.Ended != "budget" {
					t.Errorf("visit: %v, complete %v (%s), %d requests, dwell %+v", err, v.Complete, v.Detail, len(v.Requests), v.Dwell)
				}
			}
			load()
			see()
			for tabs := 1; tabs <= 4; tabs++ {
				var b, f cost
				for range 2 {
					b.add(measure(bare, tabs, load))
					f.add(measure(full, tabs, see))
				}
				t.Logf("%-6s %4d | %8.3f %9.3f %10.2f | %8.3f %9.3f %10.2f | %9.2f %9.2f", mode, tabs, b.browser/b.pages, b.tool/b.pages, b.pages/b.wall,
					f.browser/f.pages, f.tool/f.pages, f.pages/f.wall, f.browser/b.browser*b.pages/f.pages, (f.browser+f.tool)/(b.browser+b.tool))
			}
		})
	}
}

// cost is in seconds.
type cost struct{ pages, wall, browser, tool float64 }

func (c *cost) add(o cost) {
	c.pages, c.wall, c.browser, c.tool = c.pages+o.pages, c.wall+o.wall, c.browser+o.browser, c.tool+o.tool
}

// measure runs do benchPages times in so many tabs.
func measure(b *Browser, tabs int, do func()) cost {
	group := b.proc.cmd.Process.Pid
	began, browser, tool := time.Now(), cpuOfGroup(group), cpuOfSelf()
	jobs := make(chan bool, benchPages)
	for range benchPages {
		jobs <- true
	}
	close(jobs)
	var wg sync.WaitGroup
	for range tabs {
		wg.Go(func() {
			for range jobs {
				do()
			}
		})
	}
	wg.Wait()
	return cost{benchPages, time.Since(began).Seconds(), cpuOfGroup(group) - browser, cpuOfSelf() - tool}
}

// bareBrowser starts a browser that nobody watches, and opens a session for the little that loadBare asks of it.
func bareBrowser(t *testing.T, mode string) (*Browser, *session) {
	b := own(t, mode, nil)
	flat := true
	if _, err := call(context.Background(), b.watch, target.SetAutoAttach, target.SetAutoAttachParams{Flatten: &flat}); err != nil {
		t.Fatal(err)
	}
	door, err := cdp.Call(context.Background(), b.root, target.AttachToBrowserTarget, cdp.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	return b, b.mux.adopt(door.SessionID, func(*session, any) {})
}

// loadBare loads a page in a context of its own until its load event, and watches nothing.
func loadBare(b *Browser, control *session, url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	made, err := cdp.Call(ctx, b.root, target.CreateBrowserContext, target.CreateBrowserContextParams{})
	if err != nil {
		return err
	}
	defer func() {
		_, _ = cdp.Call(ctx, b.root, target.DisposeBrowserContext, target.DisposeBrowserContextParams{BrowserContextID: made.BrowserContextID})
	}()
	tab, err := cdp.Call(ctx, b.root, target.CreateTarget, target.CreateTargetParams{URL: "about:blank", BrowserContextID: made.BrowserContextID, Width: 1366, Height: 768})
	if err != nil {
		return err
	}
	flat := true
	attached, err := call(ctx, control, target.AttachToTarget, target.AttachToTargetParams{TargetID: tab.TargetID, Flatten: &flat})
	if err != nil {
		return err
	}
	loaded := make(chan struct{})
	s := b.mux.adopt(attached.SessionID, func(_ *session, ev any) {
		if _, ok := ev.(*page.EventLoadEventFired); ok {
			shut(loaded)
		}
	})
	if _, err := call(ctx, s, page.Enable, page.EnableParams{}); err != nil {
		return err
	}
	if _, err := call(ctx, s, page.Navigate, page.NavigateParams{URL: url}); err != nil {
		return err
	}
	select {
	case <-loaded:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// plantOrdinary plants a small page of the ordinary kind: 15 requests to 6 hosts.
func plantOrdinary() string {
	const at = "/cost/"
	hosts := []string{plantSite, "img.plant.test", plantThird, plantOther, plantDeep, "tag.foreign.test"}
	script := func(host, name, body string) string {
		web.plant.put(host+at+name, body+strings.Repeat("\nfunction f"+strings.TrimSuffix(name, ".js")+"(a,b){return a+b}", 300))
		return `<script src="https://` + host + at + name + `"></script>`
	}
	image := func(host, name string) string {
		web.plant.handle(host+at+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/gif")
			fmt.Fprint(w, gif1x1)
		})
		return `<img alt="" width=200 height=100 src="https://` + host + at + name + `">`
	}
	var b strings.Builder
	web.plant.put(hosts[0]+at+"style.css", "body{font:16px sans-serif;color:#222}"+strings.Repeat("\n.a>.b{margin:1px}", 300))
	b.WriteString(`<link rel="stylesheet" href="/cost/style.css">`)
	b.WriteString(script(hosts[0], "app.js", "document.cookie='s=1234567890;path=/';localStorage.setItem('seen','1')"))
	b.WriteString(script(hosts[0], "menu.js", "document.querySelectorAll('p').forEach(e=>e.dataset.x=1)"))
	b.WriteString(script(hosts[2], "tag.js", "document.cookie='_tag=abc1234567890;max-age=86400';fetch('https://"+hosts[3]+at+"collect?id=abc1234567890',{mode:'no-cors'})"))
	b.WriteString(script(hosts[5], "ads.js", "new Image().src='https://"+hosts[4]+at+"pixel.gif?u='+Math.random()"))
	for i := range 5 {
		b.WriteString(image(hosts[i%2], fmt.Sprintf("i%d.gif", i)))
	}
	image(hosts[4], "pixel.gif")
	web.plant.put(hosts[4]+at+"frame.html", "<!doctype html><p>A frame.</p>"+script(hosts[4], "frame.js", "localStorage.setItem('f','1')"))
	fmt.Fprintf(&b, `<iframe src="https://%s%sframe.html"></iframe>`, hosts[4], at)
	web.plant.handle(hosts[3]+at+"collect", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "c", Value: "0123456789abcdef", MaxAge: 1000, Secure: true, SameSite: http.SameSiteNoneMode})
	})
	for range 40 {
		b.WriteString("<div class=a><p class=b>Some paragraphs of ordinary text, as pages have them, with <a href='/x'>links</a> in between.</p></div>")
	}
	return web.plant.put(hosts[0]+at+"index", document(b.String()))
}

// cpuOfGroup is the CPU time in seconds that the processes of a group have used, and those of their children that
// are gone.
func cpuOfGroup(group int) float64 {
	ticks := 0.0
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, _ := os.ReadFile(name)
		_, rest, _ := strings.Cut(string(text), ") ")
		f := strings.Fields(rest)
		if len(f) < 15 || f[2] != fmt.Sprint(group) {
			continue
		}
		for _, n := range f[11:15] { // utime, stime, cutime, cstime
			var v float64
			fmt.Sscan(n, &v)
			ticks += v
		}
	}
	return ticks / 100 // USER_HZ, which is 100 on every Linux that Go runs on
}

func cpuOfSelf() float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// machineLoad is the load average of the last minute: other work on the same cores makes every figure worse.
func machineLoad() string {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
