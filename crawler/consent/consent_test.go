package consent

import (
	"errors"
	"slices"
	"testing"

	"trackaudit/crawler/evidence"
)

func TestParse(t *testing.T) {
	got, err := Parse(" none, GPC,dnt,none")
	if want := []evidence.Choice{"none", "gpc", "dnt"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("Parse = %v, %v, want %v", got, err, want)
	}
	for word, known := range map[string]bool{"accept": true, "reject": true, "sometimes": false, "": false} {
		_, err := Parse(word)
		var u *UnavailableError
		if !errors.As(err, &u) || u.Known != known {
			t.Errorf("Parse(%q) gives %v", word, err)
		}
	}
}

func TestSignals(t *testing.T) {
	if s := SignalsOf(evidence.ChoiceNone); len(s.Headers) != 0 || s.Script != "" {
		t.Errorf("choice none sends %v", s)
	}
	if s := SignalsOf(evidence.ChoiceGPC); s.Headers["Sec-GPC"] != "1" {
		t.Errorf("choice gpc sends %v", s)
	}
	if s := SignalsOf(evidence.ChoiceDNT); s.Headers["DNT"] != "1" {
		t.Errorf("choice dnt sends %v", s)
	}
}
