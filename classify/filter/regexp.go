package filter

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
)

// maxProgram bounds the instructions of a compiled expression, so that no rule of a hostile list can take much
// memory, or much time on each request: Go's expressions run in time proportional to instructions × bytes.
const maxProgram = 5000

// compileRegexp compiles the expression of a rule, without its slashes, and returns with it the literals that stand
// in everything it matches. What JavaScript knows and Go does not (look-around, back-references) is refused.
func compileRegexp(expr string, matchCase bool) (re *regexp.Regexp, literals []string, why string) {
	if len(expr) > maxRegexp {
		return nil, nil, "expression longer than 2000 bytes"
	}
	// JavaScript lets a slash be escaped; Go's parser does too
	tree, err := syntax.Parse(expr, syntax.Perl)
	if e, ok := errors.AsType[*syntax.Error](err); ok && e.Code == syntax.ErrInvalidPerlOp {
		return nil, nil, "expression looks around" // (?=…), (?!…), (?<=…)
	}
	if err != nil {
		return nil, nil, "expression not understood"
	}
	if size(tree) > maxProgram {
		return nil, nil, "expression too large"
	}
	literals = appendLiterals(nil, tree)
	if !matchCase {
		expr = "(?i)" + expr
	}
	re, err = regexp.Compile(expr)
	if err != nil {
		return nil, nil, "expression not understood"
	}
	return re, literals, ""
}

// size estimates the instructions that re compiles to, from above.
func size(re *syntax.Regexp) int {
	n := 1
	switch re.Op {
	case syntax.OpLiteral:
		n = len(re.Rune)
	case syntax.OpCharClass:
		n = 1 + len(re.Rune)/16
	}
	for _, sub := range re.Sub {
		n += 2 + size(sub)
		if n > maxProgram {
			return n
		}
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min+1, re.Max)
	}
	return n
}

// appendLiterals adds the literals that a match of re cannot do without.
func appendLiterals(to []string, re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		to = append(to, strings.ToLower(string(re.Rune)))
	case syntax.OpConcat, syntax.OpCapture, syntax.OpPlus:
		for _, sub := range re.Sub {
			to = appendLiterals(to, sub)
		}
	case syntax.OpRepeat:
		if re.Min > 0 {
			to = appendLiterals(to, re.Sub[0])
		}
	}
	return to
}
