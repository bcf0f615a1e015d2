package browser

import (
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/chromedp/cdproto/network"

	"trackaudit/crawler/evidence"
)

// jarKey is what makes a cookie the same cookie.
type jarKey struct{ name, domain, path, partition string }

// jar is what the browser has stored.
type jar []*network.Cookie

// cookieObservations joins the views of cookies: raw Set-Cookie headers, writes by script, and the jar before and
// after the page was left. Each alone misses some.
func (c *capture) cookieObservations(before, after jar, topSite string) []evidence.Observation {
	x := &cookieJoin{c: c, topSite: topSite, at: map[jarKey]int{}, jar: map[jarKey]*network.Cookie{}}
	for _, k := range after {
		x.jar[jarKey{k.Name, evidence.CleanHost(k.Domain), k.Path, partitionOf(k)}] = k
	}
	for _, r := range c.requests {
		x.fromResponse(r)
	}
	for i := range c.told {
		switch t := &c.told[i]; t.Kind {
		case "cookie":
			x.fromDocument(t)
		case "cookie_store":
			x.fromStore(t)
		}
	}
	x.fromJar(after)
	x.fromJar(before)
	return x.list
}

type cookieJoin struct {
	c       *capture
	topSite string
	list    []evidence.Observation
	at      map[jarKey]int
	jar     map[jarKey]*network.Cookie
}

// add records a write; of several writes of one cookie the first decides who set it, the last what it holds.
func (x *cookieJoin) add(o evidence.Observation) {
	o.Technology, o.Name = evidence.CookieTech, o.Cookie.Name
	o.Host = o.Cookie.Domain
	o.Site = evidence.SiteOf(o.Host)
	o.Party = x.c.b.o.FirstParties.PartyOf(o.Host, x.topSite)
	o.Phase, o.Count = evidence.BeforeChoice, 1
	k := jarKey{o.Cookie.Name, o.Cookie.Domain, o.Cookie.Path, o.Cookie.PartitionKey}
	if stored := x.jar[k]; stored != nil {
		o.Cookie.StoredFor = lifetimeOf(stored)
		o.Cookie.Value = evidence.NewValue(stored.Value)
	} else if o.Cookie.Blocked == "" {
		o.Cookie.Deleted = true
	}
	if i, known := x.at[k]; known {
		old := &x.list[i]
		old.Count++
		if old.Cookie.Blocked != "" && o.Cookie.Blocked == "" { // refused once, taken later
			o.Count = old.Count
			*old = o
			return
		}
		if o.Cookie.Lifetime > old.Cookie.Lifetime {
			old.Cookie.Lifetime, old.Cookie.Session = o.Cookie.Lifetime, o.Cookie.Session
		}
		return
	}
	x.at[k] = len(x.list)
	x.list = append(x.list, o)
}

func (x *cookieJoin) fromResponse(r *request) {
	infos := x.c.extra[r.key]
	if r.Hop >= len(infos) {
		return
	}
	info := infos[r.Hop]
	for _, line := range strings.Split(header(info.headers, "set-cookie"), "\n") {
		k, err := http.ParseSetCookie(strings.TrimSpace(line))
		if err != nil {
			continue
		}
		ck := cookieFrom(k, r.URL, time.Now())
		ck.SetBy, ck.RequestID = "http", r.ID
		if k.Partitioned {
			ck.PartitionKey = info.part
		}
		for _, b := range info.blocked {
			if strings.HasPrefix(strings.TrimSpace(b.CookieLine), k.Name+"=") && len(b.BlockedReasons) > 0 {
				ck.Blocked = string(b.BlockedReasons[0])
			}
		}
		if ck.Lifetime < 0 { // an order to delete stores nothing
			continue
		}
		x.add(evidence.Observation{Setter: r.Host, Page: x.c.job.URL, Frame: r.Frame, At: r.At, Initiator: r.Initiator, Source: "Set-Cookie", Cookie: &ck})
	}
}

// fromDocument reads a write to document.cookie.
func (x *cookieJoin) fromDocument(t *told) {
	k, err := http.ParseSetCookie(t.Value)
	if err != nil {
		return
	}
	ck := cookieFrom(k, x.c.ownerOf(t), time.UnixMilli(int64(t.PageTime)))
	if ck.Lifetime < 0 {
		return
	}
	ck.SetBy = "script"
	x.add(x.c.byScript(t, "document.cookie", evidence.Observation{Cookie: &ck}))
}

func (x *cookieJoin) fromStore(t *told) {
	if t.Gone {
		return
	}
	domain, path := evidence.CleanHost(t.Domain), t.Path
	if domain == "" {
		domain = evidence.HostOf(x.c.ownerOf(t))
	}
	ck := evidence.Cookie{Name: t.Name, Value: evidence.NewValue(t.Value), Domain: domain, Path: path, Session: t.Expires == 0,
		Secure: true, SameSite: strings.ToUpper(t.Same[:min(1, len(t.Same))]) + strings.TrimPrefix(t.Same, t.Same[:min(1, len(t.Same))]), SetBy: "script"}
	if t.Expires > 0 {
		if ck.Lifetime = int64(math.Round((t.Expires - t.PageTime) / 1000)); ck.Lifetime <= 0 {
			return
		}
	}
	x.add(x.c.byScript(t, "CookieStore.set", evidence.Observation{Cookie: &ck}))
}

// fromJar adds what only the jar knows: cookies set in the last moment, or by a service worker's own script.
func (x *cookieJoin) fromJar(jar jar) {
	for _, k := range jar {
		key := jarKey{k.Name, evidence.CleanHost(k.Domain), k.Path, partitionOf(k)}
		if _, known := x.at[key]; known {
			continue
		}
		if i := x.otherwiseSpelt(key); i >= 0 {
			o := x.list[i].Cookie
			o.Deleted, o.StoredFor, o.Path, o.PartitionKey = x.jar[key] == nil, lifetimeOf(k), k.Path, key.partition
			o.Value = evidence.NewValue(k.Value)
			x.at[key] = i
			continue
		}
		ck := evidence.Cookie{Name: k.Name, Domain: key.domain, Path: k.Path, Session: k.Session, Lifetime: lifetimeOf(k),
			Value: evidence.NewValue(k.Value), Secure: k.Secure, HTTPOnly: k.HTTPOnly, SameSite: string(k.SameSite), PartitionKey: key.partition, SetBy: "http"}
		if !k.HTTPOnly {
			ck.SetBy = "script"
		}
		x.add(evidence.Observation{Page: x.c.job.URL, At: x.c.now(), Source: "Storage.getCookies", Cookie: &ck})
	}
}

// otherwiseSpelt finds a write of the same cookie whose path or partition was not known then; -1 = none.
func (x *cookieJoin) otherwiseSpelt(key jarKey) int {
	for i, o := range x.list {
		if c := o.Cookie; c.Name == key.name && c.Domain == key.domain && c.Deleted && c.Blocked == "" {
			return i
		}
	}
	return -1
}

// maxAge is the longest lifetime that is counted, in seconds: a hundred years.
const maxAge = 100 * 365 * 86400

// cookieFrom reads a Set-Cookie line as RFC 6265 section 5.3 says; Lifetime is negative for an order to delete.
func cookieFrom(k *http.Cookie, pageURL string, now time.Time) evidence.Cookie {
	ck := evidence.Cookie{Name: k.Name, Value: evidence.NewValue(k.Value), Domain: evidence.CleanHost(k.Domain), Path: k.Path,
		Session: true, Secure: k.Secure, HTTPOnly: k.HttpOnly, SameSite: sameSite(k.SameSite)}
	u, err := url.Parse(pageURL)
	if ck.Domain == "" {
		ck.Domain = evidence.HostOf(pageURL)
	}
	if !strings.HasPrefix(ck.Path, "/") {
		ck.Path = "/"
		if err == nil {
			if i := strings.LastIndexByte(u.Path, '/'); i > 0 {
				ck.Path = u.Path[:i]
			}
		}
	}
	switch {
	case k.MaxAge != 0:
		ck.Session, ck.Lifetime = false, int64(k.MaxAge)
	case !k.Expires.IsZero():
		ck.Session, ck.Lifetime = false, int64(math.Round(k.Expires.Sub(now).Seconds()))
		if ck.Lifetime <= 0 {
			ck.Lifetime = -1
		}
	}
	ck.Lifetime = min(ck.Lifetime, maxAge)
	return ck
}

func sameSite(s http.SameSite) string {
	switch s {
	case http.SameSiteLaxMode:
		return "Lax"
	case http.SameSiteStrictMode:
		return "Strict"
	case http.SameSiteNoneMode:
		return "None"
	}
	return ""
}

func lifetimeOf(k *network.Cookie) int64 {
	if k.Session || k.Expires <= 0 {
		return 0
	}
	return max(0, int64(math.Round(k.Expires-float64(time.Now().Unix()))))
}

func partitionOf(k *network.Cookie) string {
	if k.PartitionKey == nil {
		return ""
	}
	return k.PartitionKey.TopLevelSite
}

// header returns a header in any case; several values are joined by line breaks.
func header(h network.Headers, name string) string {
	for k, v := range h {
		if strings.EqualFold(k, name) {
			s, _ := v.(string)
			return s
		}
	}
	return ""
}
