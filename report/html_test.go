package report

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// parse gives every element of a page.
func parse(t *testing.T, page string) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var all []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			all = append(all, n)
		}
	}
	return all
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// TestHTMLIsInert guards that no report, whatever a page called itself, runs anything, loads anything or links
// anywhere but to the web.
func TestHTMLIsInert(t *testing.T) {
	allowed := strings.Fields("html head meta title style body a header p h1 h2 h3 div span dl dt dd br time nav ul ol li b main " +
		"section article code details summary table caption thead tbody tr th td figure blockquote figcaption q svg rect")
	web := regexp.MustCompile(`^(https?://|#[a-z0-9-]+$)`)
	for name, r := range map[string]*Report{"empty": New(Input{}), "sample": sample().report(), "hostile 1": hostile(1), "hostile 2": hostile(2), "hostile 3": hostile(3)} {
		page := write(t, "html", r)
		elements := parse(t, page)
		for _, n := range elements {
			if !slices.Contains(allowed, n.Data) {
				t.Errorf("%s: element <%s>", name, n.Data)
			}
			for _, a := range n.Attr {
				switch {
				case a.Key == "href" && !web.MatchString(a.Val):
					t.Errorf("%s: link to %.60q", name, a.Val)
				case strings.HasPrefix(a.Key, "on"), a.Key == "src", a.Key == "style", a.Key == "srcset":
					t.Errorf("%s: attribute %s=%.60q", name, a.Key, a.Val)
				}
			}
			if n.Data == "style" && text(n) != htmlStyle {
				t.Errorf("%s: the style is not ours", name)
			}
		}
		policy := slices.IndexFunc(elements, func(n *html.Node) bool { v, _ := attr(n, "http-equiv"); return v == "Content-Security-Policy" })
		if content, _ := attr(elements[policy], "content"); content != "default-src 'none'; style-src 'unsafe-inline'" {
			t.Errorf("%s: policy %q", name, content)
		}
	}
	if strings.Contains(htmlStyle, "url(") || strings.Contains(htmlStyle, "@import") {
		t.Error("the style loads something")
	}
}

// TestHTMLStructure guards what a screen reader needs: headings in order, header cells with a scope, IDs that are
// unique and links that lead to them.
func TestHTMLStructure(t *testing.T) {
	for name, r := range map[string]*Report{"empty": New(Input{}), "sample": sample().report(), "hostile": hostile(1)} {
		ids, links := map[string]int{}, []string{}
		level := 0
		for _, n := range parse(t, write(t, "html", r)) {
			if id, ok := attr(n, "id"); ok {
				if ids[id]++; ids[id] > 1 {
					t.Errorf("%s: id %q twice", name, id)
				}
			}
			if href, ok := attr(n, "href"); ok && strings.HasPrefix(href, "#") {
				links = append(links, href[1:])
			}
			if ref, ok := attr(n, "aria-labelledby"); ok {
				links = append(links, ref)
			}
			if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
				if now := int(n.Data[1] - '0'); now > level+1 {
					t.Errorf("%s: <%s> %q follows a heading of level %d", name, n.Data, text(n), level)
				} else {
					level = now
				}
			}
			if scope, _ := attr(n, "scope"); n.Data == "th" && scope == "" {
				t.Errorf("%s: header cell %q without scope", name, text(n))
			}
			if n.Data == "html" {
				if lang, _ := attr(n, "lang"); lang != "en" {
					t.Errorf("%s: lang %q", name, lang)
				}
			}
		}
		for _, l := range links {
			if ids[l] == 0 {
				t.Errorf("%s: a link leads to #%s, which is not there", name, l)
			}
		}
	}
}

// TestHTMLTells guards that a compliance officer finds each part of the evidence in the page.
func TestHTMLTells(t *testing.T) {
	in := sample()
	page := write(t, "html", in.report())
	var b strings.Builder
	for _, n := range parse(t, page) {
		if n.Data == "body" {
			b.WriteString(strings.Join(strings.Fields(text(n)), " "))
		}
	}
	said := b.String()
	for _, f := range in.Findings {
		for _, want := range append([]string{f.Rule, f.Severity.String(), f.Subject, f.Message, f.Fix, f.Basis, f.Fingerprint, f.Quote}, f.Observations...) {
			if !strings.Contains(said, want) {
				t.Errorf("finding %s: %q is not in the page", f.Rule, want)
			}
		}
	}
	for _, want := range append([]string{
		"The site and its notice do not agree: 6 findings.", in.Reason, // the verdict in a sentence
		"v0001.o4", "https://cdn.replaybird.test/rec.js:22", "https://www.googletagmanager.com/gtm.js?id=GTM-NL42:1", // who started it
		"24 November 2026, 12:00:03 UTC", "2 years", "lifetime 13 months", "7 What we do not do · " + shop + "/privacy", "toDataURL called 2 times",
		"HTTP 403", "its language (pl) is not supported", "Chrome was started again once.", // what could not be seen
		"13 months", "denies", "If your browser sends a Do Not Track signal", "https://tools.google.com/dlpage/gaoptout",
		"trackaudit v0.3.0", "Chromium/156.0.8078.73 (shell)", "ReplayBird Ltd", "static.adsterling.test", "the button “Reject all” was pressed and the banner stayed",
	}, limitations...) {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in the page", want)
		}
	}
}

// probe reads off a page what a person would trip over: what is wider than the window, and text whose contrast with
// what lies behind it is below 4.5 (WCAG 2.2, 1.4.3). It stands in a copy of the report; the report has no script.
const probe = `<script>
document.querySelectorAll("details").forEach(d => d.open = true);
const rgba = s => { const m = s.match(/[\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
const behind = e => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; } return [255, 255, 255, 1]; };
const faint = [];
for (const e of document.querySelectorAll("body *")) {
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.getClientRects().length) continue;
  const a = light(rgba(getComputedStyle(e).color).slice(0, 3)), b = light(behind(e).slice(0, 3));
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < 4.5) faint.push(e.tagName + "." + e.className + " " + ratio.toFixed(2));
}
const wide = [...document.querySelectorAll("main *, header *")].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.closest("thead, svg")).map(e => e.tagName + "." + e.className);
document.title = JSON.stringify({width: document.documentElement.scrollWidth, window: document.documentElement.clientWidth, faint: [...new Set(faint)], wide: [...new Set(wide)], dark: matchMedia("(prefers-color-scheme: dark)").matches});
</script></body>`

// TestHTMLInBrowser looks at the page as a person does: on a wide and on a narrow window, light and dark.
func TestHTMLInBrowser(t *testing.T) {
	browser := ""
	for _, name := range []string{"chromium-headless-shell", "chrome-headless-shell", "chromium", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" || testing.Short() {
		t.Skip("no browser to look with")
	}
	for name, r := range map[string]*Report{"sample": gated().report(), "hostile": hostile(1)} {
		page := write(t, "html", r)
		page = strings.Replace(page, "default-src 'none'", "script-src 'unsafe-inline'", 1)
		page = strings.Replace(page, "</body>", probe, 1)
		file := filepath.Join(t.TempDir(), "page.html")
		if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, window := range []string{"1280,900", "500,900"} {
			for _, scheme := range []string{"1", "0"} { // blink's words for light and dark
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+t.TempDir(),
					"--window-size="+window, "--blink-settings=preferredColorScheme="+scheme, "--dump-dom", "file://"+file)
				cmd.WaitDelay = time.Second // its children may outlive it and hold the pipes
				out, err := cmd.Output()
				cancel()
				if err != nil {
					t.Fatalf("%s: %v", browser, err)
				}
				var seen struct {
					Width, Window int
					Faint, Wide   []string
					Dark          bool
				}
				_, title, _ := bytes.Cut(out, []byte("<title>"))
				title, _, _ = bytes.Cut(title, []byte("</title>"))
				if err := json.Unmarshal([]byte(html.UnescapeString(string(title))), &seen); err != nil {
					t.Fatalf("the probe did not run: %v: %.200q", err, title)
				}
				if seen.Dark != (scheme == "0") {
					t.Errorf("scheme %s was not applied", scheme)
				}
				if seen.Width > seen.Window {
					t.Errorf("%s in %s: the page is %d wide in a window of %d: %v", name, window, seen.Width, seen.Window, seen.Wide)
				}
				if len(seen.Faint) > 0 {
					t.Errorf("%s in %s, dark %v: too little contrast: %v", name, window, seen.Dark, seen.Faint)
				}
			}
		}
	}
}
