package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode"

	"trackaudit/crawler/browser"
	"trackaudit/crawler/consent"
	"trackaudit/crawler/discover"
)

// hinted is an error with what the user can do about it.
type hinted struct {
	err  error
	hint string
}

func (h hinted) Error() string { return h.err.Error() }
func (h hinted) Unwrap() error { return h.err }

// hintf wraps err with a hint; the error says what is wrong, the hint what to do.
func hintf(err error, format string, args ...any) error {
	return hinted{err, fmt.Sprintf(format, args...)}
}

// printError writes one clear line, and a hint where there is one.
func printError(w io.Writer, err error) {
	fmt.Fprintf(w, "trackaudit: %s\n", plain(err.Error()))
	if h := hintFor(err); h != "" {
		fmt.Fprintf(w, "hint: %s\n", plain(h))
	}
}

// hintFor is the one place that knows what a user can do about an error of the packages below.
func hintFor(err error) string {
	var h hinted
	var notFound *browser.NotFoundError
	var choice *consent.UnavailableError
	var fetch *discover.FetchError
	switch {
	case errors.As(err, &h):
		return h.hint
	case errors.As(err, &notFound):
		return browserHint()
	case errors.As(err, &choice):
		return "the choices are none, dnt and gpc, separated by commas"
	case errors.As(err, &fetch):
		return "check the address in an ordinary browser; a staging host can be named with --host-rule \"MAP host address:port\""
	case errors.Is(err, fs.ErrPermission):
		return "choose a folder that you can write to, with --out DIR"
	case strings.HasPrefix(err.Error(), "unknown flag"), strings.HasPrefix(err.Error(), "unknown command"),
		strings.HasPrefix(err.Error(), "unknown shorthand"):
		return "trackaudit --help lists the commands, trackaudit COMMAND --help the flags"
	}
	return ""
}

// plain makes text that a page, a file or an address controls harmless on a terminal: control characters,
// escape sequences and direction overrides become visible escapes, line breaks spaces.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r == unicode.ReplacementChar,
			r == '\u2028', r == '\u2029':
			return '\uFFFD'
		}
		return r
	}, s)
}

// isTerminal says whether w is a terminal, where a line may be rewritten and colours may be used.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
