package main

import (
	"errors"
	"os"

	"trackaudit/crawler/evidence"
)

// storedVisits are the visits in files of a run folder, read one at a time whenever they are asked for.
type storedVisits struct {
	files []string
	// err is what kept the visits from being read whole.
	err error
	// truncated says that a file ends in the middle of a visit, because the run was killed: the whole ones count.
	truncated bool
}

// all yields the visits in the order of the files.
func (s *storedVisits) all(yield func(evidence.Visit) bool) {
	for _, name := range s.files {
		more, err := s.read(name, yield)
		if err != nil && s.err == nil {
			s.err = err
		}
		if !more || err != nil {
			return
		}
	}
}

func (s *storedVisits) read(name string, yield func(evidence.Visit) bool) (more bool, err error) {
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	for v, err := range evidence.Read(f) {
		if errors.Is(err, evidence.ErrTruncated) {
			s.truncated = true
			return true, nil
		}
		if err != nil {
			return false, err
		}
		if !yield(v) {
			return false, nil
		}
	}
	return true, nil
}

// check reads the visits and says whether they can be read.
func (s *storedVisits) check() error {
	for range s.all {
	}
	return s.err
}
