// Package consent makes the visitor's choices. A choice that is a signal of the browser (DNT, GPC) is data: the
// headers and properties that carry it. Choices that press a banner's buttons come with the consent issue; until
// then they are unavailable, and Parse says so.
package consent

import (
	"fmt"
	"slices"
	"strings"

	"trackaudit/crawler/evidence"
)

// Signals are what a browser sends and shows when it carries a choice as a signal.
type Signals struct {
	Headers map[string]string // on every request
	Script  string            // run before the first script of every document and worker
}

// SignalsOf returns the signals of a choice; they are empty for a choice that is none.
//
// Sources: W3C Tracking Preference Expression (DNT: 1 and the string "1"); Global Privacy Control (Sec-GPC: 1 and
// the boolean true).
func SignalsOf(c evidence.Choice) Signals {
	switch c {
	case evidence.ChoiceDNT:
		return Signals{map[string]string{"DNT": "1"}, property("doNotTrack", `"1"`)}
	case evidence.ChoiceGPC:
		return Signals{map[string]string{"Sec-GPC": "1"}, property("globalPrivacyControl", "true")}
	}
	return Signals{}
}

// property defines a read-only property on the prototype of navigator, in pages and workers alike.
func property(name, value string) string {
	return fmt.Sprintf(`Object.defineProperty(Object.getPrototypeOf(navigator), %q, {get: () => %s, configurable: true, enumerable: true});`, name, value)
}

// Available lists the choices that can be made now.
func Available() []evidence.Choice {
	return []evidence.Choice{evidence.ChoiceNone, evidence.ChoiceDNT, evidence.ChoiceGPC}
}

// UnavailableError says that a choice cannot be made.
type UnavailableError struct {
	Word  string
	Known bool // it is a choice, but cannot be made yet
}

func (e *UnavailableError) Error() string {
	if e.Known {
		return fmt.Sprintf("the choice %q cannot be made yet", e.Word)
	}
	return fmt.Sprintf("unknown choice %q", e.Word)
}

// Parse reads a comma-separated list of choices; repetitions count once.
func Parse(list string) ([]evidence.Choice, error) {
	var choices []evidence.Choice
	for _, word := range strings.Split(list, ",") {
		c := evidence.Choice(strings.ToLower(strings.TrimSpace(word)))
		if !slices.Contains(Available(), c) {
			known := c == evidence.ChoiceAccept || c == evidence.ChoiceReject
			return nil, &UnavailableError{Word: string(c), Known: known}
		}
		if !slices.Contains(choices, c) {
			choices = append(choices, c)
		}
	}
	return choices, nil
}
