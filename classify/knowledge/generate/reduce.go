package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// Names of the data sets, as in input/ and map.tsv.
const (
	thirdPartyWeb      = "third-party-web"
	openCookieDatabase = "open-cookie-database"
)

// reduceEntities keeps name, company, homepage, category and domains of the entities of third-party-web.
func reduceEntities(dir string) (string, error) {
	var about struct{ Version, License string }
	if err := readJSON(filepath.Join(dir, "package.json"), &about); err != nil {
		return "", err
	}
	var entities []struct {
		Name, Company, Homepage, Category string
		Domains                           []string
	}
	if err := readJSON(filepath.Join(dir, "dist", "entities-nostats.json"), &entities); err != nil {
		return "", err
	}
	var rows []string
	for _, e := range entities {
		rows = append(rows, row(e.Name, e.Company, e.Homepage, e.Category, strings.Join(e.Domains, " ")))
	}
	return text("third-party-web, an npm package; Copyright (c) 2019 Patrick Hulce", about.Version, about.License,
		"name, company, homepage, category, domains", rows), nil
}

// reduceCookies keeps seven columns of the Open Cookie Database, not its descriptions.
func reduceCookies(dir, commit string) (string, error) {
	f, err := os.Open(filepath.Join(dir, "open-cookie-database.csv"))
	if err != nil {
		return "", err
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return "", err
	}
	if len(commit) != 40 {
		return "", fmt.Errorf("-commit: %q is no commit hash", commit)
	}
	var rows []string
	for _, c := range all[1:] {
		if len(c) != 10 {
			return "", fmt.Errorf("open-cookie-database: a row of %d columns: %q", len(c), c)
		}
		rows = append(rows, row(c[1], c[2], c[3], c[4], c[6], c[7], c[9]))
	}
	return text("Open Cookie Database, github.com/jkwakman/Open-Cookie-Database", commit[:12], "Apache-2.0",
		"platform, category, name, domain, retention period, data controller, wildcard match", rows), nil
}

func readJSON(name string, into any) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// row joins cells, each on one line and without characters that do not show.
func row(cells ...string) string {
	for i, c := range cells {
		c = strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return ' '
			}
			if !unicode.IsPrint(r) {
				return -1
			}
			return r
		}, c)
		cells[i] = strings.Join(strings.Fields(c), " ")
	}
	return strings.Join(cells, "\t")
}

func text(origin, version, licence, columns string, rows []string) string {
	slices.Sort(rows)
	rows = slices.Compact(rows)
	return fmt.Sprintf("# %s\n# version %s\n# licence %s\n# reduced to: %s\n", origin, version, licence, columns) + strings.Join(rows, "\n") + "\n"
}
