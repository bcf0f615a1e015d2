package notice

import "testing"

func TestClaims(t *testing.T) {
	for _, c := range []struct {
		claim string
		want  ClaimValue
		text  string
	}{
		{"gpc", Honored, `We honor Global Privacy Control signals.`},
		{"gpc", Honored, `We treat the Global Privacy Control (GPC) as a valid request to opt out of the sale of data.`},
		{"gpc", Honored, `If your browser sends an opt-out preference signal, we will not share your data with advertising networks.`},
		{"gpc", Honored, `We respond to GPC, but not to Do Not Track signals.`},
		{"gpc", Honored, `We do not respond to Do Not Track signals, but we do honor the Global Privacy Control.`},
		{"gpc", Honored, `If we detect the Global Privacy Control, we will treat that as a request to opt out, but we cannot do so for other browsers.`},
		{"gpc", Honored, `When your browser sends a GPC signal, we opt that browser out of advertising cookies.`},
		{"gpc", NotHonored, `Our site does not respond to Global Privacy Control signals.`},
		{"gpc", Unstated, `You may use the "Do Not Sell My Personal Information" link, or a browser with the Global Privacy Control.`},
		{"gpc", Unstated, `The Global Privacy Control is a setting of some browsers.`},
		{"gpc", Unstated, `We do not respond to Do Not Track signals.`},

		{"sale", ClaimDenied, `We do not sell your personal information.`},
		{"sale", ClaimDenied, `Your data is never sold.`},
		{"sale", ClaimDenied, `We have not sold personal information in the last twelve months.`},
		{"sale", ClaimDeclared, `We may sell your personal information to third parties.`},
		{"sale", ClaimDeclared, `Our use of advertising cookies may be considered a sale of personal information.`},
		{"sale", Unclear, `We do not sell your personal information for money. Our use of advertising cookies may be deemed a sale of data.`},
		{"sale", Unstated, `You have the right to opt out of the sale of your personal information.`},
		{"sale", Unstated, `If all our business is sold, information about you may be sold with it.`},
		{"sale", Unstated, `Click "Do Not Sell My Personal Information" to object.`},
		{"sale", Unstated, `You may ask for the categories of personal information that we have sold.`},
		{"sale", Unstated, `Please, do not use these addresses for selling personal information.`},
		{"sale", Unstated, `We may sell aggregated data.`},
		{"sale", ClaimDenied, `We, the makers of lamps, do not sell your data.`},
		{"sale", Unstated, `We sell lamps and use your data to deliver them.`},
		{"sale", Unstated, `We do not sell the personal information of children under 16.`},

		{"sharing", ClaimDenied, `We do not sell or share your personal information.`},
		{"sharing", ClaimDeclared, `We share personal information with networks for cross-context behavioral advertising.`},
		{"sharing", Unstated, `We share your address with carriers who deliver lamps.`},

		{"consent", consentPrior, `We only set advertising cookies with your consent.`},
		{"consent", consentPrior, `We do not place cookies until you accept them.`},
		{"consent", consentImplied, `By continuing to use our site you agree to our use of cookies.`},
		{"consent", Unstated, `We use cookies to count visits.`},

		{"retention", RetentionStated, `We keep information about your orders for 10 years.`},
		{"retention", RetentionStated, `Log data is deleted after 30 days.`},
		{"retention", RetentionLimited, `We retain personal data as long as you have an account.`},
		{"retention", RetentionIndefinite, `We may keep such information indefinitely.`},
		{"retention", Unstated, `You may keep a copy of this information for ten years.`},
		{"retention", Unstated, `We keep your information safe.`},
	} {
		claims := readText(t, padding0+c.text+"\n").Claims
		got := map[string]Claim{"gpc": claims.GPC, "sale": claims.Sale, "sharing": claims.Sharing, "consent": claims.Consent, "retention": claims.Retention}[c.claim]
		if got.Value != c.want {
			t.Errorf("%s of %q: %s (%q), want %s", c.claim, c.text, got.Value, got.Quote, c.want)
		}
	}
}

// padding0 is padding that says nothing on how long anything is kept.
const padding0 = "Acme Lamps makes lamps in a shop near the old harbour, and every one of them is a piece of its own.\n\n"

func TestConditions(t *testing.T) {
	for _, c := range []struct {
		text      string
		condition Condition
		except    string
		retention string
		lifetime  int64
	}{
		{"We use advertising cookies with your consent.", OnConsent, "", "", -1},
		{"If you accept, we set analytics cookies.", OnConsent, "", "", -1},
		{"Where you have given us your consent, we place cookies.", OnConsent, "", "", -1},
		{"If you turn on location services, we collect the location of your device.", OnOptIn, "", "", -1},
		{"When you log in to your account, we set a cookie.", WithAccount, "", "", -1},
		{"We use cookies to count visits.", "", "", "", -1},
		{"Our cookies expire after 13 months.", "", "", "13 months", 13 * month},
		{"Some cookies last for 30 days, others remain on your device for two years.", "", "", "two years", 2 * year},
		{"Session cookies expire when you close your browser.", "", "", "", -1},
		{"We do not share your data with third parties without your consent.", "", "without your consent", "", -1},
		{"Except as described here, we do not sell your data.", "", "Except as described here", "", -1},
		{"We never sell your personal information.", "", "", "", -1},
		{"We will not disclose your data unless the law requires it.", "", "unless the law requires it", "", -1},
	} {
		n := readText(t, padding0+c.text+"\n")
		if len(n.Declarations) == 0 {
			t.Errorf("%q declares nothing", c.text)
			continue
		}
		d := n.Declarations[0]
		if d.Condition != c.condition || d.Except != c.except || d.Retention != c.retention || d.Lifetime != c.lifetime {
			t.Errorf("%q: condition %q, except %q, retention %q, %d", c.text, d.Condition, d.Except, d.Retention, d.Lifetime)
		}
	}
}
