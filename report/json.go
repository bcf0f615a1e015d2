package report

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"unicode"
)

// JSON writes the report for machines, indented. What a large site has many of is written one by one, not held in memory
// as text.
func JSON(w io.Writer, r *Report) error {
	rest := *r
	rest.Findings, rest.Coverage.Pages, rest.Assessments = []Finding{}, &Sorted[Page]{}, &Sorted[Assessment]{}
	compact, err := rest.MarshalJSON()
	if err != nil {
		return err
	}
	text, err := indent(compact, "")
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	for _, list := range []struct {
		empty, indent string
		all           iter.Seq[any]
	}{
		{"\n  \"findings\": []", "    ", each(slices.Values(r.Findings))},
		{"\n    \"pages\": []", "      ", each(r.Coverage.Pages.All())},
		{"\n  \"assessments\": []", "    ", each(r.Assessments.All())},
	} {
		before, after, _ := bytes.Cut(text, []byte(list.empty)) // no string of JSON holds a line break
		text = after
		out.Write(before)
		if err := writeList(out, list.empty, list.indent, list.all); err != nil {
			return err
		}
	}
	out.Write(text)
	out.WriteByte('\n')
	return cmp.Or(out.Flush(), r.Coverage.Pages.Err(), r.Assessments.Err())
}

// writeList writes what stands in the text as an empty list.
func writeList(out *bufio.Writer, empty, prefix string, all iter.Seq[any]) error {
	out.WriteString(empty[:len(empty)-1])
	n := 0
	for v := range all {
		compact, err := escaped(v)
		if err != nil {
			return err
		}
		one, err := indent(compact, prefix)
		if err != nil {
			return err
		}
		if n++; n > 1 {
			out.WriteByte(',')
		}
		out.WriteString("\n" + prefix)
		out.Write(one)
	}
	if n > 0 {
		out.WriteString("\n" + prefix[2:])
	}
	return out.WriteByte(']')
}

func each[T any](list iter.Seq[T]) iter.Seq[any] {
	return func(yield func(any) bool) {
		for v := range list {
			if !yield(&v) {
				return
			}
		}
	}
}

func indent(compact []byte, prefix string) ([]byte, error) {
	var b bytes.Buffer
	err := json.Indent(&b, compact, prefix, "  ")
	return b.Bytes(), err
}

// MarshalJSON is the report on one line.
func (r *Report) MarshalJSON() ([]byte, error) {
	type plain Report // without this method
	return escaped((*plain)(r))
}

// escaped escapes what JSON allows raw and a terminal would obey or hide: C1 controls, direction overrides,
// zero-width characters. The text that a parser gets is the text that the page gave.
func escaped(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	out := make([]byte, 0, b.Len())
	for _, c := range string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))) {
		switch {
		case c > 0xFFFF && !unicode.IsPrint(c):
			c -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xD800+c>>10, 0xDC00+c&0x3FF)
		case c >= 0x7F && (!unicode.IsPrint(c) || unseen(c)):
			out = fmt.Appendf(out, `\u%04x`, c)
		default:
			out = append(out, string(c)...)
		}
	}
	return out, nil
}

// SchemaError says that a file is not a report that this version can read.
type SchemaError struct{ Found string }

func (e *SchemaError) Error() string {
	if e.Found == "" {
		return fmt.Sprintf("not a report: it does not say schema %q", Schema)
	}
	return fmt.Sprintf("schema %q is not %q", e.Found, Schema)
}

// Decode reads a report that JSON wrote, as a baseline or to compare with.
func Decode(in io.Reader) (*Report, error) {
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return nil, fmt.Errorf("not a report: %w", err)
	}
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(raw, &head); err != nil || head.Schema != Schema {
		return nil, &SchemaError{head.Schema}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one report: use the report.json of one site")
	}
	r := &Report{}
	if err := json.Unmarshal(raw, r); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	if r.Coverage.Pages == nil {
		r.Coverage.Pages = newSorted[Page](nil)
	}
	if r.Assessments == nil {
		r.Assessments = newSorted[Assessment](nil)
	}
	noNull(r)
	return r, nil
}
