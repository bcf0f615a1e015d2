package report

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxText bounds a single string in every rendering but JSON: a storage key may be megabytes long.
const maxText = 2000

// clean makes text that a page or a notice controls harmless wherever it is shown: whatever is invisible, moves
// the cursor, turns the direction of writing or is not UTF-8 becomes a visible escape (\x1b, \u202e); every kind
// of space becomes one space; a long text is shortened without becoming ambiguous.
func clean(s string) string {
	s = shorten(s, maxText)
	if printable(s) {
		return s
	}
	var b strings.Builder
	marks := 0
	for i, r := range s {
		if unicode.Is(unicode.M, r) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n', r == '\r', r == '\t', r == '\u2028', r == '\u2029', unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case r < 0x80 && !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\x%02x`, r)
		case !unicode.IsPrint(r), unseen(r), marks > 3: // a stack of marks climbs over the neighbouring lines
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// unseen tells letters and marks that Unicode counts as printable and that no font shows.
func unseen(r rune) bool {
	switch r {
	case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0xFFFC:
		return true
	}
	return unicode.Is(unicode.Variation_Selector, r)
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// shorten cuts a text in the middle and says how long it was, with a fingerprint: two long names that differ
// anywhere never look the same.
func shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	length := utf8.RuneCountInString(s)
	if length <= limit {
		return s
	}
	head, tail := 0, len(s)
	for range limit * 3 / 4 {
		_, n := utf8.DecodeRuneInString(s[head:])
		head += n
	}
	for range limit / 8 {
		_, n := utf8.DecodeLastRuneInString(s[:tail])
		tail -= n
	}
	sum := sha256.Sum256([]byte(s))
	return fmt.Sprintf("%s … (%d characters, sha256 %x) … %s", s[:head], length, sum[:4], s[tail:])
}

// cleaned is a copy of r in which every string is clean. Every writer but JSON begins with it, so that none can
// forget.
func cleaned(r *Report) *Report {
	out := *r
	cleanIn(reflect.ValueOf(&out).Elem())
	return &out
}

// cleanIn cleans v in place; what v points to is copied first, for it is another's too.
func cleanIn(v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(clean(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			cleanIn(v.Field(i))
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(own, v)
		v.Set(own)
		for i := range own.Len() {
			cleanIn(own.Index(i))
		}
	case reflect.Map:
		if v.IsNil() {
			return
		}
		own := reflect.MakeMapWithSize(v.Type(), v.Len())
		for it := v.MapRange(); it.Next(); {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			key.Set(it.Key())
			value.Set(it.Value())
			cleanIn(key)
			cleanIn(value)
			own.SetMapIndex(key, value)
		}
		v.Set(own)
	case reflect.Pointer:
		if !v.IsNil() {
			if list, long := v.Interface().(interface{ cleaned() any }); long {
				v.Set(reflect.ValueOf(list.cleaned()))
				return
			}
			own := reflect.New(v.Type().Elem())
			own.Elem().Set(v.Elem())
			cleanIn(own.Elem())
			v.Set(own)
		}
	}
}

// noNull replaces the null lists and maps of r by empty ones. It does not follow pointers: what they point to
// belongs to the evidence and leaves empty lists out.
func noNull(r *Report) { fill(reflect.ValueOf(r).Elem()) }

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
	}
}
