package classify

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// seen says what was observed, for a sentence: "cookie _tly_id of Tallyworks was set for 2 years (analytics)".
func seen(a *Assessment) string {
	o := &a.Observation
	who := a.who.label(o)
	purpose := ""
	if a.Purpose != "" && a.Purpose != knowledge.Unknown {
		purpose = " (" + words(string(a.Purpose)) + ")"
	}
	switch {
	case o.Cookie != nil && o.Cookie.Blocked != "":
		return fmt.Sprintf("cookie %s of %s was offered%s and refused by the browser", o.Name, who, purpose)
	case o.Cookie != nil:
		return fmt.Sprintf("cookie %s of %s was set for %s%s", o.Name, who, Span(o.Cookie.Lifetime), purpose)
	case o.Storage != nil:
		return fmt.Sprintf("%s item %s was written by %s%s", words(string(o.Technology)), o.Name, who, purpose)
	case o.Technology == evidence.WebBeacon:
		return fmt.Sprintf("web beacon to %s (%s) was sent%s", o.Host, who, purpose)
	case o.Technology == evidence.SessionReplay:
		return fmt.Sprintf("session recorder of %s sent payload that grows with the visitor's input to %s", who, o.Host)
	case o.Technology == evidence.Fingerprinting:
		return fmt.Sprintf("script of %s fingerprinted the browser (%s)", who, o.Name)
	case o.Widget != nil:
		return fmt.Sprintf("social widget %q of %s ran", o.Name, who)
	case o.Technology == evidence.FormCapture:
		return fmt.Sprintf("what was typed into forms went to %s (%s) before anybody sent it", o.Host, who)
	case o.API != nil:
		return fmt.Sprintf("script of %s used %s", who, o.Name)
	}
	return fmt.Sprintf("request to %s (%s) was sent%s", o.Host, who, purpose)
}

// sentence begins with a capital letter.
func sentence(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// fix is the row or sentence to add, or the tag to remove and where it is loaded from.
func fix(a *Assessment, rule string) string {
	o := &a.Observation
	who := a.who.label(o)
	switch rule {
	case "undeclared-cookie":
		return fmt.Sprintf("Add the row: %s. Or %s.", row(a), lower(remove(a)))
	case "undeclared-recipient":
		return fmt.Sprintf("Add to the notice: “%s” Or %s.", receives(a), lower(remove(a)))
	}
	return fmt.Sprintf("Add to the notice: “%s” Or %s.", declare(a, who), lower(remove(a)))
}

// receives is a sentence that would name a recipient.
func receives(a *Assessment) string {
	if a.who.service.Name == "" {
		return fmt.Sprintf("We share data with the third party %s%s.", full(a), purposeClause(a))
	}
	return fmt.Sprintf("%s receives data from your browser%s.", full(a), purposeClause(a))
}

// declare is a sentence that would declare the observation.
func declare(a *Assessment, who string) string {
	o := &a.Observation
	switch o.Technology {
	case evidence.SessionReplay:
		return fmt.Sprintf("%s records, on our behalf, what you do on our pages (session replay): mouse movements, clicks, scrolling and what you enter.", full(a))
	case evidence.Fingerprinting:
		return fmt.Sprintf("%s recognizes your browser by its properties (fingerprinting)%s.", full(a), purposeClause(a))
	case evidence.FormCapture:
		return fmt.Sprintf("%s receives what you type into our forms, also before you send them.", full(a))
	case evidence.SocialWidget:
		return fmt.Sprintf("Our pages embed a social widget of %s, which receives data when the page loads.", full(a))
	case evidence.CookieTech:
		return fmt.Sprintf("%s sets cookies%s.", full(a), purposeClause(a))
	case evidence.WebBeacon:
		return fmt.Sprintf("%s receives data through web beacons (tracking pixels)%s.", full(a), purposeClause(a))
	}
	return fmt.Sprintf("%s uses %s in your browser%s.", full(a), words(string(o.Technology)), purposeClause(a))
}

func purposeClause(a *Assessment) string {
	if a.Purpose == "" || a.Purpose == knowledge.Unknown {
		return " for [purpose]"
	}
	return " for " + words(string(a.Purpose))
}

// full names the service with its company: "Hotjar (Contentsquare SAS)".
func full(a *Assessment) string {
	who := a.who.label(&a.Observation)
	if a.Entity != "" && !strings.HasPrefix(strings.ToLower(a.Entity), strings.ToLower(who)) {
		return fmt.Sprintf("%s (%s)", who, a.Entity)
	}
	if a.Entity != "" {
		return a.Entity
	}
	return who
}

// row is the row of a cookie table: name | provider | purpose | lifetime | type.
func row(a *Assessment) string {
	o := &a.Observation
	cells := []string{a.who.name, full(a), words(string(a.Purpose))}
	if a.Purpose == knowledge.Unknown || a.Purpose == "" {
		cells[2] = "[purpose]"
	}
	if o.Cookie != nil {
		cells = append(cells, Span(o.Cookie.Lifetime))
	}
	return strings.Join(append(cells, words(string(o.Technology))), " | ")
}

// remove says which tag to take out: the script that did it, and where in the document it is loaded from.
func remove(a *Assessment) string {
	o := &a.Observation
	if len(o.Initiator) == 0 {
		if o.Setter != "" {
			return fmt.Sprintf("Stop it at %s", o.Setter)
		}
		return "Stop it where it is set"
	}
	script := withoutLine(o.Initiator[0])
	tag := o.Initiator[len(o.Initiator)-1]
	if withoutLine(tag) == script && a.tag != "" {
		tag = a.tag
	}
	if withoutLine(tag) == script {
		return "Remove it at " + tag
	}
	return fmt.Sprintf("Remove the script %s, loaded from %s", script, tag)
}

// tagOf finds where in the document the script at the end of an observation's initiator chain is loaded from: the
// request that fetched it knows.
func tagOf(o *evidence.Observation, v *evidence.Visit) string {
	if len(o.Initiator) == 0 {
		return ""
	}
	place := o.Initiator[len(o.Initiator)-1]
	for range 8 { // scripts that load scripts; a ring of them must end
		i := slices.IndexFunc(v.Requests, func(r evidence.Request) bool { return r.Type == "Script" && r.URL == withoutLine(place) })
		if i < 0 || len(v.Requests[i].Initiator) == 0 {
			break
		}
		place = v.Requests[i].Initiator[len(v.Requests[i].Initiator)-1]
	}
	return place
}

func withoutLine(place string) string {
	i := strings.LastIndexByte(place, ':')
	if i < 0 || strings.ContainsFunc(place[i+1:], func(r rune) bool { return r < '0' || r > '9' }) {
		return place
	}
	return place[:i]
}

func lower(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

// listed joins words for a sentence: sorted, at most n of them.
func listed(items []string, n int) string {
	items = slices.Compact(slices.Sorted(slices.Values(items)))
	if len(items) > n {
		return fmt.Sprintf("%s and %d more", strings.Join(items[:n], ", "), len(items)-n)
	}
	return strings.Join(items, ", ")
}
