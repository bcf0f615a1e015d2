package browser

import (
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// hookFiles are in-page scripts, one for each Web API or family of them.
//
//go:embed js/*.js
var hookFiles embed.FS

// hookName is the name that our own script has in stacks, by which its frames are known.
const hookName = "trackaudit-hook"

// hookScript is the script that runs before the first script of every document and worker. channel is the name
// of the binding over which it reports.
func hookScript(channel, signals string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "(() => { try { %s } catch (e) {}\nconst CHANNEL = %q;\n", signals, channel)
	for _, name := range []string{"core", "document_cookie", "cookie_store", "web_storage", "databases", "window_name", "network", "widgets", "canvas", "fingerprint"} {
		src, err := hookFiles.ReadFile("js/" + name + ".js")
		if err != nil {
			continue // cannot happen: the files are embedded, and a test runs each hook
		}
		if name == "core" {
			b.Write(src)
			continue
		}
		fmt.Fprintf(&b, "try {\n%s\n} catch (e) {}\n", src)
	}
	fmt.Fprintf(&b, "})()\n//# sourceURL=%s", hookName)
	return b.String()
}

// told is one report of a hook.
type told struct {
	Kind     string  `json:"k"`
	PageTime float64 `json:"t"` // milliseconds, by the page's clock, which virtual time runs ahead
	Stack    string  `json:"s"`
	Nth      int     `json:"n"`
	Page     string  `json:"u"` // address of the document or worker
	Origin   string  `json:"o"` // its origin; that of its maker for about:srcdoc and the like

	Value   string  `json:"-"`
	RawV    any     `json:"v"`
	Area    string  `json:"a"`
	Key     string  `json:"key"`
	Name    string  `json:"name"`
	Domain  string  `json:"domain"`
	Path    string  `json:"path"`
	Expires float64 `json:"expires"`
	Same    string  `json:"ss"`
	Parted  bool    `json:"p"`
	Gone    bool    `json:"gone"`
	URL     string  `json:"url"`
	Method  string  `json:"method"`
	Width   float64 `json:"w"`
	Height  float64 `json:"h"`
	Chars   int     `json:"chars"`
	Colours int     `json:"colours"`
	Text    int     `json:"text"`
	Out     bool    `json:"excluded"`

	seq   int      // place among all that was told and stored
	at    int      // wall milliseconds since the visit started
	chain []string // "URL:line" of scripts, innermost first
}

// hear reads a hook's report. Pages can call the binding only before it is taken away, which is never; still, a
// report that does not parse is nobody's.
func hear(payload string) (told, bool) {
	var r told
	if len(payload) > 64<<10 || json.Unmarshal([]byte(payload), &r) != nil || r.Kind == "" {
		return r, false
	}
	if r.RawV != nil {
		r.Value = fmt.Sprint(r.RawV)
	}
	r.chain = stackURLs(r.Stack)
	return r, true
}

var frameRE = regexp.MustCompile(`(?m)^\s*at (?:.*? \()?((?:https?|blob|data|file|wss?)[^\s()]*?):(\d+):\d+\)?$`)

// stackURLs takes the scripts out of a stack as V8 prints it, innermost first, each once; our own are left out.
func stackURLs(stack string) []string {
	var list []string
	for _, m := range frameRE.FindAllStringSubmatch(stack, 30) {
		if at := m[1] + ":" + m[2]; len(list) == 0 || list[len(list)-1] != at {
			list = append(list, at)
		}
	}
	return list
}

// scriptOf is the address of a "URL:line".
func scriptOf(at string) string {
	if i := strings.LastIndexByte(at, ':'); i > 0 {
		return at[:i]
	}
	return at
}
