package testsites

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// pixel is a transparent GIF of one by one.
var pixel = []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00," +
	"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")

// answer serves one request as the resource describes.
func (res *resource) answer(w http.ResponseWriter, r *http.Request, host string, body []byte) {
	if res.delay > 0 {
		t := time.NewTimer(res.delay)
		defer t.Stop()
		select {
		case <-t.C:
		case <-r.Context().Done():
			return
		}
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if res.cors {
		allowOrigin(h, r)
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
	}
	fill := placeholders(r, host)
	out := res.content(h, r, body)
	if res.template {
		out = []byte(fill(string(out)))
	}
	quiet := res.quietIf != "" && r.Header.Get(res.quietIf) == "1"
	for _, kv := range res.header {
		if strings.EqualFold(kv[0], "Set-Cookie") {
			if !quiet {
				h.Add("Set-Cookie", fill(kv[1]))
			}
			continue
		}
		h.Set(kv[0], fill(kv[1]))
	}
	status := res.status
	if status == 0 {
		status = http.StatusOK
		if res.kind == "empty" {
			status = http.StatusNoContent
		}
	}
	if status != http.StatusNoContent && status != http.StatusNotModified {
		h.Set("Content-Length", strconv.Itoa(len(out)))
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead && status != http.StatusNoContent && status != http.StatusNotModified {
		w.Write(out)
	}
}

// content is the body of the answer; it sets the Content-Type that goes with it.
func (res *resource) content(h http.Header, r *http.Request, body []byte) []byte {
	switch {
	case res.kind == "gif":
		h.Set("Content-Type", "image/gif")
		return pixel
	case res.kind == "echo":
		h.Set("Content-Type", contentTypes[".json"])
		out, err := json.Marshal(map[string]any{
			"method": r.Method, "path": r.URL.Path, "query": r.URL.RawQuery,
			"header": r.Header, "body": string(body),
		})
		if err != nil {
			return []byte("{}")
		}
		return out
	case res.static:
		h.Set("Content-Type", contentType(res.file))
		return res.body
	}
	return nil
}

// allowOrigin lets scripts of any origin read the answer, cookies included.
func allowOrigin(h http.Header, r *http.Request) {
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" {
		return
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Allow-Credentials", "true")
	if r.Method == http.MethodOptions {
		h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE")
		h.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
		h.Set("Access-Control-Max-Age", "60")
	}
}

var placeholderRE = regexp.MustCompile(`\{(id|cookie|query|host|unix)(?: ([\w.-]+))?\}`)

// placeholders returns a function that replaces the placeholders named in the package comment.
func placeholders(r *http.Request, host string) func(string) string {
	fresh := map[string]string{} // one request gets one fresh identifier per name
	cookie := func(name string) string {
		if c, err := r.Cookie(name); err == nil {
			return c.Value
		}
		return ""
	}
	replace := func(m string) string {
		sub := placeholderRE.FindStringSubmatch(m)
		name := sub[2]
		switch sub[1] {
		case "id":
			if v := cookie(name); v != "" {
				return v
			}
			if fresh[name] == "" {
				fresh[name] = newID()
			}
			return fresh[name]
		case "cookie":
			return cookie(name)
		case "query":
			return strings.NewReplacer("\r", "", "\n", "").Replace(r.URL.Query().Get(name))
		case "host":
			return host
		}
		return strconv.FormatInt(time.Now().Unix(), 10)
	}
	return func(s string) string { return placeholderRE.ReplaceAllStringFunc(s, replace) }
}

func newID() string {
	var b [12]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
