package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"trackaudit/classify"
)

// exampleConfig is a settings file to begin with; a test reads it.
const exampleConfig = `# trackaudit.yaml: settings and policy. Every flag of trackaudit audit is a key; the command line wins.
targets: [https://www.example.com]
pages: 20
choices: [none, gpc]
fail-on: medium

# What single rules count as: info, low, medium, high, or off (shown, never fails).
rules:
  notice-stale: off
  weakly-declared: low

# A finding that may pass for a time. All of reason, approver and expires are mandatory; expired and unused
# waivers are reported, waived findings stay visible.
waivers:
  - rule: undeclared-recipient
    subject: Google Fonts        # a name, or a pattern with *
    reason: self-hosting is planned for the spring release
    approver: privacy@example.com
    expires: 2027-03-31

# Chosen with --environment NAME; what stands here wins over what stands above.
environments:
  staging:
    targets: [https://staging.example.com]
    host-rule: ["MAP staging.example.com 127.0.0.1:8443"]
    insecure: true
`

func configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Check the settings and policy file, print an example or its JSON Schema",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		&cobra.Command{
			Use:   "check [FILE]",
			Short: "Check a settings file (default: trackaudit.yaml); exit 2 with line and hint if it is wrong",
			Args:  cobra.MaximumNArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				path := defaultConfig
				if len(args) > 0 {
					path = args[0]
				}
				data, err := os.ReadFile(path)
				if err != nil {
					return hintf(err, "trackaudit config example prints a file to begin with")
				}
				c, err := parseConfig(path, data)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s: right: %d targets, %d rules, %d waivers, %d environments\n",
					plain(path), len(c.targets), len(c.rules)+len(c.off), len(c.waivers), len(c.environments))
				return nil
			},
		},
		&cobra.Command{
			Use:   "example",
			Short: "Print a settings file to begin with",
			Args:  cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				_, err := io.WriteString(cmd.OutOrStdout(), exampleConfig)
				return err
			},
		},
		&cobra.Command{
			Use:   "schema",
			Short: "Print the JSON Schema of the settings file, for editors",
			Args:  cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				_, err := cmd.OutOrStdout().Write(configSchema())
				return err
			},
		},
	)
	return cmd
}

// configSchema is the JSON Schema (draft 2020-12) of the settings file, made from the flags and rules themselves.
func configSchema() []byte {
	type object = map[string]any
	text := object{"type": "string", "minLength": 1}
	severity := object{"enum": []string{"info", "low", "medium", "high"}}
	settings := func() object {
		props := object{"targets": object{"type": "array", "items": text, "description": "addresses to audit when the command line names none"}}
		auditFlags().VisitAll(func(f *pflag.Flag) {
			for _, name := range outside {
				if f.Name == name {
					return
				}
			}
			one := object{"description": f.Usage}
			_, many := f.Value.(pflag.SliceValue)
			switch {
			case f.Name == "fail-on":
				one["enum"] = severity["enum"]
			case many, f.Name == "choices", f.Name == "law":
				one["anyOf"] = []object{{"type": "string"}, {"type": "array", "items": object{"type": "string"}}}
			case f.Value.Type() == "bool":
				one["type"] = "boolean"
			case f.Value.Type() == "int":
				one["type"] = "integer"
			default:
				one["type"] = "string"
			}
			props[f.Name] = one
		})
		return props
	}
	rules := object{}
	for _, r := range classify.Rules {
		rules[r.ID] = object{"enum": []string{"info", "low", "medium", "high", "off"}, "description": r.Title}
	}
	top := settings()
	top["rules"] = object{"type": "object", "properties": rules, "additionalProperties": false, "description": "what single rules count as"}
	top["waivers"] = object{"type": "array", "items": object{
		"type": "object", "additionalProperties": false,
		"properties": object{"fingerprint": object{"type": "string", "pattern": "^v1:[0-9a-f]{24}$"}, "rule": object{"enum": keys(rules)}, "subject": text,
			"reason": text, "approver": text, "expires": object{"type": "string", "pattern": `^\d{4}-\d{2}-\d{2}$`}},
		"required": []string{"reason", "approver", "expires"},
		"oneOf":    []object{{"required": []string{"fingerprint"}}, {"required": []string{"rule"}}},
	}}
	top["environments"] = object{"type": "object", "additionalProperties": object{"type": "object", "properties": settings(), "additionalProperties": false}}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(object{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "trackaudit.yaml", "type": "object", "properties": top, "additionalProperties": false})
	return b.Bytes()
}
