package main

import (
	"os"
	"runtime"

	"trackaudit/report"
)

// scratch lends files for what memory should not hold. They are gone when it is closed, or the program ends.
type scratch struct {
	dir   string // "" = the system's folder for such files
	files []*os.File
}

func (s *scratch) open() (report.Scratch, error) {
	dir := s.dir
	if runtime.GOOS == "windows" {
		dir = "" // an open file keeps its name there, and must not be taken for evidence
	}
	f, err := os.CreateTemp(dir, "trackaudit-scratch-*")
	if err != nil {
		return nil, err
	}
	s.files = append(s.files, f)
	_ = os.Remove(f.Name())
	return f, nil
}

func (s *scratch) close() {
	for _, f := range s.files {
		_ = f.Close()
		_ = os.Remove(f.Name())
	}
}
