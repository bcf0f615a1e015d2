// Generate writes the embedded facts of package knowledge (../data/*.tsv) from
//
//	facts/*.tsv   rows written by hand, in the format of package knowledge; they win
//	input/*.tsv   what is used of two free data sets, with version, licence and origin in the head of each file
//	map.tsv       which of our services an entity or platform of those data sets is ("-" leaves it out), and the
//	              full names of companies
//
// It needs no network: `go generate ./classify/knowledge`. The inputs themselves are reduced from an unpacked
// copy of the data sets by
//
//	go run ./classify/knowledge/generate -third-party-web DIR -open-cookie-database DIR -commit HASH
package main

import (
	"flag"
	"fmt"
	"io/fs"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	log.SetFlags(0)
	dir := flag.String("dir", "generate", "folder of facts, input and map.tsv; ../data is written beside it")
	entities := flag.String("third-party-web", "", "reduce this unpacked npm package to input/third-party-web.tsv")
	cookies := flag.String("open-cookie-database", "", "reduce this checkout to input/open-cookie-database.tsv")
	commit := flag.String("commit", "", "commit of that checkout")
	flag.Parse()
	if err := run(*dir, *entities, *cookies, *commit); err != nil {
		log.Fatalf("generate: %v", err)
	}
}

func run(dir, entities, cookies, commit string) error {
	if entities != "" {
		if err := reduce(filepath.Join(dir, "input", thirdPartyWeb+".tsv"), func() (string, error) { return reduceEntities(entities) }); err != nil {
			return err
		}
	}
	if cookies != "" {
		if err := reduce(filepath.Join(dir, "input", openCookieDatabase+".tsv"), func() (string, error) { return reduceCookies(cookies, commit) }); err != nil {
			return err
		}
	}
	files, notes, err := generate(os.DirFS(dir))
	if err != nil {
		return err
	}
	for _, note := range notes {
		log.Print(note)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(dir, "..", "data", name), files[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}

func reduce(to string, read func() (string, error)) error {
	text, err := read()
	if err != nil {
		return err
	}
	return os.WriteFile(to, []byte(text), 0o644)
}

// generate gives the data files by name, and notes for whoever maintains map.tsv.
func generate(dir fs.FS) (files map[string][]byte, notes []string, err error) {
	f := newFacts()
	own, err := fs.Glob(dir, "facts/*.tsv")
	if err != nil {
		return nil, nil, err
	}
	for _, name := range own {
		if err := f.readOwn(dir, name); err != nil {
			return nil, nil, err
		}
	}
	same, err := readMap(dir)
	if err != nil {
		return nil, nil, err
	}
	entities, version, err := readInput(dir, thirdPartyWeb, 5)
	if err != nil {
		return nil, nil, err
	}
	if err := f.addEntities(entities, same[thirdPartyWeb], same["company"], thirdPartyWeb+" "+version); err != nil {
		return nil, nil, err
	}
	cookies, version, err := readInput(dir, openCookieDatabase, 7)
	if err != nil {
		return nil, nil, err
	}
	if err := f.addCookies(cookies, same[openCookieDatabase], same["company"], openCookieDatabase+" "+version); err != nil {
		return nil, nil, err
	}
	return f.files(), f.notes, nil
}

// readRows reads the rows of a TSV file; lines that begin with # are given to comment.
func readRows(dir fs.FS, name string, comment func(string)) ([][]string, error) {
	data, err := fs.ReadFile(dir, name)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(line, "#") {
			comment(line)
		} else if line != "" {
			rows = append(rows, strings.Split(line, "\t"))
		}
	}
	return rows, nil
}

// readInput reads a reduced data set and the version that its head names.
func readInput(dir fs.FS, set string, columns int) (rows [][]string, version string, err error) {
	name := "input/" + set + ".tsv"
	rows, err = readRows(dir, name, func(line string) {
		if v, ok := strings.CutPrefix(line, "# version "); ok {
			version = v
		}
	})
	if err != nil {
		return nil, "", err
	}
	for _, r := range rows {
		if len(r) != columns {
			return nil, "", fmt.Errorf("%s: a row of %d columns, not %d: %q", name, len(r), columns, r)
		}
	}
	if version == "" {
		return nil, "", fmt.Errorf("%s names no version", name)
	}
	return rows, version, nil
}

// readMap reads map.tsv: data set, its name for an entity or platform, our service or "-"; or "company", the short
// and the full name of one.
func readMap(dir fs.FS) (map[string]map[string]string, error) {
	rows, err := readRows(dir, "map.tsv", func(string) {})
	if err != nil {
		return nil, err
	}
	same := map[string]map[string]string{thirdPartyWeb: {}, openCookieDatabase: {}, "company": {}}
	for _, r := range rows {
		if len(r) != 3 || same[r[0]] == nil {
			return nil, fmt.Errorf("map.tsv: a row is data set, name, service; not %q", r)
		}
		same[r[0]][r[1]] = r[2]
	}
	return same, nil
}
