package evidence

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
)

// maxLine bounds one visit on disk; a longer line is a broken or hostile file.
const maxLine = 256 << 20

// Write appends v to w as one line of JSON.
func Write(w io.Writer, v Visit) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode visit %s: %w", v.ID, err)
	}
	if _, err := w.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("write visit %s: %w", v.ID, err)
	}
	return nil
}

// Read yields the visits in r, one a line, in order. It stops at the first error: a *SyntaxError-like message
// names the line. A last line without its newline that does not parse (a run that was killed while writing) is
// reported as ErrTruncated after all whole visits were yielded.
func Read(r io.Reader) iter.Seq2[Visit, error] {
	return func(yield func(Visit, error) bool) {
		br := bufio.NewReaderSize(r, 1<<20)
		for n := 1; ; n++ {
			line, err := readLine(br)
			whole := err == nil
			if err != nil && err != io.EOF {
				yield(Visit{}, fmt.Errorf("evidence line %d: %w", n, err))
				return
			}
			if len(line) == 0 && !whole {
				return
			}
			var v Visit
			if err := json.Unmarshal(line, &v); err != nil {
				if !whole {
					err = ErrTruncated
				}
				yield(Visit{}, fmt.Errorf("evidence line %d: %w", n, err))
				return
			}
			if !yield(v, nil) || !whole {
				return
			}
		}
	}
}

// ErrTruncated is what Read yields last when the file ends in the middle of a visit.
var ErrTruncated = fmt.Errorf("ends in the middle of a visit")

func readLine(br *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := br.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxLine {
			return nil, fmt.Errorf("longer than %d bytes", maxLine)
		}
		if err != bufio.ErrBufferFull {
			return line, err
		}
	}
}
