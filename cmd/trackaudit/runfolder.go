package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"trackaudit/classify/knowledge"
	"trackaudit/classify/notice"
	"trackaudit/crawler/evidence"
)

// runSchema is the version of run.json.
const runSchema = "trackaudit.run/v1"

// runInfo is run.json: who ran what, where, with which versions. With evidence.jsonl and the notice folder it
// is all that `trackaudit report` needs to judge the run again without Chrome.
type runInfo struct {
	Schema      string                `json:"schema"`
	Tool        string                `json:"tool"`
	Version     string                `json:"version"`
	Target      string                `json:"target"` // as the user gave it
	Site        string                `json:"site"`
	Started     time.Time             `json:"started"`
	Finished    time.Time             `json:"finished"`
	Interrupted bool                  `json:"interrupted"`
	Choices     []evidence.Choice     `json:"choices"`
	Flags       map[string][]string   `json:"flags"` // those that differ from their defaults
	Browser     evidence.Browser      `json:"browser"`
	KeepValues  bool                  `json:"keep_values"`
	FirstParty  []string              `json:"first_party"`
	Hashes      map[string]string     `json:"sha256"`          // knowledge and lists that judged the run
	Overlays    []storedOverlay       `json:"overlays"`        // files in knowledge/, weakest first
	Looked      []string              `json:"looked"`          // where a notice was looked for
	Problems    []noticeProblem       `json:"problems"`        // notices that could not be had
	Links       []evidence.LinkAnswer `json:"links"`           // of the notice, by which visitors can object
	Documents   []storedDocument      `json:"documents"`       // files in notice/
	Repeats     []string              `json:"repeats"`         // evidence of further audits that confirmed the findings
	Notes       []string              `json:"notes"`           // what a person should know about how it ran
	Model       *asked                `json:"model,omitempty"` // the helper model, if one was asked
}

// noticeProblem is a notice that could not be fetched.
type noticeProblem struct {
	URL    string `json:"url"`
	Reason string `json:"reason"`
	Dead   bool   `json:"dead"` // 404 or 410: as if there were none
}

// storedOverlay says where facts lie in the run folder, and the name by which findings call them.
type storedOverlay struct {
	File string `json:"file"`
	Name string `json:"name"`
}

// storedDocument says where the bytes of a notice lie in the run folder, and where they came from.
type storedDocument struct {
	File        string    `json:"file"`
	URL         string    `json:"url"`
	ContentType string    `json:"content_type"`
	Status      int       `json:"status"`
	Rendered    bool      `json:"rendered"`
	Fetched     time.Time `json:"fetched"`
}

// runFolder is an open run folder. What is written to it stays, whatever happens afterwards.
type runFolder struct {
	dir      string
	evidence *os.File
	resumed  bool
}

// createRun makes the run folder. A folder that holds files is refused: evidence is never overwritten.
func createRun(dir string) (*runFolder, error) {
	entries, err := os.ReadDir(dir)
	switch {
	case err == nil && len(entries) > 0:
		return nil, hintf(fmt.Errorf("the run folder %s holds files", dir), "name a new folder with --out DIR; evidence is never overwritten")
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, hintf(err, "choose a folder that you can write to, with --out DIR")
	}
	if err := os.MkdirAll(filepath.Join(dir, "notice"), 0o755); err != nil {
		return nil, hintf(err, "choose a folder that you can write to, with --out DIR")
	}
	f, err := os.Create(filepath.Join(dir, evidenceFile))
	if err != nil {
		return nil, hintf(err, "choose a folder that you can write to, with --out DIR")
	}
	return &runFolder{dir: dir, evidence: f}, nil
}

// reopenRun opens the folder of a run that was interrupted. What it holds stays until the resumed run has ended: the
// visits go to another file, which then takes the place of the first.
func reopenRun(dir string) (*runFolder, error) {
	f, err := os.OpenFile(filepath.Join(dir, resumedFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, hintf(err, "the folder of the interrupted run must be writable")
	}
	return &runFolder{dir: dir, evidence: f, resumed: true}, nil
}

const (
	evidenceFile = "evidence.jsonl"
	resumedFile  = "evidence-resumed.jsonl"
)

// add appends a visit to the evidence.
func (r *runFolder) add(v evidence.Visit) error { return evidence.Write(r.evidence, v) }

// visits are those that were added.
func (r *runFolder) visits() *storedVisits { return &storedVisits{files: []string{r.evidence.Name()}} }

// sink opens a further file of visits.
func (r *runFolder) sink(name string) (add func(evidence.Visit) error, end func() error, err error) {
	f, err := os.Create(filepath.Join(r.dir, name))
	if err != nil {
		return nil, nil, err
	}
	return func(v evidence.Visit) error { return evidence.Write(f, v) }, f.Close, nil
}

// write puts a file into the folder; name has slashes.
func (r *runFolder) write(name string, data []byte) error {
	path := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

// keepDocuments stores the notices' bytes and returns where they lie.
func (r *runFolder) keepDocuments(docs []evidence.Document) ([]storedDocument, error) {
	stored := []storedDocument{}
	for i, d := range docs {
		file := fmt.Sprintf("notice/d%d%s", i+1, extension(d.ContentType))
		if err := r.write(file, d.Body); err != nil {
			return nil, err
		}
		stored = append(stored, storedDocument{file, d.URL, d.ContentType, d.Status, d.Rendered, d.Fetched})
	}
	return stored, nil
}

// extension is the file name ending for a content type; the name itself never comes from a page.
func extension(contentType string) string {
	switch t, _, _ := strings.Cut(strings.ToLower(contentType), ";"); strings.TrimSpace(t) {
	case "text/html", "application/xhtml+xml":
		return ".html"
	case "text/markdown":
		return ".md"
	case "application/pdf":
		return ".pdf"
	case "text/plain":
		return ".txt"
	}
	return ".bin"
}

// close ends the evidence, writes run.json and, last, the manifest.
func (r *runFolder) close(info runInfo) error {
	if err := r.evidence.Close(); err != nil {
		return err
	}
	if r.resumed && !info.Interrupted {
		if err := os.Rename(filepath.Join(r.dir, resumedFile), filepath.Join(r.dir, evidenceFile)); err != nil {
			return err
		}
	}
	if err := r.writeInfo(info); err != nil {
		return err
	}
	return writeManifest(r.dir)
}

func (r *runFolder) writeInfo(info runInfo) error {
	data, err := json.MarshalIndent(info, "", "  ")
	if err != nil {
		return err
	}
	return r.write("run.json", append(data, '\n'))
}

// savedRun is a run folder read back.
type savedRun struct {
	info     runInfo
	visits   *storedVisits
	repeats  []*storedVisits
	docs     []evidence.Document
	overlays []knowledge.Overlay
	answers  []notice.Answer // of a helper model
}

// openRun reads a run folder.
func openRun(dir string) (*savedRun, error) {
	data, err := os.ReadFile(filepath.Join(dir, "run.json"))
	if err != nil {
		return nil, hintf(err, "name the run folder that trackaudit audit wrote (--out DIR)")
	}
	s := &savedRun{}
	if err := json.Unmarshal(data, &s.info); err != nil {
		return nil, fmt.Errorf("run.json: %w", err)
	}
	if s.info.Schema != runSchema {
		return nil, fmt.Errorf("run.json: schema %q is not %q", s.info.Schema, runSchema)
	}
	s.visits = &storedVisits{files: []string{filepath.Join(dir, evidenceFile)}}
	if resumed := filepath.Join(dir, resumedFile); (&storedVisits{files: []string{resumed}}).check() == nil { // interrupted once more
		s.visits.files = append(s.visits.files, resumed)
	}
	for _, name := range s.info.Repeats {
		if !filepath.IsLocal(name) {
			return nil, fmt.Errorf("run.json: %q lies outside the run folder", name)
		}
		s.repeats = append(s.repeats, &storedVisits{files: []string{filepath.Join(dir, name)}})
	}
	for _, visits := range append([]*storedVisits{s.visits}, s.repeats...) {
		if err := visits.check(); err != nil {
			return nil, err
		}
	}
	for _, d := range s.info.Documents {
		body, err := readWithin(dir, d.File)
		if err != nil {
			return nil, err
		}
		s.docs = append(s.docs, evidence.Document{URL: d.URL, ContentType: d.ContentType, Status: d.Status,
			Rendered: d.Rendered, Fetched: d.Fetched, Body: body})
	}
	for _, o := range s.info.Overlays {
		body, err := readWithin(dir, o.File)
		if err != nil {
			return nil, err
		}
		s.overlays = append(s.overlays, knowledge.Overlay{Name: o.Name, TSV: body})
	}
	if m := s.info.Model; m != nil {
		body, err := readWithin(dir, m.Answers)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(body, &s.answers); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Answers, err)
		}
	}
	return s, nil
}

// readWithin reads a file that run.json names, which must lie in the run folder.
func readWithin(dir, name string) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.ReadFile(filepath.FromSlash(name))
}
