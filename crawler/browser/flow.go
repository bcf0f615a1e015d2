package browser

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"compress/zlib"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"trackaudit/crawler/evidence"
)

// An identifier has at least so many bytes and bits; below, values are too common to be followed. Of very many
// values the first are followed.
const (
	minIdentifier = 8
	minEntropy    = 24
	maxIdentifier = 4096
	maxFollowed   = 300
	maxSearched   = 256 << 10 // bytes of one request
	maxMessages   = 200       // of one WebSocket
)

// flows finds stored values that left to another site than the one they belong to, as they are or in one of the
// encodings of form and part. The caller holds mu.
func (c *capture) flows(list []evidence.Observation) []evidence.Flow {
	var flows []evidence.Flow
	sent := make([][]part, len(c.requests))
	followed := 0
	for i := range list {
		o := &list[i]
		value := storedValue(o)
		if len(value) < minIdentifier || len(value) > maxIdentifier || evidence.Entropy(value) < minEntropy {
			continue
		}
		if followed++; followed > maxFollowed {
			break
		}
		forms := formsOf(value)
		seen := map[string]bool{}
		for n, r := range c.requests {
			if r.Site == o.Site || r.document || seen[r.Host] {
				continue
			}
			if sent[n] == nil {
				sent[n] = partsOf(r)
			}
			if encoding, in := search(sent[n], forms); in != "" {
				seen[r.Host] = true
				flows = append(flows, evidence.Flow{From: o.ID, Request: r.ID, Host: r.Host, Site: r.Site, Party: r.Party, Encoding: encoding, In: in})
			}
		}
	}
	return flows
}

func storedValue(o *evidence.Observation) string {
	switch {
	case o.Cookie != nil && o.Cookie.Blocked == "":
		return o.Cookie.Value.Text
	case o.Storage != nil:
		return o.Storage.Value.Text
	}
	return ""
}

// form is a value as it may be sent.
type form struct {
	encoding string
	text     string
	folded   bool // written in upper or lower case
}

// formsOf lists how a value may be written, the plainest first.
func formsOf(value string) []form {
	list := []form{{"plain", value, false}}
	put := func(encoding, text string, folded bool) {
		if folded {
			text = strings.ToLower(text)
		}
		if !slices.ContainsFunc(list, func(f form) bool { return f.text == text }) {
			list = append(list, form{encoding, text, folded})
		}
	}
	put("url", url.QueryEscape(value), false)
	put("url", strings.ReplaceAll(url.QueryEscape(value), "+", "%20"), false)
	put("json", inJSON(value), false)
	put("json", inASCII(inJSON(value)), false)
	for _, h := range []struct {
		name string
		sum  []byte
	}{{"md5", sum(md5.Sum([]byte(value)))}, {"sha1", sum20(sha1.Sum([]byte(value)))}, {"sha256", sum32(sha256.Sum256([]byte(value)))}} {
		put(h.name, hex.EncodeToString(h.sum), true)
		put(h.name, strings.TrimRight(base64.StdEncoding.EncodeToString(h.sum), "="), false)
		put(h.name, strings.TrimRight(base64.URLEncoding.EncodeToString(h.sum), "="), false)
	}
	put("hex", hex.EncodeToString([]byte(value)), true)
	return list
}

func sum(b [md5.Size]byte) []byte      { return b[:] }
func sum20(b [sha1.Size]byte) []byte   { return b[:] }
func sum32(b [sha256.Size]byte) []byte { return b[:] }

// inJSON is a value within a JSON string, without its quotes.
func inJSON(value string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(value) != nil {
		return value
	}
	return strings.Trim(strings.TrimSuffix(b.String(), "\n"), `"`)
}

// inASCII escapes what is not ASCII as \u.
func inASCII(s string) string { return strings.Trim(strconv.QuoteToASCII(s), `"`) }

// part is a text that a request carries; unwrapped says what had to be undone to read it, "" = nothing.
type part struct {
	in        string
	text      string
	lower     string
	unwrapped string
}

// ordinaryHeaders are those that the browser itself writes; a value in them was not put there by a script.
var ordinaryHeaders = regexp.MustCompile(`(?i)^(:.*|accept.*|cookie|referer|origin|user-agent|sec-.*|content-.*|dnt|cache-control|pragma|upgrade-insecure-requests|priority|host|connection|if-.*)$`)

// partsOf takes a request apart: what it carries, as it stands and without its wrappings.
func partsOf(r *request) []part {
	var parts []part
	put := func(in, text, unwrapped string) {
		text = clip(text, maxSearched)
		parts = append(parts, part{in, text, strings.ToLower(text), unwrapped})
	}
	var unwrapAll func(in, text, outermost string, depth int)
	unwrapAll = func(in, text, outermost string, depth int) { // outermost: the name of what was undone first
		if text == "" {
			return
		}
		put(in, text, outermost)
		if depth == 0 {
			return
		}
		for _, w := range wrappings {
			if plain := w.undo(text); plain != "" && plain != text {
				name := outermost
				if name == "" || name == "url" { // an address is escaped whatever it carries
					name = w.name
				}
				unwrapAll(in, plain, name, depth-1)
			}
		}
	}
	unwrapAll("url", r.URL, "", 3)
	if r.Type == "WebSocket" {
		for _, m := range r.messages[:min(len(r.messages), maxMessages)] {
			unwrapAll("frame", m, "", 3)
		}
	} else {
		unwrapAll("body", string(r.body), "", 3)
	}
	var own strings.Builder
	for name, value := range r.asked {
		if text, ok := value.(string); ok && !ordinaryHeaders.MatchString(name) {
			own.WriteString(text + "\n")
		}
	}
	unwrapAll("header", own.String(), "", 1)
	return parts
}

// wrappings are what may be undone to read a text; undo returns "" where there is nothing to undo.
var wrappings = []struct {
	name string
	undo func(string) string
}{
	{"url", func(s string) string {
		if !strings.ContainsAny(s, "%+") {
			return ""
		}
		u, _ := url.QueryUnescape(s)
		return u
	}},
	{"json", unescape},
	{"gzip", gunzip},
	{"deflate", unzlib},
	{"base64", fromBase64},
}

func gunzip(s string) string {
	if !strings.HasPrefix(s, "\x1f\x8b") {
		return ""
	}
	z, err := gzip.NewReader(strings.NewReader(s))
	return inflated(z, err)
}

func unzlib(s string) string {
	if len(s) < 3 || s[0] != 0x78 || (uint(s[0])<<8|uint(s[1]))%31 != 0 {
		return ""
	}
	z, err := zlib.NewReader(strings.NewReader(s))
	return inflated(z, err)
}

func inflated(r io.Reader, err error) string {
	if err != nil {
		return ""
	}
	out, _ := io.ReadAll(io.LimitReader(r, maxSearched)) // what could be read until an error counts
	return string(out)
}

var escapeRE = regexp.MustCompile(`\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\["\\/]`)

// unescape undoes the escapes of JSON and JavaScript strings.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return ""
	}
	return escapeRE.ReplaceAllStringFunc(s, func(e string) string {
		if len(e) == 2 {
			return e[1:]
		}
		n, _ := strconv.ParseUint(e[2:], 16, 32)
		return string(rune(n))
	})
}

var base64RE = regexp.MustCompile(`[A-Za-z0-9+/_-]{12,}`)

// fromBase64 decodes what may be base64 in a text, of either alphabet, padded or not. What was compressed
// within is inflated.
func fromBase64(text string) string {
	var b strings.Builder
	alphabet := strings.NewReplacer("-", "+", "_", "/")
	for _, token := range base64RE.FindAllString(clip(text, maxSearched), 1000) {
		if token = alphabet.Replace(token); len(token)%4 == 1 {
			token = token[:len(token)-1] // no base64 is of that length: the last belongs to something else
		}
		if out, err := base64.RawStdEncoding.DecodeString(token); err == nil {
			b.WriteString(cmp.Or(gunzip(string(out)), unzlib(string(out)), string(out)))
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// search looks for a value's forms in a request, first in what it carries as it stands; the plainest that is found
// counts.
func search(parts []part, forms []form) (encoding, in string) {
	for _, asItStands := range []bool{true, false} {
		for _, f := range forms {
			for _, p := range parts {
				text := p.text
				if f.folded {
					text = p.lower
				}
				switch {
				case (p.unwrapped == "") != asItStands || !strings.Contains(text, f.text):
				case f.encoding == "plain" && p.unwrapped != "":
					return p.unwrapped, p.in
				default:
					return f.encoding, p.in
				}
			}
		}
	}
	return "", ""
}

func statusText(status int) string {
	if t := http.StatusText(status); t != "" {
		return strconv.Itoa(status) + " " + t
	}
	return strconv.Itoa(status)
}
