package browser

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"io"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// Session replay is told by what is sent, not by whose script is there: payload to one address that holds a
// picture of the document, or a stream of timed pointer, key and scroll events, and that goes on after the
// visitor did something. An analytics ping on a click has none of these.
const (
	replayEvents = 8  // timed events in all payloads to one address that make a stream
	replayPoints = 3  // of which so many have coordinates
	knownEvents  = 2  // timed events that suffice for a recorder that is known
	replayNodes  = 12 // serialized elements that make a picture of the document
)

var (
	timedRE = regexp.MustCompile(`"(?:timestamp|ts|time|t)"\s*:\s*\d{2,}`)
	pointRE = regexp.MustCompile(`"(?:x|clientX|pageX|screenX)"\s*:\s*-?\d+(?:\.\d+)?\s*,\s*"(?:y|clientY|pageY|screenY)"\s*:`)
	nodeRE  = regexp.MustCompile(`"(?:tagName|nodeName|nodeType|childNodes|tag)"\s*:`)
	htmlRE  = regexp.MustCompile(`(?i)(?:<|\\u003c)(?:html|body|head)[\s>\\]`)
)

// stream is what was sent to one address.
type stream struct {
	first                 *request
	requests              []*request
	timed, points, nodes  int
	document              bool
	bytes, after, payload int
}

// replayObservations finds session recorders that recorded.
func (c *capture) replayObservations() []evidence.Observation {
	streams := map[string]*stream{}
	var order []string
	for _, r := range c.requests {
		if len(r.body) == 0 {
			continue
		}
		path, _, _ := strings.Cut(r.URL, "?")
		s := streams[path]
		if s == nil {
			s = &stream{first: r}
			streams[path] = s
			order = append(order, path)
		}
		s.read(r)
	}
	var list []evidence.Observation
	for _, path := range order {
		s := streams[path]
		known, isKnown := c.recorder(s)
		if !s.records(isKnown) {
			continue
		}
		r := s.first
		details := map[string]string{"payloads": strconv.Itoa(s.payload), "bytes": strconv.Itoa(s.bytes), "bytes_after_input": strconv.Itoa(s.after),
			"timed_events": strconv.Itoa(s.timed), "pointer_events": strconv.Itoa(s.points), "document_picture": strconv.FormatBool(s.document || s.nodes >= replayNodes)}
		if isKnown {
			details["recorder"] = known.Service
		}
		list = append(list, evidence.Observation{Technology: evidence.SessionReplay, Name: r.Host, Party: r.Party, Setter: setterOf(r), Host: r.Host, Site: r.Site,
			Page: c.job.URL, Frame: r.Frame, Phase: r.Phase, At: r.At, Initiator: r.Initiator, Source: "payload that grows with input", Count: s.payload,
			API: &evidence.APIUse{API: "session_replay", Calls: map[string]int{"payload": s.payload}, Details: details}})
	}
	return list
}

// recorder says whether a stream comes from or goes to a recorder that knowledge knows.
func (c *capture) recorder(s *stream) (knowledge.Recorder, bool) {
	if k, ok := c.b.o.Facts.RecorderIngest(s.first.URL); ok {
		return k, true
	}
	for _, at := range s.first.Initiator {
		if k, ok := c.b.o.Facts.RecorderScript(scriptOf(at)); ok {
			return k, true
		}
	}
	return knowledge.Recorder{}, false
}

func (s *stream) read(r *request) {
	s.requests = append(s.requests, r)
	s.payload += max(1, r.frames)
	s.bytes += len(r.body)
	s.after += r.after
	text := payloadText(r.body)
	s.timed += len(timedRE.FindAllIndex(text, 1000))
	s.points += len(pointRE.FindAllIndex(text, 1000))
	s.nodes += len(nodeRE.FindAllIndex(text, 1000))
	s.document = s.document || htmlRE.Match(text)
}

// records applies the thresholds. Something must have been sent after input began.
func (s *stream) records(known bool) bool {
	if s.after == 0 {
		return false
	}
	picture := s.document || s.nodes >= replayNodes
	switch {
	case known:
		return picture || s.timed >= knownEvents
	case picture:
		return s.timed >= knownEvents
	}
	return s.timed >= replayEvents && s.points >= replayPoints
}

// payloadText undoes the wrappings that recorders use, one or two deep: compression, base64, form encoding.
func payloadText(b []byte) []byte {
	for range 3 {
		next := unwrap(b)
		if next == nil {
			break
		}
		b = next
	}
	return bytes.ReplaceAll(b, []byte(`\"`), []byte(`"`)) // JSON within JSON
}

func unwrap(b []byte) []byte {
	const limit = 4 << 20
	switch {
	case len(b) > 2 && b[0] == 0x1f && b[1] == 0x8b:
		if z, err := gzip.NewReader(bytes.NewReader(b)); err == nil {
			if out, _ := io.ReadAll(io.LimitReader(z, limit)); len(out) > 0 {
				return out
			}
		}
	case len(b) > 2 && b[0] == 0x78 && (uint(b[0])<<8|uint(b[1]))%31 == 0:
		if z, err := zlib.NewReader(bytes.NewReader(b)); err == nil {
			if out, _ := io.ReadAll(io.LimitReader(z, limit)); len(out) > 0 {
				return out
			}
		}
	case bytes.HasPrefix(b, []byte("data=")), bytes.HasPrefix(b, []byte("e=")), bytes.Contains(b[:min(len(b), 200)], []byte("%22")):
		if text, err := url.QueryUnescape(string(b)); err == nil && text != string(b) {
			if _, value, ok := strings.Cut(text, "="); ok && !strings.HasPrefix(text, "{") {
				text = value
			}
			return []byte(text)
		}
	case len(b) >= 64 && !bytes.ContainsAny(b[:64], "{}[]\"<> "):
		if out, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(b))); err == nil {
			return out
		}
	}
	return nil
}
