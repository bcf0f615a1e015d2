package main

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// purposeOfCookie reads the categories of the Open Cookie Database. Its "Functional" and "Necessary" say too little
// for strict necessity, which only rows written by hand may claim.
var purposeOfCookie = map[string]string{
	"Marketing": "advertising", "Analytics": "analytics", "Functional": "functional", "Necessary": "functional",
	"Security": "security", "Personalization": "personalization",
}

// cookie is one usable row of the Open Cookie Database.
type cookie struct {
	platform, controller, purpose, name, lifetime string
	by                                            []string // whose it is by the database: its domains
	wildcard                                      bool
}

var domainName = regexp.MustCompile(`[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}`)

func readCookie(r []string) (c cookie, ok bool) {
	c = cookie{platform: r[0], purpose: purposeOfCookie[r[1]], name: r[2], lifetime: lifetime(r[4]), controller: r[5], wildcard: r[6] == "1"}
	c.by = domainName.FindAllString(strings.ToLower(r[3]), -1)
	if n, cut := strings.CutSuffix(c.name, "*"); cut {
		c.name, c.wildcard = n, true
	}
	if c.purpose == "" || c.name == "" || strings.ContainsAny(c.name, " %*#") || strings.HasSuffix(c.name, ".gif") {
		return c, false
	}
	return c, len(c.by) > 0 || distinct(c.name, c.wildcard)
}

// distinct says whether a name is rare enough to stand without a domain: not short, not a plain word ("store",
// "frontend", "welcome-*"), which any site may use for something of its own.
func distinct(name string, wildcard bool) bool {
	core, other, separators := 0, 0, 0
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			separators++
		case !unicode.IsLower(r):
			other++
			fallthrough
		default:
			core++
		}
	}
	switch {
	case wildcard && core < 4, !wildcard && core < 5, plainNames[strings.Trim(strings.ToLower(name), "_-.")]:
		return false
	case other == 0 && separators == 0: // one word in small letters
		return core > 12
	case other == 0 && wildcard && separators == 1 && !strings.ContainsAny(name[:1], "_-."): // "welcome-*"
		return core > 8
	}
	return true
}

// plainNames are names that sites use for their own things, although the database gives them to one platform.
var plainNames = map[string]bool{}

func init() {
	for _, n := range strings.Fields(`cookiepreferences cookie_preferences cookieconsent cookie_consent session_id sessionid
		session-id session_token sessiontoken access_token refresh_token auth_token authtoken csrf_token csrftoken
		xsrf-token user_id userid username user_name remember_me rememberme last_visit lastvisit first_visit
		utm_source utm_medium utm_campaign referrer device_id deviceid visitor_id visitorid client_id clientid
		country_code countrycode language_code user_lang userlang current_url redirect_url return_url cart_id cartid
		recently_viewed recently_viewed_products wishlist wish_list shopping_cart shoppingcart is_logged_in loggedin
		logged_in user-id time_zone timezone dark_mode darkmode auth_tracking_id tracking_id trackingid landing_page
		cookie_test cookietest test_cookie ab_test abtest logintoken login_token currency_code pagereferrer sitereferrer searchterm querystring
		focustime blurtime currentcontact shop_analytics c-referrer c-plan c-signup visitorstatus login_email`) {
		plainNames[n] = true
	}
}

var number = regexp.MustCompile(`^(\d+) *([a-z]+)`)

// lifetime reads a retention period; empty is "not known".
func lifetime(period string) string {
	period = strings.ToLower(strings.TrimSpace(period))
	if strings.HasPrefix(period, "session") || strings.HasPrefix(period, "end of session") {
		return "session"
	}
	m := number.FindStringSubmatch(period)
	if m == nil {
		return ""
	}
	n, _ := strconv.Atoi(m[1])
	switch unit := strings.TrimSuffix(m[2], "s"); {
	case n == 0 || n > 36500:
		return ""
	case unit == "second":
		return m[1] + "s"
	case unit == "minute" || unit == "min":
		return m[1] + "m"
	case unit == "hour":
		return m[1] + "h"
	case unit == "day":
		return m[1] + "d"
	case unit == "week":
		return fmt.Sprintf("%dd", 7*n)
	case unit == "month" && n%12 == 0:
		return fmt.Sprintf("%dy", n/12)
	case unit == "month":
		return fmt.Sprintf("%.0fd", math.Ceil(float64(n)*365/12))
	case unit == "year":
		return m[1] + "y"
	}
	return ""
}

func (f *facts) addCookies(rows [][]string, same, company map[string]string, source string) error {
	var cookies []cookie
	counts := map[string]map[string]int{} // platform → purpose → rows
	for _, r := range rows {
		c, ok := readCookie(r)
		c.controller = cmp.Or(company[c.controller], c.controller)
		if !ok || same[c.platform] == "-" || c.platform == "" {
			continue
		}
		cookies = append(cookies, c)
		if counts[c.platform] == nil {
			counts[c.platform] = map[string]int{}
		}
		counts[c.platform][c.purpose]++
	}
	type key struct{ pattern, service string }
	merged := map[key]cookie{}
	services := map[string]map[string]bool{} // pattern → services that claim it
	var order []key
	for _, c := range cookies {
		id := same[c.platform]
		if id == "" {
			id = f.platform(c, counts[c.platform], source)
		}
		if f.purpose[id] == "" {
			return fmt.Errorf("map.tsv: %s is service %q, which is not known", c.platform, id)
		}
		for _, p := range c.patterns() {
			if f.ownPattern(strings.TrimSuffix(p, "*")) || f.ownPattern(p) {
				continue
			}
			k := key{p, id}
			if m, twice := merged[k]; twice {
				c.by = append(slices.Clone(m.by), c.by...)
				if len(m.by) == 0 || len(c.by) == len(m.by) {
					c.by = nil // one of the two is said of any domain
				}
				c.purpose, c.lifetime = m.purpose, m.lifetime
			} else {
				order = append(order, k)
			}
			merged[k] = c
			if services[p] == nil {
				services[p] = map[string]bool{}
			}
			services[p][id] = true
		}
	}
	for _, k := range order {
		c := merged[k]
		confidence, hints := 0.6/float64(len(services[k.pattern])), ""
		if len(c.by) > 0 {
			slices.Sort(c.by)
			confidence, hints = 0.8, "by="+strings.Join(slices.Compact(c.by), ",")
			if !distinct(c.name, c.wildcard) {
				hints += " common"
			}
		}
		literal := strings.TrimSuffix(k.pattern, "*")
		sample := literal
		if literal != k.pattern {
			sample += "a1"
		}
		f.add("cookie", k.pattern, k.service, c.purpose, c.lifetime, strconv.FormatFloat(confidence, 'f', 2, 64), hints,
			"+"+sample+" -x"+sample, source)
	}
	return nil
}

// patterns gives the rows that a name with or without wildcard stands for.
func (c cookie) patterns() []string {
	switch {
	case !c.wildcard:
		return []string{c.name}
	case strings.ContainsAny(c.name[len(c.name)-1:], "_-.:/"):
		return []string{c.name + "*"}
	}
	return []string{c.name, c.name + "*"}
}

// platform gives the service of a platform: by its name, by the domain of its cookies, or a new one.
func (f *facts) platform(c cookie, purposes map[string]int, source string) string {
	if id := f.services[fold(c.platform)]; id != "" {
		return id
	}
	for _, d := range c.by {
		if id := cmp.Or(f.domains[d], f.covered(d)); id != "" {
			return id
		}
	}
	var list []string
	for p := range purposes {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b string) int {
		return cmp.Or(cmp.Compare(purposes[b], purposes[a]), strings.Compare(a, b))
	})
	id, _ := f.service(c.platform, cmp.Or(c.controller, c.platform), "", strings.Join(list, ","), source)
	return id
}
