package notice

import "testing"

// TestVerbsInARow demands that a negation after several verbs denies them all.
func TestVerbsInARow(t *testing.T) {
	for language, text := range map[string]string{
		"de": "Wir verkaufen, vermieten oder tauschen keine Daten.",
		"nl": "Wij verkopen, verhuren of delen geen persoonsgegevens met derden.",
	} {
		for _, d := range readIn(t, language, text).Declarations {
			if !d.Denied {
				t.Errorf("%s: affirmed %+v", text, d)
			}
		}
	}
}

// TestSignalInPassive reads what is said of a signal without saying by whom.
func TestSignalInPassive(t *testing.T) {
	for _, c := range []struct {
		language, text string
		want           ClaimValue
	}{
		{"fr", "Le signal Global Privacy Control est reconnu sur ce site.", Honored},
		{"es", "La señal Global Privacy Control se respeta en esta web.", Honored},
		{"de", "Das Signal Global Privacy Control wird auf dieser Website beachtet.", Honored},
		{"de", "Das Signal Global Privacy Control wird von manchen Websites Dritter beachtet.", Unstated},
		{"de", "Das Signal Global Privacy Control wird derzeit nicht beachtet.", NotHonored},
	} {
		if got := readIn(t, c.language, c.text).Claims.GPC.Value; got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
}
