package discover

import (
	"strings"
	"testing"

	"trackaudit/crawler/evidence"
)

const home = "https://www.acme.test/"

func TestCandidates(t *testing.T) {
	footer := func(text, url string) evidence.Link { return evidence.Link{URL: url, Text: text, Footer: true} }
	prose := func(text, url string) evidence.Link { return evidence.Link{URL: url, Text: text} }
	for _, tc := range []struct {
		name string
		link evidence.Link
		kind string // "" = no candidate
		over float64
	}{
		{"english", footer("Privacy Policy", "/privacy-policy"), "privacy", 0.9},
		{"english, one word", footer("Privacy", "/legal/p1"), "privacy", 0.5},
		{"english, with own name", footer("Acme Privacy Notice", "/pn"), "privacy", 0.6},
		{"german", footer("Datenschutzerklärung", "/de/datenschutz"), "privacy", 0.9},
		{"german, umlaut in the address", footer("Datenschutz", "/datenschutzerkl%C3%A4rung.html"), "privacy", 0.9},
		{"german, cookies", footer("Cookie-Richtlinie", "/cookie-richtlinie"), "cookie", 0.8},
		{"french", footer("Politique de confidentialité", "/confidentialite"), "privacy", 0.9},
		{"french, data", footer("Données personnelles", "/donnees-personnelles"), "privacy", 0.9},
		{"french, private life", footer("Protection de la vie privée", "/vie-privee"), "privacy", 0.9},
		{"spanish", footer("Política de privacidad", "/politica-de-privacidad"), "privacy", 0.9},
		{"spanish, cookies", footer("Política de cookies", "/politica-de-cookies"), "cookie", 0.8},
		{"italian", footer("Informativa sulla privacy", "/privacy"), "privacy", 0.9},
		{"italian, cookies", footer("Informativa estesa sui cookie", "/cookie"), "privacy", 0.5},
		{"dutch", footer("Privacyverklaring", "/privacyverklaring"), "privacy", 0.9},
		{"dutch, cookies", footer("Cookiebeleid", "/cookiebeleid"), "cookie", 0.8},
		{"portuguese", footer("Política de Privacidade", "/politica-de-privacidade"), "privacy", 0.9},
		{"polish", footer("Polityka prywatności", "/polityka-prywatnosci"), "privacy", 0.9},
		{"swedish", footer("Integritetspolicy", "/integritetspolicy"), "privacy", 0.9},
		{"finnish", footer("Tietosuojaseloste", "/tietosuoja"), "privacy", 0.9},
		{"czech", footer("Ochrana osobních údajů", "/gdpr"), "privacy", 0.7},
		{"greek", footer("Πολιτική Απορρήτου", "/x"), "privacy", 0.5},
		{"japanese", footer("プライバシーポリシー", "/policy.html"), "privacy", 0.5},
		{"both kinds", footer("Privacy & Cookie Policy", "/privacy-cookies"), "privacy", 0.9},
		{"with the terms", footer("Terms & Privacy", "/terms-privacy"), "privacy", 0.5},
		{"with the imprint", footer("Impressum & Datenschutz", "/impressum"), "privacy", 0.4},
		{"in prose", prose("privacy policy", "/privacy"), "privacy", 0.7},
		{"an icon", footer("", "/privacy-policy.html"), "privacy", 0.5},
		{"rel only", evidence.Link{URL: "/p/17", Rel: "privacy-policy"}, "privacy", 0.5},
		{"query page", footer("Privacy policy", "/index.php?page=privacy"), "privacy", 0.8},
		{"pdf", footer("Privacy Policy (PDF)", "/files/privacy-policy.pdf"), "privacy", 0.6},
		{"group site, in the footer", footer("Privacy Policy", "https://www.acme-group.test/privacy"), "privacy", 0.6},
		{"unrelated site, in the footer", footer("Privacy Policy", "https://holding.test/privacy"), "privacy", 0.3},
		{"in a help center", footer("Privacy Policy", "https://help.acme.test/hc/en-us/articles/3600-Privacy-Policy"), "privacy", 0.7},
		{"hosted notice", prose("Privacy Policy", "https://www.iubenda.com/privacy-policy/1234567"), "privacy", 0.65},

		{"terms of service", footer("Terms of Service", "/terms"), "", 0},
		{"imprint", footer("Impressum", "/impressum"), "", 0},
		{"settings", footer("Privacy settings", "/privacy-settings"), "", 0},
		{"cookie settings", footer("Cookie-Einstellungen", "/cookies-einstellungen"), "", 0},
		{"cookie settings, french", footer("Gérer mes cookies", "#"), "", 0},
		{"cookie settings, one word", footer("Datenschutzeinstellungen", "/datenschutzeinstellungen"), "", 0},
		{"cookie settings, dutch", footer("Cookievoorkeuren", "/cookievoorkeuren"), "", 0},
		{"opt-out", footer("Do not sell my personal information", "/do-not-sell"), "", 0},
		{"the site's start page", footer("Privacy by Acme", "/"), "", 0},
		{"script", footer("Privacy policy", "javascript:void(0)"), "", 0},
		{"mail", footer("Privacy officer", "mailto:privacy@acme.test"), "", 0},
		{"google beside its widget", prose("Privacy Policy", "https://policies.google.com/privacy"), "", 0},
		{"google in the footer", footer("Privacy Policy", "https://policies.google.com/privacy"), "", 0},
		{"a network's notice", footer("Datenschutz", "https://www.facebook.com/privacy/policy"), "", 0},
		{"the consent vendor's", footer("Privacy Policy", "https://www.cookiebot.com/en/privacy-policy/"), "", 0},
		{"iubenda's own", footer("Privacy Policy", "https://www.iubenda.com/en/help/privacy"), "", 0},
		{"another company's, in prose", prose("Privacy Policy", "https://holding.test/privacy"), "", 0},
		{"another company's, by name", footer("Somebody Else's great Privacy", "https://else.test/privacy"), "", 0},
		{"an article", prose("Why privacy matters more than ever for teams of every size", "/blog/2024/why-privacy-matters"), "", 0},
		{"a product", prose("Pricing", "/pricing"), "", 0},
		{"bus station", prose("Rodoviária", "/rodoviaria"), "", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := Candidates(Page{URL: home}, []evidence.Link{tc.link})
			switch {
			case tc.kind == "" && len(got) > 0:
				t.Errorf("candidate %+v, want none", got[0])
			case tc.kind != "" && len(got) == 0:
				t.Error("no candidate")
			case tc.kind != "" && (got[0].Kind != tc.kind || got[0].Score < tc.over):
				t.Errorf("got %s %.2f (%s), want %s over %.2f", got[0].Kind, got[0].Score, got[0].Why, tc.kind, tc.over)
			}
		})
	}
}

func TestCandidatesRanking(t *testing.T) {
	for _, tc := range []struct {
		name  string
		page  Page
		links []evidence.Link
		want  string // path of the first
	}{
		{"the page's language first", Page{URL: "https://acme.test/de/"}, []evidence.Link{
			{URL: "/en/privacy", Text: "Privacy policy", Footer: true},
			{URL: "/de/datenschutz", Text: "Datenschutz", Footer: true},
		}, "https://acme.test/de/datenschutz"},
		{"language from <html lang>", Page{URL: home, Language: "fr-FR"}, []evidence.Link{
			{URL: "/en/privacy", Text: "Privacy policy", Footer: true},
			{URL: "/confidentialite", Text: "Confidentialité", Footer: true},
		}, home + "confidentialite"},
		{"the general notice before that for applicants", Page{URL: home}, []evidence.Link{
			{URL: "/careers/applicant-privacy", Text: "Applicant Privacy Notice", Footer: true},
			{URL: "/privacy", Text: "Privacy Notice", Footer: true},
		}, home + "privacy"},
		{"the notice before the officer", Page{URL: home}, []evidence.Link{
			{URL: "/datenschutzbeauftragter", Text: "Datenschutzbeauftragter", Footer: true},
			{URL: "/datenschutz", Text: "Datenschutz", Footer: true},
		}, home + "datenschutz"},
		{"own before the group's", Page{URL: home}, []evidence.Link{
			{URL: "https://acme-holding.test/privacy", Text: "Privacy Policy", Footer: true},
			{URL: "/privacy", Text: "Privacy Policy", Footer: true},
		}, home + "privacy"},
		{"the document before an article on it", Page{URL: home}, []evidence.Link{
			{URL: "/blog/privacy-policy-update", Text: "Privacy policy update"},
			{URL: "/privacy", Text: "Privacy", Footer: true},
		}, home + "privacy"},
		{"a first party's notice is ours", Page{URL: home, Own: evidence.FirstParties{"holding.test": true}}, []evidence.Link{
			{URL: "https://holding.test/privacy", Text: "Privacy Policy"},
		}, "https://holding.test/privacy"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := Candidates(tc.page, tc.links)
			if len(got) == 0 || got[0].URL != tc.want {
				t.Errorf("got %+v, want %s first", got, tc.want)
			}
		})
	}
}

// A notice links to the notices of everybody it names; none of them is the operator's.
func TestNoticeLinksToVendors(t *testing.T) {
	got := Candidates(Page{URL: home + "privacy-policy"}, []evidence.Link{
		{URL: "https://vendor-one.test/privacy", Text: "Privacy Policy"},
		{URL: "https://vendor-two.test/privacy", Text: "privacy notice"},
		{URL: "/cookie-policy", Text: "Cookie Policy"},
	})
	if len(got) != 1 || got[0].Kind != "cookie" {
		t.Errorf("got %+v, want the own cookie notice only", got)
	}
}

func TestWhyIsForPeopleAndTame(t *testing.T) {
	text := "Privacy\x1b[31m \u202ePolicy\n" + strings.Repeat("x", 500)
	got := Candidates(Page{URL: home}, []evidence.Link{
		{URL: "/privacy", Text: "Privacy Policy", Footer: true, Rel: "privacy-policy"},
		{URL: "/privacy-2", Text: text},
	})
	want := `link text “Privacy Policy”, rel="privacy-policy", its address in the footer of ` + home
	if got[0].Why != want {
		t.Errorf("why = %q, want %q", got[0].Why, want)
	}
	for _, c := range got {
		if strings.ContainsAny(c.Why, "\x1b\n\u202e") || len(c.Why) > 500 {
			t.Errorf("hostile text came through: %q", c.Why)
		}
	}
}

func TestLegalPages(t *testing.T) {
	got := LegalPages(Page{URL: home}, []evidence.Link{
		{URL: "/mentions-legales", Text: "Mentions légales"},
		{URL: "/impressum", Text: "Impressum"},
		{URL: "https://else.test/impressum", Text: "Impressum"},
		{URL: "/privacy", Text: "Privacy"},
	})
	if strings.Join(got, " ") != home+"mentions-legales "+home+"impressum" {
		t.Errorf("got %v", got)
	}
}

func FuzzCandidates(f *testing.F) {
	f.Add("/privacy?x=%zz", "Privacy \xff", "privacy-policy", "https://acme.test/de/")
	f.Add("//[::1", "クッキー", "", "https://[::1]:80/")
	f.Fuzz(func(t *testing.T, href, text, rel, page string) {
		links := []evidence.Link{{URL: href, Text: text, Rel: rel}}
		for _, c := range Candidates(Page{URL: page}, links) {
			if c.Score < minScore || c.Score > 1 || c.Kind == "" {
				t.Errorf("%+v", c)
			}
		}
		LegalPages(Page{URL: page}, links)
		fr := NewFrontier(page)
		fr.Add(page, []string{href, text}, 0)
	})
}
