package notice

import "fmt"

// UnreadableError says that a document could not be read as a notice, and why: nothing may be concluded from what
// it seems to leave unsaid.
type UnreadableError struct {
	URL    string
	Reason string
}

func (e *UnreadableError) Error() string {
	return fmt.Sprintf("notice %s: unreadable: %s", e.URL, e.Reason)
}

// LanguageError says that a document is in a language there is no lexicon for.
type LanguageError struct {
	URL      string
	Language string // "pl"; "" = not recognized
}

func (e *LanguageError) Error() string {
	if e.Language == "" {
		return fmt.Sprintf("notice %s: language not recognized", e.URL)
	}
	return fmt.Sprintf("notice %s: language %q is not supported", e.URL, e.Language)
}

// SyntaxError points at a place in a declarations file that a person edited.
type SyntaxError struct {
	Line   int
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("declarations: line %d: %s", e.Line, e.Reason)
}
