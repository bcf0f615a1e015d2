package knowledge

import "testing"

func TestTrackingParam(t *testing.T) {
	for name, want := range map[string]string{
		"gclid": "google-ads", "fbclid": "meta-pixel", "msclkid": "microsoft-advertising", "ttclid": "tiktok-pixel", "twclid": "x-ads",
		"li_fat_id": "linkedin-insight", "yclid": "yandex-metrica", "dclid": "doubleclick", "mc_eid": "mailchimp", "_hsenc": "hubspot",
		"epik": "pinterest", "rdt_cid": "reddit-pixel", "ScCid": "snapchat", "gbraid": "google-ads", "mkt_tok": "marketo",
		"awc": "awin", "irclickid": "impact", "cjevent": "cj-affiliate", "_gl": "google-analytics", "at_custom1": "at-internet",
		"utm_source": "", "q": "-", "id": "-", "page": "-", "s": "-", "ref": "-", "tag": "-", "campaign": "-", "lang": "-",
	} {
		p, ok := Embedded().TrackingParam(name)
		got := p.Service.ID
		if !ok {
			got = "-"
		}
		if got != want {
			t.Errorf("TrackingParam(%q) = %q, want %q", name, got, want)
		}
		if ok && (p.Purpose == Unknown || p.Source == "") {
			t.Errorf("%s: purpose %q, source %q", name, p.Purpose, p.Source)
		}
	}
}

// TestCloakingTarget guards that a name is cloaking by what it points at: a content network is none.
func TestCloakingTarget(t *testing.T) {
	for cname, want := range map[string]string{
		"acme.sc.omtrdc.net": "adobe-analytics", "acme.data.adobedc.net.": "adobe-analytics", "acme.eulerian.net": "eulerian",
		"acme.at-o.net": "at-internet", "x.dnsdelegation.io": "criteo", "go.pardot.com": "pardot", "k.keyade.com": "keyade",
		"acme.wt-eu02.net": "mapp", "custom.plausible.io": "plausible", "acme.commander1.com": "commanders-act", "s1.t.eloqua.com": "oracle-eloqua",
		"d111111abcdef8.cloudfront.net": "", "acme.edgekey.net": "", "acme.azureedge.net": "", "acme.fastly.net": "", "acme.b-cdn.net": "",
		"shops.myshopify.com": "", "acme.hs-sites.com": "", "acme.netlify.app": "", "acme.github.io": "", "ghs.google.com": "", "": "",
		"notomtrdc.net": "",
	} {
		m, _ := Embedded().CloakingTarget(cname)
		if m.Service.ID != want {
			t.Errorf("CloakingTarget(%q) = %q, want %q", cname, m.Service.ID, want)
		}
	}
}

// TestHost guards what FIELD.md warns of: shared hosts serve many purposes, and a content network is no advertiser.
func TestHost(t *testing.T) {
	for _, c := range []struct {
		host, path, service string
		purpose             Purpose
	}{
		{"www.google.com", "/recaptcha/api.js", "recaptcha", Security},
		{"www.google.com", "/maps/embed", "google-maps", Functional},
		{"www.google.com", "/ccm/collect", "google-ads", Advertising},
		{"www.google.com", "/pagead/1p-user-list/1/", "google-ads", Advertising},
		{"www.google.co.uk", "/ads/ga-audiences", "google-ads", Advertising},
		{"www.google.de", "/", "google", Functional},
		{"www.google.com", "/gen_204", "google", Analytics},
		{"www.google.com", "/", "google", Functional},
		{"google.github.io", "/ads/", "github", ContentDelivery},
		{"www.facebook.com", "/tr/", "meta-pixel", Advertising},
		{"www.facebook.com", "/plugins/like.php", "facebook", SocialMedia},
		{"connect.facebook.net", "/en_US/fbevents.js", "meta-pixel", Advertising},
		{"connect.facebook.net", "/en_US/sdk.js", "facebook-sdk", SocialMedia},
		{"connect.facebook.net", "/pl_PL/sdk/debug.js", "facebook-sdk", SocialMedia},
		{"www.youtube-nocookie.com", "/embed/x", "youtube", Functional},
		{"ajax.googleapis.com", "/ajax/libs/jquery.js", "google", ContentDelivery},
		{"fonts.googleapis.com", "/css", "google-fonts", ContentDelivery},
		{"maps.googleapis.com", "/maps/api/js", "google-maps", Functional},
		{"bucket.s3.eu-west-1.amazonaws.com", "/", "amazon-web-services", ContentDelivery},
		{"d111111abcdef8.cloudfront.net", "/", "amazon-web-services", ContentDelivery},
		{"s.amazon-adsystem.com", "/", "amazon-ads", Advertising},
		{"acme.akamaized.net", "/", "akamai", ContentDelivery},
		{"cdn.jsdelivr.net", "/npm/x", "jsdelivr", ContentDelivery},
		{"www.googletagmanager.com", "/gtm.js", "google-tag-manager", TagManagement},
		{"www.googletagmanager.com", "/gtag/js", "google-tag-manager", TagManagement},
		{"bat.bing.com", "/bat.js", "microsoft-advertising", Advertising},
		{"www.bing.com", "/", "bing", Functional},
		{"snap.licdn.com", "/li.lms-analytics/insight.min.js", "linkedin-insight", Advertising},
		{"platform.linkedin.com", "/in.js", "linkedin", SocialMedia},
		{"challenges.cloudflare.com", "/turnstile/v0/api.js", "cloudflare", Security},
	} {
		m, ok := Embedded().Host(c.host, c.path)
		if !ok || m.Service.ID != c.service || m.Purpose != c.purpose {
			t.Errorf("Host(%s%s) = %s, %s; want %s, %s", c.host, c.path, m.Service.ID, m.Purpose, c.service, c.purpose)
		}
	}
	for _, host := range []string{"shop.test", "127.0.0.1", "localhost", "", "com", "co.uk", "notgoogle.com"} {
		if m, ok := Embedded().Host(host, "/"); ok {
			t.Errorf("Host(%q) = %s", host, m.Service.ID)
		}
	}
	s, _ := Embedded().Service("youtube")
	if e, ok := Embedded().Entity(s.Entity); !ok || e.Parent != "Alphabet Inc." || s.Parent != e.Parent || e.Homepage == "" {
		t.Errorf("the entity of YouTube: %+v", e)
	}
}

// TestScripts guards that a script or frame tells a widget or a recorder only where it serves nothing else.
func TestScripts(t *testing.T) {
	f := Embedded()
	for url, want := range map[string]string{
		"https://connect.facebook.net/de_DE/sdk.js#xfbml=1": "facebook", "https://connect.facebook.net/en_US/fbevents.js": "",
		"https://connect.facebook.net/signals/config/1": "", "https://platform.twitter.com/widgets.js": "x-twitter",
		"https://static.ads-twitter.com/uwt.js": "", "https://platform.linkedin.com/in.js": "linkedin", "https://snap.licdn.com/li.lms-analytics/insight.min.js": "",
		"https://assets.pinterest.com/js/pinit.js": "pinterest", "https://s.pinimg.com/ct/core.js": "", "https://www.redditstatic.com/ads/pixel.js": "",
		"https://www.youtube.com/iframe_api": "", "https://apis.google.com/js/platform.js": "", "https://example.test/sdk.js": "",
	} {
		if w, _ := f.WidgetScript(url); w.Service != want {
			t.Errorf("WidgetScript(%s) = %q, want %q", url, w.Service, want)
		}
	}
	for url, want := range map[string]string{
		"https://www.facebook.com/plugins/like.php?href=x": "Facebook Like button", "https://www.facebook.com/v19.0/plugins/like.php": "Facebook social plugin of the SDK",
		"https://www.facebook.com/tr/": "", "https://platform.twitter.com/embed/Tweet.html": "X embedded post", "https://www.youtube-nocookie.com/embed/x": "",
		"https://player.vimeo.com/video/1": "", "https://disqus.com/embed/comments/?base=x": "Disqus comments",
	} {
		if w, _ := f.WidgetFrame(url); w.Name != want {
			t.Errorf("WidgetFrame(%s) = %q, want %q", url, w.Name, want)
		}
	}
	for url, want := range map[string]string{
		"https://static.hotjar.com/c/hotjar-1.js?sv=6": "hotjar", "https://www.clarity.ms/tag/x": "microsoft-clarity", "https://edge.fullstory.com/s/fs.js": "fullstory",
		"https://mc.yandex.ru/metrika/tag.js": "", "https://browser.sentry-cdn.com/8.0.0/bundle.min.js": "", "https://js-agent.newrelic.com/nr-loader.min.js": "",
		"https://www.datadoghq-browser-agent.com/us1/v6/datadog-rum.js": "", "https://cdn.pendo.io/agent/static/k/pendo.js": "",
	} {
		if r, _ := f.RecorderScript(url); r.Service != want {
			t.Errorf("RecorderScript(%s) = %q, want %q", url, r.Service, want)
		}
	}
	if r, _ := f.RecorderIngest("https://mc.yandex.ru/webvisor/123?x=1"); r.Service != "yandex-metrica" {
		t.Errorf("RecorderIngest = %q", r.Service)
	}
}
