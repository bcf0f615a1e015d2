package knowledge

import (
	"slices"
	"testing"

	"trackaudit/crawler/evidence"
)

// TestSetterDecides guards that a known setter decides before the name does, and that no other setter contradicts.
func TestSetterDecides(t *testing.T) {
	own, err := Load(Overlay{"test.tsv", []byte("service\tacme\tAcme Stats\tAcme Ltd\t\t\tanalytics\town\n" +
		"domain\tacme.test\tacme\t\town\ndomain\tcdn.acme.test\tacme\tcontent_delivery\town\n")})
	if err != nil {
		t.Fatal(err)
	}
	ga := "GA1.1.1234567.1700000000"
	for _, c := range []struct {
		what, name, value string
		hint              Hint
		want              string // service; "" = nobody's, "-" = a row without service
	}{
		{"its own script", "_ga", ga, Hint{Setter: "www.googletagmanager.com", Domain: "shop.test", Site: "shop.test"}, "google-analytics"},
		{"nothing observed", "_ga", "", Hint{}, "google-analytics"},
		{"a self-hosted script", "_ga", ga, Hint{Setter: "shop.test", Domain: "shop.test", Site: "shop.test"}, "google-analytics"},
		{"a proxy that nobody knows", "_ga", ga, Hint{Setter: "metrics.other.test", Domain: "shop.test", Site: "shop.test"}, "google-analytics"},
		{"another known company", "_ga", ga, Hint{Setter: "t.acme.test", Domain: "shop.test", Site: "shop.test"}, ""},
		{"the visited site's own, though it is known", "_ga", ga, Hint{Setter: "www.acme.test", Domain: "acme.test", Site: "acme.test"}, "google-analytics"},
		{"a content network", "_ga", ga, Hint{Setter: "cdn.acme.test", Domain: "shop.test", Site: "shop.test"}, "google-analytics"},
		{"a tag manager", "_fbp", "fb.1.1700000000000.123456789", Hint{Setter: "tags.tiqcdn.com", Domain: "shop.test", Site: "shop.test"}, "meta-pixel"},
		{"another service of the same house", "fr", "0abc", Hint{Setter: "connect.facebook.net", Domain: "www.facebook.com", Site: "shop.test"}, "facebook"},
		{"a bot wall before a known host", "__cf_bm", "abc", Hint{Setter: "t.acme.test", Domain: "acme.test", Site: "shop.test"}, "cloudflare"},
		{"a plain name from a known company", "session", "abc", Hint{Setter: "t.acme.test", Domain: "acme.test", Site: "shop.test"}, ""},
		{"a plain name of the site's own", "session", "abc", Hint{Setter: "shop.test", Domain: "shop.test", Site: "shop.test"}, "-"},
		{"a name that counts only by its domain", "uuid2", "123", Hint{Setter: "shop.test", Domain: "shop.test", Site: "shop.test"}, ""},
		{"a name with its domain", "uuid2", "123", Hint{Setter: "ib.adnxs.com", Domain: "adnxs.com", Site: "shop.test"}, "xandr"},
		{"a name that counts only by its domain, nothing observed", "uuid2", "", Hint{}, "xandr"},
	} {
		h := c.hint
		if c.value != "" {
			v := evidence.NewValue(c.value)
			h.Shape, h.Length = v.Shape, v.Length
		}
		got := ""
		if m := own.Stored(CookieName, c.name, h); len(m) > 0 {
			if got = m[0].Service.ID; got == "" {
				got = "-"
			}
		}
		if got != c.want {
			t.Errorf("%s by %s: %q, want %q", c.name, c.what, got, c.want)
		}
	}
	a, b := own.Stored(CookieName, "_ga", Hint{Setter: "www.googletagmanager.com"}), own.Stored(CookieName, "_ga", Hint{})
	if a[0].Confidence <= b[0].Confidence {
		t.Error("a known setter that agrees does not make it surer")
	}
}

// lookalikes are first-party items that look like identifiers of trackers and are none: names with values of the
// shape that such items have.
var lookalikes = []struct{ name, value string }{
	{"PHPSESSID", "3f2a9c0d1b7e4c5fa8b6d2e1c0f9a8b7"}, {"JSESSIONID", "0A1B2C3D4E5F60718293A4B5C6D7E8F9.node1"},
	{"ASP.NET_SessionId", "q2w3e4r5t6y7u8i9o0pasdfg"}, {"connect.sid", "s%3AabcDEF123456.hashhashhash"},
	{"laravel_session", "eyJpdiI6IkFCQ0RFRiJ9"}, {"sessionid", "z8x7c6v5b4n3m2l1k0j9h8g7f6d5s4a3"},
	{"session", "0b9f6a6e-9d3e-4f2a-8a47-1f2e3d4c5b6a"}, {"sid", "0b9f6a6e-9d3e-4f2a-8a47-1f2e3d4c5b6a"},
	{"_session_id", "a1b2c3d4e5f6"}, {"shop_session", "a1b2c3d4e5f6a7b8c9d0"}, {"uid", "0b9f6a6e-9d3e-4f2a-8a47-1f2e3d4c5b6a"},
	{"user_id", "482910"}, {"userid", "482910"}, {"UID", "482910"}, {"id", "18273645"}, {"uuid", "0b9f6a6e-9d3e-4f2a-8a47-1f2e3d4c5b6a"},
	{"visitor_id", "0b9f6a6e-9d3e-4f2a-8a47-1f2e3d4c5b6a"}, {"client_id", "5550123"}, {"device_id", "0b9f6a6e-9d3e-4f2a-8a47-1f2e3d4c5b6a"},
	{"auth_tracking_id", "0b9f6a6e-9d3e-4f2a-8a47-1f2e3d4c5b6a"}, {"tracking_id", "PKG-20391"}, {"order_tracking", "1Z999AA10123456784"},
	{"csrftoken", "abcdefghijklmnopqrstuvwxyz012345"}, {"XSRF-TOKEN", "eyJpdiI6IkFCQ0RFRiJ9"}, {"_csrf", "Zx8-KdLq3M9sYtRw"},
	{"__RequestVerificationToken", "CfDJ8Abcdefg"}, {"csrf_token", "0123456789abcdef0123456789abcdef"}, {"__Host-csrf", "0123456789abcdef"},
	{"cart", "e3b0c44298fc1c149afbf4c8996fb924"}, {"cart_id", "98127345"}, {"basket", "98127345"}, {"woocommerce_cart_hash", "d41d8cd98f00b204e9800998ecf8427e"},
	{"wp_woocommerce_session_a1b2c3", "t_9f8e7d6c5b4a"}, {"wishlist_id", "918273"}, {"AWSALB", "kJ3h4g5f6d7s8a9q0w1e2r3t4y5u6i7o8p"},
	{"AWSALBCORS", "kJ3h4g5f6d7s8a9q0w1e2r3t4y5u6i7o8p"}, {"BIGipServerpool_www_443", "1677787402.47873.0000"}, {"SERVERID", "web03"},
	{"ROUTEID", ".2"}, {"lb", "node-7"}, {"ARRAffinity", "5f4dcc3b5aa765d61d8327deb882cf99"}, {"GCLB", "CPqX0q3ZxOyL"},
	{"OptanonConsent", "isGpcEnabled=0&datestamp=Tue"}, {"CookieConsent", "{stamp:'abc',necessary:true}"}, {"euconsent-v2", "CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA"},
	{"cookie_consent", "accepted"}, {"didomi_token", "eyJ1c2VyX2lkIjoi"}, {"lang", "de"}, {"theme", "dark"}, {"currency", "EUR"},
	{"locale", "de-DE"}, {"ab", "B"}, {"c", "1"}, {"i", "0b9f6a6e-9d3e-4f2a-8a47-1f2e3d4c5b6a"}, {"u", "482910"}, {"ts", "1700000000"}, {"_s", "1"},
	{"remember_token", "482910|0123456789abcdef"}, {"auth_token", "0123456789abcdef0123456789abcdef01234567"},
	{"wordpress_logged_in_a1b2", "editor|1700000000|x"}, {"login", "1"}, {"token", "0b9f6a6e-9d3e-4f2a-8a47-1f2e3d4c5b6a"}, {"sync", "1"},
	{"gid", "4"}, {"store", "berlin"}, {"frontend", "e3b0c44298fc1c149afbf4c8996fb924"}, {"pid", "42"}, {"test", "1"}, {"last_visit", "1700000000"},
	{"recently_viewed", "12,18,99"}, {"utm_source", "newsletter"}, {"ad_preferences_seen", "1"}, {"mc", "1"}, {"d", "1"}, {"g", "1"},
}

// TestLookalikes counts the first-party look-alikes that facts would call advertising, analytics or social media: as
// they are observed, where only what is sure enough to decide counts, and asked by name alone, where anything does.
func TestLookalikes(t *testing.T) {
	const decides = 0.5 // classify's least
	if len(lookalikes) < 50 {
		t.Fatalf("%d look-alikes", len(lookalikes))
	}
	called := 0
	for _, kind := range []StorageKind{CookieName, StorageKey} {
		for _, l := range lookalikes {
			v := evidence.NewValue(l.value)
			seen := Hint{Setter: "www.shop.test", Domain: "shop.test", Site: "shop.test", Shape: v.Shape, Length: v.Length}
			for what, h := range map[string]Hint{"as observed": seen, "by name": {}} {
				for i, m := range Embedded().Stored(kind, l.name, h) {
					likeliest := i == 0 && h == (Hint{})
					if (likeliest || m.Confidence >= decides) && slices.Contains([]Purpose{Advertising, Analytics, SocialMedia}, m.Purpose) {
						called++
						t.Errorf("%s %s %s is called %s of %q (%s, %s)", kind, l.name, what, m.Purpose, m.Service.ID, m.Pattern, m.Source)
					}
				}
			}
		}
	}
	t.Logf("%d first-party look-alikes, as cookies and as storage keys: %d called advertising, analytics or social media", len(lookalikes), called)
}
