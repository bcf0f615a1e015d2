package browser

import (
	"fmt"
	"sort"
	"strings"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// byScript fills what is known of a call that a hook told: who called, where, when.
func (c *capture) byScript(t *told, source string, o evidence.Observation) evidence.Observation {
	o.Page, o.Frame, o.At, o.Initiator, o.Source = c.job.URL, t.Page, t.at, t.chain, source
	o.Phase = evidence.BeforeChoice
	if o.Count == 0 {
		o.Count = 1
	}
	if len(t.chain) > 0 {
		o.Setter = evidence.HostOf(scriptOf(t.chain[0]))
	}
	if o.Setter == "" {
		o.Setter = evidence.HostOf(c.ownerOf(t))
	}
	return o
}

// ownerOf is the address of the document that a call belongs to; documents without an address of their own
// (srcdoc, about:blank, blob workers) belong to the page.
func (c *capture) ownerOf(t *told) string {
	if strings.HasPrefix(t.Page, "http") {
		return t.Page
	}
	if rest, ok := strings.CutPrefix(t.Page, "blob:"); ok && strings.HasPrefix(rest, "http") {
		return rest
	}
	if strings.HasPrefix(t.Origin, "http") {
		return t.Origin + "/"
	}
	for i := len(t.chain) - 1; i >= 0; i-- {
		if u := scriptOf(t.chain[i]); strings.HasPrefix(u, "http") {
			return u
		}
	}
	return c.job.URL
}

// storageObservations joins DOMStorage events, which see every write but no script, with the hooks, which see
// the script; and the databases, caches and workers that hooks told of.
func (c *capture) storageObservations(topSite string) []evidence.Observation {
	type key struct {
		tech      evidence.Technology
		host, key string
	}
	at := map[key]int{}
	var list []evidence.Observation
	put := func(o evidence.Observation) *evidence.Observation {
		o.Site = evidence.SiteOf(o.Host)
		o.Party = c.b.o.FirstParties.PartyOf(o.Host, topSite)
		k := key{o.Technology, o.Host, o.Name}
		if i, known := at[k]; known {
			list[i].Count++
			if list[i].Setter == "" || list[i].Source != o.Source && len(list[i].Initiator) == 0 {
				list[i].Setter, list[i].Initiator, list[i].Frame = o.Setter, o.Initiator, o.Frame
			}
			return &list[i]
		}
		at[k] = len(list)
		list = append(list, o)
		return &list[len(list)-1]
	}
	for i := range c.told {
		t := &c.told[i]
		host := evidence.HostOf(c.ownerOf(t))
		item := &evidence.StorageItem{Key: t.Key, StorageKey: originOf(c.ownerOf(t))}
		switch t.Kind {
		case "storage":
			item.Value = evidence.NewValue(t.Value)
			tech := evidence.LocalStorage
			if t.Area == "session" {
				tech = evidence.SessionStorage
			}
			put(c.byScript(t, "Storage.setItem", evidence.Observation{Technology: tech, Name: t.Key, Host: host, Storage: item}))
		case "window_name":
			if c.fixedNames[t.Value] {
				continue
			}
			item.Value = evidence.NewValue(t.Value)
			o := c.byScript(t, "window.name", evidence.Observation{Technology: evidence.WindowName, Name: t.Key, Host: host, Storage: item})
			if first := put(o); first.Storage.Value.Entropy < item.Value.Entropy { // of several names the one that can tell most
				first.Storage, first.Setter, first.Initiator, first.Frame, first.At = item, o.Setter, o.Initiator, o.Frame, o.At
			}
		case "idb", "cache", "opfs", "bucket", "service_worker":
			tech, source := database(t.Kind)
			put(c.byScript(t, source, evidence.Observation{Technology: tech, Name: t.Key, Host: host, Storage: item}))
		}
	}
	for _, s := range c.stored {
		tech := evidence.SessionStorage
		if s.local {
			tech = evidence.LocalStorage
		}
		origin, _, _ := strings.Cut(s.storageKey, "^")
		host := evidence.HostOf(origin)
		k := key{tech, host, s.key}
		if i, known := at[k]; known {
			list[i].Storage.StorageKey = s.storageKey
			list[i].Storage.Deleted = s.removed
			list[i].Storage.Value = evidence.NewValue(s.value)
			continue
		}
		o := evidence.Observation{Technology: tech, Name: s.key, Host: host, Setter: host, Page: c.job.URL, At: s.at, Phase: evidence.BeforeChoice,
			Source: "DOMStorage.domStorageItemAdded", Count: 1, Storage: &evidence.StorageItem{Key: s.key, Value: evidence.NewValue(s.value), StorageKey: s.storageKey, Deleted: s.removed}}
		if t := c.lastUser(s, host); t != nil { // a write as a property: whoever asked for the storage last
			o = c.byScript(t, o.Source, o)
			o.At = s.at
		}
		put(o)
	}
	return list
}

// lastUser is the last call before a write in which a script asked for that storage.
func (c *capture) lastUser(s storedKey, host string) *told {
	area := map[bool]string{true: "local", false: "session"}[s.local]
	var last *told
	for i := range c.told {
		if t := &c.told[i]; t.seq > s.seq {
			break
		} else if t.Kind == "storage_used" && t.Area == area && evidence.HostOf(c.ownerOf(t)) == host {
			last = t
		}
	}
	return last
}

func database(kind string) (evidence.Technology, string) {
	switch kind {
	case "idb":
		return evidence.IndexedDB, "IDBFactory.open"
	case "cache":
		return evidence.CacheStorage, "CacheStorage.open"
	case "opfs":
		return evidence.FileSystem, "StorageManager.getDirectory"
	case "bucket":
		return evidence.StorageBucket, "StorageBucketManager.open"
	}
	return evidence.ServiceWorker, "ServiceWorkerContainer.register"
}

func originOf(u string) string {
	scheme, rest, ok := strings.Cut(u, "://")
	if !ok {
		return ""
	}
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host + "/"
}

// requestObservations tells which requests can track: those to third parties, also where one hides behind a name of
// the site's own, beacons, pixels and sockets. The same destination, path and frame count as one.
func (c *capture) requestObservations(topSite string) []evidence.Observation {
	at := map[string]int{}
	var list []evidence.Observation
	keepalive := map[string]bool{}
	for _, t := range c.told {
		if t.Kind == "keepalive" {
			keepalive[t.URL] = true
		}
	}
	for _, r := range c.requests {
		if r.document {
			continue
		}
		tech, source := technologyOf(r, keepalive[r.URL])
		if tech == "" && c.cloaked(r, topSite) {
			tech, source = evidence.ThirdPartyRequest, "CNAME"
		}
		if tech == "" {
			continue
		}
		path, _, _ := strings.Cut(r.URL, "?")
		k := string(tech) + " " + path + " " + r.Frame
		if i, known := at[k]; known {
			list[i].Count++
			continue
		}
		at[k] = len(list)
		req := r.Request
		req.Initiator = append([]string(nil), r.Initiator...)
		list = append(list, evidence.Observation{Technology: tech, Name: r.Host, Party: r.Party, Setter: setterOf(r), Host: r.Host, Site: r.Site,
			Page: c.job.URL, Frame: r.Frame, Phase: r.Phase, At: r.At, Initiator: append([]string(nil), r.Initiator...), Source: source, Count: 1, Request: &req})
	}
	return list
}

// setterOf is the host whose script or document caused a request.
func setterOf(r *request) string {
	if len(r.Initiator) > 0 {
		if h := evidence.HostOf(scriptOf(r.Initiator[0])); h != "" {
			return h
		}
	}
	return evidence.HostOf(r.Frame)
}

// technologyOf classifies a request by what it did. A pixel is an image of at most 2 × 2 natural pixels, or none
// at all (204, empty), that goes to a third party or carries data; an icon or spacer of the site's own is not, nor
// is a redirect on the way to a pixel.
func technologyOf(r *request, keepalive bool) (evidence.Technology, string) {
	third := r.Party == evidence.ThirdParty
	switch {
	case r.Type == "WebSocket":
		if third {
			return evidence.WebSocket, "Network.webSocketCreated"
		}
		return "", ""
	case r.Type == "Ping":
		return evidence.WebBeacon, "navigator.sendBeacon or ping"
	case r.Method == "OPTIONS":
		return "", "" // a preflight asks leave for the request that follows
	case r.Type == "Report" && third:
		return evidence.ThirdPartyRequest, "Reporting API"
	case r.Type == "CSPViolationReport":
		if third {
			return evidence.ThirdPartyRequest, "Network.requestWillBeSent"
		}
		return "", ""
	case keepalive:
		return evidence.WebBeacon, "fetch keepalive"
	case r.later:
		return evidence.WebBeacon, "fetchLater"
	case r.Type == "Image" && pixel(r) && (third || strings.Contains(r.URL, "?")):
		return evidence.WebBeacon, "pixel"
	case third:
		return evidence.ThirdPartyRequest, "Network.requestWillBeSent"
	}
	return "", ""
}

func pixel(r *request) bool {
	return r.Status == 204 || r.Width > 0 && r.Width <= 2 && r.Height <= 2
}

// widgetObservations reports social widgets that executed: a known frame that was loaded, a known script that ran,
// or a known custom element that was defined. A link is none.
func (c *capture) widgetObservations(topSite string) []evidence.Observation {
	seen := map[string]bool{}
	var list []evidence.Observation
	for _, r := range c.requests {
		if r.document || r.Failed != "" {
			continue
		}
		var w knowledge.Widget
		var ok bool
		form := ""
		switch r.Type {
		case "Document":
			w, ok = c.b.o.Facts.WidgetFrame(r.URL)
			form = "frame"
		case "Script":
			w, ok = c.b.o.Facts.WidgetScript(r.URL)
			form = "script"
		}
		if !ok || seen[w.Service+form+w.Name] {
			continue
		}
		seen[w.Service+form+w.Name] = true
		list = append(list, evidence.Observation{Technology: evidence.SocialWidget, Name: w.Name, Party: r.Party, Setter: setterOf(r), Host: r.Host, Site: r.Site,
			Page: c.job.URL, Frame: r.Frame, Phase: r.Phase, At: r.At, Initiator: r.Initiator, Source: "Network.requestWillBeSent", Count: 1,
			Widget: &evidence.Widget{Service: w.Service, Form: form, URL: r.URL, Before: c.beforeWhat(r.At)}})
	}
	for i := range c.told { // a custom element that a script brought to life; a placeholder defines none
		t := &c.told[i]
		for _, w := range c.b.o.Facts.Widgets() {
			if t.Kind != "element" || t.Name != w.Element || seen[w.Service+"element"+w.Name] {
				continue
			}
			seen[w.Service+"element"+w.Name] = true
			o := c.byScript(t, "CustomElementRegistry.define", evidence.Observation{Technology: evidence.SocialWidget, Name: w.Name,
				Widget: &evidence.Widget{Service: w.Service, Form: "element", Before: c.beforeWhat(t.at)}})
			if len(t.chain) > 0 {
				o.Widget.URL = scriptOf(t.chain[0])
			}
			list = append(list, c.atSetter(o, topSite))
		}
	}
	return list
}

// beforeWhat says what the visitor had not done yet at a moment. Nothing is ever clicked.
func (c *capture) beforeWhat(at int) string {
	if c.input == 0 || at <= c.input { // input takes longer than a millisecond
		return "input"
	}
	return "click"
}

// atSetter files an observation that has no host of its own under the script that caused it.
func (c *capture) atSetter(o evidence.Observation, topSite string) evidence.Observation {
	o.Host = o.Setter
	o.Site = evidence.SiteOf(o.Host)
	o.Party = c.b.o.FirstParties.PartyOf(o.Host, topSite)
	return o
}

// number sorts observations, so that the same visit gives the same list, and gives them their IDs.
func number(visit string, list []evidence.Observation) {
	key := func(o evidence.Observation) string {
		path := ""
		if o.Request != nil {
			path, _, _ = strings.Cut(o.Request.URL, "?")
		}
		return strings.Join([]string{string(o.Technology), o.Host, o.Name, path, o.Frame, o.Source}, "\x00")
	}
	sort.SliceStable(list, func(i, j int) bool { return key(list[i]) < key(list[j]) })
	for i := range list {
		list[i].ID = fmt.Sprintf("%s.o%d", visit, i+1)
	}
}
