// Package discover finds, without a browser, which pages of a site are worth visiting and where its privacy
// and cookie notices stand. It is there to give the crawl its frontier while the browser still starts; what only
// scripts put on a page, the browser finds (see Candidates and Frontier).
package discover

import (
	"time"

	"trackaudit/crawler/evidence"
)

// Bounds on what a site may cost us, whatever it answers.
const (
	maxBody      = 10 << 20         // bytes of one page or notice, after decompression
	maxRobots    = 512 << 10        // bytes of a robots.txt; RFC 9309 asks for at least 500 KiB
	maxRedirects = 10               // hops
	maxLinks     = 5000             // links taken from one page
	maxFetched   = 12               // pages fetched to find more links and the notice
	maxHosts     = 10               // hosts whose robots.txt is asked for
	fetchTimeout = 8 * time.Second  // one request
	siteTimeout  = 20 * time.Second // Site as a whole, unless Config.Timeout says otherwise
)

// Config says what to discover and how to reach it.
type Config struct {
	Start        string // absolute URL
	Pages        int    // how many pages the frontier needs; 0 = 20
	IgnoreRobots bool
	Insecure     bool          // accept invalid TLS certificates
	Timeout      time.Duration // of Site as a whole, and of one Get; 0 = a default
	UserAgent    string        // "" = that of an ordinary Chrome
	FirstParties evidence.FirstParties

	// Resolve rewrites where a host is dialed (see ParseHostRules); nil = as is.
	Resolve func(host, port string) (addr string)
	// Control is asked before each connection, with the resolved IP address and port; an error refuses it. nil
	// allows all. Hosts that Resolve rewrote are not asked about: whoever wrote the rule meant it.
	Control func(network, address string) error
}

// Found is what a site shows of itself without a browser.
type Found struct {
	Pages    []string    // same-site, best first; Start as it was given is the first
	Final    string      // where Start led, after redirects; "" = it did not answer
	Status   int         // HTTP status of the start page; 0 = it did not answer
	Language string      // <html lang> of the start page
	Notices  []Candidate // likeliest first
	Legal    []string    // pages that may hold a notice where no link leads to one: imprint, legal notice
	Looked   []string    // every place where a notice was looked for, with what was there
	Gone     []string    // addresses that were linked and lead to no page of the site
	Refused  []string    // pages that robots.txt forbids
	Robots   string      // "", or what robots.txt keeps us from: "disallowed: …"
	Errors   []string    // what went wrong on the way

	robots *robots
}

// Candidate is the address of a document that may be the site's notice.
type Candidate struct {
	URL      string
	Kind     string  // "privacy" or "cookie"
	Why      string  // for a person: link text “Datenschutz” in the footer of https://…
	Score    float64 // 0..1
	Language string  // "de"; "" = unknown
	Offsite  bool    // stands on another site: the operator's group, or who hosts the notice
}
