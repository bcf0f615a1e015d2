package browser

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif"  // natural size of pixels
	_ "image/jpeg" // likewise
	_ "image/png"  // likewise
	"net/http"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"

	"trackaudit/crawler/evidence"
)

// request is one hop of a request while it is being captured.
type request struct {
	evidence.Request
	key       requestKey
	body      []byte
	frameID   cdp.FrameID
	loader    cdp.LoaderID
	asked     network.Headers // of the request
	headers   network.Headers // of the response
	document  bool            // of the page itself
	scripted  bool
	frames    int      // WebSocket frames sent
	messages  []string // their contents
	after     int      // bytes sent after input began
	unpacked  int64
	done      bool
	hasExtra  bool
	isPreload bool
	later     bool // known by the call of fetchLater only
}

// networkEvent takes in what the network domain tells. The caller holds mu.
func (c *capture) networkEvent(s *session, ev any) {
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		c.willBeSent(s, ev)
	case *network.EventRequestWillBeSentExtraInfo:
		k := requestKey{s.id, ev.RequestID}
		c.cookies[k] = append(c.cookies[k], ev)
	case *network.EventResponseReceived:
		if r := c.last(s, ev.RequestID); r != nil {
			c.response(r, ev.Response, ev.HasExtraInfo)
			if r.document && r.Hop == len(c.byID[r.key])-1 {
				shut(c.answered)
			}
		}
	case *network.EventDataReceived:
		if r := c.last(s, ev.RequestID); r != nil && r.document {
			if r.unpacked += ev.DataLength; r.unpacked > maxDocument && !c.tooLarge {
				c.tooLarge = true
				c.breakOff(s)
			}
		}
	case *network.EventResponseReceivedExtraInfo:
		k := requestKey{s.id, ev.RequestID}
		part := ""
		if ev.CookiePartitionKey != nil {
			part = ev.CookiePartitionKey.TopLevelSite
		}
		c.extra[k] = append(c.extra[k], extraInfo{ev.Headers, ev.BlockedCookies, part, int(ev.StatusCode)})
	case *network.EventLoadingFinished:
		if r := c.last(s, ev.RequestID); r != nil {
			r.Bytes, r.done = int64(ev.EncodedDataLength), true
			if r.document {
				shut(c.finished)
			}
			c.measure(s, r)
		}
	case *network.EventLoadingFailed:
		if r := c.last(s, ev.RequestID); r != nil {
			if r.done = true; r.Status == http.StatusNoContent {
				return // an answer without content reads as aborted
			}
			r.Failed = ev.ErrorText
			if ev.BlockedReason != "" {
				r.Failed = "blocked: " + string(ev.BlockedReason)
			}
			if e := ev.CorsErrorStatus; e != nil && e.CorsError == network.CorsErrorLocalNetworkAccessPermissionDenied {
				r.Failed = "blocked: it leads to a private address"
			}
		}
	case *network.EventReportingAPIEndpointsChangedForOrigin:
		for _, e := range ev.Endpoints {
			c.endpoints[ev.Origin+" "+e.GroupName] = e.URL
		}
	case *network.EventReportingAPIReportAdded:
		c.report(s, ev.Report)
	case *network.EventWebSocketCreated:
		if len(c.requests) >= maxRequests {
			c.cut = "requests"
			return
		}
		r := &request{key: requestKey{s.id, ev.RequestID}}
		r.Request = evidence.Request{URL: ev.URL, Method: "GET", Type: "WebSocket", At: c.now(), Target: c.kinds[s.id], Phase: evidence.BeforeChoice}
		r.Frame = c.addrs[s.id]
		r.Initiator, r.scripted = chainOf(ev.Initiator)
		c.requests = append(c.requests, r)
		c.sockets[r.key] = r
	case *network.EventWebSocketFrameSent:
		if r := c.sockets[requestKey{s.id, ev.RequestID}]; r != nil && ev.Response != nil {
			r.frames++
			data := ev.Response.PayloadData
			if len(r.body) < maxBody {
				r.body = append(append(r.body, data...), '\n')
				r.messages = append(r.messages, string(data))
			}
			if c.input > 0 {
				r.after += len(data)
			}
		}
	case *network.EventWebSocketHandshakeResponseReceived:
		if r := c.sockets[requestKey{s.id, ev.RequestID}]; r != nil && ev.Response != nil {
			r.Status = int(ev.Response.Status)
			signal(c.ticked)
		}
	case *network.EventWebSocketClosed:
		if r := c.sockets[requestKey{s.id, ev.RequestID}]; r != nil {
			r.done = true
			signal(c.ticked)
		}
	}
}

func (c *capture) last(s *session, id network.RequestID) *request {
	hops := c.byID[requestKey{s.id, id}]
	if len(hops) == 0 {
		return nil
	}
	return hops[len(hops)-1]
}

func (c *capture) willBeSent(s *session, ev *network.EventRequestWillBeSent) {
	k := requestKey{s.id, ev.RequestID}
	hops := c.byID[k]
	if ev.RedirectResponse != nil && len(hops) > 0 {
		last := hops[len(hops)-1]
		c.response(last, ev.RedirectResponse, ev.RedirectHasExtraInfo)
		last.done = true
	}
	scheme, _, _ := strings.Cut(ev.Request.URL, ":")
	if scheme != "http" && scheme != "https" {
		return // data:, blob:, about: and the browser's own pages contact nobody
	}
	if len(c.requests) >= maxRequests {
		c.cut = "requests"
		return
	}
	r := &request{key: k, frameID: ev.FrameID, loader: ev.LoaderID, asked: ev.Request.Headers, isPreload: ev.Request.IsLinkPreload}
	r.Request = evidence.Request{URL: ev.Request.URL, Hop: len(hops), Method: ev.Request.Method, Type: string(ev.Type),
		At: c.now(), Target: c.kinds[s.id], Phase: evidence.BeforeChoice}
	r.Frame = c.frames[ev.FrameID]
	if r.Frame == "" || r.Frame == "about:blank" {
		r.Frame = ev.DocumentURL
	}
	if r.Frame == "" {
		r.Frame = c.addrs[s.id]
	}
	r.Initiator, r.scripted = chainOf(ev.Initiator)
	if ev.Type == network.ResourceTypeDocument && s == c.page && (c.main == "" || ev.FrameID == c.main) {
		r.document = true
		if c.main == "" {
			c.main = ev.FrameID
		}
	}
	for _, part := range ev.Request.PostDataEntries {
		if len(r.body) < maxBody {
			r.body = append(r.body, part.Bytes...)
		}
	}
	if c.input > 0 {
		r.after = len(r.body)
	}
	c.requests = append(c.requests, r)
	c.byID[k] = append(hops, r)
	if ev.Request.HasPostData && len(r.body) == 0 {
		c.fetchBody(s, r)
	}
}

// report takes in a report that the browser has queued. It sends them when it likes, and not in sight of the
// protocol.
func (c *capture) report(s *session, p *network.ReportingAPIReport) {
	to := c.endpoints[strings.TrimSuffix(originOf(p.InitiatorURL), "/")+" "+p.Destination]
	if to == "" || len(c.requests) >= maxRequests {
		return
	}
	c.requests = append(c.requests, &request{key: requestKey{s.id, network.RequestID("report " + string(p.ID))}, done: true, body: []byte(p.Body),
		Request: evidence.Request{URL: to, Method: "POST", Type: "Report", Frame: p.InitiatorURL, Target: c.kinds[s.id], At: c.now(), Phase: evidence.BeforeChoice}})
}

// fetchBody asks for a body that the event lacks: Blobs and large ones. It has to be asked at once.
func (c *capture) fetchBody(s *session, r *request) {
	c.background.Add(1)
	ask(s, network.GetRequestPostData, network.GetRequestPostDataParams{RequestID: r.key.id}, func(res network.GetRequestPostDataResult, err error) {
		defer c.background.Done()
		if err != nil {
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		r.body = res.PostData[:min(len(res.PostData), maxBody)]
		if c.input > 0 {
			r.after = len(res.PostData)
		}
	})
}

func (c *capture) response(r *request, res *network.Response, extra bool) {
	r.Status, r.MIME, r.hasExtra = int(res.Status), res.MimeType, extra
	r.headers = res.Headers
	if res.RemoteIPAddress != "" {
		r.Server = fmt.Sprintf("%s:%d", strings.Trim(res.RemoteIPAddress, "[]"), res.RemotePort)
	}
	if host := evidence.HostOf(r.URL); r.document && c.refused == "" && c.b.o.Refuse != nil && c.b.o.Refuse(host, res.RemoteIPAddress) {
		c.refused = res.RemoteIPAddress
		c.breakOff(c.page)
	}
	if res.FromServiceWorker && r.Server == "" {
		r.Server = "service worker"
	}
}

// largestPixel is the size in bytes up to which an image is asked for its natural size.
const largestPixel = 2048

// measure asks a small image for its natural size: a pixel is told by it, not by how CSS stretches it.
func (c *capture) measure(s *session, r *request) {
	if r.Type != "Image" || r.Bytes > largestPixel || r.Status == 204 {
		return
	}
	c.background.Add(1)
	ask(s, network.GetResponseBody, network.GetResponseBodyParams{RequestID: r.key.id}, func(res network.GetResponseBodyResult, err error) {
		defer c.background.Done()
		if err != nil {
			return
		}
		size, _, err := image.DecodeConfig(bytes.NewReader(res.Body))
		if err != nil {
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		r.Width, r.Height = size.Width, size.Height
	})
}

// chainOf reads an initiator: scripts as "URL:line", innermost first, or the document's tag.
func chainOf(i *network.Initiator) (chain []string, scripted bool) {
	if i == nil {
		return nil, false
	}
	for st := i.Stack; st != nil; st = st.Parent {
		for _, f := range st.CallFrames {
			chain = appendFrame(chain, f)
		}
	}
	if len(chain) == 0 && i.URL != "" {
		chain = append(chain, fmt.Sprintf("%s:%d", i.URL, int(i.LineNumber)+1))
	}
	return chain, i.Type == network.InitiatorTypeScript
}

func appendFrame(chain []string, f *runtime.CallFrame) []string {
	if f.URL == "" || f.URL == hookName || len(chain) >= 30 {
		return chain
	}
	at := fmt.Sprintf("%s:%d", f.URL, f.LineNumber+1)
	if len(chain) > 0 && chain[len(chain)-1] == at {
		return chain
	}
	return append(chain, at)
}

// finish completes the requests: who is who, and the chain from the script up to the tag in the document.
func (c *capture) finish(topSite string) {
	loadedBy := map[string][]string{}
	made := map[string][]string{}
	for i := range c.told {
		t := &c.told[i]
		if t.Kind == "made" && len(t.chain) > 0 && made[t.URL] == nil {
			made[t.URL] = t.chain
		}
		if t.Kind == "fetch_later" && strings.HasPrefix(t.URL, "http") && len(c.requests) < maxRequests {
			c.requests = append(c.requests, &request{key: requestKey{id: network.RequestID(fmt.Sprintf("later %d", i))}, later: true, body: []byte(t.Value),
				Request: evidence.Request{URL: t.URL, Method: t.Method, Type: "FetchLater", Frame: c.ownerOf(t), Initiator: t.chain, At: t.at, Phase: evidence.BeforeChoice}})
		}
	}
	for _, r := range c.requests {
		if chain := made[r.URL]; !r.scripted && chain != nil {
			r.Initiator = chain // made by a script, though the protocol says "parser"
		}
		if r.Hop > 0 {
			r.Initiator = c.byID[r.key][0].Initiator
		}
		if r.Type == "Script" && loadedBy[r.URL] == nil {
			loadedBy[r.URL] = r.Initiator
		}
	}
	c.mendOpeners()
	for i, r := range c.requests {
		r.ID = fmt.Sprintf("r%d", i+1)
		if r.Hop > 0 {
			r.ID = c.byID[r.key][0].ID
		}
		r.Host = evidence.HostOf(r.URL)
		r.Site = evidence.SiteOf(r.Host)
		r.Party = c.b.o.FirstParties.PartyOf(r.Host, topSite)
		r.CNAMEs = c.cnames[r.Host]
		r.Initiator = toTag(r.Initiator, loadedBy)
		if len(r.body) > 0 {
			v := evidence.NewValue(string(r.body))
			r.Body = &v
		}
		if infos := c.cookies[r.key]; r.Hop < len(infos) {
			for _, a := range infos[r.Hop].AssociatedCookies {
				if len(a.BlockedReasons) == 0 {
					r.Cookies++
				}
			}
		}
	}
}

// mendOpeners corrects requests that Chrome attributes to a script that was opening a window: it waits in that call
// for our debugger, and what other frames ask for meanwhile gets its stack.
func (c *capture) mendOpeners() {
	opening := map[string]bool{}
	for _, r := range c.requests {
		if r.Target == "popup" && r.Type == "Document" && len(r.Initiator) > 0 {
			opening[r.Initiator[0]] = true
		}
	}
	for _, r := range c.requests {
		if r.Target == "popup" || r.frameID == c.main || len(r.Initiator) == 0 || !opening[r.Initiator[0]] {
			continue
		}
		by := r.Frame
		if r.Type == "Document" {
			by = c.frames[c.parents[r.frameID]]
		}
		if by != "" {
			r.Initiator = []string{by + ":0"} // the line is not known
		}
	}
}

// toTag lengthens a chain of scripts by the scripts and the document that loaded its outermost.
func toTag(chain []string, loadedBy map[string][]string) []string {
	list := append([]string(nil), chain...)
	seen := map[string]bool{}
	for range 10 {
		if len(list) == 0 {
			break
		}
		outer := scriptOf(list[len(list)-1])
		next := loadedBy[outer]
		if len(next) == 0 || seen[outer] {
			break
		}
		seen[outer] = true
		list = append(list, next...)
	}
	if len(list) > 30 {
		list = list[:30]
	}
	return list
}
