package evidence

import (
	"net"
	"net/url"
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

// HostOf returns the host of an absolute URL, cleaned, or "" when it has none.
func HostOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return CleanHost(u.Host)
}

// CleanHost lower-cases a host and drops a port, a leading dot (as in a cookie's domain) and a trailing dot.
func CleanHost(host string) string {
	host = strings.ToLower(strings.TrimSpace(host))
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
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
