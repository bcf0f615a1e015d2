package evidence

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Value is a stored or sent value without its content. Text holds the content while a visit is being captured;
// Seal takes it out, unless the user asked to keep it.
type Value struct {
	Hash    string  `json:"hash,omitempty"`    // first 16 bytes of HMAC-SHA-256 under the run's key, in hex
	Length  int     `json:"length"`            // bytes
	Shape   string  `json:"shape,omitempty"`   // see Shape
	Entropy float64 `json:"entropy,omitempty"` // bits in the whole value, Shannon, by byte frequency
	Text    string  `json:"text,omitempty"`
}

// NewValue describes text, keeping it until Seal. It is not yet hashed.
func NewValue(text string) Value {
	return Value{Length: len(text), Shape: Shape(text), Entropy: Entropy(text), Text: text}
}

func (v *Value) seal(key []byte, keep bool) {
	if v.Text == "" {
		return
	}
	v.Hash = Hash(key, v.Text)
	if !keep {
		v.Text = ""
	}
}

// Hash is the keyed hash by which evidence names a value: equal values have equal hashes within a run, and
// nobody without the run's key can test a guess.
func Hash(key []byte, text string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// Entropy is the Shannon entropy of text in bits, summed over its bytes, rounded to a tenth.
func Entropy(text string) float64 {
	if text == "" {
		return 0
	}
	var n [256]int
	for i := range len(text) {
		n[text[i]]++
	}
	var h float64
	for _, c := range n {
		if c > 0 {
			p := float64(c) / float64(len(text))
			h -= float64(c) * math.Log2(p)
		}
	}
	return math.Round(h*10) / 10
}

var (
	uuidRE   = regexp.MustCompile(`(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$`)
	hexRE    = regexp.MustCompile(`(?i)^[0-9a-f]{8,}$`)
	digitsRE = regexp.MustCompile(`^[0-9]+$`)
	base64RE = regexp.MustCompile(`^[A-Za-z0-9+/_-]{12,}={0,2}$`)
	wordRE   = regexp.MustCompile(`^[\pL]+$`)
	partsRE  = regexp.MustCompile(`[^.|:~&!*]+`)
)

// Shape describes the form of a value by tokens: uuid, hex, digits, timestamp, base64, word, json, text, with
// the separators . | : ~ & ! * kept, so that "GA1.1.1234567.1700000000" is "GA1.1.digits.timestamp". Short
// literals that are the same for every visitor stay; at most eight tokens are told apart.
func Shape(text string) string {
	switch t := strings.TrimSpace(text); {
	case t == "":
		return "empty"
	case !utf8.ValidString(t):
		return "binary"
	case t[0] == '{' || t[0] == '[' || strings.HasPrefix(strings.ToLower(t), "%7b"):
		return "json"
	case len(t) > 512:
		return "text"
	case uuidRE.MatchString(t):
		return "uuid"
	}
	n := 0
	shape := partsRE.ReplaceAllStringFunc(text, func(part string) string {
		if n++; n > 8 {
			return ""
		}
		return token(part)
	})
	if n > 8 {
		return "text"
	}
	return shape
}

func token(s string) string {
	switch {
	case uuidRE.MatchString(s):
		return "uuid"
	case digitsRE.MatchString(s):
		if len(s) <= 2 {
			return s
		}
		if len(s) == 10 || len(s) == 13 {
			if t, _ := strconv.ParseInt(s[:10], 10, 64); t > 1_000_000_000 && t < 2_500_000_000 {
				return "timestamp"
			}
		}
		return "digits"
	case len(s) <= 3:
		return s
	case hexRE.MatchString(s):
		return "hex"
	case wordRE.MatchString(s) && len(s) < 20:
		return "word"
	case base64RE.MatchString(s):
		return "base64"
	}
	return "text"
}
