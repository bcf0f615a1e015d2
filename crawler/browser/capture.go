package browser

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/debugger"
	"github.com/chromedp/cdproto/domstorage"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"

	"trackaudit/crawler/consent"
	"trackaudit/crawler/evidence"
)

// Bounds of one visit. What exceeds them is cut and said, so that a hostile page costs no more than its own
// completeness.
const (
	maxRequests    = 5000
	maxTold        = 20000
	maxStored      = 20000
	maxPopups      = 3
	maxNavigations = 25
	maxBody        = 256 << 10
	maxDocument    = 16 << 20 // bytes of the page's own document, unpacked
)

// capture collects what one visit sees. Its handlers run on the connection's reader; mu guards it against the
// visit's own goroutine.
type capture struct {
	b       *Browser
	job     Job
	signals consent.Signals
	start   time.Time
	context cdp.BrowserContextID
	arrived chan *session // the page's own session, set up

	background sync.WaitGroup // small questions whose answers are still to come

	mu         sync.Mutex
	page       *session
	pageID     target.ID
	kinds      map[target.SessionID]string // page, popup, frame, worker, shared_worker, service_worker
	addrs      map[target.SessionID]string
	arriving   map[*session]bool            // popups whose document has yet to come; true = they have clocks of their own
	clocks     map[*session]bool            // those beside the page's that run
	ticked     chan struct{}                // one of them has stopped
	hooked     map[*session]bool            // workers that were hooked
	starting   map[*session]bool            // workers whose script has yet to run
	unsettled  int                          // registrations of service workers
	scripts    map[*session]map[string]bool // unique IDs of the default contexts of documents
	popups     int
	frames     map[cdp.FrameID]string // address of each frame's document
	parents    map[cdp.FrameID]cdp.FrameID
	sessionOf  map[cdp.FrameID]*session // in whose process a frame's document is
	main       cdp.FrameID
	requests   []*request
	byID       map[requestKey][]*request // hops, in order
	extra      map[requestKey][]extraInfo
	cookies    map[requestKey][]*network.EventRequestWillBeSentExtraInfo
	told       []told
	stored     []storedKey
	storedAt   map[string]int
	cnames     map[string][]string // where the names of the site lead
	canaries   []canary            // what was typed
	tags       []tagged            // identifiers in the cache
	fixedNames map[string]bool     // names of windows that are the same for another visitor
	seq        int                 // counts what was told and stored
	sockets    map[requestKey]*request
	endpoints  map[string]string // of the Reporting API, by origin and group

	loads    int // navigations of the page's own document
	answered chan struct{}
	finished chan struct{} // the main document arrived whole
	loaded   chan struct{}
	gone     chan struct{} // the renderer crashed
	halted   chan struct{} // the page is not to be read: refused or too large
	expired  chan struct{} // virtual time ran out
	quiet    chan struct{} // after leaving began: everything sent since is answered
	leaving  int           // how many requests there were when leaving began; -1 = it has not
	input    int           // wall milliseconds at which input began; 0 = not yet
	over     bool          // evidence is closed
	cut      string        // which bound was met
	storming bool
	refused  string // the private address that the page led to
	tooLarge bool   // the page's own document
}

// requestKey tells requests apart: IDs are unique within a session only.
type requestKey struct {
	session target.SessionID
	id      network.RequestID
}

// extraInfo is what the network stack tells of a response: raw headers and refused cookies.
type extraInfo struct {
	headers network.Headers
	blocked []*network.BlockedSetCookieWithReason
	part    string
	status  int
}

// storedKey is a DOMStorage event.
type storedKey struct {
	local      bool
	storageKey string
	key, value string
	removed    bool
	at, seq    int
}

func newCapture(b *Browser, j Job) *capture {
	return &capture{b: b, job: j, signals: consent.SignalsOf(j.Choice), start: time.Now(), arrived: make(chan *session, 1),
		kinds: map[target.SessionID]string{}, addrs: map[target.SessionID]string{}, arriving: map[*session]bool{}, clocks: map[*session]bool{},
		ticked: make(chan struct{}, 1), scripts: map[*session]map[string]bool{}, hooked: map[*session]bool{}, starting: map[*session]bool{}, storedAt: map[string]int{}, frames: map[cdp.FrameID]string{}, parents: map[cdp.FrameID]cdp.FrameID{}, sessionOf: map[cdp.FrameID]*session{},
		byID: map[requestKey][]*request{}, extra: map[requestKey][]extraInfo{},
		cookies: map[requestKey][]*network.EventRequestWillBeSentExtraInfo{}, sockets: map[requestKey]*request{}, endpoints: map[string]string{},
		answered: make(chan struct{}), finished: make(chan struct{}), loaded: make(chan struct{}), gone: make(chan struct{}), halted: make(chan struct{}),
		expired: make(chan struct{}, 8), quiet: make(chan struct{}, 1), leaving: -1}
}

// now is the wall time of the visit in milliseconds.
func (c *capture) now() int { return int(time.Since(c.start).Milliseconds()) }

// attach takes in a new target: everything that must be in place before its first script is sent at once, then
// it is let go. Nobody waits here.
func (c *capture) attach(ev *target.EventAttachedToTarget) {
	info := ev.TargetInfo
	c.mu.Lock()
	kind := info.Type
	switch {
	case kind == "page" && (c.pageID == "" || c.pageID == info.TargetID):
		c.pageID = info.TargetID
	case kind == "page":
		kind = "popup"
		c.popups++
	case kind == "iframe":
		kind = "frame"
	}
	tooMany := c.popups > maxPopups && kind == "popup"
	s := c.b.mux.adopt(ev.SessionID, c.event)
	c.kinds[ev.SessionID], c.addrs[ev.SessionID] = kind, info.URL
	first := kind == "page" && c.page == nil
	if first {
		c.page = s
	}
	c.mu.Unlock()
	if tooMany {
		release(s)
		send(s, page.Close, cdp.Empty{})
		return
	}
	hasDocument := kind == "page" || kind == "popup" || kind == "frame"
	script := hookScript(c.b.channel, c.signals.Script)
	post := int64(maxBody)
	at := page.AddScriptToEvaluateOnNewDocumentParams{Source: script}
	if !first { // the empty document that a tab begins with is nobody's; that of a popup belongs to its opener
		yes := true
		at.RunImmediately = &yes
	}
	send(s, runtime.Enable, cdp.Empty{})
	send(s, runtime.AddBinding, runtime.AddBindingParams{Name: c.b.channel})
	if hasDocument {
		send(s, page.Enable, page.EnableParams{})
		send(s, page.AddScriptToEvaluateOnNewDocument, at)
		send(s, domstorage.Enable, cdp.Empty{})
		send(s, inspector.Enable, cdp.Empty{})
		send(s, network.EnableReportingAPI, network.EnableReportingAPIParams{Enable: true})
	} else {
		hookWorker(s)
	}
	send(s, network.Enable, network.EnableParams{MaxPostDataSize: &post})
	send(s, emulation.SetUserAgentOverride, c.b.agent.override)
	if len(c.signals.Headers) > 0 {
		headers := network.Headers{}
		for k, v := range c.signals.Headers {
			headers[k] = v
		}
		send(s, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: headers})
	}
	send(s, target.SetAutoAttach, autoAttach(false))
	switch {
	case c.b.o.RealTime || first:
	case kind == "popup": // one that knows its opener shares its process, and so its clock
		c.mu.Lock()
		c.arriving[s] = !info.CanAccessOpener
		c.mu.Unlock()
	case kind == "frame": // in a process of its own
		c.wind(s)
	}
	switch {
	case first: // once this is answered, all of the above is in place
		ask(s, runtime.RunIfWaitingForDebugger, cdp.Empty{}, func(cdp.Empty, error) { c.arrived <- s })
	case kind == "popup":
		ask(s, runtime.RunIfWaitingForDebugger, cdp.Empty{}, func(cdp.Empty, error) { c.unpause() })
	default:
		release(s)
	}
}

// release lets a target run that waits for its debugger.
func release(s *session) { send(s, runtime.RunIfWaitingForDebugger, cdp.Empty{}) }

// unpause mends what waiting for the debugger does to a popup's opener: Chrome pauses every page of the group
// meanwhile, and a frame of theirs whose document arrives in that moment stays paused for good, its scripts and
// requests stuck. A dialog that we answer at once pauses and resumes the whole group. It is opened in a world of
// our own, out of sight of the page.
func (c *capture) unpause() {
	c.mu.Lock()
	s, main := c.page, c.main
	c.mu.Unlock()
	if s == nil || main == "" {
		return
	}
	send(s, page.BringToFront, cdp.Empty{}) // a window that opens hides its opener
	ask(s, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: main, WorldName: hookName}, func(w page.CreateIsolatedWorldResult, err error) {
		if err == nil {
			send(s, runtime.Evaluate, runtime.EvaluateParams{Expression: "alert()", ContextID: w.ExecutionContextID})
		}
	})
}

// event is the one handler of all sessions of the visit.
func (c *capture) event(s *session, ev any) {
	switch ev := ev.(type) {
	case *target.EventAttachedToTarget:
		c.b.attached(s, c, ev)
		return
	case *target.EventDetachedFromTarget:
		if gone := c.b.mux.drop(ev.SessionID, errDetached); gone != nil {
			c.unwind(gone)
		}
		return
	case *page.EventJavascriptDialogOpening:
		send(s, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: ev.Type == page.DialogTypeBeforeunload})
		return
	case *emulation.EventVirtualTimeBudgetExpired:
		if s == c.page {
			signal(c.expired)
		} else {
			c.unwind(s)
		}
		return
	case *debugger.EventPaused:
		c.hookPaused(s)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return
	}
	switch ev := ev.(type) {
	case *runtime.EventBindingCalled:
		if ev.Name != c.b.channel {
			return
		}
		if len(c.told) >= maxTold {
			c.cut = "calls of Web APIs"
			return
		}
		if t, ok := hear(ev.Payload); ok {
			t.at = c.now()
			c.seq++
			t.seq = c.seq
			c.told = append(c.told, t)
			c.workerTold(t)
		}
	case *runtime.EventExecutionContextCreated:
		c.contextCreated(s, ev.Context)
	case *runtime.EventExecutionContextDestroyed:
		delete(c.scripts[s], ev.ExecutionContextUniqueID)
	case *runtime.EventExecutionContextsCleared:
		delete(c.scripts, s)
	case *inspector.EventTargetCrashed:
		if s == c.page {
			shut(c.gone)
		}
	case *page.EventFrameAttached:
		c.parents[ev.FrameID] = ev.ParentFrameID
	case *page.EventFrameNavigated:
		c.navigated(s, ev.Frame)
	case *page.EventFrameRequestedNavigation:
		if ev.FrameID == c.main && ev.Disposition == page.ClientNavigationDispositionCurrentTab {
			c.loads++
			c.calm(s)
		}
	case *page.EventNavigatedWithinDocument:
		if c.loads++; ev.FrameID == c.main {
			c.calm(s)
		}
	case *page.EventLoadEventFired:
		if s == c.page {
			shut(c.loaded)
		}
	case *domstorage.EventDomStorageItemAdded:
		c.keep(ev.StorageID, ev.Key, ev.NewValue, false)
	case *domstorage.EventDomStorageItemUpdated:
		c.keep(ev.StorageID, ev.Key, ev.NewValue, false)
	case *domstorage.EventDomStorageItemRemoved:
		c.keep(ev.StorageID, ev.Key, "", true)
	case *domstorage.EventDomStorageItemsCleared:
		for i := range c.stored {
			if k := &c.stored[i]; ev.StorageID != nil && k.local == ev.StorageID.IsLocalStorage && k.storageKey == storageKeyOf(ev.StorageID) {
				k.removed = true
			}
		}
	default:
		c.networkEvent(s, ev)
		c.checkQuiet()
	}
}

// breakOff ends the loading of the page for a reason that visiting.halt says. The caller holds mu.
func (c *capture) breakOff(s *session) {
	send(s, page.StopLoading, cdp.Empty{})
	shut(c.halted)
}

// calm stops a page that navigates without end.
func (c *capture) calm(s *session) {
	if c.loads > maxNavigations && !c.storming {
		c.storming = true
		c.cut = "navigations"
		send(s, page.StopLoading, cdp.Empty{})
	}
}

func (c *capture) navigated(s *session, f *cdp.Frame) {
	url := f.URL
	if f.UnreachableURL != "" {
		url = f.UnreachableURL
	}
	c.frames[f.ID], c.sessionOf[f.ID] = url, s
	signal(c.ticked)
	if f.ParentID == "" && s == c.page {
		c.main = f.ID
	}
	if f.ParentID == "" {
		c.addrs[s.id] = url
		if c.kinds[s.id] == "popup" && url != "about:blank" {
			go c.unpause() // not here: mu is held
		}
		if own, arriving := c.arriving[s]; arriving && url != "about:blank" {
			delete(c.arriving, s)
			signal(c.ticked)
			if own {
				c.clocks[s] = true
				go c.turn(s) // not here: mu is held
			}
		}
	}
}

func (c *capture) keep(id *domstorage.StorageID, key, value string, removed bool) {
	if id == nil {
		return
	}
	sk := storageKeyOf(id)
	at := fmt.Sprint(id.IsLocalStorage, sk, key)
	if i, known := c.storedAt[at]; known { // the first write says who, the last what
		if c.stored[i].removed = removed; !removed {
			c.stored[i].value = clip(value, maxBody)
		}
		return
	}
	if removed {
		return // it was never there
	}
	if len(c.stored) >= maxStored {
		c.cut = "keys in web storage"
		return
	}
	c.storedAt[at] = len(c.stored)
	c.seq++
	c.stored = append(c.stored, storedKey{id.IsLocalStorage, sk, clip(key, 1024), clip(value, maxBody), removed, c.now(), c.seq})
}

func storageKeyOf(id *domstorage.StorageID) string {
	if id.StorageKey == "" {
		return id.SecurityOrigin
	}
	return string(id.StorageKey)
}

// close ends the evidence: what arrives later belongs to the clearing up.
func (c *capture) close() {
	c.mu.Lock()
	c.over = true
	c.mu.Unlock()
}

// topSite is the site of the page's own document.
func (c *capture) topSite(final string) string {
	if host := evidence.HostOf(final); host != "" {
		return evidence.SiteOf(host)
	}
	return evidence.SiteOf(evidence.HostOf(c.job.URL))
}

// signal makes a note in a channel that may hold one already.
func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// shut closes a channel that may be closed already.
func shut(ch chan struct{}) {
	select {
	case <-ch:
	default:
		close(ch)
	}
}

func clip(s string, n int) string {
	if len(s) > n {
		return strings.ToValidUTF8(s[:n], "")
	}
	return s
}
