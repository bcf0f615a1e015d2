package notice

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// A search is a regular expression that is tried only where a part stands that each of its matches holds: to look for
// a word is a tenth of the work.
type search struct {
	*regexp.Regexp
	parts []string // lower case; none = always tried
}

func mustSearch(expr string) *search {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		panic(err) // any test finds it
	}
	return &search{regexp.MustCompile(expr), partsOf(tree)}
}

// may says that a text in lower case may hold a match.
func (p *search) may(lower string) bool {
	return len(p.parts) == 0 || slices.ContainsFunc(p.parts, func(part string) bool { return strings.Contains(lower, part) })
}

func (p *search) MatchString(text string) bool {
	return p.may(strings.ToLower(text)) && p.Regexp.MatchString(text)
}

// partsOf gives words of which each match holds one; none = it does not know.
func partsOf(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(re.Rune))}
	case syntax.OpCapture, syntax.OpPlus:
		return partsOf(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return partsOf(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if parts := partsOf(sub); shortest(parts) > shortest(best) {
				best = parts
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			parts := partsOf(sub)
			if shortest(parts) < 2 {
				return nil
			}
			all = append(all, parts...)
		}
		return all
	}
	return nil
}

// shortest is the length of the shortest of some words, 0 = there are none.
func shortest(list []string) int {
	n := 0
	for _, s := range list {
		if n == 0 || len(s) < n {
			n = len(s)
		}
	}
	return n
}
