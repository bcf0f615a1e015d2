package browser

import (
	"regexp"
	"runtime"
	"strings"

	"github.com/chromedp/cdproto/emulation"
)

// agent is how the browser presents itself: as ordinary desktop Chrome of its own version. Some consent managers
// hide from "HeadlessChrome", and a banner that is not shown would be missed.
type agent struct {
	override emulation.SetUserAgentOverrideParams
}

// system is how an ordinary Chrome names the system it runs on.
var system = map[string]struct{ agent, navigator, hint, version string }{
	"linux":   {"X11; Linux x86_64", "Linux x86_64", "Linux", "6.8.0"},
	"darwin":  {"Macintosh; Intel Mac OS X 10_15_7", "MacIntel", "macOS", "15.5.0"},
	"windows": {"Windows NT 10.0; Win64; x64", "Win32", "Windows", "19.0.0"},
}[runtime.GOOS]

// plainAgent is the user agent of an ordinary Chrome of that version on this system. The browser is started with
// it, for the requests that it makes before a session can override its own name: scripts of service and shared
// workers. It is empty where the version or the system is not known.
func plainAgent(version string) string {
	major, _, _ := strings.Cut(version, ".")
	if major == "" || system.agent == "" {
		return ""
	}
	return "Mozilla/5.0 (" + system.agent + ") AppleWebKit/537.36 (KHTML, like Gecko) Chrome/" + major + ".0.0.0 Safari/537.36"
}

var chromeVersionRE = regexp.MustCompile(`Chrome/((\d+)[.\d]*)`)

// ordinary makes the product's name and the user agent plain.
func ordinary(product, userAgent string) (string, *agent) {
	product = strings.Replace(product, "HeadlessChrome", "Chrome", 1)
	plain := strings.Replace(userAgent, "HeadlessChrome", "Chrome", 1)
	a := &agent{emulation.SetUserAgentOverrideParams{UserAgent: plain, AcceptLanguage: "en-US,en", Platform: system.navigator}}
	m := chromeVersionRE.FindStringSubmatch(plain)
	if m == nil {
		return product, a
	}
	// Since user-agent reduction the version in the string is MAJOR.0.0.0.
	a.override.UserAgent = chromeVersionRE.ReplaceAllString(plain, "Chrome/"+m[2]+".0.0.0")
	full := strings.TrimPrefix(product, "Chrome/")
	brands := func(version, grey string) []*emulation.UserAgentBrandVersion {
		return []*emulation.UserAgentBrandVersion{
			{Brand: "Chromium", Version: version}, {Brand: "Google Chrome", Version: version}, {Brand: "Not?A_Brand", Version: grey},
		}
	}
	a.override.UserAgentMetadata = &emulation.UserAgentMetadata{
		Brands: brands(m[2], "24"), FullVersionList: brands(full, "24.0.0.0"),
		Platform: system.hint, PlatformVersion: system.version, Architecture: "x86", Bitness: "64",
	}
	return product, a
}
