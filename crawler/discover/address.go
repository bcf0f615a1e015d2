package discover

import (
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"trackaudit/crawler/evidence"
)

// maxURL is the length above which an address is a trap, not a page.
const maxURL = 2000

// resolve returns ref, found on a page of address base, as an absolute http(s) address without fragment; "" when
// it is none (mailto:, javascript:, broken, endless). Campaign parameters are dropped: they make no new page.
func resolve(base *url.URL, ref string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" || len(ref) > maxURL || strings.HasPrefix(ref, "#") {
		return ""
	}
	ref = lineBreaks.Replace(ref) // as browsers do
	u, err := url.Parse(ref)
	if err != nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	return canonical(u)
}

func canonical(u *url.URL) string {
	c := *u
	c.Scheme, c.Host = strings.ToLower(c.Scheme), strings.ToLower(c.Host)
	if (c.Scheme != "http" && c.Scheme != "https") || c.Hostname() == "" || c.Opaque != "" {
		return ""
	}
	if !isASCII(c.Host) {
		host, err := idna.Lookup.ToASCII(c.Hostname())
		if err != nil {
			return ""
		}
		if c.Host = host; u.Port() != "" {
			c.Host += ":" + u.Port()
		}
	}
	if n, err := strconv.Atoi(c.Port()); c.Port() != "" && (err != nil || n < 1 || n > 65535) {
		return ""
	}
	if p := c.Port(); p == "80" && c.Scheme == "http" || p == "443" && c.Scheme == "https" {
		c.Host = strings.TrimSuffix(c.Host, ":"+p)
	}
	if c.Path == "" {
		c.Path = "/"
	}
	c.User, c.Fragment, c.RawFragment, c.ForceQuery = nil, "", "", false
	if c.RawQuery != "" {
		kept := strings.FieldsFunc(c.RawQuery, func(r rune) bool { return r == '&' })
		n := 0
		for _, p := range kept {
			name, _, _ := strings.Cut(p, "=")
			if !campaignRE.MatchString(name) {
				kept[n] = p
				n++
			}
		}
		c.RawQuery = strings.Join(kept[:n], "&")
	}
	return c.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// samePage is the form in which addresses are compared: http and https, and a last slash or index file more or
// less, are the same page.
func samePage(addr string) string {
	_, rest, _ := strings.Cut(addr, "://")
	body, query, hasQuery := strings.Cut(rest, "?")
	body = strings.TrimSuffix(indexRE.ReplaceAllString(body, "/"), "/")
	if hasQuery {
		body += "?" + query
	}
	return body
}

var lineBreaks = strings.NewReplacer("\n", "", "\r", "", "\t", "")

var (
	campaignRE = regexp.MustCompile(`(?i)^(utm_.*|gclid|gbraid|wbraid|fbclid|msclkid|mc_[ce]id|yclid|_ga|_gl|hs(ctatracking|enc|mi)|jsessionid|phpsessid|sid|sessionid)$`)
	indexRE    = regexp.MustCompile(`/(index|default)\.(html?|php|aspx?|jsp)$`)
	sealedRE   = regexp.MustCompile(`\{[0-9a-f]{32}\}|%7B[0-9a-f]{32}%7D`)

	// What a visit could change, or end the session of: never followed.
	actionRE = regexp.MustCompile(`(?i)(^|[/_.?&=-])(log[-_]?out|log[-_]?off|sign[-_]?out|abmelden|ausloggen|d[eé]connexion|deconnecter|cerrar[-_]?sesi[oó]n|uitloggen|afmelden|terminar[-_]?sess[aã]o|sair|delete|remove|destroy|l[oö]schen|supprimer|eliminar|verwijderen|unsubscribe|abbestellen|d[eé]sabonner|add[-_]to[-_]?(cart|basket|wishlist)|add-to-cart|cart/add|warenkorb/add|vote|wp-admin|wp-login|wp-json|xmlrpc|cdn-cgi|cgi-bin|feed|rss|trackback|replytocom|print)($|[/_.?&=-])`)

	binaryExt = words(`7z aac apk atom avi avif bin bmp bz2 css csv dmg doc docx eot eps epub exe flac flv gif gz ico ics
		iso jar jpe jpeg jpg js json m3u8 m4a m4v map mid mjs mkv mov mp3 mp4 mpeg mpg msi odp ods odt ogg ogv otf
		pdf png ppt pptx ps psd rar rdf rss rtf svg swf tar tgz tif tiff ttf txt vcf wasm wav webm webmanifest webp
		wma wmv woff woff2 xls xlsx xml xz zip`)
)

func words(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// visitable says whether addr looks like a page that may be visited without doing anything to the site.
func visitable(u *url.URL) bool {
	if ext := strings.ToLower(strings.TrimPrefix(path.Ext(u.Path), ".")); ext != "" && binaryExt[ext] {
		return false
	}
	full := u.EscapedPath()
	if u.RawQuery != "" {
		full += "?" + u.RawQuery
	}
	if p, err := url.PathUnescape(full); err == nil {
		full = p
	}
	return !actionRE.MatchString(full) && !sealedRE.MatchString(full)
}

// clip makes a string that a page controls fit to be shown: no control or format characters, white space folded,
// at most n characters.
func clip(s string, n int) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\r':
			return ' '
		case r < 0x20, r >= 0x7f && r < 0xa0, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e,
			r >= 0x2060 && r <= 0x206f, r == 0xfeff:
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

func siteOf(addr string) string { return evidence.SiteOf(evidence.HostOf(addr)) }
