package browser

import (
	"regexp"
	"strings"

	"github.com/chromedp/cdproto/emulation"
)

// agent is how the browser presents itself: as ordinary desktop Chrome of its own version. Some consent managers
// hide from "HeadlessChrome", and a banner that is not shown would be missed.
type agent struct {
	override emulation.SetUserAgentOverrideParams
}

var chromeVersionRE = regexp.MustCompile(`Chrome/((\d+)[.\d]*)`)

// ordinary makes the product's name and the user agent plain.
func ordinary(product, userAgent string) (string, *agent) {
	product = strings.Replace(product, "HeadlessChrome", "Chrome", 1)
	plain := strings.Replace(userAgent, "HeadlessChrome", "Chrome", 1)
	a := &agent{emulation.SetUserAgentOverrideParams{UserAgent: plain, AcceptLanguage: "en-US,en", Platform: "Linux x86_64"}}
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
		Platform: "Linux", PlatformVersion: "6.8.0", Architecture: "x86", Bitness: "64",
	}
	return product, a
}
