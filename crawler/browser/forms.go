package browser

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"

	"trackaudit/crawler/evidence"
)

// With Options.Forms, made-up values ("canaries") are typed into the fields of a page, key by key, as a visitor does
// who then thinks better of it: nothing is ever submitted. A value that leaves all the same was captured.
const (
	maxFields   = 12
	maxFrames   = 10
	focusTries  = 3
	typeTimeout = 5 * time.Second
)

// canary is a value that was typed.
type canary struct {
	name   string // kind of field and its name: "email", "password", "text:company"
	value  string
	search bool // typed into a search box
}

// fieldsScript finds the fields of a document, open shadow roots included, that a visitor sees and can fill, and keeps
// forms from being submitted. It runs in a world of our own.
const fieldsScript = `(() => {
  document.addEventListener('submit', (e) => { e.preventDefault(); e.stopImmediatePropagation(); }, true);
  const kinds = ['text', 'email', 'tel', 'password', 'search', 'url', 'number', ''];
  const roots = [document];
  for (let i = 0; i < roots.length && roots.length < 500; i++) for (const e of roots[i].querySelectorAll('*')) if (e.shadowRoot) roots.push(e.shadowRoot);
  globalThis.trackauditFields = roots.flatMap((r) => [...r.querySelectorAll('input, textarea')]).filter((e) => {
    if (e.disabled || e.readOnly || e.localName === 'input' && !kinds.includes((e.getAttribute('type') || '').toLowerCase())) return false;
    const r = e.getBoundingClientRect(), s = getComputedStyle(e);
    return r.width > 8 && r.height > 8 && s.visibility !== 'hidden' && s.display !== 'none' && +s.opacity > 0.05;
  }).slice(0, 40);
  return JSON.stringify(trackauditFields.map((e) => ({
    kind: e.localName === 'textarea' ? 'text' : e.type, name: (e.name || e.id || '').slice(0, 60), max: e.maxLength,
    search: e.type === 'search' || ['searchbox', 'combobox'].includes(e.getAttribute('role')) || !!e.closest('[role=search], search') ||
      /^(q|s|query|search|keywords?|suche|recherche|buscar|cerca|zoek(en)?)$/i.test(e.name || e.id || ''),
  })));
})()`

type field struct {
	Kind   string
	Name   string
	Max    int
	Search bool
}

// fill types a canary into each field of the page and its frames.
func (v *visiting) fill(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, typeTimeout)
	defer cancel()
	v.framesArrive(ctx)
	v.mu.Lock()
	frames := []cdp.FrameID{v.main}
	sessions := maps.Clone(v.sessionOf)
	for id := range v.frames {
		if id != v.main && v.parents[id] != "" && sessions[id] != nil && len(frames) < maxFrames {
			frames = append(frames, id)
		}
	}
	v.mu.Unlock()
	slices.Sort(frames[1:])
	for _, id := range frames {
		s := sessions[id]
		if id == v.main {
			s = v.session
		}
		world, err := call(ctx, s, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: id, WorldName: hookName})
		if err != nil {
			continue // it is gone
		}
		in := func(expr string) string {
			got, err := call(ctx, s, runtime.Evaluate, runtime.EvaluateParams{ContextID: world.ExecutionContextID, Expression: expr})
			var text string
			if err == nil && got.Result != nil {
				_ = json.Unmarshal(got.Result.Value, &text)
			}
			return text
		}
		var fields []field
		if json.Unmarshal([]byte(in(fieldsScript)), &fields) != nil {
			continue
		}
		for i, f := range fields {
			if len(v.canaries) >= maxFields || ctx.Err() != nil {
				return
			}
			k := newCanary(f)
			v.canaries = append(v.canaries, k)
			for range focusTries { // a frame in another process may have the focus a moment later than it believes
				if in(fmt.Sprintf("trackauditFields[%d].focus(); 'ready'", i)) != "ready" {
					break
				}
				v.typeIn(ctx, s, k.value)
				if in(fmt.Sprintf("trackauditFields[%d].value", i)) != "" {
					break
				}
			}
			in(fmt.Sprintf("trackauditFields[%d].blur(); ''", i))
		}
	}
}

// loadedScript answers when a document and the frames in it are loaded.
const loadedScript = `new Promise((yes) => document.readyState === 'complete' ? yes() : addEventListener('load', yes))`

// framesArrive waits for the frames that have processes of their own, for which the page's clock does not wait: until
// each that was asked for is there, and is loaded with those in it.
func (v *visiting) framesArrive(ctx context.Context) {
	v.tick(ctx, arrival, func() bool {
		for _, r := range v.requests {
			if r.Type == "Document" && v.parents[r.frameID] != "" && r.Failed == "" && v.sessionOf[r.frameID] == nil {
				return false
			}
		}
		return true
	})
	v.mu.Lock()
	var apart []*session
	for _, s := range v.sessionOf {
		if s != v.session && v.kinds[s.id] == "frame" && !slices.Contains(apart, s) {
			apart = append(apart, s)
		}
	}
	v.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	yes := true
	for _, s := range apart {
		_, _ = call(ctx, s, runtime.Evaluate, runtime.EvaluateParams{Expression: loadedScript, AwaitPromise: &yes})
	}
}

// typeIn presses a key for each character.
func (v *visiting) typeIn(ctx context.Context, s *session, text string) {
	h := newHand(s)
	h.answered = make(chan struct{}, 2*len(text)+1)
	for _, c := range text {
		key := string(c)
		code := 0
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			code = int(strings.ToUpper(key)[0])
		}
		for _, p := range []input.DispatchKeyEventParams{
			{Type: input.DispatchKeyEventTypeKeyDown, Text: key, UnmodifiedText: key, Key: key, WindowsVirtualKeyCode: int64(code)},
			{Type: input.DispatchKeyEventTypeKeyUp, Key: key, WindowsVirtualKeyCode: int64(code)},
		} {
			h.sent++
			ask(h.s, input.DispatchKeyEvent, p, h.answer)
		}
	}
	h.wait(ctx, v.capture)
}

// newCanary makes a value of the kind that a field takes, and that stands nowhere else.
func newCanary(f field) canary {
	var b [8]byte
	rand.Read(b[:])
	word := hex.EncodeToString(b[:])
	k := canary{name: f.Kind, value: "qz" + word, search: f.Search}
	switch f.Kind {
	case "email":
		k.value = "qz" + word + "@example.com"
	case "tel", "number":
		k.value = ""
		for _, c := range b {
			k.value += fmt.Sprintf("%02d", c%100)
		}
		k.value = "7" + k.value[1:]
	case "url":
		k.value = "https://" + word + ".example.com/"
	case "password":
		k.value = "pw-" + word
	}
	if f.Kind != f.Name && f.Name != "" {
		k.name += ":" + f.Name
	}
	if f.Max >= 8 && f.Max < len(k.value) {
		k.value = k.value[:f.Max]
	}
	return k
}

var (
	keyInJSON  = regexp.MustCompile(`"(?:key|k|char|ch|c|data|value|v)"\s*:\s*"([^"\\])"`)
	keyInQuery = regexp.MustCompile(`[?&](?:key|k|char|ch|c|data|value|v)=([^&\s])(?:[&\s]|$)`)
)

// canaryFlows finds typed values in what was sent, to whomever; and the observations of capture: a value that went to
// another site, be it under a name of the site's own. The site's own search box asks its own site, which is no capture,
// nor is a name that leads to a content network. The caller holds mu.
func (c *capture) canaryFlows(topSite string) (flows []evidence.Flow, captures []evidence.Observation) {
	if len(c.canaries) == 0 {
		return nil, nil
	}
	keys := map[string]*strings.Builder{} // keys that went to one address, one at a time
	at := map[string]int{}
	note := func(k canary, r *request, encoding, in string) {
		flows = append(flows, evidence.Flow{From: "canary:" + k.name, Request: r.ID, Host: r.Host, Site: r.Site, Party: r.Party, Encoding: encoding, In: in})
		to, source := r.Host, "typed value in a request"
		if behind := c.lentBy(r); behind != "" {
			to, source = behind, "typed value in a request, CNAME"
		} else if r.Party != evidence.ThirdParty {
			return
		}
		path, _, _ := strings.Cut(r.URL, "?")
		i, known := at[path]
		if !known {
			i = len(captures)
			at[path] = i
			captures = append(captures, evidence.Observation{Technology: evidence.FormCapture, Name: to, Party: evidence.ThirdParty, Setter: setterOf(r), Host: to, Site: evidence.SiteOf(to),
				Page: c.job.URL, Frame: r.Frame, Phase: r.Phase, At: r.At, Initiator: r.Initiator, Source: source,
				API: &evidence.APIUse{API: "form_capture", Calls: map[string]int{}, Details: map[string]string{}}})
			if to != r.Host {
				captures[i].API.Details["under_name"] = r.Host
			}
		}
		captures[i].Count++
		captures[i].API.Calls["request"]++
		captures[i].API.Details[k.name] = encoding
	}
	sent := make([][]part, len(c.requests))
	for _, k := range c.canaries {
		forms := formsOf(k.value)
		forms[0] = form{"plain", strings.ToLower(k.value), true} // in any case
		seen := map[string]bool{}
		for n, r := range c.requests {
			path, _, _ := strings.Cut(r.URL, "?")
			if sent[n] == nil {
				sent[n] = partsOf(r)
				for _, p := range sent[n] {
					if keys[path] == nil {
						keys[path] = &strings.Builder{}
					}
					for _, m := range slices.Concat(keyInJSON.FindAllStringSubmatch(p.text, 1000), keyInQuery.FindAllStringSubmatch(p.text, 100)) {
						keys[path].WriteString(m[1])
					}
				}
			}
			if encoding, in := search(sent[n], forms); in != "" && !seen[path] {
				seen[path] = true
				note(k, r, encoding, in)
			}
		}
		for _, r := range c.requests {
			path, _, _ := strings.Cut(r.URL, "?")
			if !seen[path] && strings.Contains(strings.ToLower(keys[path].String()), strings.ToLower(k.value)) {
				seen[path] = true
				in := "url"
				if len(r.body) > 0 {
					in = "body"
				}
				note(k, r, "keys", in)
			}
		}
	}
	return flows, captures
}
