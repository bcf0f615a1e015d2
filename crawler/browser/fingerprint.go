package browser

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"trackaudit/crawler/evidence"
)

// Thresholds of canvas fingerprinting: Englehardt & Narayanan, "Online Tracking: A 1-million-site Measurement and
// Analysis" (CCS 2016), section 6.1.
const (
	canvasSide    = 16 // pixels, each side
	canvasColours = 2
	canvasChars   = 10
)

// deviceReads is how many different device properties of high entropy one script has to read, beside WebGL's
// renderer, before reading them counts as fingerprinting.
const deviceReads = 6

// fingerprintObservations reports scripts that read out what identifies a device: one observation a script and
// kind. Drawing, measuring or asking alone is not enough; see the thresholds.
func (c *capture) fingerprintObservations(topSite string) []evidence.Observation {
	type reader struct {
		first *told
		calls map[string]int
		canva *told
		webgl map[string]bool
		audio map[string]bool
		props map[string]bool
		fonts bool
	}
	readers := map[string]*reader{}
	var order []string
	for i := range c.told {
		t := &c.told[i]
		switch t.Kind {
		case "canvas", "webgl", "audio", "fonts", "device", "webrtc":
		default:
			continue
		}
		script := c.ownerOf(t)
		if len(t.chain) > 0 {
			script = scriptOf(t.chain[0])
		}
		r := readers[script]
		if r == nil {
			r = &reader{first: t, calls: map[string]int{}, webgl: map[string]bool{}, audio: map[string]bool{}, props: map[string]bool{}}
			readers[script] = r
			order = append(order, script)
		}
		name := t.Method
		if name == "" {
			name = t.Kind
		}
		r.calls[name]++
		switch t.Kind {
		case "canvas":
			if identifies(t) && r.canva == nil {
				r.canva = t
			}
		case "webgl":
			r.webgl[t.Method+t.Value] = true
		case "audio":
			r.audio[t.Method] = true
		case "fonts":
			r.fonts = true
		case "device":
			r.props[t.Method] = true
		}
	}
	var list []evidence.Observation
	for _, script := range order {
		r := readers[script]
		add := func(api string, t *told, details map[string]string) {
			o := c.byScript(t, "hook "+api, evidence.Observation{Technology: evidence.Fingerprinting, Name: api,
				API: &evidence.APIUse{API: api, Calls: r.calls, Details: details}})
			o.Host = evidence.HostOf(script)
			if o.Host == "" {
				o.Host = o.Setter
			}
			o.Site = evidence.SiteOf(o.Host)
			o.Party = c.b.o.FirstParties.PartyOf(o.Host, topSite)
			list = append(list, o)
		}
		if t := r.canva; t != nil {
			add("canvas", t, map[string]string{"width": num(t.Width), "height": num(t.Height), "distinct_characters": strconv.Itoa(t.Chars),
				"colours": strconv.Itoa(t.Colours), "read_back": t.Method})
		}
		unmasked := r.webgl["getParameter37445"] || r.webgl["getParameter37446"]
		if unmasked && (r.canva != nil || r.audio["startRendering"] || r.fonts || len(r.props) >= deviceReads) {
			add("webgl", r.first, map[string]string{"read": "unmasked vendor or renderer"})
		}
		// An audio fingerprint renders an oscillator offline and reads the samples; playing sound does neither.
		if r.audio["OfflineAudioContext"] && r.audio["createOscillator"] && (r.audio["getChannelData"] || r.audio["startRendering"]) {
			add("audio", r.first, map[string]string{"read_back": "getChannelData"})
		}
		if r.fonts {
			add("fonts", r.first, map[string]string{"fonts_measured": "50 or more"})
		}
	}
	return list
}

// identifies applies the thresholds to a canvas that was read back.
func identifies(t *told) bool {
	return !t.Out && t.Width >= canvasSide && t.Height >= canvasSide && t.Text > 0 && (t.Chars >= canvasChars || t.Colours >= canvasColours)
}

func num(f float64) string { return fmt.Sprintf("%.0f", f) }

// apiObservations reports other uses of Web APIs that matter by themselves: location, and peer connections with
// the servers that they ask for this device's addresses.
func (c *capture) apiObservations(topSite string) []evidence.Observation {
	var list []evidence.Observation
	at := map[string]int{}
	put := func(o evidence.Observation) {
		k := strings.Join([]string{string(o.Technology), o.Name, o.Setter}, " ")
		if i, known := at[k]; known {
			list[i].Count++
			return
		}
		at[k] = len(list)
		list = append(list, o)
	}
	for i := range c.told {
		t := &c.told[i]
		switch t.Kind {
		case "geolocation":
			put(c.atSetter(c.byScript(t, "Geolocation", evidence.Observation{Technology: evidence.Geolocation, Name: t.Kind,
				API: &evidence.APIUse{API: t.Kind, Calls: map[string]int{t.Method: 1}}}), topSite))
		case "webrtc":
			if t.Method != "RTCPeerConnection" {
				continue
			}
			o := c.byScript(t, "RTCPeerConnection", evidence.Observation{Technology: evidence.WebRTC, Name: t.Kind,
				API: &evidence.APIUse{API: t.Kind, Calls: map[string]int{t.Method: 1}}})
			servers := iceHosts(t.Value)
			for _, host := range servers {
				o.Name, o.Host, o.Site = host, host, evidence.SiteOf(host)
				o.Party = c.b.o.FirstParties.PartyOf(host, topSite)
				put(o)
			}
			if len(servers) == 0 {
				put(c.atSetter(o, topSite))
			}
		}
	}
	return list
}

// iceHosts takes the hosts out of a list of ICE servers (RFC 7064, RFC 7065: "stun:HOST:PORT?transport=udp").
func iceHosts(list string) []string {
	var servers []struct {
		URLs any `json:"urls"`
		URL  any `json:"url"`
	}
	if json.Unmarshal([]byte(list), &servers) != nil {
		return nil
	}
	var hosts []string
	add := func(v any) {
		u, _ := v.(string)
		scheme, rest, _ := strings.Cut(u, ":")
		rest, _, _ = strings.Cut(rest, "?")
		if host := evidence.CleanHost(rest); host != "" && (strings.HasPrefix(scheme, "stun") || strings.HasPrefix(scheme, "turn")) && !slices.Contains(hosts, host) && len(hosts) < 20 {
			hosts = append(hosts, host)
		}
	}
	for _, s := range servers {
		for _, v := range []any{s.URLs, s.URL} {
			if several, ok := v.([]any); ok {
				for _, one := range several {
					add(one)
				}
			} else {
				add(v)
			}
		}
	}
	return hosts
}

// maxAsked bounds what one script asks for through one API.
const maxAsked = 30

// apiCalls lists who used which Web APIs that read out a device or ask for leave, sorted.
func (c *capture) apiCalls(topSite string) []evidence.APICall {
	type user struct{ api, script, frame string }
	by := map[user]*evidence.APICall{}
	for i := range c.told {
		t := &c.told[i]
		switch t.Kind {
		case "canvas", "webgl", "audio", "fonts", "device", "webrtc", "permission", "geolocation":
		default:
			continue
		}
		script := c.ownerOf(t)
		if len(t.chain) > 0 {
			script = scriptOf(t.chain[0])
		}
		k := user{t.Kind, script, t.Page}
		a := by[k]
		if a == nil {
			host := evidence.HostOf(script)
			a = &evidence.APICall{API: t.Kind, Script: script, Host: host, Party: c.b.o.FirstParties.PartyOf(host, topSite), Frame: t.Page, Calls: map[string]int{}}
			by[k] = a
		}
		a.Calls[t.Method]++
		for _, what := range askedFor(t) {
			if len(a.Asked) < maxAsked && !slices.Contains(a.Asked, what) {
				a.Asked = append(a.Asked, what)
			}
		}
	}
	var list []evidence.APICall
	for _, a := range by {
		slices.Sort(a.Asked)
		list = append(list, *a)
	}
	slices.SortFunc(list, func(a, b evidence.APICall) int {
		return cmp.Or(strings.Compare(a.API, b.API), strings.Compare(a.Script, b.Script), strings.Compare(a.Frame, b.Frame))
	})
	return list
}

// askedFor are the names in a call: of the hints, the permission or the parameter that was wanted.
func askedFor(t *told) []string {
	switch {
	case t.Value == "":
		return nil
	case t.Method == "getHighEntropyValues":
		return strings.Split(clip(t.Value, 1000), ",")
	case t.Kind == "permission":
		return []string{clip(t.Value, 100)}
	case t.Method == "getParameter": // 37445 and 37446, WEBGL_debug_renderer_info
		return []string{map[string]string{"37445": "UNMASKED_VENDOR_WEBGL", "37446": "UNMASKED_RENDERER_WEBGL"}[t.Value]}
	}
	return nil
}
