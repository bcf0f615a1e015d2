package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode"
)

// JSON writes the report for machines, indented.
func JSON(w io.Writer, r *Report) error {
	// Assessments are what a large site has many of: they are written one by one, not held in memory as text.
	rest := *r
	rest.Assessments = []Assessment{}
	compact, err := rest.MarshalJSON()
	if err != nil {
		return err
	}
	text, err := indent(compact, "")
	if err != nil {
		return err
	}
	const empty = "\n  \"assessments\": []" // no string of JSON holds a line break
	before, after, ok := bytes.Cut(text, []byte(empty))
	if !ok || len(r.Assessments) == 0 {
		_, err = w.Write(append(text, '\n'))
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	out.Write(before)
	out.WriteString(empty[:len(empty)-1])
	for i := range r.Assessments {
		compact, err := escaped(&r.Assessments[i])
		if err != nil {
			return err
		}
		one, err := indent(compact, "    ")
		if err != nil {
			return err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n    ")
		out.Write(one)
	}
	out.WriteString("\n  ]")
	out.Write(after)
	out.WriteByte('\n')
	return out.Flush()
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
	noNull(r)
	return r, nil
}
