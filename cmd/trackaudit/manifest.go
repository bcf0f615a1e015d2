package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

const manifestName = "MANIFEST.sha256"

// writeManifest hashes every file below dir into MANIFEST.sha256, in the form that `sha256sum -c` reads.
func writeManifest(dir string) error {
	files, err := runFiles(dir)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	for _, name := range files {
		sum, err := hashFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s  %s\n", sum, name)
	}
	return os.WriteFile(filepath.Join(dir, manifestName), b.Bytes(), 0o644)
}

// checkManifest compares dir with its manifest and returns one sentence per difference: changed, missing, and
// files that the manifest does not name.
func checkManifest(dir string) (files int, differences []string, err error) {
	f, err := os.Open(filepath.Join(dir, manifestName))
	if err != nil {
		return 0, nil, hintf(err, "a run folder that trackaudit wrote holds a file %s", manifestName)
	}
	defer f.Close()
	named := map[string]bool{}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok || len(sum) != 2*sha256.Size || !filepath.IsLocal(filepath.FromSlash(name)) {
			return 0, nil, fmt.Errorf("%s line %d: not a SHA-256 sum and a file name within the folder", manifestName, n)
		}
		named[name] = true
		got, err := hashFile(filepath.Join(dir, filepath.FromSlash(name)))
		switch {
		case os.IsNotExist(err):
			differences = append(differences, "missing: "+name)
		case err != nil:
			return 0, nil, err
		case got != sum:
			differences = append(differences, "changed: "+name)
		}
	}
	if err := lines.Err(); err != nil {
		return 0, nil, err
	}
	present, err := runFiles(dir)
	if err != nil {
		return 0, nil, err
	}
	for _, name := range present {
		if !named[name] {
			differences = append(differences, "not in the manifest: "+name)
		}
	}
	sort.Strings(differences)
	return len(named), differences, nil
}

// runFiles lists the files below dir but the manifest, with slashes, sorted.
func runFiles(dir string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if name = filepath.ToSlash(name); name != manifestName {
			files = append(files, name)
		}
		return nil
	})
	sort.Strings(files)
	return files, err
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
