package report

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// shortScratch is a scratch file in memory, with room for so many bytes; 0 = as many as there are.
type shortScratch struct {
	bytes []byte
	room  int
}

var errFull = errors.New("no space left")

func (s *shortScratch) Write(p []byte) (int, error) {
	if s.room > 0 && len(s.bytes)+len(p) > s.room {
		return 0, errFull
	}
	s.bytes = append(s.bytes, p...)
	return len(p), nil
}

func (s *shortScratch) ReadAt(p []byte, at int64) (int, error) {
	return bytes.NewReader(s.bytes).ReadAt(p, at)
}

// TestScratch guards that a report is the same whether its lists lie in memory or, three entries at a time, in scratch
// files; and that no report comes of scratch files that are too small.
func TestScratch(t *testing.T) {
	in := sample()
	want := in.report()
	spilled := func(room int) *Report {
		files := 0
		seen := NewSeen(func() (Scratch, error) { files++; return &shortScratch{room: room}, nil })
		seen.pages.limit, seen.assessments.limit = 3, 3
		in.Seen = in.see(seen)
		if files != 2 {
			t.Fatalf("%d scratch files, want 2", files)
		}
		return New(in.Input)
	}
	got := spilled(0)
	for format := range Writers {
		if a, b := write(t, format, want), write(t, format, got); a != b {
			t.Errorf("%s: other bytes from scratch files", format)
		}
	}
	for format, w := range map[string]func(io.Writer, *Report) error{"json": JSON, "html": HTML} {
		if err := w(io.Discard, spilled(2000)); !errors.Is(err, errFull) {
			t.Errorf("%s: %v, want %v", format, err, errFull)
		}
	}
}

type number int

func (n number) compare(m number) int { return int(n/10 - m/10) }

// TestSorted guards the order of a list, with entries that are equal in the order in which they came.
func TestSorted(t *testing.T) {
	list := newSorted[number](func() (Scratch, error) { return &shortScratch{}, nil })
	list.limit = 7
	for i := range 100 {
		list.add(number(i * 37 % 100))
	}
	seen, last := 0, number(0)
	for n := range list.All() {
		if seen > 0 && last.compare(n) > 0 {
			t.Errorf("%d before %d", last, n)
		}
		if last = n; seen == 0 && n != 0 || seen == 1 && n != 7 {
			t.Errorf("entry %d is %d", seen, n)
		}
		seen++
	}
	if seen != 100 || list.Len() != 100 || list.Err() != nil {
		t.Errorf("%d of 100 entries, length %d, %v", seen, list.Len(), list.Err())
	}
}
