package notice

import (
	"slices"
	"strings"
	"testing"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// A vendor that knowledge has a name for, beside names that the notice alone introduces.
func testNames(text string) []named {
	at := strings.Index(text, "Countly Nine")
	if at < 0 {
		return nil
	}
	return []named{{text: "Countly Nine", service: "Countly Nine", purposes: []knowledge.Purpose{"analytics"}, start: at, end: at + len("Countly Nine")}}
}

func TestNamedRecipients(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"We share data with partners such as Brightlamp and Orbit Labs.", []string{"Brightlamp", "Orbit Labs"}},
		{"Our analytics provider, Brightlamp, collects data about your visits.", []string{"Brightlamp"}},
		{"We use advertising networks (Brightlamp, Orbit and Sunward) to show advertisements.", []string{"Brightlamp", "Orbit", "Sunward"}},
		{"Third parties, including Brightlamp Web Services, may set cookies.", []string{"Brightlamp Web Services"}},
		{"Countly Nine uses cookies to count visits.", []string{"Countly Nine"}},
		{"We do not share data with networks such as Brightlamp.", nil},
		{"We do not use Countly Nine.", nil},
		{"For figures on visits, Countly Nine is used on this site.", []string{"Countly Nine"}},
		{"We have embedded Countly Nine on our pages.", []string{"Countly Nine"}},
		{"You can read the policy of Countly Nine on its site.", nil},
		{"You may sign in with your Countly Nine account.", nil},
		{"Your internet service provider (ISP) assigns an address.", nil},
		{"We share data with our partners, If you agree.", nil},
		{"Our service providers, We promise, are chosen with care and process data for us.", nil},
		{"You may share our pages through social networks such as Brightlamp.", nil},
		{"We share data with Countly Nine and Brightlamp to count visits.", []string{"Countly Nine"}},
		{"You also can control cookies from Countly Nine on its page.", nil},
		{"Learn how partners such as Brightlamp use data in their own policies.", nil},
	} {
		n, err := readAll([]evidence.Document{{URL: "notice.txt", ContentType: "text/plain", Body: []byte(padding + c.text + "\n")}}, testNames)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range n.Declarations {
			if d.Strength == Specific && !d.Denied && !slices.Contains(got, d.Recipient) {
				got = append(got, d.Recipient)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}
