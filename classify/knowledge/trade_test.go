package knowledge

import (
	"math"
	"strings"
	"testing"

	"trackaudit/crawler/evidence"
)

// trade are the tracking cookies that are met most, with what their makers' own cookie documentation says of them:
// written from there, not from the rows. Lifetimes are in the units of the documents ("13 months"); where a document
// gives several, the longest stands.
var trade = []struct {
	name, value    string // a name as it is met, a value of the form that it has
	setter, domain string // whose script or response, and the host it belongs to
	entity         string
	purpose        Purpose
	lifetime       string
	document       string
}{
	{"_ga", "GA1.1.1234567890.1700000000", "www.googletagmanager.com", "shop.test", "Google LLC", Analytics, "2 years", "developers.google.com/analytics/devguides/collection/ga4/cookie-usage"},
	{"_ga_6XK2P0QZ3N", "GS1.1.1700000000.1.1.1700000000.0.0.0", "www.googletagmanager.com", "shop.test", "Google LLC", Analytics, "2 years", "developers.google.com/analytics/devguides/collection/ga4/cookie-usage"},
	{"_gid", "GA1.2.1234567890.1700000000", "www.google-analytics.com", "shop.test", "Google LLC", Analytics, "24 hours", "developers.google.com/analytics/devguides/collection/analyticsjs/cookie-usage"},
	{"_gcl_au", "1.1.1234567890.1700000000", "www.googletagmanager.com", "shop.test", "Google LLC", Advertising, "90 days", "policies.google.com/technologies/cookies"},
	{"IDE", "AHWqTUkabcdefghijkl", "googleads.g.doubleclick.net", "doubleclick.net", "Google LLC", Advertising, "24 months", "policies.google.com/technologies/cookies"},
	{"NID", "511=abcdefgh", "www.google.com", "google.com", "Google LLC", Advertising, "6 months", "policies.google.com/technologies/cookies"},
	{"test_cookie", "CheckForPermission", "ad.doubleclick.net", "doubleclick.net", "Google LLC", Advertising, "15 minutes", "policies.google.com/technologies/cookies"},
	{"__gads", "ID=abcdef:T=1700000000:RT=1700000000:S=ALNI", "pagead2.googlesyndication.com", "shop.test", "Google LLC", Advertising, "13 months", "policies.google.com/technologies/cookies"},
	{"VISITOR_INFO1_LIVE", "aBcDeFgHiJk", "www.youtube.com", "youtube.com", "Google LLC", Advertising, "180 days", "policies.google.com/technologies/cookies"},
	{"YSC", "aBcDeFgHiJk", "www.youtube.com", "youtube.com", "Google LLC", Advertising, "session", "policies.google.com/technologies/cookies"},
	{"_fbp", "fb.1.1700000000000.1234567890", "connect.facebook.net", "shop.test", "Meta Platforms, Inc.", Advertising, "90 days", "facebook.com/privacy/policies/cookies"},
	{"_fbc", "fb.1.1700000000000.IwAR0abc", "connect.facebook.net", "shop.test", "Meta Platforms, Inc.", Advertising, "90 days", "developers.facebook.com/docs/marketing-api/conversions-api/parameters/fbp-and-fbc"},
	{"fr", "0abcdefghijklmnop", "www.facebook.com", "facebook.com", "Meta Platforms, Inc.", Advertising, "90 days", "facebook.com/privacy/policies/cookies"},
	{"_uetsid", "0b9f6a6e9d3e4f2a8a471f2e3d4c5b6a", "bat.bing.com", "shop.test", "Microsoft Corporation", Advertising, "1 day", "help.ads.microsoft.com"},
	{"_uetvid", "0b9f6a6e9d3e4f2a8a471f2e3d4c5b6a", "bat.bing.com", "shop.test", "Microsoft Corporation", Advertising, "13 months", "help.ads.microsoft.com"},
	{"MUID", "0B9F6A6E9D3E4F2A8A471F2E3D4C5B6A", "bat.bing.com", "bing.com", "Microsoft Corporation", Advertising, "13 months", "learn.microsoft.com/clarity/setup-and-installation/cookie-list"},
	{"_clck", "1a2b3c|2|fxx|0|1234", "www.clarity.ms", "shop.test", "Microsoft Corporation", Analytics, "1 year", "learn.microsoft.com/clarity/setup-and-installation/cookie-list"},
	{"_clsk", "1a2b3c|1700000000000|1|1|x.clarity.ms/collect", "www.clarity.ms", "shop.test", "Microsoft Corporation", Analytics, "1 day", "learn.microsoft.com/clarity/setup-and-installation/cookie-list"},
	{"UserMatchHistory", "AQJabcdef", "px.ads.linkedin.com", "linkedin.com", "LinkedIn Corporation", Advertising, "30 days", "linkedin.com/legal/l/cookie-table"},
	{"li_sugr", "0b9f6a6e-9d3e-4f2a-8a47-1f2e3d4c5b6a", "px.ads.linkedin.com", "linkedin.com", "LinkedIn Corporation", Advertising, "90 days", "linkedin.com/legal/l/cookie-table"},
	{"personalization_id", "v1_abcdefghijkl==", "analytics.twitter.com", "twitter.com", "X Corp.", Advertising, "2 years", "help.x.com/rules-and-policies/x-cookies"},
	{"muc_ads", "0b9f6a6e-9d3e-4f2a-8a47-1f2e3d4c5b6a", "t.co", "t.co", "X Corp.", Advertising, "2 years", "help.x.com/rules-and-policies/x-cookies"},
	{"_pin_unauth", "dWlkPTBiOWY2YTZl", "ct.pinterest.com", "shop.test", "Pinterest, Inc.", Advertising, "1 year", "policy.pinterest.com/cookies"},
	{"_ttp", "0b9f6a6e9d3e4f2a8a47", "analytics.tiktok.com", "shop.test", "TikTok Pte. Ltd.", Advertising, "13 months", "ads.tiktok.com/help/article/using-cookies-with-tiktok-pixel"},
	{"_scid", "0b9f6a6e-9d3e-4f2a-8a47-1f2e3d4c5b6a", "sc-static.net", "shop.test", "Snap Inc.", Advertising, "13 months", "snap.com/cookie-information"},
	{"_rdt_uuid", "1700000000000.0b9f6a6e-9d3e-4f2a-8a47-1f2e3d4c5b6a", "www.redditstatic.com", "shop.test", "Reddit, Inc.", Advertising, "90 days", "business.reddithelp.com"},
	{"hubspotutk", "0b9f6a6e9d3e4f2a8a471f2e3d4c5b6a", "js.hs-analytics.net", "shop.test", "HubSpot, Inc.", Analytics, "6 months", "knowledge.hubspot.com/privacy-and-consent"},
	{"__hstc", "123.0b9f6a6e.1700000000000.1700000000000.1700000000000.1", "js.hs-analytics.net", "shop.test", "HubSpot, Inc.", Analytics, "6 months", "knowledge.hubspot.com/privacy-and-consent"},
	{"_hjSessionUser_1234567", "eyJpZCI6IjBiOWY2YTZlIn0=", "static.hotjar.com", "shop.test", "Hotjar Ltd.", Analytics, "365 days", "help.hotjar.com"},
	{"_hjSession_1234567", "eyJpZCI6IjBiOWY2YTZlIn0=", "script.hotjar.com", "shop.test", "Hotjar Ltd.", Analytics, "30 minutes", "help.hotjar.com"},
	{"ajs_anonymous_id", "0b9f6a6e-9d3e-4f2a-8a47-1f2e3d4c5b6a", "cdn.segment.com", "shop.test", "Twilio Inc.", Analytics, "1 year", "segment.com/docs"},
	{"mp_0a1b2c3d4e5f_mixpanel", "%7B%22distinct_id%22%3A%22x%22%7D", "cdn.mxpnl.com", "shop.test", "Mixpanel, Inc.", Analytics, "1 year", "docs.mixpanel.com"},
	{"AMCV_53A0123456789%40AdobeOrg", "MCMID|1234567890", "assets.adobedtm.com", "shop.test", "Adobe Inc.", Analytics, "2 years", "experienceleague.adobe.com"},
	{"demdex", "12345678901234567890", "dpm.demdex.net", "demdex.net", "Adobe Inc.", Advertising, "180 days", "experienceleague.adobe.com"},
	{"_mkto_trk", "id:123-ABC-456&token:_mch-shop.test-1700000000000-12345", "munchkin.marketo.net", "shop.test", "Adobe Inc.", Advertising, "2 years", "experienceleague.adobe.com/docs/marketo"},
	{"visitor_id123456", "987654321", "pi.pardot.com", "shop.test", "Salesforce, Inc.", Advertising, "1 year", "help.salesforce.com"},
	{"optimizelyEndUserId", "oeu1700000000000r0.1234567", "cdn.optimizely.com", "shop.test", "Optimizely, Inc.", Personalization, "6 months", "support.optimizely.com"},
	{"_pk_id.1.1fff", "0b9f6a6e9d3e4f2a.1700000000.", "cdn.matomo.cloud", "shop.test", "InnoCraft Limited", Analytics, "13 months", "matomo.org/faq"},
	{"cto_bundle", "aBcDeFgHiJkLmNoP", "static.criteo.net", "shop.test", "Criteo SA", Advertising, "13 months", "criteo.com/privacy"},
	{"uuid2", "1234567890123456789", "ib.adnxs.com", "adnxs.com", "Xandr Inc.", Advertising, "3 months", "monetize.xandr.com/privacy-center/cookies"},
	{"TDID", "0b9f6a6e-9d3e-4f2a-8a47-1f2e3d4c5b6a", "match.adsrvr.org", "adsrvr.org", "The Trade Desk, Inc.", Advertising, "1 year", "thetradedesk.com/privacy"},
	{"_kuid_", "aBcDeFgH", "beacon.krxd.net", "krxd.net", "Salesforce, Inc.", Advertising, "180 days", "salesforce.com/company/privacy"},
	{"t_gid", "0b9f6a6e-9d3e-4f2a-8a47-1f2e3d4c5b6a-tuct1234", "trc.taboola.com", "taboola.com", "Taboola.com Ltd.", Advertising, "1 year", "taboola.com/policies/cookie-policy"},
	{"_ym_uid", "1700000000123456789", "mc.yandex.ru", "shop.test", "Yandex LLC", Analytics, "1 year", "yandex.com/support/metrica/general/cookie-usage"},
	{"__kla_id", "eyJjaWQiOiJ4In0=", "static.klaviyo.com", "shop.test", "Klaviyo, Inc.", Advertising, "2 years", "help.klaviyo.com"},
}

// seconds reads a lifetime as documents state it.
func seconds(t *testing.T, s string) float64 {
	if s == "session" {
		return 0
	}
	var n float64
	number, unit, _ := strings.Cut(s, " ")
	for _, d := range number {
		n = 10*n + float64(d-'0')
	}
	of := map[string]float64{"minute": 60, "hour": 3600, "day": 86400, "month": 365.0 / 12 * 86400, "year": 365 * 86400}[strings.TrimSuffix(unit, "s")]
	if of == 0 {
		t.Fatalf("lifetime %q", s)
	}
	return n * of
}

// TestTrade holds name, owner, purpose and lifetime of the most common tracking cookies against their makers'
// documents: as they are observed, and asked by name alone.
func TestTrade(t *testing.T) {
	right := 0
	for _, c := range trade {
		v := evidence.NewValue(c.value)
		for what, h := range map[string]Hint{
			"observed":     {Setter: c.setter, Domain: c.domain, Site: "shop.test", Shape: v.Shape, Length: v.Length},
			"by name only": {},
		} {
			list := Embedded().Stored(CookieName, c.name, h)
			if len(list) == 0 {
				t.Errorf("%s, %s: unknown", c.name, what)
				continue
			}
			m := list[0]
			want := seconds(t, c.lifetime)
			long := m.Lifetime >= 0 && math.Abs(float64(m.Lifetime)-want) <= 0.02*want
			if m.Service.Entity != c.entity || m.Purpose != c.purpose || !long {
				t.Errorf("%s, %s: %s, %s, %d s; want %s, %s, %s", c.name, what, m.Service.Entity, m.Purpose, m.Lifetime, c.entity, c.purpose, c.lifetime)
				continue
			}
			if what == "observed" {
				if m.Confidence < 0.5 {
					t.Errorf("%s: confidence %.2f", c.name, m.Confidence)
				}
				right++
			}
		}
	}
	if len(trade) < 40 {
		t.Errorf("%d cookies, want 40", len(trade))
	}
	t.Logf("%d of the %d most common tracking cookies are right in name, owner, purpose and lifetime", right, len(trade))
}
