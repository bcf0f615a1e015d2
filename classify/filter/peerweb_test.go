package filter_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// requestsOfWeb has Chrome visit the saved sites of ../shared/web and returns what their server says Chrome sent.
// Without them it returns nothing.
func requestsOfWeb(t *testing.T, dir string) []ask {
	t.Helper()
	web, _ := filepath.Abs("../../../shared/web")
	chrome, err := exec.LookPath("chromium-headless-shell")
	if _, missing := os.Stat(filepath.Join(web, "server.js")); missing != nil || err != nil {
		t.Log("no ../shared/web or no chromium-headless-shell: no requests of real pages")
		return nil
	}
	// the server writes a key beside its sites: give it a folder of its own that links to them
	held := filepath.Join(dir, "held")
	if err := os.Mkdir(held, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sites", "sdk"} {
		if err := os.Symlink(filepath.Join(web, name), filepath.Join(held, name)); err != nil {
			t.Fatal(err)
		}
	}
	log := filepath.Join(dir, "requests.log")
	port := serve(t, web, held, log)
	pages := savedPages(t, web)
	for _, page := range pages {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		cmd := exec.CommandContext(ctx, chrome, "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors",
			"--host-resolver-rules=MAP * 127.0.0.1:"+port, "--user-data-dir="+filepath.Join(dir, "profile"),
			"--virtual-time-budget=8000", "--dump-dom", page)
		if err := cmd.Run(); err != nil {
			t.Logf("%s: %v", page, err)
		}
		cancel()
	}
	asks := readServerLog(t, log)
	t.Logf("Chrome visited %d saved pages", len(pages))
	return asks
}

// serve starts the test web's server and returns its port.
func serve(t *testing.T, web, held, log string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join(web, "server.js"), port, log)
	cmd.Env = append(os.Environ(), "HELD="+held)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.Contains(line, "listening") {
		t.Fatalf("test web: %q, %v", line, err)
	}
	return port
}

// savedPages lists the pages of the saved sites.
func savedPages(t *testing.T, web string) []string {
	t.Helper()
	var pages []string
	sites := os.DirFS(filepath.Join(web, "sites"))
	err := fs.WalkDir(sites, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".html") {
			pages = append(pages, "https://"+strings.TrimSuffix(path, "index.html"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// readServerLog turns the server's record into requests. The referer tells the document that asked.
func readServerLog(t *testing.T, file string) []ask {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{"script": "Script", "image": "Image", "style": "Stylesheet", "font": "Font", "iframe": "SubFrame", "document": "Document",
		"empty": "Fetch", "audio": "Media", "video": "Media", "track": "Media", "worker": "Script", "sharedworker": "Script", "serviceworker": "Script"}
	var asks []ask
	last := ""
	for line := range bytes.Lines(text) {
		var r struct{ Host, Path, Query, Dest, Referer, Method string }
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(fmt.Errorf("server log: %w", err))
		}
		url := "https://" + r.Host + r.Path
		if r.Query != "" {
			url += "?" + r.Query
		}
		kind := kinds[r.Dest]
		if kind == "" {
			kind = "Other"
		}
		document := r.Referer
		if kind == "Document" {
			last, document = url, url
		} else if document == "" {
			document = last
		}
		if document != "" && r.Method != "OPTIONS" {
			asks = append(asks, newAsk(url, kind, document, "web"))
		}
	}
	return asks
}
