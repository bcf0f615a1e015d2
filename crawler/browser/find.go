package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// Binary is a browser on this machine.
type Binary struct {
	Path    string
	Product string // "Chromium", "Google Chrome", "Microsoft Edge"
	Version string // "156.0.8078.73"
	Mode    string // "shell" (chromium-headless-shell) or "full"
}

// NotFoundError says that there is no browser, or none at the path that was named.
type NotFoundError struct{ Path string }

func (e *NotFoundError) Error() string {
	if e.Path != "" {
		return fmt.Sprintf("no browser at %s", e.Path)
	}
	return "no Chrome, Chromium or Edge found"
}

// candidates are where browsers lie, the preferred first: the headless shell is the fast default. Wrapper scripts
// of distributions add flags of their own, so the real binary that they wrap comes before them.
var candidates = func() []string {
	switch runtime.GOOS {
	case "darwin":
		return []string{
			"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
			"/Applications/Chromium.app/Contents/MacOS/Chromium",
			"/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
			"chromium", "google-chrome",
		}
	case "windows":
		var list []string
		for _, base := range []string{os.Getenv("ProgramFiles"), os.Getenv("ProgramFiles(x86)"), os.Getenv("LocalAppData")} {
			if base != "" {
				list = append(list, filepath.Join(base, `Google\Chrome\Application\chrome.exe`), filepath.Join(base, `Microsoft\Edge\Application\msedge.exe`))
			}
		}
		return list
	}
	return []string{
		"/usr/lib/chromium/chromium-headless-shell", "chromium-headless-shell", "chrome-headless-shell", "headless_shell",
		"/usr/lib/chromium/chromium", "/usr/lib/chromium-browser/chromium-browser", "/usr/lib64/chromium-browser/chromium-browser",
		"/opt/google/chrome/chrome", "/opt/microsoft/msedge/msedge",
		"chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge",
	}
}

// Find returns the browser that Start uses when none is named. The error is a *NotFoundError.
func Find() (Binary, error) {
	for _, c := range candidates() {
		if b, err := inspect(c); err == nil {
			return b, nil
		}
	}
	return Binary{}, &NotFoundError{}
}

// FindAll lists every browser found, the one that Find returns first.
func FindAll() []Binary {
	var list []Binary
	seen := map[string]bool{}
	for _, c := range candidates() {
		b, err := inspect(c)
		if err != nil || seen[b.Mode+b.Version] {
			continue
		}
		seen[b.Mode+b.Version] = true
		list = append(list, b)
	}
	return list
}

var versionRE = regexp.MustCompile(`([A-Z][A-Za-z ]*[A-Za-z]) (\d+(?:\.\d+){1,3})`)

// inspect asks a binary for its version. A path without a slash is looked up in PATH.
func inspect(path string) (Binary, error) {
	full, err := exec.LookPath(path)
	if err != nil {
		return Binary{}, &NotFoundError{path}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	b := Binary{Path: full, Mode: "full"}
	if name := filepath.Base(full); strings.Contains(name, "headless-shell") || strings.Contains(name, "headless_shell") {
		b.Mode = "shell"
	}
	if runtime.GOOS == "windows" { // there chrome.exe --version opens a window
		b.Product = strings.TrimSuffix(filepath.Base(full), ".exe")
		return b, nil
	}
	out, err := exec.CommandContext(ctx, full, "--version").Output()
	if err != nil {
		return Binary{}, fmt.Errorf("%s --version: %w", full, err)
	}
	m := versionRE.FindStringSubmatch(string(out))
	if m == nil {
		return Binary{}, fmt.Errorf("%s is not a browser: --version prints %.60q", full, out)
	}
	b.Product, b.Version = m[1], m[2]
	return b, nil
}
