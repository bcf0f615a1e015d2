package notice

import (
	"cmp"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
)

// A search is a regular expression that is tried only where the parts stand that each of its matches holds: to look for
// words is a tenth of the work.
type search struct {
	*regexp.Regexp
	need need
}

func mustSearch(expr string) *search {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		panic(err) // any test finds it
	}
	return &search{regexp.MustCompile(expr), needOf(tree)}
}

// may says that a text in lower case may hold a match.
func (p *search) may(lower string) bool { return p.need.met(lower) }

func (p *search) MatchString(text string) bool {
	return p.may(strings.ToLower(text)) && p.Regexp.MatchString(text)
}

// A need is what stands in each text that an expression matches: one of some words, or all or one of other needs. The
// zero need is always met.
type need struct {
	words []string // lower case
	all   []need
	any   []need
}

func (n need) met(lower string) bool {
	met := func(n need) bool { return n.met(lower) }
	switch {
	case n.words != nil:
		return slices.ContainsFunc(n.words, func(w string) bool { return strings.Contains(lower, w) })
	case n.any != nil:
		return slices.ContainsFunc(n.any, met)
	}
	return !slices.ContainsFunc(n.all, func(n need) bool { return !n.met(lower) })
}

func (n need) none() bool { return n.words == nil && n.all == nil && n.any == nil }

// size is how many words are looked for at most.
func (n need) size() int {
	size := len(n.words)
	for _, sub := range slices.Concat(n.all, n.any) {
		size += sub.size()
	}
	return size
}

func needOf(re *syntax.Regexp) need {
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return needOf(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needOf(re.Sub[0])
		}
	case syntax.OpAlternate:
		if n := needOfWords(wordsOfExpr(re)); !n.none() {
			return n
		}
		var n need
		for _, sub := range re.Sub {
			one := needOf(sub)
			if one.none() {
				return need{}
			}
			n.any = append(n.any, one)
		}
		return n
	case syntax.OpConcat:
		return needOfAll(re.Sub)
	}
	return needOfWords(wordsOfExpr(re))
}

// needOfAll gives what parts in a row need. Those too short to tell anything are joined with the next: "u" and "k" or
// "nited kingdom".
func needOfAll(parts []*syntax.Regexp) need {
	var n need
	var row []string
	add := func(one need) {
		if !one.none() {
			n.all = append(n.all, one)
		}
	}
	for _, part := range parts {
		list := wordsOfExpr(part)
		if joined := product(row, list); row != nil && joined != nil && needOfWords(row).none() {
			row = joined
			continue
		}
		add(needOfWords(row))
		if row = list; list == nil {
			add(needOf(part))
		}
	}
	add(needOfWords(row))
	slices.SortStableFunc(n.all, func(a, b need) int { return cmp.Compare(a.size(), b.size()) })
	return n
}

// needOfWords needs one of some words. A letter alone, or nothing, tells nothing.
func needOfWords(list []string) need {
	var n need
	for _, w := range list {
		if r := []rune(w); len(r) == 0 || len(r) == 1 && (unicode.IsLetter(r[0]) || r[0] == ' ') {
			return need{}
		}
		if !slices.ContainsFunc(list, func(o string) bool { return len(o) < len(w) && strings.Contains(w, o) }) && !slices.Contains(n.words, w) {
			n.words = append(n.words, w)
		}
	}
	return n
}

const maxWords = 40 // that an expression is spelled out to

// wordsOfExpr gives all that an expression matches, in lower case, if that is not much; nil = it is.
func wordsOfExpr(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(re.Rune))}
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return []string{""}
	case syntax.OpCapture:
		return wordsOfExpr(re.Sub[0])
	case syntax.OpQuest:
		if list := wordsOfExpr(re.Sub[0]); list != nil {
			return append(list, "")
		}
	case syntax.OpCharClass:
		var list []string
		for i := 0; i < len(re.Rune); i += 2 {
			for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
				if len(list) > 8 {
					return nil
				}
				list = append(list, strings.ToLower(string(r)))
			}
		}
		return list
	case syntax.OpConcat:
		list := []string{""}
		for _, sub := range re.Sub {
			list = product(list, wordsOfExpr(sub))
		}
		return list
	case syntax.OpAlternate:
		var list []string
		for _, sub := range re.Sub {
			one := wordsOfExpr(sub)
			if one == nil || len(list)+len(one) > maxWords {
				return nil
			}
			list = append(list, one...)
		}
		return list
	}
	return nil
}

// product joins each of some words with each of others; nil = that is too many.
func product(a, b []string) []string {
	if len(a)*len(b) > maxWords {
		return nil
	}
	var out []string
	for _, x := range a {
		for _, y := range b {
			out = append(out, x+y)
		}
	}
	return out
}
