package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sort"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// defaultConfig is read when it is there and no other is named.
const defaultConfig = "trackaudit.yaml"

// applyConfig reads the settings file into the flags that the command line did not set. Its keys are the flags'
// own names, so that every option is written down in one place, and `targets`, a list of addresses. Unknown
// keys are errors. It returns the targets.
func applyConfig(path string, flags *pflag.FlagSet) (targets []string, err error) {
	named := path != ""
	if !named {
		path = defaultConfig
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return nil, nil
	}
	if err != nil {
		return nil, hintf(fmt.Errorf("--config: %w", err), "name a YAML file with the flags' own names as keys")
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, hintf(fmt.Errorf("%s: %w", path, err), "the file is YAML: one `key: value` a line")
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, hintf(fmt.Errorf("%s line %d: not a list of settings", path, top.Line), "one `key: value` a line, for example `pages: 10`")
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		fail := func(err error, hint string) error {
			return hintf(fmt.Errorf("%s line %d: %w", path, key.Line, err), "%s", hint)
		}
		if seen[key.Value] {
			return nil, fail(fmt.Errorf("key %q stands twice", key.Value), "keep one of them")
		}
		seen[key.Value] = true
		values, err := scalars(value)
		if err != nil {
			return nil, fail(fmt.Errorf("key %q: %w", key.Value, err), "a setting is a word, a number or a list of them")
		}
		if key.Value == "targets" {
			targets = values
			continue
		}
		flag := flags.Lookup(key.Value)
		if flag == nil || key.Value == "config" || key.Value == "help" {
			return nil, fail(fmt.Errorf("unknown key %q", key.Value), "the keys are targets and the flags' names: "+strings.Join(configKeys(flags), ", "))
		}
		if flag.Changed {
			continue
		}
		if _, many := flag.Value.(pflag.SliceValue); !many {
			values = []string{strings.Join(values, ",")}
		}
		for _, v := range values {
			if err := flags.Set(flag.Name, v); err != nil {
				return nil, fail(fmt.Errorf("key %q: %q does not fit", key.Value, v), flag.Usage)
			}
		}
	}
	return targets, nil
}

func scalars(n *yaml.Node) ([]string, error) {
	switch n.Kind {
	case yaml.ScalarNode:
		return []string{n.Value}, nil
	case yaml.SequenceNode:
		var list []string
		for _, item := range n.Content {
			if item.Kind != yaml.ScalarNode {
				return nil, fmt.Errorf("line %d is not a word or number", item.Line)
			}
			list = append(list, item.Value)
		}
		return list, nil
	}
	return nil, errors.New("is not a word, a number or a list")
}

func configKeys(flags *pflag.FlagSet) []string {
	var keys []string
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name != "config" && f.Name != "help" {
			keys = append(keys, f.Name)
		}
	})
	sort.Strings(keys)
	return keys
}
