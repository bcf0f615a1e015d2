package discover

import (
	"net/url"
	"regexp"
	"strings"

	"trackaudit/crawler/evidence"
)

var dateRE = regexp.MustCompile(`^(19|20)[0-9]{2}$`)

// foreign are sites whose notices, however often they are linked, are about themselves: networks, ad and
// analytics companies, consent vendors, browsers, authorities and self-regulation.
var foreign = words(`google.com google.de google.fr google.co.uk youtube.com facebook.com fb.com meta.com instagram.com
	whatsapp.com twitter.com x.com linkedin.com pinterest.com pinterest.de tiktok.com snapchat.com snap.com reddit.com
	tumblr.com vk.com xing.com spotify.com soundcloud.com vimeo.com dailymotion.com twitch.tv discord.com telegram.org
	microsoft.com apple.com amazon.com amazon.de adobe.com mozilla.org opera.com brave.com github.com gitlab.com
	cloudflare.com hcaptcha.com fastly.com akamai.com hotjar.com contentsquare.com mouseflow.com fullstory.com
	hubspot.com salesforce.com marketo.com mailchimp.com intuit.com sendinblue.com brevo.com klaviyo.com twilio.com
	zendesk.com intercom.com intercom.io crisp.chat tawk.to drift.com livechat.com stripe.com paypal.com klarna.com
	adyen.com shopify.com wix.com squarespace.com webflow.com wordpress.com wordpress.org automattic.com jimdo.com
	weebly.com godaddy.com ionos.de medium.com substack.com typeform.com calendly.com matomo.org plausible.io
	mixpanel.com amplitude.com segment.com heap.io newrelic.com sentry.io datadoghq.com optimizely.com vwo.com
	criteo.com taboola.com outbrain.com adroll.com nextroll.com quantcast.com inmobi.com xandr.com appnexus.com
	thetradedesk.com liveramp.com oracle.com comscore.com nielsen.com yandex.com yandex.ru baidu.com
	onetrust.com cookielaw.org cookiebot.com cybot.com usercentrics.com usercentrics.eu didomi.io trustarc.com
	truste.com osano.com cookieyes.com complianz.io borlabs.io axeptio.eu sourcepoint.com consentmanager.net
	cookiehub.com cookiefirst.com klaro.org kiprotect.com civicuk.com secureprivacy.ai termsfeed.com
	aboutads.info youronlinechoices.com youronlinechoices.eu networkadvertising.org thenai.org optout.networkadvertising.org
	allaboutcookies.org aboutcookies.org aboutcookies.com cookiedatabase.org allaboutdnt.com globalprivacycontrol.org
	iab.com iabeurope.eu edaa.eu edpb.europa.eu europa.eu ico.org.uk cnil.fr aepd.es bfdi.bund.de
	autoriteitpersoonsgegevens.nl garanteprivacy.it dataprotection.ie ftc.gov wikipedia.org`)

// noticeHosts are services that keep the notices of other companies; the path tells them from their own.
var noticeHosts = []struct {
	host string
	path *regexp.Regexp
}{
	{"iubenda.com", regexp.MustCompile(`^/privacy-policy/[0-9]+`)},
	{"termly.io", regexp.MustCompile(`^/(document|policy-viewer)/`)},
	{"privacypolicies.com", regexp.MustCompile(`^/(live|privacy|generic)/`)},
	{"termsfeed.com", regexp.MustCompile(`^/live/`)},
	{"freeprivacypolicy.com", regexp.MustCompile(`^/(live|privacy)/`)},
	{"privacypolicygenerator.info", regexp.MustCompile(`^/live\.php`)},
	{"enzuzo.com", regexp.MustCompile(`^/policies/`)},
	{"getterms.io", regexp.MustCompile(`^/view/`)},
	{"app-privacy-policy.com", regexp.MustCompile(`^/live\.php`)},
	{"termageddon.com", regexp.MustCompile(`^/`)},
	{"docs.google.com", regexp.MustCompile(`^/document/`)},
	{"notion.site", regexp.MustCompile(`^/.`)},
}

// noticeHost says whether u is on such a service, and whether the notice there is another company's.
func noticeHost(u *url.URL) (service, hosted bool) {
	host := evidence.CleanHost(u.Host)
	for _, h := range noticeHosts {
		if host == h.host || strings.HasSuffix(host, "."+h.host) {
			return true, h.path.MatchString(u.Path)
		}
	}
	return false, false
}
