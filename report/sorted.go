package report

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"reflect"
	"slices"
)

// Scratch is a file that nobody else reads.
type Scratch interface {
	io.Writer
	io.ReaderAt
}

// Sorted is a list in order that may be longer than memory should hold: beyond maxHeld entries it lies in a scratch
// file, as sorted runs that are merged whenever it is read. Its zero value is an empty list, and so is nil.
type Sorted[T ordered[T]] struct {
	scratch func() (Scratch, error) // nil = everything is held
	file    Scratch
	runs    []run
	held    []T // in order once the list is read
	limit   int // of held
	n       int
	clean   bool // every string of what is read is made harmless
	err     *error
}

// ordered is what has its place among others of its kind.
type ordered[T any] interface{ compare(T) int }

// run is a part of the scratch file: entries in order, one line of JSON each.
type run struct{ from, size int64 }

const maxHeld = 500 // entries

func newSorted[T ordered[T]](scratch func() (Scratch, error)) *Sorted[T] {
	return &Sorted[T]{scratch: scratch, limit: maxHeld, err: new(error)}
}

// sortedBy is an empty list with another order, that goes to scratch files where s does.
func sortedBy[U ordered[U], T ordered[T]](s *Sorted[T]) *Sorted[U] {
	if s == nil {
		return newSorted[U](nil)
	}
	return newSorted[U](s.scratch)
}

// Len is the number of entries; of no list, 0.
func (s *Sorted[T]) Len() int {
	if s == nil {
		return 0
	}
	return s.n
}

// Err says what kept the list from being written or read whole.
func (s *Sorted[T]) Err() error {
	if s == nil || s.err == nil {
		return nil
	}
	return *s.err
}

func (s *Sorted[T]) failed(err error) {
	if *s.err == nil {
		*s.err = fmt.Errorf("scratch file: %w", err)
	}
}

func (s *Sorted[T]) add(t T) {
	fill(reflect.ValueOf(&t).Elem())
	s.held = append(s.held, t)
	if s.n++; s.scratch != nil && len(s.held) >= s.limit {
		if err := s.spill(); err != nil {
			s.failed(err)
		}
	}
}

// spill writes what is held to the scratch file.
func (s *Sorted[T]) spill() error {
	if s.Err() != nil {
		s.held = s.held[:0] // there is no room for it, and the report will not be written
		return nil
	}
	if s.file == nil {
		var err error
		if s.file, err = s.scratch(); err != nil {
			return err
		}
	}
	s.sort()
	var r run
	if n := len(s.runs); n > 0 {
		r.from = s.runs[n-1].from + s.runs[n-1].size
	}
	w := bufio.NewWriterSize(&counting{s.file, &r.size}, 1<<16)
	lines := json.NewEncoder(w)
	for i := range s.held {
		if err := lines.Encode(&s.held[i]); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	clear(s.held)
	s.held, s.runs = s.held[:0], append(s.runs, r)
	return nil
}

type counting struct {
	io.Writer
	n *int64
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	*c.n += int64(n)
	return n, err
}

func (s *Sorted[T]) sort() { slices.SortStableFunc(s.held, T.compare) }

// All gives the entries in order. Err says afterwards whether these are all.
func (s *Sorted[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		if s == nil {
			return
		}
		s.sort()
		var m merge[T]
		for i, r := range s.runs {
			lines := json.NewDecoder(bufio.NewReaderSize(io.NewSectionReader(s.file, r.from, r.size), 1<<14))
			m.add(i, func() (t T, err error) { err = lines.Decode(&t); return t, err })
		}
		held := s.held
		m.add(len(s.runs), func() (t T, err error) {
			if len(held) == 0 {
				return t, io.EOF
			}
			t, held = held[0], held[1:]
			return t, nil
		})
		n := 0
		for len(m.sources) > 0 {
			t := m.next()
			n++
			if s.clean {
				cleanIn(reflect.ValueOf(&t).Elem())
			}
			if !yield(t) {
				return
			}
		}
		if m.err == nil && n < s.n {
			m.err = io.ErrUnexpectedEOF
		}
		if m.err != nil && s.err != nil {
			s.failed(m.err)
		}
	}
}

// merge is a heap of runs, the one with the least entry first.
type merge[T ordered[T]] struct {
	sources []source[T]
	err     error
}

type source[T any] struct {
	number int // of the run: equal entries stay in the order in which they were added
	least  T
	more   func() (T, error) // io.EOF ends it
}

func (m *merge[T]) add(number int, more func() (T, error)) {
	least, err := more()
	if err == nil {
		heap.Push(m, source[T]{number, least, more})
	} else if err != io.EOF {
		m.err = err
	}
}

func (m *merge[T]) next() T {
	s := &m.sources[0]
	t := s.least
	var err error
	if s.least, err = s.more(); err == nil {
		heap.Fix(m, 0)
		return t
	}
	if err != io.EOF {
		m.err = err
	}
	heap.Pop(m)
	return t
}

func (m *merge[T]) Len() int { return len(m.sources) }
func (m *merge[T]) Less(i, j int) bool {
	a, b := &m.sources[i], &m.sources[j]
	return cmp.Or(a.least.compare(b.least), cmp.Compare(a.number, b.number)) < 0
}
func (m *merge[T]) Swap(i, j int) { m.sources[i], m.sources[j] = m.sources[j], m.sources[i] }
func (m *merge[T]) Push(x any)    { m.sources = append(m.sources, x.(source[T])) }
func (m *merge[T]) Pop() any {
	last := m.sources[len(m.sources)-1]
	m.sources = m.sources[:len(m.sources)-1]
	return last
}

// cleaned is the list with every string made harmless as it is read.
func (s *Sorted[T]) cleaned() any {
	c := *s
	c.clean = true
	return &c
}

// MarshalJSON is the list on one line, all of it in memory.
func (s *Sorted[T]) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	b.WriteByte('[')
	i := 0
	for t := range s.All() {
		if i++; i > 1 {
			b.WriteByte(',')
		}
		if err := e.Encode(&t); err != nil {
			return nil, err
		}
	}
	b.WriteByte(']')
	return b.Bytes(), s.Err()
}

// UnmarshalJSON reads a list into memory.
func (s *Sorted[T]) UnmarshalJSON(data []byte) error {
	var list []T
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	*s = *newSorted[T](nil)
	for _, t := range list {
		s.add(t)
	}
	return nil
}
