package filter

import "strings"

// conditions are the !#if blocks around a line, with whether each holds.
type conditions []bool

// holds are the words of a condition that are true here: the lists' way to say that the reader understands the
// syntax of uBlock Origin and runs in Chromium. Every other word is false.
var holds = map[string]bool{"ext_ublock": true, "env_chromium": true, "true": true}

// off reports whether a line stands in a block whose condition does not hold.
func (c conditions) off() bool {
	for _, on := range c {
		if !on {
			return true
		}
	}
	return false
}

// maxNested bounds blocks within blocks.
const maxNested = 64

// directive reads what follows "!#". It reports false for one that it cannot follow.
func (c *conditions) directive(s string) bool {
	word, rest, _ := strings.Cut(strings.TrimSpace(s), " ")
	switch word {
	case "if":
		if len(*c) < maxNested {
			*c = append(*c, evaluate(rest))
		}
	case "else":
		if n := len(*c); n > 0 {
			(*c)[n-1] = !(*c)[n-1]
		}
	case "endif":
		if n := len(*c); n > 0 {
			*c = (*c)[:n-1]
		}
	case "include":
		return false
	}
	return true
}

// evaluate computes a condition of words, !, &&, || and parentheses. One that is malformed does not hold.
func evaluate(s string) bool {
	e := expression{rest: s}
	v := e.or()
	return v && e.skip() == "" && !e.bad
}

type expression struct {
	rest  string
	depth int
	bad   bool
}

func (e *expression) skip() string {
	e.rest = strings.TrimLeft(e.rest, " \t")
	return e.rest
}

func (e *expression) take(s string) bool {
	rest, ok := strings.CutPrefix(e.skip(), s)
	e.rest = rest
	return ok
}

func (e *expression) or() bool {
	v := e.and()
	for e.take("||") {
		v = e.and() || v
	}
	return v
}

func (e *expression) and() bool {
	v := e.not()
	for e.take("&&") {
		v = e.not() && v
	}
	return v
}

func (e *expression) not() bool {
	if e.depth++; e.depth > maxNested {
		e.bad = true
		return false
	}
	defer func() { e.depth-- }()
	if e.take("!") {
		return !e.not()
	}
	if e.take("(") {
		v := e.or()
		e.bad = e.bad || !e.take(")")
		return v
	}
	n := 0
	for s := e.skip(); n < len(s) && (s[n] == '_' || hostChar(s[n]) && s[n] < 0x80); n++ {
	}
	word := e.rest[:n]
	e.rest = e.rest[n:]
	e.bad = e.bad || n == 0
	return holds[word]
}
