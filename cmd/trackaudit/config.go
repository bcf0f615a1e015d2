package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"trackaudit/classify"
)

// defaultConfig is read when it is there and no other is named.
const defaultConfig = "trackaudit.yaml"

// config is a settings file: the flags' own names, so that every option is written down in one place, and what no
// flag can hold.
type config struct {
	path         string
	targets      []string
	targetLine   int
	flags        map[string]setting
	rules        map[string]classify.Severity
	off          map[string]bool
	waivers      []classify.Waiver
	environments map[string]config
}

type setting struct {
	values []string
	line   int
}

// outside are the flags that make no sense in a file.
var outside = []string{"config", "environment", "help", "resume"}

// applyConfig reads the settings file and sets the flags that the command line did not set; what the environment
// holds wins over what stands at the top. Flags of other commands are left alone. It returns the targets.
func applyConfig(path, environment string, flags *pflag.FlagSet, j *judging) (targets []string, err error) {
	named := path != ""
	if !named {
		path = defaultConfig
	}
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !named && environment != "":
		return nil, hintf(fmt.Errorf("--environment %s: there is no %s", environment, defaultConfig), "name the settings file with --config FILE")
	case errors.Is(err, fs.ErrNotExist) && !named:
		return nil, nil
	case err != nil:
		return nil, hintf(fmt.Errorf("--config: %w", err), "name a YAML file; trackaudit config example prints one")
	}
	c, err := parseConfig(path, data)
	if err != nil {
		return nil, err
	}
	j.config, j.rules, j.off, j.waivers = path, c.rules, c.off, c.waivers
	targets, j.targetLine = c.targets, c.targetLine
	if environment != "" {
		env, ok := c.environments[environment]
		if !ok {
			return nil, hintf(fmt.Errorf("%s: no environment %q", path, environment), "it has: %s", strings.Join(keys(c.environments), ", "))
		}
		if len(env.targets) > 0 {
			targets, j.targetLine = env.targets, env.targetLine
		}
		if err := env.set(flags); err != nil {
			return nil, err
		}
	}
	return targets, c.set(flags)
}

// set gives the values to the flags that are not set yet.
func (c config) set(flags *pflag.FlagSet) error {
	for _, name := range keys(c.flags) {
		flag := flags.Lookup(name)
		if flag == nil || flag.Changed {
			continue
		}
		s := c.flags[name]
		values := s.values
		if _, many := flag.Value.(pflag.SliceValue); !many {
			values = []string{strings.Join(values, ",")}
		}
		for _, v := range values {
			if err := flags.Set(name, v); err != nil {
				return c.fail(s.line, fmt.Errorf("key %q: %q does not fit", name, v), flag.Usage)
			}
		}
	}
	return nil
}

// parseConfig reads a settings file. Unknown keys, keys that stand twice and values of the wrong kind are errors
// that name the line.
func parseConfig(path string, data []byte) (config, error) {
	c := config{path: path}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return c, hintf(fmt.Errorf("%s: %s", path, strings.TrimPrefix(err.Error(), "yaml: ")), "the file is YAML: one `key: value` a line, lists in [brackets] or with dashes")
	}
	if len(doc.Content) == 0 {
		return c, nil
	}
	return c, c.read(doc.Content[0], auditFlags(), true)
}

func (c *config) fail(line int, err error, hint string) error {
	return hintf(fmt.Errorf("%s line %d: %w", c.path, line, err), "%s", hint)
}

func (c *config) read(top *yaml.Node, flags *pflag.FlagSet, whole bool) error {
	return c.each(top, func(key, value *yaml.Node) error {
		var err error
		switch {
		case key.Value == "targets":
			c.targetLine = key.Line
			c.targets, err = c.words(key, value)
		case key.Value == "rules" && whole:
			return c.readRules(value)
		case key.Value == "waivers" && whole:
			return c.readWaivers(value)
		case key.Value == "environments" && whole:
			c.environments = map[string]config{}
			return c.each(value, func(name, value *yaml.Node) error {
				env := config{path: c.path}
				err := env.read(value, flags, false)
				c.environments[name.Value] = env
				return err
			})
		case flags.Lookup(key.Value) == nil || slices.Contains(outside, key.Value):
			known := append(flagNames(flags), "targets")
			if whole {
				known = append(known, "rules", "waivers", "environments")
			}
			slices.Sort(known)
			return c.fail(key.Line, fmt.Errorf("unknown key %q", key.Value), "the keys are: "+strings.Join(known, ", "))
		default:
			if c.flags == nil {
				c.flags = map[string]setting{}
			}
			var values []string
			if values, err = c.words(key, value); err == nil {
				c.flags[key.Value] = setting{values, key.Line}
				// Tried here too, so that a file is wrong or right whatever command reads it.
				err = config{path: c.path, flags: map[string]setting{key.Value: c.flags[key.Value]}}.set(auditFlags())
			}
		}
		return err
	})
}

// each walks a mapping, in which no key may stand twice.
func (c *config) each(n *yaml.Node, do func(key, value *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		return c.fail(n.Line, errors.New("not a list of settings"), "one `key: value` a line, for example `pages: 10`")
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if seen[key.Value] {
			return c.fail(key.Line, fmt.Errorf("key %q stands twice", key.Value), "keep one of them")
		}
		seen[key.Value] = true
		if err := do(key, n.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// words reads a word, a number or a list of them.
func (c *config) words(key, n *yaml.Node) ([]string, error) {
	wrong := c.fail(key.Line, fmt.Errorf("key %q is not a word, a number or a list of them", key.Value), "for example `pages: 10` or `choices: [none, gpc]`")
	switch n.Kind {
	case yaml.ScalarNode:
		return []string{n.Value}, nil
	case yaml.SequenceNode:
		list := []string{}
		for _, item := range n.Content {
			if item.Kind != yaml.ScalarNode {
				return nil, wrong
			}
			list = append(list, item.Value)
		}
		return list, nil
	}
	return nil, wrong
}

// readRules reads what single rules count as: a severity, or off.
func (c *config) readRules(n *yaml.Node) error {
	c.rules, c.off = map[string]classify.Severity{}, map[string]bool{}
	return c.each(n, func(key, value *yaml.Node) error {
		if _, ok := classify.RuleByID(key.Value); !ok {
			return c.fail(key.Line, fmt.Errorf("unknown rule %q", key.Value), "trackaudit explain lists the rules")
		}
		if value.Value == "off" {
			c.off[key.Value] = true
			return nil
		}
		s, err := classify.ParseSeverity(value.Value)
		if err != nil {
			return c.fail(value.Line, fmt.Errorf("rule %s: %w", key.Value, err), "one of info, low, medium, high, or off")
		}
		c.rules[key.Value] = s
		return nil
	})
}

// readWaivers reads the waivers, of which each must say what, why, who and until when.
func (c *config) readWaivers(n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode {
		return c.fail(n.Line, errors.New("waivers is not a list"), "each waiver begins with a dash")
	}
	for _, item := range n.Content {
		w := classify.Waiver{Line: item.Line}
		err := c.each(item, func(key, value *yaml.Node) error {
			if value.Kind != yaml.ScalarNode || strings.TrimSpace(value.Value) == "" {
				return c.fail(key.Line, fmt.Errorf("waiver: %s is empty", key.Value), "write a word or a sentence behind it")
			}
			switch key.Value {
			case "fingerprint":
				w.Fingerprint = value.Value
			case "rule":
				w.Rule = value.Value
				if _, ok := classify.RuleByID(w.Rule); !ok {
					return c.fail(key.Line, fmt.Errorf("unknown rule %q", w.Rule), "trackaudit explain lists the rules")
				}
			case "subject":
				w.Subject = value.Value
			case "reason":
				w.Reason = value.Value
			case "approver":
				w.Approver = value.Value
			case "expires":
				var err error
				if w.Expires, err = time.Parse(time.DateOnly, value.Value); err != nil {
					return c.fail(key.Line, fmt.Errorf("waiver: %q is not a date", value.Value), "a date is written 2027-01-31")
				}
			default:
				return c.fail(key.Line, fmt.Errorf("waiver: unknown key %q", key.Value), "the keys are fingerprint or rule and subject; reason, approver, expires")
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, missing := range []struct {
			name  string
			empty bool
		}{{"fingerprint or rule", w.Fingerprint == "" && w.Rule == ""}, {"reason", w.Reason == ""}, {"approver", w.Approver == ""}, {"expires", w.Expires.IsZero()}} {
			if missing.empty {
				return c.fail(item.Line, fmt.Errorf("waiver without %s", missing.name), "a waiver says what it covers, why, who answers for it, and until when")
			}
		}
		if w.Fingerprint != "" && w.Rule != "" {
			return c.fail(item.Line, errors.New("waiver with both fingerprint and rule"), "keep one of them")
		}
		c.waivers = append(c.waivers, w)
	}
	return nil
}

// auditFlags are the flags of audit, which has all of them.
func auditFlags() *pflag.FlagSet { return auditCommand().Flags() }

func flagNames(flags *pflag.FlagSet) []string {
	var names []string
	flags.VisitAll(func(f *pflag.Flag) {
		if !slices.Contains(outside, f.Name) {
			names = append(names, f.Name)
		}
	})
	return names
}

func keys[V any](m map[string]V) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	sort.Strings(list)
	return list
}
