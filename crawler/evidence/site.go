package evidence

import (
	"net"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// SiteOf returns the site of a host: its registrable domain (eTLD+1) by the public suffix list. A port, a
// leading dot and upper case are dropped; an IP address and a single label are their own site.
func SiteOf(host string) string {
	host = CleanHost(host)
	if host == "" || net.ParseIP(strings.Trim(host, "[]")) != nil {
		return host
	}
	site, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host // the host is itself a public suffix, or one label
	}
	return site
}

// HostOf returns the host of an absolute URL, cleaned, or "" when it has none. It reads no further than the host:
// what browsers request may be no URL to net/url (a lone % in a path), and must not lose its host for it.
func HostOf(rawURL string) string {
	scheme, rest, ok := strings.Cut(rawURL, "//")
	if !ok || scheme != "" && (scheme[len(scheme)-1] != ':' || strings.ContainsAny(scheme[:len(scheme)-1], ":/?# ")) {
		return ""
	}
	if end := strings.IndexAny(rest, `/?#\`); end >= 0 {
		rest = rest[:end]
	}
	return CleanHost(rest[strings.LastIndexByte(rest, '@')+1:])
}

// CleanHost lower-cases a host and drops a port, a leading dot (as in a cookie's domain) and a trailing dot.
func CleanHost(host string) string {
	host = strings.ToLower(strings.TrimSpace(host))
	if strings.IndexByte(host, ':') >= 0 {
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
	}
	return strings.Trim(host, ".")
}

// FirstParties is the set of sites that count as the operator's own, beside the site of the top document.
type FirstParties map[string]bool

// PartyOf says whether host is first or third party on a page of topSite.
func (f FirstParties) PartyOf(host, topSite string) Party {
	if site := SiteOf(host); site == topSite || f[site] {
		return FirstParty
	}
	return ThirdParty
}
