package main

import (
	"errors"
	"io"
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

// whole finds visits that saw their page whole. Only where they lie is kept in memory.
func (s *storedVisits) whole() func(id, url string, choice evidence.Choice) (evidence.Visit, bool) {
	type key struct {
		id, url string
		choice  evidence.Choice
	}
	type place struct {
		file       string
		from, size int64
	}
	at := map[key]place{}
	for _, name := range s.files {
		f, err := os.Open(name)
		if err != nil {
			continue // what is not found is visited again
		}
		lines := &lineSizes{r: f}
		from := int64(0)
		for v, err := range evidence.Read(lines) {
			if err != nil {
				break
			}
			size := lines.next()
			if v.Complete {
				at[key{v.ID, v.URL, v.Choice}] = place{name, from, size}
			}
			from += size
		}
		_ = f.Close()
	}
	return func(id, url string, choice evidence.Choice) (v evidence.Visit, ok bool) {
		p, ok := at[key{id, url, choice}]
		if !ok {
			return v, false
		}
		f, err := os.Open(p.file)
		if err != nil {
			return v, false
		}
		defer f.Close()
		for v, err := range evidence.Read(io.NewSectionReader(f, p.from, p.size)) {
			return v, err == nil
		}
		return v, false
	}
}

// lineSizes notes how long each line is that is read through it.
type lineSizes struct {
	r     io.Reader
	open  int64 // bytes of the line under way
	sizes []int64
}

func (l *lineSizes) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for _, b := range p[:n] {
		if l.open++; b == '\n' {
			l.sizes, l.open = append(l.sizes, l.open), 0
		}
	}
	return n, err
}

// next is the size of the next line; the last may have no end.
func (l *lineSizes) next() int64 {
	if len(l.sizes) == 0 {
		return l.open
	}
	size := l.sizes[0]
	l.sizes = l.sizes[1:]
	return size
}
