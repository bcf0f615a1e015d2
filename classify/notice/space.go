package notice

import (
	"unicode"
	"unicode/utf8"
)

// isSpaceAt gives the length of the white space that starts at text[i], or 0.
func isSpaceAt(text string, i int) int {
	if c := text[i]; c < utf8.RuneSelf {
		if c == ' ' || c >= '\t' && c <= '\r' {
			return 1
		}
		return 0
	}
	r, n := utf8.DecodeRuneInString(text[i:])
	if unicode.IsSpace(r) {
		return n
	}
	return 0
}

// spaceBefore gives the length of the white space that ends text, or 0.
func spaceBefore(text string) int {
	r, n := utf8.DecodeLastRuneInString(text)
	if n > 0 && unicode.IsSpace(r) {
		return n
	}
	return 0
}
