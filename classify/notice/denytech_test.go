package notice

import (
	"strings"
	"testing"
)

// TestDeniedTechnologies holds what denies a technology flatly, and what only looks so.
func TestDeniedTechnologies(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"This site does not use cookies.", "cookie"},
		{"We don't use or set any cookies, pixels or web beacons.", "cookie web_beacon"},
		{"Our site uses no cookies.", "cookie"},
		{"No cookies are set on our pages.", "cookie"},
		{"Cookies are not used on this site.", "cookie"},
		{"We do not collect your IP address.", "ip_address"},
		{"IP addresses are never stored.", "ip_address"},
		{"We never collect the location of your device.", "geolocation"},
		{"We do not record mouse movements.", "session_replay"},
		{"We do not allow third parties to set cookies.", "cookie"},
		{"Third parties do not place cookies on our site.", "cookie"},

		{"We do not share the information that cookies collect.", ""},
		{"We do not share the information collected by cookies.", ""},
		{"We do not store the full IP address.", ""},
		{"We do not link your IP address to your account.", ""},
		{"We cannot read the cookies of others.", ""},
		{"Cookies cannot be switched off here.", ""},
		{"The shop cannot work without these cookies.", ""},
		{"Apps that do not use your location may ask for it.", ""},
		{"We do not always use cookies.", ""},
		{"Cookies are not permanently stored on your device.", ""},
		{"If you decline, we will not collect your location.", ""},
		{"We do not use cookies that hold your name.", ""},
		{"We do not use your IP address to identify you.", ""},
		{"Our cookies do not contain your name.", ""},
		{"Our partners do not use cookies.", ""},
		{"Cookies are not used to identify you.", ""},
		{"We do not collect more than we need when you accept cookies.", ""},
		{"Cookies are not set until you agree.", ""},
		{"You do not have to accept cookies.", ""},
	} {
		var got []string
		for _, d := range readText(t, padding+c.text+"\n").Declarations {
			if d.Denied && d.Technology != "" && (len(got) == 0 || got[len(got)-1] != string(d.Technology)) {
				got = append(got, string(d.Technology))
			}
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%q denies %q, want %q", c.text, g, c.want)
		}
	}
}
