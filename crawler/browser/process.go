package browser

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/chromedp"
)

// process is a running browser with its pipes and its profile folder.
type process struct {
	cmd     *exec.Cmd
	conn    *chromedp.PipeConn
	profile string
	stderr  *tail
	spoken  chan struct{} // stderr has ended: the browser and its children are gone
	exited  chan struct{}
	once    sync.Once
}

// startProcess starts the browser in a process group of its own, with the debugging pipe on its file descriptors
// 3 and 4 and a fresh profile.
func startProcess(bin Binary, o Options) (*process, error) {
	profile, err := os.MkdirTemp("", "trackaudit-profile-")
	if err != nil {
		return nil, fmt.Errorf("make a browser profile: %w", err)
	}
	p := &process{profile: profile, stderr: &tail{max: 8 << 10}, spoken: make(chan struct{}), exited: make(chan struct{})}
	fail := func(err error) (*process, error) {
		os.RemoveAll(profile)
		return nil, err
	}
	if bin.Mode == "full" && !o.BlockThirdPartyCookies {
		// Debian's Chromium blocks third-party cookies by default, and only this file, there before the launch,
		// changes it, also for contexts made over the protocol.
		dir := filepath.Join(profile, "Default")
		prefs := `{"profile":{"cookie_controls_mode":0,"block_third_party_cookies":false}}`
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fail(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "Preferences"), []byte(prefs), 0o600); err != nil {
			return fail(err)
		}
	}
	in, toChrome, err := os.Pipe()
	if err != nil {
		return fail(err)
	}
	fromChrome, out, err := os.Pipe()
	if err != nil {
		in.Close()
		toChrome.Close()
		return fail(err)
	}
	said, errors, err := os.Pipe()
	if err != nil {
		in.Close()
		toChrome.Close()
		fromChrome.Close()
		out.Close()
		return fail(err)
	}
	p.cmd = exec.Command(bin.Path, flags(bin, o, profile)...)
	p.cmd.ExtraFiles = []*os.File{in, out}
	p.cmd.Stderr = errors // a file, or waiting for the browser would wait for children that still hold it
	ownGroup(p.cmd)
	err = p.cmd.Start()
	in.Close()
	out.Close()
	errors.Close()
	if err != nil {
		toChrome.Close()
		fromChrome.Close()
		said.Close()
		return fail(fmt.Errorf("start %s: %w", bin.Path, err))
	}
	p.conn = chromedp.NewPipeConn(fromChrome, toChrome)
	go func() {
		_, _ = io.Copy(p.stderr, said)
		said.Close()
		close(p.spoken)
	}()
	go func() {
		_ = p.cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// stop kills the whole process group and removes the profile.
func (p *process) stop(grace time.Duration) {
	p.once.Do(func() {
		select {
		case <-p.exited:
		case <-time.After(grace):
		}
		killGroup(p.cmd)
		p.conn.Close()
		<-p.exited
		select {
		case <-p.spoken:
		case <-time.After(time.Second):
		}
		for range 20 { // a child that is just dying may still write into the profile
			if os.RemoveAll(p.profile) == nil {
				return
			}
			time.Sleep(25 * time.Millisecond)
		}
	})
}

// flags are the browser's command line: quiet, ordinary to look at, and nothing switched off that a page's
// tracking needs.
func flags(bin Binary, o Options, profile string) []string {
	// After a key, Chrome defers what blobs and timers do until the next frame, which a page that is left never gets.
	off := "Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,AutofillServerCommunication,DeferRendererTasksAfterInput"
	if o.LocalNetwork {
		off += ",LocalNetworkAccessChecks"
	}
	list := []string{
		"--remote-debugging-pipe", "--user-data-dir=" + profile, "--no-first-run", "--no-default-browser-check",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
		"--disable-extensions", "--disable-breakpad", "--disable-client-side-phishing-detection", "--metrics-recording-only",
		"--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding",
		"--disable-hang-monitor", "--disable-popup-blocking", "--disable-prompt-on-repost", "--disable-dev-shm-usage",
		"--disable-blink-features=AutomationControlled", "--disable-features=" + off,
		"--disable-ipc-flooding-protection", "--password-store=basic", "--use-mock-keychain", "--force-color-profile=srgb",
		"--mute-audio", "--disable-smooth-scrolling", "--window-size=1366,768", "--lang=en-US", "--disable-quic",
		"--disable-site-isolation-trials", // a frame in another process has a clock that the page's does not wait for
	}
	if bin.Mode == "full" {
		list = append(list, "--headless=new")
	}
	if name := plainAgent(bin.Version); name != "" {
		list = append(list, "--user-agent="+name)
	}
	if o.BlockThirdPartyCookies {
		list = append(list, "--test-third-party-cookie-phaseout")
	}
	if len(o.HostRules) > 0 {
		list = append(list, "--host-resolver-rules="+strings.Join(o.HostRules, ","))
	}
	if o.Insecure {
		list = append(list, "--ignore-certificate-errors")
	}
	if runsAsRoot() {
		list = append(list, "--no-sandbox")
	}
	return append(append(list, o.more...), "about:blank")
}

// tail keeps the last bytes written to it: what a browser says before it dies.
type tail struct {
	mu  sync.Mutex
	buf []byte
	max int
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if n := len(t.buf) - t.max; n > 0 {
		t.buf = append(t.buf[:0], t.buf[n:]...)
	}
	return len(b), nil
}

// lastWords is the last line that is not empty.
func (t *tail) lastWords() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(t.buf)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
