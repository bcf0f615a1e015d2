package evidence

// Technology is the means by which something was stored, read or sent.
type Technology string

// The technologies. The last three are only ever declared by a notice, never observed.
const (
	CookieTech        Technology = "cookie"
	LocalStorage      Technology = "local_storage"
	SessionStorage    Technology = "session_storage"
	IndexedDB         Technology = "indexed_db"
	CacheStorage      Technology = "cache_storage"
	ServiceWorker     Technology = "service_worker"
	StorageBucket     Technology = "storage_bucket"
	FileSystem        Technology = "file_system"
	CacheIdentifier   Technology = "cache_identifier"
	WindowName        Technology = "window_name"
	WebBeacon         Technology = "web_beacon"
	SocialWidget      Technology = "social_widget"
	ThirdPartyRequest Technology = "third_party_request"
	WebSocket         Technology = "websocket"
	WebRTC            Technology = "webrtc"
	Fingerprinting    Technology = "fingerprinting"
	SessionReplay     Technology = "session_replay"
	FormCapture       Technology = "form_capture"
	Geolocation       Technology = "geolocation"

	FlashCookie Technology = "flash_cookie"
	IPAddress   Technology = "ip_address"
	DeviceID    Technology = "device_id"
)

// Technologies lists every technology, observed ones first.
var Technologies = []Technology{
	CookieTech, LocalStorage, SessionStorage, IndexedDB, CacheStorage, ServiceWorker, StorageBucket, FileSystem,
	CacheIdentifier, WindowName, WebBeacon, SocialWidget, ThirdPartyRequest, WebSocket, WebRTC, Fingerprinting,
	SessionReplay, FormCapture, Geolocation, FlashCookie, IPAddress, DeviceID,
}

// Choice is what the visitor does about consent, or the signal the browser sends.
type Choice string

const (
	ChoiceNone   Choice = "none" // touches nothing: what happens before any choice
	ChoiceAccept Choice = "accept"
	ChoiceReject Choice = "reject"
	ChoiceGPC    Choice = "gpc" // Sec-GPC: 1 and navigator.globalPrivacyControl
	ChoiceDNT    Choice = "dnt" // DNT: 1 and navigator.doNotTrack
)

// Signal says that the choice is made by sending a signal, not by pressing a banner's button.
func (c Choice) Signal() bool { return c == ChoiceGPC || c == ChoiceDNT }

// Phase tells whether something happened before or after the visitor chose.
type Phase string

const (
	BeforeChoice Phase = "before_choice"
	AfterChoice  Phase = "after_choice"
)

// Party is first or third, by site, relative to the top-level document. Empty means unstated.
type Party string

const (
	FirstParty Party = "first"
	ThirdParty Party = "third"
)

// Reason says why a visit is not complete.
type Reason string

const (
	Unreachable  Reason = "unreachable"   // no such host, refused, reset
	TLSError     Reason = "tls"           // certificate not accepted
	HTTPError    Reason = "http_error"    // the page itself answered 4xx or 5xx (403 and 429 are Blocked)
	Blocked      Reason = "blocked"       // 401, 403, 429, 451 or a bot wall
	Challenge    Reason = "challenge"     // a page that asks to prove to be human
	Empty        Reason = "empty"         // next to no content
	NotHTML      Reason = "not_html"      //
	RedirectLoop Reason = "redirect_loop" //
	Timeout      Reason = "timeout"       // did not end within its deadline: half-loaded
	Crashed      Reason = "crashed"       // the renderer died
	TooLarge     Reason = "too_large"     // a document larger than we read
	BrowserLost  Reason = "browser_lost"  // the browser died, and again on every new try
	NotVisited   Reason = "not_visited"   // interrupted, or refused by a rule before the visit
)
