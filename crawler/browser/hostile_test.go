package browser

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"trackaudit/crawler/evidence"
)

// TestHostile visits pages that misbehave. Each ends by itself, says what it is, and costs no other visit anything.
func TestHostile(t *testing.T) {
	p := web.plant
	at := func(name string) string { return plantSite + "/hostile-" + name }
	doc := func(name, body string) string { return p.put(at(name), document(body)) }
	p.handle(at("trickle"), func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!doctype html><h1>A page that never ends</h1><p>It goes on and on.")
		for r.Context().Err() == nil {
			io.WriteString(w, ".")
			w.(http.Flusher).Flush()
			select {
			case <-time.After(50 * time.Millisecond):
			case <-r.Context().Done():
			}
		}
	})
	p.handle(at("silent"), func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	p.handle(at("hanging-fetch"), func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	p.handle(at("events"), func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	p.put(plantThird+"/hostile-cookie.js", "document.cookie='deep=1'")
	cases := map[string]struct {
		url      string
		complete bool
		reason   evidence.Reason
		cookie   string // that must be in the evidence
	}{
		"endless script":   {doc("spin", "<script>document.cookie='before=1';for(;;);</script>"), false, evidence.Timeout, ""},
		"endless timers":   {doc("timers", "<script>document.cookie='before=1';setInterval(()=>{let e=Date.now()+50;while(Date.now()<e);},1)</script>"), false, evidence.Timeout, "before"},
		"many alerts":      {doc("alerts", "<script>for(let i=0;i<40;i++)alert(i);confirm('x');prompt('y');document.cookie='after=1'</script>"), true, "", "after"},
		"beforeunload":     {doc("stay", "<script>onbeforeunload=e=>{e.preventDefault();return 'stay'};document.cookie='x=1'</script>"), true, "", "x"},
		"many windows":     {doc("windows", "<script>for(let i=0;i<20;i++)open('/hostile-pop?'+i);document.cookie='x=1'</script>"), true, "", "x"},
		"script redirects": {doc("bounce", "<script>setTimeout(()=>location.href='/hostile-bounce?'+Math.random(),1)</script>"), false, evidence.Timeout, ""},
		"refresh loop":     {doc("refresh", "<meta http-equiv=refresh content='0;url=/hostile-refresh'>"), false, evidence.Timeout, ""},
		"pushState storm":  {doc("push", "<script>for(let i=0;i<3000;i++)history.pushState(0,'','#'+i)</script>"), false, evidence.Timeout, ""},
		"download":         {p.put(at("zip"), "PK", "Content-Disposition: attachment; filename=x.zip"), false, evidence.NotHTML, ""},
		"nothing":          {"https://" + at("204"), false, evidence.NotHTML, ""},
		"never answers":    {"https://" + at("silent"), false, evidence.Timeout, ""},
		"never ends":       {"https://" + at("trickle"), false, evidence.Timeout, ""},
		"fetch that hangs": {doc("hang", "<script>fetch('/hostile-hanging-fetch');setTimeout(()=>document.cookie='late=1',3000)</script>"), true, "", "late"},
		"event stream":     {doc("stream", "<script>new EventSource('/hostile-events');setTimeout(()=>document.cookie='late=1',3000)</script>"), true, "", "late"},
		"very many nodes":  {doc("nodes", "<script>let s='';for(let i=0;i<60000;i++)s+='<i>x</i>';document.body.insertAdjacentHTML('beforeend',s);document.cookie='x=1'</script>"), true, "", "x"},
		"very many calls":  {doc("calls", "<script>for(let i=0;i<1500;i++){document.cookie='c'+(i%9)+'='+i;localStorage.setItem('k'+(i%9),i)}document.cookie='x=1'</script>"), true, "", "x"},
		"broken built-ins": {doc("builtins", `<script>JSON.stringify=()=>{throw 1};Error.prepareStackTrace=()=>{throw 2};Error.stackTraceLimit=0;Reflect.apply=()=>{throw 3};
			Date.now=()=>{throw 4};Array.prototype.map=Map.prototype.get=WeakMap.prototype.get=()=>{throw 5};String=()=>{throw 6};Object.getOwnPropertyDescriptor=()=>{throw 7}</script>
			<script src='https://`+plantThird+`/hostile-cookie.js'></script>`), true, "", "deep"},
		"built-ins broken before WebGL": {doc("webgl", `<script>Object.defineProperty=Object.getOwnPropertyDescriptor=Object.getPrototypeOf=Object.prototype.hasOwnProperty=WeakMap.prototype.set=()=>{throw 1};
			Array.prototype[Symbol.iterator]=RegExp.prototype.test=String.prototype.includes=()=>{throw 2}</script><script>g=document.createElement('canvas').getContext('webgl2');
			if(g)g.getParameter(37445);else WebGL2RenderingContext.prototype.getParameter.call(0,37445);document.cookie='gl='+!!g</script>`), true, "", "gl"},
		"no such host":  {"https://nowhere.plant.test/", false, evidence.Unreachable, ""},
		"refused":       {"https://refused.plant.test/", false, evidence.Unreachable, ""},
		"not for us":    {p.put(at("json"), `{"a":1}`, "Content-Type: application/json"), false, evidence.NotHTML, ""},
		"no web at all": {"about:blank", false, evidence.Unreachable, ""},
	}
	b := hostileBrowser(t)
	t.Run("pages", func(t *testing.T) {
		for name, c := range cases {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				began := time.Now()
				v := visit(t, b, c.url, evidence.ChoiceNone)
				t.Logf("%v: complete %v, reason %q (%s), dwell %+v, %d requests", time.Since(began).Round(10*time.Millisecond), v.Complete, v.Reason, v.Detail, v.Dwell, len(v.Requests))
				if v.Complete != c.complete || v.Reason != c.reason {
					t.Errorf("complete %v, reason %q (%s); want %v, %q", v.Complete, v.Reason, v.Detail, c.complete, c.reason)
				}
				if !v.Complete && v.Detail == "" {
					t.Error("not complete, and no word why")
				}
				if c.cookie != "" && find(v, evidence.CookieTech, c.cookie) == nil {
					t.Errorf("the cookie %s is missing", c.cookie)
				}
				if strings.Contains(name, "WebGL") && !slices.ContainsFunc(v.APIs, func(a evidence.APICall) bool { return a.API == "webgl" }) {
					t.Errorf("WebGL is not among %+v", v.APIs)
				}
				if o := find(v, evidence.CookieTech, "deep"); o != nil && o.Setter != plantThird {
					t.Errorf("the cookie's setter is %q", o.Setter)
				}
			})
		}
	})
	t.Run("the next visit", func(t *testing.T) {
		if v := visit(t, hostileBrowser(t), doc("fine", "<script>document.cookie='x=1'</script>"), evidence.ChoiceNone); !v.Complete || find(v, evidence.CookieTech, "x") == nil {
			t.Errorf("complete %v (%s)", v.Complete, v.Detail)
		}
	})
	t.Run("certificate", func(t *testing.T) {
		b := own(t, "shell", func(o *Options) { o.Insecure = false })
		if v := visit(t, b, doc("tls", ""), evidence.ChoiceNone); v.Complete || v.Reason != evidence.TLSError {
			t.Errorf("complete %v, reason %q (%s)", v.Complete, v.Reason, v.Detail)
		}
	})
}

// hostileBrowser is one browser for all hostile pages, with a short deadline.
func hostileBrowser(t *testing.T) *Browser {
	t.Helper()
	s := sharedBrowsers["hostile"]
	o := options(t, "shell")
	o.Timeout = 5 * time.Second
	o.HostRules = append([]string{"MAP nowhere.plant.test ~NOTFOUND", "MAP refused.plant.test 127.0.0.1:1"}, o.HostRules...)
	s.once.Do(func() { s.b, s.err = Start(t.Context(), o) })
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.b
}

// TestThirdPartyCookies: allowed as an ordinary user has them, or blocked with the reason in the evidence.
func TestThirdPartyCookies(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		url := web.plant.put(plantSite+"/third", document("<img src='https://"+plantOther+"/third.gif'>"))
		web.plant.put(plantOther+"/third.gif", gif1x1, "Set-Cookie: tp=1; Max-Age=60; Secure; SameSite=None")
		for _, block := range []bool{false, true} {
			b := shared(t, mode)
			if block {
				b = own(t, mode, func(o *Options) { o.BlockThirdPartyCookies = true })
			}
			v := visit(t, b, url, evidence.ChoiceNone)
			o := find(v, evidence.CookieTech, "tp")
			if o == nil {
				t.Fatalf("blocked %v: the cookie is not in the evidence", block)
			}
			if (o.Cookie.Blocked != "") != block || o.Cookie.Deleted {
				t.Errorf("blocked %v: %+v", block, *o.Cookie)
			}
			if want := map[bool]string{true: "block", false: "allow"}[block]; v.Browser.ThirdPartyCookies != want {
				t.Errorf("the visit says %q", v.Browser.ThirdPartyCookies)
			}
		}
	})
}
