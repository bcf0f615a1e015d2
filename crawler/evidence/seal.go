package evidence

import (
	"net/url"
	"sort"
	"strings"
)

// minSecret is the length below which a stored value is too common to be looked for in addresses.
const minSecret = 6

// Seal replaces every stored and sent value in v by its keyed hash, and the same values where they stand in
// addresses (plain or percent-encoded) by "{HASH}". With keep, the content stays and only the hashes are added.
// A Visit is sealed before it is written anywhere.
func (v *Visit) Seal(key []byte, keep bool) {
	var secrets []string
	note := func(val *Value) {
		if len(val.Text) >= minSecret {
			secrets = append(secrets, val.Text)
		}
	}
	for i := range v.Observations {
		o := &v.Observations[i]
		if o.Cookie != nil {
			note(&o.Cookie.Value)
		}
		if o.Storage != nil {
			note(&o.Storage.Value)
		}
	}
	hide := redactor(key, secrets)
	if keep {
		hide = func(s string) string { return s }
	}
	v.URL, v.FinalURL = hide(v.URL), hide(v.FinalURL)
	for i := range v.Frames {
		v.Frames[i] = hide(v.Frames[i])
	}
	for i := range v.Links {
		v.Links[i].URL = hide(v.Links[i].URL)
	}
	for i := range v.Requests {
		v.Requests[i].seal(key, keep, hide)
	}
	for i := range v.APIs {
		v.APIs[i].Script, v.APIs[i].Frame = hide(v.APIs[i].Script), hide(v.APIs[i].Frame)
		hideAll(v.APIs[i].Asked, hide)
	}
	for i := range v.Observations {
		o := &v.Observations[i]
		o.Page, o.Frame = hide(o.Page), hide(o.Frame)
		hideAll(o.Initiator, hide)
		switch {
		case o.Cookie != nil:
			o.Cookie.Value.seal(key, keep)
		case o.Storage != nil:
			o.Storage.Value.seal(key, keep)
		case o.Request != nil:
			o.Request.seal(key, keep, hide)
		case o.Widget != nil:
			o.Widget.URL = hide(o.Widget.URL)
		}
	}
}

func (r *Request) seal(key []byte, keep bool, hide func(string) string) {
	r.URL, r.Frame = hide(r.URL), hide(r.Frame)
	hideAll(r.Initiator, hide)
	if r.Body != nil {
		body := *r.Body // an observation may share the pointer; sealing twice must not hash the hash
		body.seal(key, keep)
		r.Body = &body
	}
}

func hideAll(list []string, hide func(string) string) {
	for i := range list {
		list[i] = hide(list[i])
	}
}

// redactor returns a function that replaces secrets, longest first so that a value inside another is no trap.
func redactor(key []byte, secrets []string) func(string) string {
	sort.Slice(secrets, func(i, j int) bool {
		if len(secrets[i]) != len(secrets[j]) {
			return len(secrets[i]) > len(secrets[j])
		}
		return secrets[i] < secrets[j]
	})
	var pairs []string
	seen := map[string]bool{}
	for _, s := range secrets {
		h := "{" + Hash(key, s) + "}"
		for _, form := range []string{s, url.QueryEscape(s), url.PathEscape(s)} {
			if !seen[form] {
				seen[form] = true
				pairs = append(pairs, form, h)
			}
		}
	}
	if len(pairs) == 0 {
		return func(s string) string { return s }
	}
	r := strings.NewReplacer(pairs...)
	return r.Replace
}
