package browser

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"trackaudit/crawler/evidence"
)

// An identifier has at least so many bytes and bits; below, values are too common to be followed.
const (
	minIdentifier = 8
	minEntropy    = 24
)

// flows finds stored values that left to a party other than the one they belong to: as they are, URL-encoded or
// in base64. The caller holds mu.
func (c *capture) flows(list []evidence.Observation) []evidence.Flow {
	var flows []evidence.Flow
	for i := range list {
		o := &list[i]
		value := ""
		switch {
		case o.Cookie != nil && o.Cookie.Blocked == "":
			value = o.Cookie.Value.Text
		case o.Storage != nil:
			value = o.Storage.Value.Text
		}
		if len(value) < minIdentifier || len(value) > 4096 || evidence.Entropy(value) < minEntropy {
			continue
		}
		forms := map[string]string{"plain": value}
		if q := url.QueryEscape(value); q != value {
			forms["url"] = q
		}
		forms["base64"] = strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(value)), "=")
		seen := map[string]bool{}
		for _, r := range c.requests {
			if r.Site == o.Site || r.document {
				continue
			}
			for _, encoding := range []string{"plain", "url", "base64"} {
				form, ok := forms[encoding]
				if !ok {
					continue
				}
				in := ""
				switch {
				case strings.Contains(r.URL, form):
					in = "url"
				case strings.Contains(string(r.body), form):
					in = "body"
				}
				if in != "" && !seen[r.Host] {
					seen[r.Host] = true
					flows = append(flows, evidence.Flow{From: o.ID, Request: r.ID, Host: r.Host, Site: r.Site, Party: r.Party, Encoding: encoding, In: in})
					break
				}
			}
		}
	}
	return flows
}

func statusText(status int) string {
	if t := http.StatusText(status); t != "" {
		return strconv.Itoa(status) + " " + t
	}
	return strconv.Itoa(status)
}
