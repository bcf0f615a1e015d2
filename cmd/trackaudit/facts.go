package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"trackaudit/classify/knowledge"
)

// projectFacts are read from the working directory when they are there; the user's own from the configuration folder.
const projectFacts = "trackaudit-knowledge.yaml"

// ownFacts are the facts of the user's and the project's own, weakest first: user, project, then the files that the
// command line names.
func ownFacts(named []string) ([]knowledge.Overlay, error) {
	var files []string
	if dir, err := os.UserConfigDir(); err == nil {
		files = append(files, filepath.Join(dir, "trackaudit", "knowledge.yaml"))
	}
	files = append(files, projectFacts)
	optional := len(files)
	var out []knowledge.Overlay
	for i, file := range append(files, named...) {
		data, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) && i < optional {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("--knowledge: %w", err)
		}
		o := knowledge.Overlay{Name: filepath.Base(file), TSV: data}
		if i == 0 && optional == 2 {
			o.Name = "user " + o.Name
		}
		if ext := strings.ToLower(filepath.Ext(file)); ext == ".yaml" || ext == ".yml" {
			if o.TSV, err = factRows(file, data); err != nil {
				return nil, err
			}
		}
		out = append(out, o)
	}
	return out, nil
}

// factRows turns facts in YAML into rows:
//
//	services: {acme: {name: Acme Stats, entity: Acme Inc., purposes: [analytics]}}
//	domains:  {stats.acme.test: {service: acme, purpose: analytics}}
//	cookies:  {"_acme_*": {service: acme, purpose: analytics, lifetime: 1y}}
//	storage:  {acme.id: {service: acme, purpose: analytics}}
//
// Unknown keys are errors that name the line.
func factRows(file string, data []byte) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, hintf(fmt.Errorf("%s: %s", file, strings.TrimPrefix(err.Error(), "yaml: ")), "%s", factsHint)
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	var rows strings.Builder
	c := config{path: file}
	err := c.each(doc.Content[0], func(key, value *yaml.Node) error {
		kind, ok := factKinds[key.Value]
		if !ok {
			return c.fail(key.Line, fmt.Errorf("unknown key %q", key.Value), factsHint)
		}
		return c.each(value, func(name, fields *yaml.Node) error {
			cells := map[string]string{}
			err := c.each(fields, func(field, value *yaml.Node) error {
				if !strings.Contains(" "+kind.fields+" ", " "+field.Value+" ") {
					return c.fail(field.Line, fmt.Errorf("unknown key %q", field.Value), "the keys are: "+strings.ReplaceAll(kind.fields, " ", ", "))
				}
				words, err := c.words(field, value)
				cells[field.Value] = strings.Join(words, ",")
				return err
			})
			if err != nil {
				return err
			}
			row := kind.row(name.Value, cells)
			for i, cell := range row {
				if strings.ContainsAny(cell, "\t\n\r") {
					return c.fail(name.Line, fmt.Errorf("%q holds a tab or a line break", name.Value), "write it in one line")
				}
				row[i] = cell
			}
			rows.WriteString(strings.Join(row, "\t") + "\n")
			return nil
		})
	})
	return []byte(rows.String()), err
}

const factsHint = "the keys are services, domains, cookies and storage; README.md has an example"

const ownSource = "own facts"

var factKinds = map[string]struct {
	fields string
	row    func(name string, cells map[string]string) []string
}{
	"services": {"name entity parent homepage purposes", func(name string, c map[string]string) []string {
		return []string{"service", name, cmp.Or(c["name"], name), c["entity"], c["parent"], c["homepage"], cmp.Or(c["purposes"], "unknown"), ownSource}
	}},
	"domains": {"service purpose", func(name string, c map[string]string) []string {
		return []string{"domain", name, c["service"], c["purpose"], ownSource}
	}},
	"cookies": {"service purpose lifetime consent", func(name string, c map[string]string) []string { return storedRow("cookie", name, c) }},
	"storage": {"service purpose lifetime consent", func(name string, c map[string]string) []string { return storedRow("storage", name, c) }},
}

func storedRow(kind, name string, c map[string]string) []string {
	hint := ""
	if c["consent"] == "true" {
		hint = "consent"
	}
	return []string{kind, name, c["service"], cmp.Or(c["purpose"], "unknown"), c["lifetime"], "1", hint, "", ownSource}
}
