package notice

import (
	"testing"

	"trackaudit/crawler/evidence"
)

// introductions begin a notice in each language, so that it is told.
var introductions = map[string]string{
	"en": "This notice says how we use information about you and what you may do about it.",
	"de": "Diese Datenschutzerklärung sagt Ihnen, was wir mit Ihren Daten tun und was Sie dagegen tun können.",
	"fr": "La présente politique vous explique ce que nous faisons de vos données et quels sont vos droits.",
	"es": "La presente política le explica lo que hacemos con sus datos y cuáles son sus derechos.",
	"it": "La presente informativa spiega che cosa facciamo con i suoi dati e quali sono i suoi diritti.",
	"nl": "Deze privacyverklaring legt uit wat wij met uw gegevens doen en wat u daartegen kunt doen.",
	"pt": "Esta política explica o que fazemos com os seus dados e quais são os seus direitos.",
}

// readIn reads a sentence of a notice in a language.
func readIn(t *testing.T, language, text string) *Notice {
	t.Helper()
	body := introductions[language] + "\n\n" + text + "\n"
	n, err := readAll([]evidence.Document{{URL: "notice.txt", ContentType: "text/plain", Body: []byte(body)}}, fixtureNames(t))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestRefusedVendors demands that a vendor that is not used is not declared as one that is.
func TestRefusedVendors(t *testing.T) {
	for _, c := range []struct {
		language, text string
		affirmed       bool
	}{
		{"de", "Google Analytics setzen wir nicht ein.", false},
		{"de", "Hotjar wird auf dieser Seite nicht verwendet.", false},
		{"de", "Wir verkaufen keine Daten, nutzen aber Google Analytics.", true},
		{"de", "Bis Sie zustimmen, wird Google Analytics nicht geladen.", true},
		{"de", "Unsere Website enthält Links zu Google Analytics.", false},
		{"fr", "Nous n’avons pas recours à Google Analytics.", false},
		{"fr", "Google Analytics n’est pas utilisé sur ce site.", false},
		{"fr", "Nous ne vendons rien, mais nous utilisons Google Analytics.", true},
		{"es", "No usamos Google Analytics.", false},
		{"es", "Google Analytics no se utiliza en esta web.", false},
		{"es", "Hasta que no pulses Aceptar, no se cargará Google Analytics.", true},
		{"it", "Non utilizziamo Google Analytics.", false},
		{"it", "Google Analytics non viene utilizzato su questo sito.", false},
		{"nl", "Wij gebruiken geen Google Analytics.", false},
		{"nl", "Hotjar wordt op deze website niet gebruikt.", false},
		{"nl", "Wij verkopen niets, maar gebruiken Google Analytics.", true},
		{"pt", "Não usamos o Google Analytics.", false},
		{"pt", "O Google Analytics não é utilizado neste site.", false},
	} {
		n := readIn(t, c.language, c.text)
		affirmed := false
		for _, d := range n.Declarations {
			affirmed = affirmed || d.Strength == Specific && !d.Denied
		}
		if affirmed != c.affirmed {
			t.Errorf("%s: %q: affirmed %v, %+v", c.language, c.text, affirmed, n.Declarations)
		}
	}
}

// TestRefusedTechnologies demands that words that deny without a "not" deny what they speak of, and no more.
func TestRefusedTechnologies(t *testing.T) {
	for _, c := range []struct {
		text             string
		denied, affirmed evidence.Technology
	}{
		{"Our pages are free of tracking pixels and use cookies to remember your language.", evidence.WebBeacon, evidence.CookieTech},
		{"We have decided against fingerprinting.", evidence.Fingerprinting, ""},
		{"Flash cookies play no part on our site.", evidence.FlashCookie, ""},
		{"We use cookies to count visits, and refrain from session recording.", evidence.SessionReplay, evidence.CookieTech},
	} {
		n := readIn(t, "en", c.text)
		var denied, affirmed evidence.Technology
		for _, d := range n.Declarations {
			if d.Denied {
				denied = d.Technology
			} else {
				affirmed = d.Technology
			}
		}
		if denied != c.denied || affirmed != c.affirmed {
			t.Errorf("%q: denied %q, affirmed %q", c.text, denied, affirmed)
		}
	}
}
