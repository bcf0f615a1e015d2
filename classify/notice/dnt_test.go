package notice

import (
	"strings"
	"testing"

	"trackaudit/crawler/evidence"
)

// readText reads a plain text as one document.
func readText(t *testing.T, text string) *Notice {
	t.Helper()
	n, err := readAll([]evidence.Document{{URL: "notice.txt", ContentType: "text/plain", Body: []byte(text)}}, corpusNames())
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	checkQuotes(t, n)
	return n
}

// The padding makes a notice of a single sentence, without a word on any signal.
const padding = "Acme Lamps sells lamps in its shop and on its site. We keep the orders that you place for as long as the law demands.\n\n"

func TestDNT(t *testing.T) {
	for _, c := range []struct {
		want ClaimValue
		text string
	}{
		{NotHonored, `We do not respond to Do Not Track signals.`},
		{NotHonored, `Our shop is not configured to respond to Do Not Track requests.`},
		{NotHonored, `We take no action in response to Do Not Track requests.`},
		{NotHonored, `At this time the site ignores DNT headers.`},
		{NotHonored, `Do Not Track signals are not currently honored by our systems.`},
		{NotHonored, `DNT settings have no effect on how our site works.`},
		{NotHonored, `Your Do Not Track setting does not change what we collect.`},
		{NotHonored, `We have not implemented support for Do Not Track.`},
		{NotHonored, `We're unable to respond to DNT signals.`},
		{NotHonored, `The services do not support Do Not Track requests at this time, which means that we collect information about your activity while you use them.`},
		{NotHonored, `Acme does not process web browsers' "do not track" signals.`},
		{NotHonored, `We do not follow visitors across the web, and so we do not respond to Do Not Track signals.`},
		{NotHonored, `Some browsers offer a "Do Not Track" option. Since nobody agrees on its meaning, we have chosen not to respond to it.`},
		{NotHonored, `We currently have no mechanism to respond to DNT signals.`},
		{NotHonored, `Neither we nor our partners respond to Do Not Track signals.`},
		{NotHonored, `No. Our site doesn't react to Do Not Track.`},
		{NotHonored, `We do not take part in any Do Not Track scheme that would let us answer such signals.`},
		{NotHonored, `California asks us to say how we answer Do Not Track signals. As there is no standard, we do not answer them.`},
		{NotHonored, `We respond to the Global Privacy Control, but not to Do Not Track signals.`},
		{NotHonored, `We honor Global Privacy Control signals. We do not honor Do Not Track signals.`},
		{NotHonored, `Whether or not your browser sends a Do Not Track signal, our practices stay the same.`},
		{NotHonored, `Our website treats all visitors the same, regardless of their Do Not Track settings.`},
		{NotHonored, `We disregard DNT signals until a standard is agreed on.`},
		{NotHonored, `How do we respond to Do Not Track signals? We do not respond to them.`},
		{NotHonored, "Do Not Track\nWe do not currently respond to these signals because no standard has been set for what they mean."},
		{NotHonored, `Our site does not alter its behavior when it receives a "Do Not Track" flag.`},
		{NotHonored, `We, like many others, are not able to respond to a browser's DNT setting.`},
		{NotHonored, `Presently, the platform doesn't offer a response to DNT signals.`},

		{Honored, `If your browser sends a Do Not Track signal, we do not load our analytics scripts.`},
		{Honored, `We honor Do Not Track signals and do not set cookies or show targeted advertising when one is sent.`},
		{Honored, `When DNT is enabled in your browser, no analytics cookies are set.`},
		{Honored, `Visitors who have enabled Do Not Track are not tracked.`},
		{Honored, `Our statistics tool is configured to respect the Do Not Track setting of your browser.`},
		{Honored, `We fully comply with Do Not Track.`},
		{Honored, `Our site treats a DNT signal as an opt-out of targeted advertising.`},
		{Honored, `We respect your browser's Do Not Track setting.`},
		{Honored, `Some browsers send a "Do Not Track" signal. If we receive such a signal, we will not collect usage data.`},
		{Honored, `Do Not Track signals are honored on all our sites.`},
		{Honored, `If you have turned on Do Not Track, we will disable all tracking on our pages.`},

		{Unclear, `We may respond to Do Not Track signals.`},
		{Unclear, `Not all of our sites respond to Do Not Track signals.`},
		{Unclear, `Some of our services honor Do Not Track signals, others do not.`},
		{Unclear, `Some of our partners honor Do Not Track signals.`},
		{Unclear, `We are reviewing how we might respond to Do Not Track signals.`},
		{Unclear, `Learn more about our response to Do Not Track signals.`},

		{Unstated, "How We Respond to Do Not Track Signals\nWe keep your orders for ten years and delete them then."},
		{Unstated, "Contents\nCookies\nDo Not Track\nContact\n\nWe keep your orders for ten years and delete them then."},
		{Unstated, `The cookie named DNT holds the choice that you made in our settings.`},
		{Unstated, `We honor Global Privacy Control signals.`},
		{Unstated, `We do not track you across other sites, and if you leave we will not use cookies to find you again.`},
		{Unstated, `Our apps do not track users. When you close an app, we do not collect anything.`},
		{Unstated, `Do Not Track is a preference that you can set in your browser to tell sites that you do not want to be tracked.`},
		{Unstated, `To learn more about Do Not Track, visit a page that explains it.`},
		{Unstated, `If you do not allow these cookies, we will not know when you have visited our site.`},
		{Unstated, `You can opt out at https://stats.test/do-not-track/ if you wish.`},
		{Unstated, `You can enable or disable Do Not Track in the settings of your browser.`},
	} {
		if got := readText(t, padding+c.text+"\n").Claims.DNT; got.Value != c.want {
			t.Errorf("%q: %s (%q), want %s", c.text, got.Value, got.Quote, c.want)
		}
	}
}

// TestDNTMore holds a second round of sentences, written after the rules of the first stood.
func TestDNTMore(t *testing.T) {
	for _, c := range []struct {
		want ClaimValue
		text string
	}{
		{NotHonored, `Please be aware that this site is not designed to respond to "do not track" requests from browsers.`},
		{NotHonored, `Since there is no industry standard in place for DNT, no changes are made to our practices when such a signal is received.`},
		{NotHonored, `Our apps have no setting for Do Not Track and do not act on it.`},
		{NotHonored, `We do not, at present, honor Do Not Track.`},
		{NotHonored, `Do Not Track: Acme does not support it.`},
		{NotHonored, `Acme's servers currently do not vary their behavior based on DNT.`},
		{NotHonored, `There is no consensus on Do Not Track, so we have decided against responding to such signals.`},
		{NotHonored, `We process your data in the same way with or without a Do Not Track signal.`},
		{NotHonored, `We collect information about your activity even if your browser has Do Not Track turned on.`},
		{NotHonored, `Even when DNT is enabled, we continue to collect analytics data.`},
		{NotHonored, `The site is unable to detect Do Not Track settings.`},
		{NotHonored, `DNT signals will be disregarded.`},
		{NotHonored, `For now, Do Not Track signals are not responded to.`},
		{NotHonored, `We are not currently capable of responding to web browser DNT signals.`},
		{NotHonored, `We have yet to adopt a policy of honoring Do Not Track signals.`},
		{NotHonored, `Your selection of the "Do Not Track" option provided by your browser may not have any effect on our collection of cookie information.`},
		{NotHonored, `As long as no standard exists, we will not be responding to DNT headers.`},
		{NotHonored, `We refrain from responding to Do Not Track signals until a standard exists.`},
		{NotHonored, `Does the site respond to Do Not Track? No, it does not.`},
		{NotHonored, `Acme does not currently employ a process for automatically responding to "Do Not Track" signals.`},

		{Honored, `We adhere to the Do Not Track settings of your browser.`},
		{Honored, `Acme respects and responds to DNT.`},
		{Honored, `With Do Not Track switched on, your visit will not be recorded.`},
		{Honored, `Should your browser have DNT enabled, we will not track you.`},
		{Honored, `We have configured our analytics to respect Do Not Track.`},
		{Honored, `When we detect a Do Not Track header, we turn off all third-party trackers.`},
		{Honored, `If Do Not Track is enabled, your data will not be collected.`},
		{Honored, `Our website listens for the DNT header and, where it is set, stores no cookies.`},
		{Honored, `Users who send DNT: 1 are excluded from our statistics.`},
		{Honored, `We interpret Do Not Track as an objection to profiling.`},

		{Unclear, `Some parts of our service honor DNT.`},
		{Unclear, `We are still assessing whether to respond to DNT signals.`},
		{Unclear, `Third parties that collect data on our site may or may not honor Do Not Track signals.`},
		{Unclear, `Our advertising partners respond to Do Not Track.`},

		{Unstated, `Do Not Track ("DNT") is a feature of browsers.`},
		{Unstated, `DNT _dnt_consent 1 year Stores whether you asked not to be followed.`},
		{Unstated, `Our cookie called "DNT" expires after a year.`},
		{Unstated, `We never track anyone. You do not need to take any step.`},
		{Unstated, `Turn on Do Not Track in the settings of your browser if you like.`},
		{Unstated, `California law has rules on Do Not Track disclosures.`},
		{Unstated, `Most browsers have a Do-Not-Track setting by which you can signal your wish not to have your visits monitored and recorded.`},
		{Unstated, `We do not track your location unless you allow it.`},
		{Unstated, `Opt out: we honor every request to be deleted.`},
	} {
		if got := readText(t, padding+c.text+"\n").Claims.DNT; got.Value != c.want {
			t.Errorf("%q: %s (%q), want %s", c.text, got.Value, got.Quote, c.want)
		}
	}
}

// TestDNTAgainAndAgain: where more sentences speak of the signal than are read, none of them makes it honoured.
func TestDNTAgainAndAgain(t *testing.T) {
	for times, want := range map[int]ClaimValue{maxAnswers: Honored, maxAnswers + 1: Unclear} {
		text := padding + strings.Repeat("We respect and respond to Do Not Track.\n", times)
		if got := readText(t, text).Claims.DNT.Value; got != want {
			t.Errorf("%d sentences: %s, want %s", times, got, want)
		}
	}
}
