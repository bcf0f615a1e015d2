package browser

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"trackaudit/crawler/evidence"
)

// netLog is what Chrome's network stack wrote down of all that it did: the second oracle beside the servers' logs. It
// knows what no server of ours sees: hosts that do not answer or do not exist, and what is cut off on the way. It is
// written by other code than the protocol that the capture listens to.
type netLog struct {
	file   string
	origin float64 // milliseconds of the epoch at tick 0
	asked  []netRequest
}

// netRequest is one hop.
type netRequest struct {
	hit
	at  time.Time
	own string // what the browser wanted, if it asked on its own account
}

// withNetLog has a browser write its log; it can be read once the browser is closed.
func withNetLog(t testing.TB, o *Options) *netLog {
	l := &netLog{file: filepath.Join(t.TempDir(), "net.json")}
	o.more = append(o.more, "--log-net-log="+l.file, "--net-log-capture-mode=IncludeSensitive")
	return l
}

// annotation is the number by which Chrome's log names a network traffic annotation (compute hash of
// net/traffic_annotation/network_traffic_annotation.h).
func annotation(name string) int {
	n := 0
	for _, c := range []byte(name) {
		n = (n*31 + int(c)) % 138003713
	}
	return n
}

// browsersOwn are the annotations under which full Chromium was seen to ask on its own account; all others are those
// of pages, whatever they are called.
var browsersOwn = map[int]string{annotation("gaia_auth_list_accounts"): "is anyone signed in?", annotation("update_client"): "newer components",
	annotation("network_time_component"): "the time"}

// cacheMiss is how a request ends that was to be answered from the cache or not at all: Chrome asks for fonts so first.
const cacheMiss = -400

// read takes the requests out of the log. The file has one event a line.
func (l *netLog) read(t *testing.T) {
	t.Helper()
	f, err := os.Open(l.file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var constants struct {
		Types  map[string]int `json:"logEventTypes"`
		Offset float64        `json:"timeTickOffset"`
	}
	lines := bufio.NewReader(f)
	first, err := lines.ReadString('\n')
	if err == nil {
		err = json.Unmarshal([]byte(strings.TrimSuffix(strings.TrimSpace(first), ",")[len(`{"constants":`):]), &constants)
	}
	if err != nil {
		t.Fatalf("the head of the net log: %v", err)
	}
	names := map[int]string{}
	for name, n := range constants.Types {
		names[n] = name
	}
	behind := map[int]int{} // annotation by source
	at := map[int]int{}     // the source's last hop
	ended := false
	for {
		line, err := lines.ReadString('\n')
		line = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(line), ","), "]")
		var e struct {
			Type   int
			Phase  int
			Time   string
			Source struct{ ID, Type int }
			Params struct {
				URL, Method string
				Annotation  int `json:"traffic_annotation"`
				Error       int `json:"net_error"`
				Headers     []string
			}
		}
		if strings.HasPrefix(line, `"polledData"`) {
			ended = true
		}
		if json.Unmarshal([]byte(line), &e) == nil {
			id := e.Source.ID
			switch names[e.Type] {
			case "REQUEST_ALIVE":
				if e.Params.Annotation != 0 {
					behind[id] = e.Params.Annotation
				}
			case "URL_REQUEST_START_JOB":
				if i, ok := at[id]; ok && e.Phase == 2 && e.Params.Error == cacheMiss {
					l.asked[i].own = "is it in the cache?"
				}
				u, err := url.Parse(e.Params.URL)
				if err != nil || e.Params.URL == "" || !slices.Contains([]string{"http", "https", "ws", "wss"}, u.Scheme) {
					continue
				}
				ms, _ := strconv.ParseFloat(e.Time, 64)
				u.Fragment, u.RawFragment = "", ""
				at[id] = len(l.asked)
				l.asked = append(l.asked, netRequest{hit{e.Params.Method, evidence.HostOf(e.Params.URL), u.String(), nil},
					time.UnixMilli(int64(ms + constants.Offset)), browsersOwn[behind[id]]})
			case "HTTP_TRANSACTION_READ_RESPONSE_HEADERS":
				i, ok := at[id]
				for _, h := range e.Params.Headers {
					if name, value, _ := strings.Cut(h, ":"); ok && strings.EqualFold(name, "set-cookie") {
						l.asked[i].setCookies = append(l.asked[i].setCookies, strings.TrimSpace(value))
					}
				}
			}
		}
		if err != nil {
			break
		}
	}
	if !ended {
		t.Fatal("the net log has no end: the browser was killed while it wrote")
	}
}

// recall says how much of the log is in the visits, which were made one after the other. What Chrome asked for after
// a visit and before the next belongs to it too: a page's last words.
func (l *netLog) recall(t *testing.T, visits []evidence.Visit) (all recall) {
	t.Helper()
	l.read(t)
	for i, v := range visits {
		var log []hit
		for _, r := range l.asked {
			if r.own == "" && !r.at.Before(v.Started) && (i+1 == len(visits) || r.at.Before(visits[i+1].Started)) {
				log = append(log, r.hit)
			}
		}
		r := recallOf(log, v)
		for j := range r.missed {
			r.missed[j] += " (" + v.URL + ")"
			for _, q := range l.asked {
				if strings.HasPrefix(r.missed[j], q.method+" "+q.url+" ") {
					r.missed[j] += fmt.Sprintf(", %d ms after the start, %d after the end", q.at.Sub(v.Started).Milliseconds(), q.at.Sub(v.Finished).Milliseconds())
				}
			}
		}
		all.add(r)
	}
	return all
}

// unheardOf are ways to send something to a host, each to one of its own where HOST stands: in the page's markup or, as
// script, in the page, a foreign frame, a worker, a service worker.
var unheardOf = []struct{ name, markup, script string }{
	{name: "image", markup: "<img src='HOST/i.gif'>"},
	{name: "script", markup: "<script src='HOST/s.js'></script>"},
	{name: "module", markup: "<script type=module src='HOST/m.js'></script>"},
	{name: "imported module", script: "import('HOST/m.js')"},
	{name: "style sheet", markup: "<link rel=stylesheet href='HOST/s.css'>"},
	{name: "imported style sheet", markup: "<style>@import url('HOST/i.css');</style>"},
	{name: "font", markup: "<style>@font-face{font-family:dead;src:url('HOST/f.woff2')}</style><p style='font-family:dead'>x</p>"},
	{name: "frame", markup: "<iframe src='HOST/frame'></iframe>"},
	{name: "object", markup: "<object data='HOST/object'></object>"},
	{name: "embed", markup: "<embed src='HOST/embed'>"},
	{name: "video", markup: "<video autoplay muted src='HOST/v.mp4' poster='HOST/poster.gif'></video>"},
	{name: "track", markup: "<video muted><track default kind=subtitles src='HOST/t.vtt'></video>"},
	{name: "image button", markup: "<input type=image src='HOST/b.gif'>"},
	{name: "SVG image", markup: "<svg><image href='HOST/s.gif'/></svg>"},
	{name: "prefetch", markup: "<link rel=prefetch href='HOST/next'>"},
	{name: "preload", markup: "<link rel=preload as=script href='HOST/soon.js'>"},
	{name: "module preload", markup: "<link rel=modulepreload href='HOST/soon.mjs'>"},
	{name: "speculative prefetch", markup: `<script type=speculationrules>{"prefetch":[{"source":"list","urls":["HOST/spec"],"eagerness":"immediate"}]}</script>`},
	{name: "insecure image", markup: "<img src='INSECURE/i.gif'>"},
	{name: "redirect", markup: "<img src='https://" + plantThird + "/netlog-to?HOST/hop.gif'>"},
	{name: "form in a frame", markup: "<iframe name=sink></iframe><form id=f method=post target=sink action='HOST/posted'><input name=a value=b></form><script>document.getElementById('f').submit()</script>"},
	{name: "fetch", script: "fetch('HOST/f').catch(()=>{})"},
	{name: "fetch that is called off", script: "{const a=new AbortController(); fetch('HOST/f',{signal:a.signal}).catch(()=>{}); setTimeout(()=>a.abort(),20)}"},
	{name: "fetch with a preflight", script: "fetch('HOST/f',{method:'PUT',headers:{'X-A':'1'},body:'x'}).catch(()=>{})"},
	{name: "XHR", script: "{const x=new XMLHttpRequest(); x.open('POST','HOST/x'); x.send('x')}"},
	{name: "keepalive", script: "fetch('HOST/k',{method:'POST',keepalive:true,mode:'no-cors',body:'x'}).catch(()=>{})"},
	{name: "beacon", script: "navigator.sendBeacon('HOST/b','x')"},
	{name: "beacon on unload", script: "addEventListener('pagehide',()=>navigator.sendBeacon('HOST/u','x'))"},
	{name: "image on unload", script: "addEventListener('pagehide',()=>{new Image().src='HOST/u.gif'})"},
	{name: "keepalive when hidden", script: "document.addEventListener('visibilitychange',()=>{fetch('HOST/h?'+document.visibilityState,{method:'POST',keepalive:true,mode:'no-cors',body:'x'}).catch(()=>{})})"},
	{name: "event source", script: "new EventSource('HOST/e')"},
	{name: "WebSocket", script: "new WebSocket('SOCKET/w')"},
	{name: "ping", script: "{const a=document.createElement('a'); a.href='#x'; a.ping='HOST/ping'; document.body.append(a); a.click()}"},
	{name: "popup", script: "open('HOST/popup')"},
}

// netLogPage plants a page that does all of it, to hosts under domain. It returns what each host is there for.
func netLogPage(name, domain string) (page string, hosts map[string]string) {
	web.plant.handle(plantThird+"/netlog-to", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.RawQuery, http.StatusFound) })
	hosts = map[string]string{}
	to := func(text, why string) string {
		host := fmt.Sprintf("h%d.%s", len(hosts), domain)
		hosts[host] = why
		return strings.NewReplacer("HOST", "https://"+host, "INSECURE", "http://"+host, "SOCKET", "wss://"+host).Replace(text)
	}
	var markup, script, frame, worker, service strings.Builder
	for _, u := range unheardOf {
		if u.markup != "" {
			markup.WriteString(to(u.markup, u.name) + "\n")
			continue
		}
		fmt.Fprintf(&script, "try{%s}catch(e){}\n", to(u.script, u.name))
		if u.name != "popup" && u.name != "ping" {
			fmt.Fprintf(&frame, "try{%s}catch(e){}\n", to(u.script, u.name+" in a frame"))
		}
		if !strings.Contains(u.script, "document.") && !strings.Contains(u.script, "Image") && !slices.Contains([]string{"popup", "XHR", "event source", "imported module", "beacon", "beacon on unload"}, u.name) {
			fmt.Fprintf(&worker, "try{%s}catch(e){}\n", to(u.script, u.name+" in a worker"))
			fmt.Fprintf(&service, "try{%s}catch(e){}\n", to(u.script, u.name+" in a service worker"))
		}
	}
	at := "/netlog-" + name
	web.plant.put(plantThird+at+"-frame", document("<script>"+frame.String()+"</script>"))
	web.plant.put(plantSite+at+"-worker.js", worker.String()+to("importScripts('HOST/i.js')", "script of a worker"))
	web.plant.put(plantSite+at+"-service.js", service.String())
	page = web.plant.put(plantSite+at, document(markup.String()+"<iframe src='https://"+plantThird+at+"-frame'></iframe><script>"+script.String()+
		"new Worker('"+at+"-worker.js'); navigator.serviceWorker.register('"+at+"-service.js')</script>"),
		"Link: <"+to("HOST/linked.js", "preload by header")+">; rel=preload; as=script", "Content-Security-Policy-Report-Only: img-src 'none'; report-uri "+to("HOST/csp", "CSP report"))
	return page, hosts
}

// TestNetLog compares the evidence with Chrome's net log where no server can tell: what goes to hosts that do not
// exist, refuse, hang up or never answer.
func TestNetLog(t *testing.T) {
	listen := func(serve func(net.Conn)) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				serve(c)
			}
		}()
		return l.Addr().String()
	}
	hangsUp := listen(func(c net.Conn) { c.Close() })
	var held []net.Conn
	var mu sync.Mutex
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range held {
			c.Close()
		}
	})
	silent := listen(func(c net.Conn) {
		mu.Lock()
		defer mu.Unlock()
		held = append(held, c)
	})
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	visits, without := 0, 0 // a speculative prefetch, which Chrome may think better of, as on a busy machine
	for _, host := range []struct{ name, rule string }{
		{"unknown", "MAP *.dead.test ^NOTFOUND"},
		{"refuses", "MAP *.dead.test " + free.Addr().String()},
		{"hangs-up", "MAP *.dead.test " + hangsUp},
		{"silent", "MAP *.dead.test " + silent},
	} {
		t.Run(host.name, func(t *testing.T) {
			eachMode(t, func(t *testing.T, mode string) {
				var log *netLog
				b := own(t, mode, func(o *Options) { o.HostRules, log = append(o.HostRules, host.rule), withNetLog(t, o) })
				page, hosts := netLogPage(host.name+"-"+mode, host.name+".dead.test")
				v := visit(t, b, page, evidence.ChoiceNone)
				b.Close()
				r := log.recall(t, []evidence.Visit{v})
				t.Logf("recall by Chrome's net log: %s; the watch ended by %s", r, v.Dwell.Ended)
				for _, m := range r.missed {
					t.Errorf("missed %s", m)
				}
				for _, q := range v.Requests {
					delete(hosts, q.Host)
				}
				for h, why := range hosts {
					if why == "speculative prefetch" {
						without++
						continue
					}
					t.Errorf("no request to %s, of a %s", h, why)
				}
				visits++
			})
		})
	}
	if without > 0 && without == visits {
		t.Errorf("not one of %d visits has the speculative prefetch", visits)
	}
}
