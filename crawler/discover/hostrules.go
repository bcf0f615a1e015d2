package discover

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

// notFound is Chrome's replacement for "this host does not exist".
const notFound = "~NOTFOUND"

type hostRule struct {
	pattern string // lower case; * and ? as wildcards; with a port if the rule names one
	host    string
	port    string // "" = keep
}

// ParseHostRules reads rules in the syntax of Chrome's --host-resolver-rules, each string holding one or more,
// separated by commas: "MAP *.shop.test 127.0.0.1:8443", "MAP * ~NOTFOUND, EXCLUDE localhost". It returns where to
// dial a host and port instead ("" when a rule says that there is no such host), or nil without rules.
func ParseHostRules(rules []string) (func(host, port string) string, error) {
	var maps []hostRule
	var excludes []string
	for _, list := range rules {
		for _, text := range strings.Split(list, ",") {
			f := strings.Fields(text)
			switch {
			case len(f) == 0:
				continue
			case strings.EqualFold(f[0], "EXCLUDE") && len(f) == 2:
				excludes = append(excludes, strings.ToLower(f[1]))
			case strings.EqualFold(f[0], "MAP") && len(f) == 3:
				host, port, err := replacement(f[2])
				if err != nil {
					return nil, fmt.Errorf("host rule %q: %w", clip(text, 120), err)
				}
				maps = append(maps, hostRule{strings.ToLower(f[1]), host, port})
			default:
				return nil, fmt.Errorf(`host rule %q: not of the form "MAP pattern host[:port]" or "EXCLUDE pattern"`,
					clip(text, 120))
			}
		}
	}
	if len(maps) == 0 {
		return nil, nil
	}
	return func(host, port string) string {
		host = strings.ToLower(strings.TrimSuffix(host, "."))
		whole := net.JoinHostPort(host, port)
		for _, p := range excludes {
			if wildcard(p, host) {
				return whole
			}
		}
		for _, r := range maps {
			if !wildcard(r.pattern, host) && !wildcard(r.pattern, whole) {
				continue
			}
			switch {
			case r.host == notFound:
				return ""
			case r.port != "":
				return net.JoinHostPort(r.host, r.port)
			}
			return net.JoinHostPort(r.host, port)
		}
		return whole
	}, nil
}

func replacement(s string) (host, port string, err error) {
	if strings.EqualFold(s, notFound) {
		return notFound, "", nil
	}
	host = s
	if strings.Contains(strings.TrimSuffix(s, "]"), "]:") || strings.Count(s, ":") == 1 {
		if host, port, err = net.SplitHostPort(s); err != nil {
			return "", "", fmt.Errorf("bad target %q", clip(s, 80))
		}
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return "", "", fmt.Errorf("bad port in %q", clip(s, 80))
		}
	}
	if h, ok := strings.CutPrefix(host, "["); ok {
		host, ok = strings.CutSuffix(h, "]")
		if !ok {
			host = ""
		}
	}
	if host == "" || strings.ContainsAny(host, "/*?@[]") {
		return "", "", fmt.Errorf("bad target %q", clip(s, 80))
	}
	return strings.ToLower(host), port, nil
}

// wildcard matches s against a pattern in which * stands for any run of characters and ? for at most one.
func wildcard(pattern, s string) bool {
	// rest[i] says whether pattern[:j] matches s[:i]; one row is enough.
	rest := make([]bool, len(s)+1)
	rest[0] = true
	for j := range len(pattern) {
		switch pattern[j] {
		case '*':
			for i := 1; i <= len(s); i++ {
				rest[i] = rest[i] || rest[i-1]
			}
		case '?':
			for i := len(s); i > 0; i-- {
				rest[i] = rest[i] || rest[i-1]
			}
		default:
			for i := len(s); i > 0; i-- {
				rest[i] = rest[i-1] && s[i-1] == pattern[j]
			}
			rest[0] = false
		}
	}
	return rest[len(s)]
}
