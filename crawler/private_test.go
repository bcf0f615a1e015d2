package crawler

import (
	"context"
	"net/netip"
	"testing"

	"trackaudit/crawler/browser"
	"trackaudit/crawler/discover"
)

func TestPrivate(t *testing.T) {
	resolve, err := discover.ParseHostRules(privateRules())
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		"10.1.2.3": true, "127.0.0.1": true, "0.0.0.0": true, "169.254.169.254": true, "172.16.0.1": true, "172.31.255.255": true,
		"192.168.1.1": true, "100.100.100.200": true, "::1": true, "::": true, "fd00::1": true, "fe80::1": true, "::ffff:10.0.0.1": true,
		"9.9.9.9": false, "172.32.0.1": false, "172.15.0.1": false, "192.169.0.1": false, "100.128.0.1": false, "2001:db8::1": false,
	} {
		if got := isPrivate(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: private %v, want %v", address, got, want)
		}
		if a := netip.MustParseAddr(address); a.Is4() { // by name, as a browser reads the rules
			if got := resolve(address, "443") == ""; got != want {
				t.Errorf("%s: not found %v, want %v", address, got, want)
			}
		}
	}
	for _, name := range []string{"10.example.com", "fd-online.example", "fc.example", "127.0.0.1.example.com", "example.com", "localhost.example.com"} {
		if resolve(name, "443") == "" {
			t.Errorf("%s is refused for its name", name)
		}
	}
}

func TestKeepOut(t *testing.T) {
	for name, c := range map[string]struct {
		start, rule string
		allow, kept bool
	}{
		"a public site":                  {start: "https://1.1.1.1/", kept: true},
		"a private site":                 {start: "http://10.0.0.1/"},
		"this machine":                   {start: "http://localhost:8080/"},
		"a site that a rule names":       {start: "https://acme.test/", rule: "MAP acme.test 127.0.0.1:1", kept: true},
		"private, whatever is named":     {start: "https://127.0.0.1/", rule: "MAP acme.test 127.0.0.1:1"},
		"a public site, private allowed": {start: "https://1.1.1.1/", allow: true},
	} {
		cfg := Config{Start: c.start, AllowPrivate: c.allow}
		if c.rule != "" {
			cfg.Browser = browser.Options{HostRules: []string{c.rule}}
		}
		if err := cfg.keepOut(context.Background()); err != nil {
			t.Fatal(err)
		}
		if (cfg.Browser.Refuse != nil) != c.kept {
			t.Errorf("%s: kept out %v, want %v", name, cfg.Browser.Refuse != nil, c.kept)
		}
		if want := !c.kept || c.rule != ""; cfg.Browser.LocalNetwork != want {
			t.Errorf("%s: Chrome lets pages ask private addresses %v, want %v", name, cfg.Browser.LocalNetwork, want)
		}
		if c.kept && c.rule != "" && (cfg.Browser.Refuse("acme.test", "127.0.0.1") || !cfg.Browser.Refuse("other.test", "[::1]") || cfg.Browser.Refuse("other.test", "9.9.9.9")) {
			t.Errorf("%s: the rule's host is refused, or another is not", name)
		}
	}
	if refusePrivate("tcp", "127.0.0.1:443") == nil || refusePrivate("tcp6", "[fd00::1]:443") == nil || refusePrivate("tcp", "9.9.9.9:443") != nil {
		t.Error("connections are refused by something else than their address")
	}
}
