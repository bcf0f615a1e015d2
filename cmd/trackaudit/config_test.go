package main

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestExampleConfig guards that the example is right and says what it seems to say.
func TestExampleConfig(t *testing.T) {
	c, err := parseConfig("example", []byte(exampleConfig))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.targets) != 1 || len(c.waivers) != 1 || !c.off["notice-stale"] || len(c.environments["staging"].targets) != 1 {
		t.Errorf("read %+v", c)
	}
	if w := c.waivers[0]; w.Subject != "Google Fonts" || w.Expires.Format(time.DateOnly) != "2027-03-31" || w.Line == 0 {
		t.Errorf("waiver %+v", w)
	}
}

// TestConfigErrors holds each mistake to one line that names file and line, with a hint.
func TestConfigErrors(t *testing.T) {
	for file, want := range map[string]string{
		"pagez: 3\n":                       `x.yaml line 1: unknown key "pagez"`,
		"pages: 3\npages: 4\n":             `x.yaml line 2: key "pages" stands twice`,
		"\npages: many\n":                  `x.yaml line 2: key "pages": "many" does not fit`,
		"pages: {a: 1}\n":                  `x.yaml line 1: key "pages" is not a word`,
		"- a\n":                            `x.yaml line 1: not a list of settings`,
		"a: [\n":                           `x.yaml: line`,
		"rules: {no-such: low}\n":          `x.yaml line 1: unknown rule "no-such"`,
		"rules:\n  notice-stale: awful\n":  `x.yaml line 2: rule notice-stale: unknown severity "awful"`,
		"config: a.yaml\n":                 `unknown key "config"`,
		"environments: {a: {waivers: []}}": `unknown key "waivers"`,
		"waivers:\n  - rule: notice-stale\n    approver: me\n    expires: 2027-01-01\n":                                   `line 2: waiver without reason`,
		"waivers:\n  - rule: notice-stale\n    reason: r\n    expires: 2027-01-01\n":                                      `waiver without approver`,
		"waivers:\n  - rule: notice-stale\n    reason: r\n    approver: a\n":                                              `waiver without expires`,
		"waivers:\n  - reason: r\n    approver: a\n    expires: 2027-01-01\n":                                             `waiver without fingerprint or rule`,
		"waivers:\n  - rule: notice-stale\n    reason: r\n    approver: a\n    expires: soon\n":                           `line 5: waiver: "soon" is not a date`,
		"waivers:\n  - rule: notice-stale\n    fingerprint: x\n    reason: r\n    approver: a\n    expires: 2027-01-01\n": `both fingerprint and rule`,
		"waivers:\n  - rule: notice-stale\n    reasons: r\n":                                                              `unknown key "reasons"`,
	} {
		_, err := parseConfig("x.yaml", []byte(file))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %q", file, err, want)
			continue
		}
		if hintFor(err) == "" {
			t.Errorf("%q gives no hint", file)
		}
	}
}

// TestConfigSchema guards that the published schema is the one that the program makes, and knows every key.
func TestConfigSchema(t *testing.T) {
	committed, err := os.ReadFile("trackaudit.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committed, configSchema()) {
		t.Error("trackaudit.schema.json is not current: trackaudit config schema > cmd/trackaudit/trackaudit.schema.json")
	}
	var schema struct {
		Properties map[string]any `json:"properties"`
	}
	if err := json.Unmarshal(committed, &schema); err != nil {
		t.Fatal(err)
	}
	for _, name := range append(flagNames(auditFlags()), "targets", "rules", "waivers", "environments") {
		if schema.Properties[name] == nil {
			t.Errorf("the schema has no key %s", name)
		}
	}
	for name := range schema.Properties {
		if slices.Contains(outside, name) {
			t.Errorf("the schema has the key %s, which no file may hold", name)
		}
	}
}
