package notice

import (
	"fmt"
	"strings"
	"testing"

	"trackaudit/crawler/evidence"
)

// TestOptOuts reads links of every kind: those by which a visitor can object count, each once, with the region that the
// text, the page or the section says.
func TestOptOuts(t *testing.T) {
	const page = "https://shop.test/privacy"
	for _, c := range []struct{ link, want string }{
		{`Use <a href="https://tools.google.com/dlpage/gaoptout">this add-on</a>.`, "[]"},
		{`See <a href="https://optout.aboutads.info/?c=2">the alliance's page</a>.`, "[us]"},
		{`See <a href="http://www.networkadvertising.org/choices/">here</a>.`, "[us]"},
		{`See <a href="http://www.networkadvertising.org/choices/">here</a> (EU).`, "[eu]"},
		{`See <a href="https://www.youronlinechoices.com/">here</a>.`, "[eu]"},
		{`See <a href="https://www.youronlinechoices.com/uk/your-ad-choices">here</a>.`, "[uk]"},
		{`See <a href="https://www.youronlinechoices.com.au/">here</a>.`, "[]"},
		{`<a href="/form">Do Not Sell or Share My Personal Information</a>`, "[us-ca]"},
		{`<a href="/form">Your Privacy Choices</a>`, "[us-ca]"},
		{`<a href="/en/nevada-do-not-sell">Nevada</a>`, "[us]"},
		{`<a href="/a">Opt out</a> or once more <a href="/a">opt out</a>.`, "[]"},
		{`You can opt out of these ads at <a href="https://lumen.test/choose">Lumen's page</a>.`, "[]"},
		{`You can tell Lumen to stop the collection: <a href="https://lumen.test/choose">choose</a>.`, "[]"},
		{`You can tell Lumen to stop as its <a href="https://lumen.test/privacy-policy">Privacy Policy</a> says.`, ""},
		{`Write to <a href="mailto:no@shop.test">opt out</a>.`, ""},
		{`<a href="#choices">Opt out</a>`, ""},
		{`<a href="https://shop.test/privacy#choices">Opt out</a>`, ""},
		{`<a href="javascript:stop()">Opt out</a>`, ""},
		{`Its <a href="https://www.aboutads.info/participants">members</a>.`, ""},
		{`Chrome: <a href="https://support.google.com/chrome/answer/95647">désactiver</a>.`, ""},
		{`Their <a href="https://globalprivacycontrol.org/">signal</a> to opt out.`, ""},
	} {
		body := "<html><body><h1>Privacy notice</h1><p>" + strings.Repeat(declares, 2) + c.link + "</p></body></html>"
		n, err := Read([]evidence.Document{{URL: page, ContentType: "text/html", Body: []byte(body)}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range n.Claims.OptOut {
			got = append(got, fmt.Sprint(o.Regions))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %q", c.link, n.Claims.OptOut, c.want)
		}
	}
}
