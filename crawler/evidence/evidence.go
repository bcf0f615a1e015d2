// Package evidence is the one message type of trackaudit: what a browser stored, read and sent during one
// page load. A Visit is what travels from the crawler to the judgement, what lies on disk (one JSON object a
// line, see Write and Read) and what tests compare. It holds facts only: no verdict, no opinion.
//
// Names follow the Chrome DevTools Protocol (initiator, resource type, frame, target, storage key) and the
// ePrivacy Directive; see README.md, "Words".
package evidence

import "time"

// Visit is one page load under one choice.
type Visit struct {
	ID       string    `json:"id"`  // unique in a run, e.g. "v0001"
	URL      string    `json:"url"` // as asked for
	FinalURL string    `json:"final_url"`
	Site     string    `json:"site"` // registrable domain of FinalURL (of URL, if nothing answered)
	Choice   Choice    `json:"choice"`
	Status   int       `json:"status"` // HTTP status of the top document; 0 = no answer
	Title    string    `json:"title,omitempty"`
	Language string    `json:"language,omitempty"` // <html lang>, as written
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"`
	Browser  Browser   `json:"browser"`

	// Complete says that the page was seen whole: only then may an audit pass on it. Otherwise Reason says why
	// not, in one of the Reason words, and Detail in a sentence for a person.
	Complete bool   `json:"complete"`
	Reason   Reason `json:"reason,omitempty"`
	Detail   string `json:"detail,omitempty"`

	Page   PageStats `json:"page"`
	Dwell  Dwell     `json:"dwell"`
	Reach  Reach     `json:"reach"`           // was the choice made on this page?
	Links  []Link    `json:"links,omitempty"` // rendered links, for the frontier and the search for the notice
	Tries  int       `json:"tries"`           // how often the visit was started; > 1 after a lost browser
	Frames []string  `json:"frames,omitempty"`

	Requests     []Request     `json:"requests"`
	Observations []Observation `json:"observations"`
	Flows        []Flow        `json:"flows,omitempty"`
	APIs         []APICall     `json:"apis,omitempty"`
}

// Browser says what ran, because two browsers do not see the same web.
type Browser struct {
	Product           string `json:"product"`             // "Chromium/156.0.8078.73"
	Mode              string `json:"mode"`                // "shell" (chromium-headless-shell) or "full"
	ThirdPartyCookies string `json:"third_party_cookies"` // "allow" or "block"
}

// PageStats are what a judge needs to tell a page from a blank or a challenge.
type PageStats struct {
	Nodes              int `json:"nodes"`                // elements in the main frame's document
	Text               int `json:"text"`                 // characters of rendered text
	FirstPartyRequests int `json:"first_party_requests"` // answered with a status below 400
}

// Dwell is how long the page was watched and what ended the watch.
type Dwell struct {
	Budget  int    `json:"budget_ms"` // milliseconds of page time
	Virtual bool   `json:"virtual"`   // page time ran ahead of the wall clock
	Ended   string `json:"ended"`     // "budget", "cap", "error"
}

// Reach is the outcome of making the visit's choice.
type Reach struct {
	Outcome string `json:"outcome"` // "made", "not_offered" (no banner, no CMP: not a gap) or "failed"
	Proof   string `json:"proof,omitempty"`
}

// Link is an <a href> as rendered.
type Link struct {
	URL    string `json:"url"`
	Text   string `json:"text"`
	Rel    string `json:"rel,omitempty"`
	Footer bool   `json:"footer,omitempty"` // inside <footer> or role=contentinfo
}

// Request is one hop of one network request that the page caused. A redirect chain is several Requests with
// the same ID and rising Hop.
type Request struct {
	ID        string   `json:"id"`
	Hop       int      `json:"hop"`
	URL       string   `json:"url"` // stored values in it are replaced by their hash unless --keep-values
	Method    string   `json:"method"`
	Type      string   `json:"type"` // CDP resource type: Document, Script, Image, Ping, XHR, Fetch, WebSocket …
	Host      string   `json:"host"`
	Site      string   `json:"site"` // registrable domain of Host
	Party     Party    `json:"party"`
	Frame     string   `json:"frame,omitempty"`  // URL of the frame that asked
	Target    string   `json:"target,omitempty"` // page, frame, worker, shared_worker, service_worker, popup
	Initiator []string `json:"initiator,omitempty"`
	Phase     Phase    `json:"phase"`
	At        int      `json:"at_ms"` // wall milliseconds since the visit started
	Status    int      `json:"status,omitempty"`
	MIME      string   `json:"mime,omitempty"`
	Bytes     int64    `json:"bytes,omitempty"` // encoded length received
	Server    string   `json:"server,omitempty"`
	Body      *Value   `json:"body,omitempty"` // what was sent
	Width     int      `json:"width,omitempty"`
	Height    int      `json:"height,omitempty"` // natural size of an image
	Failed    string   `json:"failed,omitempty"` // net error, or why it was blocked
	CNAMEs    []string `json:"cnames,omitempty"`
	Cookies   int      `json:"cookies,omitempty"` // cookies sent along
}

// Observation is one storing, reading or sending that matters. Exactly one of Cookie, Storage, Request, Widget
// and API is set.
type Observation struct {
	ID         string     `json:"id"` // unique in a run, e.g. "v0001.o12"
	Technology Technology `json:"technology"`
	Name       string     `json:"name"`             // cookie name, storage key, host, widget name, API
	Party      Party      `json:"party"`            // by site of Host, relative to the top document
	Setter     string     `json:"setter,omitempty"` // host whose script or response did it: a first-party cookie may have a third-party setter
	Host       string     `json:"host"`             // cookie domain, storage origin's host, destination
	Site       string     `json:"site"`             // registrable domain of Host
	Page       string     `json:"page"`
	Frame      string     `json:"frame,omitempty"`
	Phase      Phase      `json:"phase"`
	At         int        `json:"at_ms"`               // wall milliseconds since the visit started
	Initiator  []string   `json:"initiator,omitempty"` // "URL:line" of scripts, innermost first, up to the tag in the document
	Source     string     `json:"source"`              // API or protocol event it came from: "Set-Cookie", "document.cookie", "Network.requestWillBeSent" …
	Count      int        `json:"count"`               // how often the same thing was seen in this visit

	Cookie  *Cookie      `json:"cookie,omitempty"`
	Storage *StorageItem `json:"storage,omitempty"`
	Request *Request     `json:"request,omitempty"`
	Widget  *Widget      `json:"widget,omitempty"`
	API     *APIUse      `json:"api,omitempty"`
}

// Cookie is a cookie that was set, or offered and refused.
type Cookie struct {
	Name         string `json:"name"`
	Value        Value  `json:"value"`
	Domain       string `json:"domain"`
	Path         string `json:"path"`
	Session      bool   `json:"session"`           // dies with the browser
	Lifetime     int64  `json:"lifetime_s"`        // seconds, as declared by the setter, before Chrome's clamp to 400 days; 0 for session
	StoredFor    int64  `json:"stored_s"`          // seconds, as the browser keeps it
	Secure       bool   `json:"secure"`            //
	HTTPOnly     bool   `json:"http_only"`         //
	SameSite     string `json:"same_site"`         // "", Strict, Lax, None
	PartitionKey string `json:"partition_key"`     //
	Blocked      string `json:"blocked"`           // why the browser refused it; empty = stored
	Deleted      bool   `json:"deleted"`           // set and removed again within the visit
	SetBy        string `json:"set_by"`            // "http" or "script"
	RequestID    string `json:"request,omitempty"` // the response that carried Set-Cookie
}

// StorageItem is one key in web storage, or one database, cache or registration.
type StorageItem struct {
	Key        string `json:"key"`
	Value      Value  `json:"value"`
	StorageKey string `json:"storage_key"` // CDP storage key
	Deleted    bool   `json:"deleted,omitempty"`
}

// Widget is a social widget that executed: a frame, a script or a custom element. A link is none, nor is a placeholder
// that waits for a click: nothing is ever clicked, so that what is recorded is the state before interaction.
type Widget struct {
	Service string `json:"service"`       // knowledge's service ID
	Form    string `json:"form"`          // "frame", "script", "element"
	URL     string `json:"url,omitempty"` // of the frame or script
	Before  string `json:"before"`        // what the visitor had not done yet: "input" (not even moved the mouse), or "click" (had moved it, pressed a key, scrolled)
}

// APIUse is use of a Web API that can identify or record a visitor.
type APIUse struct {
	API     string            `json:"api"`               // "canvas", "webgl", "audio", "session_replay" …
	Calls   map[string]int    `json:"calls,omitempty"`   // method → count
	Details map[string]string `json:"details,omitempty"` // what made the threshold: "width": "280", "distinct_colors": "12" …
}

// APICall is what one script, in one frame or worker, read out of a device, or asked a visitor's leave for, through one
// family of Web APIs. By itself it is no sign of tracking: what passes the thresholds is an Observation.
type APICall struct {
	API    string         `json:"api"`    // "canvas", "webgl", "audio", "fonts", "device", "webrtc", "permission", "geolocation"
	Script string         `json:"script"` // address of the innermost script
	Host   string         `json:"host"`   // of the script
	Party  Party          `json:"party"`
	Frame  string         `json:"frame,omitempty"` // address of the document or worker
	Calls  map[string]int `json:"calls"`           // method or property → count, at most some tens or hundreds of each
	Asked  []string       `json:"asked,omitempty"` // what for, sorted: names of client hints, of permissions, of WebGL's unmasked parameters
}

// Flow is a value that left: a stored value or a typed canary found in an outgoing request. Computed at
// capture, so that hashed evidence can still be judged.
type Flow struct {
	From     string `json:"from"`    // Observation ID, or "canary:NAME"
	Request  string `json:"request"` // Request ID
	Host     string `json:"host"`
	Site     string `json:"site"`
	Party    Party  `json:"party"`
	Encoding string `json:"encoding"` // "plain", "url", "base64", "json", "sha256" …
	In       string `json:"in"`       // "url", "body", "header", "frame" (WebSocket)
}

// LinkAnswer is an address that a notice points to, and how it answered.
type LinkAnswer struct {
	URL    string `json:"url"`
	Status int    `json:"status"` // HTTP status; 0 = no answer
	// Dead says that it leads nowhere for certain: there is no such document (404, 410), or no such host. A host that
	// refuses, hangs or errs is not called dead.
	Dead   bool   `json:"dead"`
	Detail string `json:"detail"` // why it could not be had
}

// Document is the bytes of a fetched notice.
type Document struct {
	URL         string    `json:"url"`
	ContentType string    `json:"content_type"` // as served, or guessed from a file's name
	Body        []byte    `json:"-"`
	Fetched     time.Time `json:"fetched"`
	Status      int       `json:"status"`
	Rendered    bool      `json:"rendered"` // Body is the DOM after scripts ran, not the response
}
