package browser

import (
	"fmt"
	"slices"
	"strconv"

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

// apiObservations reports other uses of Web APIs that matter by themselves: location and peer connections.
func (c *capture) apiObservations(topSite string) []evidence.Observation {
	var list []evidence.Observation
	var seen []string
	for i := range c.told {
		t := &c.told[i]
		var tech evidence.Technology
		switch t.Kind {
		case "geolocation":
			tech = evidence.Geolocation
		case "webrtc":
			tech = evidence.WebRTC
		default:
			continue
		}
		o := c.byScript(t, "hook "+t.Kind, evidence.Observation{Technology: tech, Name: t.Kind, API: &evidence.APIUse{API: t.Kind, Calls: map[string]int{t.Kind: 1}}})
		if k := t.Kind + " " + o.Setter; slices.Contains(seen, k) {
			continue
		} else {
			seen = append(seen, k)
		}
		o.Host = o.Setter
		o.Site = evidence.SiteOf(o.Host)
		o.Party = c.b.o.FirstParties.PartyOf(o.Host, topSite)
		list = append(list, o)
	}
	return list
}
