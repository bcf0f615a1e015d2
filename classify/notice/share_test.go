package notice

import (
	"slices"
	"sort"
	"strings"
	"testing"
)

// said sums a notice's declarations up: "denied: third parties", "cookie/analytics", "to: affiliates".
func said(n *Notice) []string {
	var out []string
	for _, d := range n.Declarations {
		what := string(d.Technology)
		if d.Purpose != "" {
			what += "/" + string(d.Purpose)
		}
		if d.Party != "" || d.Recipient != "" {
			what = strings.TrimSpace(what + " to " + d.Recipient)
		}
		if d.Denied {
			what = "denied " + what
		}
		what = strings.TrimSpace(what)
		if what != "" && !slices.Contains(out, what) {
			out = append(out, what)
		}
	}
	sort.Strings(out)
	return out
}

func TestSharing(t *testing.T) {
	for _, c := range []struct {
		text string
		want string // joined by "; "
	}{
		// Denials, and how far they reach.
		{"We do not sell your personal information.", "denied to third parties"},
		{"We do not sell, rent or otherwise disclose your data to advertisers.", "denied to advertising partners"},
		{"We never share your e-mail address with third parties.", "denied to third parties"},
		{"None of the details that you give us is passed on to other companies.", "denied to third parties"},
		{"No personal information is shared with third parties.", "denied to third parties"},
		{"Neither we nor our staff will ever sell your data.", "denied to third parties"},
		{"Our policy is not to share your details with third parties.", "denied to third parties"},
		{"Please note that we don't share contact details with our advertisers.", "denied to advertising partners"},
		{"We do not provide this information to our advertisers when you click on a banner.", "denied to advertising partners"},
		{"We do not allow other companies to collect data about you.", "denied to third parties"},
		{"Advertisers do not have access to your name.", "denied to advertising partners"},
		{"We will not transfer information provided to us to third parties.", "denied to third parties"},
		{"We do not share your data with third parties except as required by law.", "denied to third parties"},
		{"We will not disclose your data to third parties without your consent.", "denied to third parties"},

		// What looks like a denial and is none.
		{"Figures that do not identify you, such as counts of orders, may be shared with our partners.", "to business partners"},
		{"You may tell us not to share your address.", ""},
		{"If you do not want us to share your address with partners, write to us.", ""},
		{"Our vendors may not use or disclose the data for purposes of their own.", ""},
		{"They are obliged not to disclose what they learn.", ""},
		{"We do not ask children to disclose more than a game needs.", ""},
		{"We have no obligation to release such information.", ""},
		{"Please do not share your password.", ""},
		{`Click on "Do Not Sell or Share My Personal Information" at the bottom.`, ""},
		{`See our "Do Not Sell or Share" page.`, ""},
		{"This policy does not apply to information that third parties collect.", ""},
		{"We are not responsible for what third parties collect.", ""},
		{"The laws there may not protect data as those in your location do.", ""},
		{"Not only do we share data with our partners, we also tell you so.", "to business partners"},

		// Who acts.
		{"We share your data with our affiliates.", "to affiliates"},
		{"We may disclose information to law enforcement and to our service providers.", "to authorities; to service providers"},
		{"Information that you give us may be shared with our affiliates.", "to affiliates"},
		{"Information about our customers is passed on to payment processors.", "to payment providers"},
		{"Our advertising partners may collect information about your visits to our site.", "to advertising partners"},
		{"We receive information about you from third parties.", ""},
		{"We send you offers by e-mail.", ""},
		{"You may share our pages with your friends.", ""},
		{"This section tells how we share information with third parties.", ""},
		{"Do we share your data with third parties?", ""},

		// Technologies.
		{"We use cookies and web beacons.", "cookie; web_beacon"},
		{"A cookie is a small file that a site stores in your browser.", ""},
		{"Cookies are small text files.", ""},
		{"Our site does not use cookies.", "denied cookie"},
		{"Cookies are not set on this site.", "denied cookie"},
		{"Strictly necessary cookies cannot be switched off.", "cookie/strictly_necessary"},
		{"Some apps do not accept cookies.", ""},
		{"You can set your browser to refuse cookies.", ""},
		{"If you refuse cookies, parts of our site may not work.", ""},
		{"Learn how we use cookies.", ""},
		{"For more information on the cookies we set, see below.", ""},
		{"When you visit us, we may, subject to your choices, collect certain details through cookies.", "cookie"},
		{"We may log your IP address and the location of your device.", "geolocation; ip_address"},
		{"Our regardless-of-your-location policy holds: you have these rights whatever your location.", ""},
		{"Orders are picked up at the retail location that you chose.", ""},
		{"Information about how you reach our site includes your IP address.", "ip_address"},
		{"We use cookies to count visits and to show advertisements.", "cookie/advertising; cookie/analytics"},
		{"Click on the cookie banner to change your choice of cookies.", ""},
		{"We list all non-essential cookies below.", "cookie"},
	} {
		got := strings.Join(said(readText(t, padding+c.text+"\n")), "; ")
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestPurposeOfTitle(t *testing.T) {
	n := readText(t, padding+"Targeting cookies\nThese cookies are set through our site by others, and they stay on your device for some time after you leave.\n")
	if got := strings.Join(said(n), "; "); !strings.Contains(got, "cookie/advertising") {
		t.Errorf("the title's purpose is missing: %q", got)
	}
}
