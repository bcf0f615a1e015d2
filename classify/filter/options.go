package filter

import "strings"

// optionsAt returns where the $ before the options of rule s stands, or -1. A $ in a pattern or in the value of an
// option is not followed by the name of one.
func optionsAt(s string) int {
	for at := strings.LastIndexByte(s, '$'); at >= 0; at = strings.LastIndexByte(s[:at], '$') {
		if looksLikeOption(s[at+1:]) {
			return at
		}
	}
	return -1
}

func looksLikeOption(s string) bool {
	name, _, _ := strings.Cut(s, ",")
	name, _, _ = strings.Cut(name, "=")
	name = strings.TrimPrefix(strings.TrimSpace(name), "~")
	for i := range len(name) {
		c := name[i] | 0x20
		if !('a' <= c && c <= 'z' || i > 0 && c == '-' || '0' <= c && c <= '9' || name[i] == '_') {
			return false
		}
	}
	return name != ""
}

// acts are options whose rule does something else than to block a request, with what that is.
var acts = map[string]string{
	"redirect-rule": "acts only on what another rule blocks",
	"removeparam":   "changes the address", "queryprune": "changes the address", "urlskip": "changes the address",
	"uritransform": "changes the address", "urltransform": "changes the address",
	"csp": "changes the response", "permissions": "changes the response", "replace": "changes the response",
	"removeheader": "changes the response", "jsonprune": "changes the response", "hls": "changes the response",
	"content": "changes the page", "jsinject": "changes the page",
	"cookie": "changes cookies", "stealth": "changes the request",
	"header": "looks at the response", "ipaddress": "looks at the address of the server",
	"cname":    "looks at names in DNS",
	"urlblock": "switches other rules", "extension": "switches other rules",
	"sitekey": "asks for a signed page", "app": "asks for an app", "network": "looks at packets",
}

// noRequest are options that stand where types stand and name no request of a page, with what they name. A rule
// may name other types beside them.
var noRequest = map[string]string{
	"popup": "is about new windows", "popunder": "is about new windows", "webrtc": "is about WebRTC",
	"elemhide": "switches cosmetic rules", "ehide": "switches cosmetic rules", "generichide": "switches cosmetic rules",
	"ghide": "switches cosmetic rules", "specifichide": "switches cosmetic rules", "shide": "switches cosmetic rules",
	"genericblock": "switches other rules", "inline-script": "changes the page", "inline-font": "changes the page",
}

// parseOptions reads the text behind the $. It returns why the rule cannot be used, if so.
func (r *rule) parseOptions(s string) (why string) {
	var only, not types
	noType := ""
	var o options
	for _, part := range splitOptions(s) {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		name, negated := strings.CutPrefix(strings.ToLower(name), "~")
		if t, ok := typeOptions[name]; ok {
			if negated {
				not |= t
			} else {
				only |= t
			}
			continue
		}
		if what, ok := noRequest[name]; ok {
			if !negated {
				noType = what
			}
			continue
		}
		if act, ok := acts[name]; ok {
			return act
		}
		ok := true
		switch name {
		case "third-party", "3p", "first-party", "1p":
			party := thirdParty
			if (name == "first-party" || name == "1p") != negated {
				party = firstParty
			}
			r.flags &^= firstParty | thirdParty
			r.flags |= party
		case "strict1p":
			o.strict = firstParty
		case "strict3p":
			o.strict = thirdParty
		case "domain", "from":
			o.domains, ok = parseDomains(value)
		case "to":
			o.to, ok = parseDomains(value)
		case "denyallow":
			o.denyallow, ok = parseDomains(value)
		case "method":
			for m := range strings.SplitSeq(strings.ToLower(value), "|") {
				if m, not := strings.CutPrefix(m, "~"); not {
					o.notMethods = append(o.notMethods, m)
				} else {
					o.methods = append(o.methods, m)
				}
			}
		case "important":
			r.flags |= important
		case "match-case":
			r.flags |= matchCase
		case "badfilter":
			r.flags |= badfilter
		case "redirect", "rewrite", "empty", "mp4", "reason", "rule":
			// answers in the server's place, and so blocks; or explains
		default:
			if strings.Trim(name, "_") != "" { // _ is put between options to be read by people
				return "unknown option " + name
			}
		}
		if !ok {
			return "option " + name + " holds no names"
		}
	}
	if o.denyallow != nil && o.domains == nil {
		return "denyallow without domain"
	}
	switch {
	case only != 0:
		r.types = only &^ not
	case noType != "":
		return noType
	default:
		r.types = anyByDefault &^ not
	}
	if r.types == 0 {
		return "covers no type"
	}
	if o.used() {
		r.opts = &o
	}
	return ""
}

func (o *options) used() bool {
	return o.domains != nil || o.to != nil || o.denyallow != nil || o.strict != 0 || len(o.methods)+len(o.notMethods) > 0
}

// splitOptions cuts at commas that no backslash stands before.
func splitOptions(s string) []string {
	parts := strings.Split(s, ",")
	for i := 0; i < len(parts)-1; {
		if head, ok := strings.CutSuffix(parts[i], `\`); ok {
			parts[i] = head + "," + parts[i+1]
			parts = append(parts[:i+1], parts[i+2:]...)
		} else {
			i++
		}
	}
	return parts
}
