// Package knowledge holds facts about who is behind what a browser meets: entities, services and their domains,
// cookies and storage keys, social widgets, session recorders, challenge pages. Every fact is one line of a
// sorted TSV file with its source; the embedded files can be overlaid by the user's own, which win.
//
// It holds facts, not verdicts: a match says who and what for, and how sure that is.
package knowledge

import "trackaudit/crawler/evidence"

// Purpose is what something is for.
type Purpose string

const (
	StrictlyNecessary Purpose = "strictly_necessary"
	Security          Purpose = "security"
	Personalization   Purpose = "personalization"
	Functional        Purpose = "functional"       // chat, video, maps
	ContentDelivery   Purpose = "content_delivery" // CDN, fonts
	TagManagement     Purpose = "tag_management"
	Analytics         Purpose = "analytics"
	Advertising       Purpose = "advertising"
	SocialMedia       Purpose = "social_media"
	Unknown           Purpose = "unknown"
)

// Tracks says that a purpose is to follow people: what a notice must own up to in any case.
func (p Purpose) Tracks() bool { return p == Analytics || p == Advertising || p == SocialMedia }

// Purposes lists every purpose; Unknown last.
var Purposes = []Purpose{
	StrictlyNecessary, Security, Personalization, Functional, ContentDelivery, TagManagement, Analytics,
	Advertising, SocialMedia, Unknown,
}

// Service is who is behind a host, cookie or script.
type Service struct {
	ID       string    // kebab words, stable: "google-analytics"
	Name     string    // as its maker writes it: "Google Analytics"
	Entity   string    // the company: "Google LLC"
	Parent   string    // who owns the company, if another: "Alphabet Inc."
	Homepage string    //
	Purposes []Purpose // likeliest first
	Source   string    // where the fact was taken from
}

// Entity is a company behind services.
type Entity struct {
	Name     string // full, as services name it: "Google LLC"
	Parent   string // who owns it; empty = nobody, or not known
	Homepage string
	Source   string
}

// HostMatch is what is known of a destination.
type HostMatch struct {
	Service Service
	Purpose Purpose // of this host and path, which may be narrower than the service's
	Domain  string  // the domain rule that matched
	Path    string  // its path prefix, if the rule has one
	Source  string
	Layer   string // "embedded" or the name of the overlay that decided
}

// CookieMatch is what is known of a cookie or storage key.
type CookieMatch struct {
	Service    Service
	Purpose    Purpose
	Pattern    string // as written: "_ga_*"
	Lifetime   int64  // declared maximum, seconds; 0 = session, -1 = not known
	Confidence float64
	Consent    bool // it is a record of consent itself
	Source     string
	Layer      string
}

// Hint is what is known about a stored item besides its name, so that a short or common name need not decide.
type Hint struct {
	Setter string // host whose script or response wrote it
	Domain string // the host it belongs to
	Site   string // the site visited; a setter of that site is its own first party and speaks for no vendor
	Shape  string // evidence.Value.Shape
	Length int    // bytes of the value
}

// Widget is a known social widget and how it shows when it executes.
type Widget struct {
	Service string // service ID
	Name    string // "Facebook Like button"
	Frame   string // prefix "host/path" of the frame's address; empty = none
	Script  string // prefix "host/path" of the script's address
	Element string // custom element or CSS class that its script upgrades
	Source  string
}

// Recorder is a known session recorder.
type Recorder struct {
	Service string // service ID
	Script  string // prefix "host/path" of its script
	Ingest  string // prefix "host/path" its payload goes to
	Global  string // name of the global variable it defines
	Source  string
}

// Fingerprinter is a known fingerprinting library or endpoint.
type Fingerprinter struct {
	Service string
	Script  string
	Global  string
	Source  string
}

// ChallengePage is a sign that a page is a bot wall, not the site.
type ChallengePage struct {
	Service string
	Where   string // "title", "text", "header", "script", "cookie", "element"
	Match   string // lower-case substring, or header "name: value-substring"
	Source  string
}

// Parameter is a query parameter that carries a click or a visitor from one site to another.
type Parameter struct {
	Service Service // none for campaign tags that many read ("utm_source")
	Pattern string
	Purpose Purpose
	Source  string
}

// StorageKind tells the two tables of names apart.
type StorageKind string

const (
	CookieName StorageKind = "cookie"
	StorageKey StorageKind = "storage" // localStorage, sessionStorage, IndexedDB and cache names
)

// KindOf gives the table of names that a technology's items are looked up in.
func KindOf(t evidence.Technology) StorageKind {
	if t == evidence.CookieTech {
		return CookieName
	}
	return StorageKey
}
