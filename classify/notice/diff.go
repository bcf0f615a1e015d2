package notice

import (
	"fmt"
	"slices"
	"strings"
)

// Changes is what differs between two notices, in the order of the newer one; nothing in it is null.
type Changes struct {
	Documents    []DocumentChange    `json:"documents"`
	Claims       []ClaimChange       `json:"claims"`
	OptOuts      []OptOutChange      `json:"opt_out"`
	Declarations []DeclarationChange `json:"declarations"`
}

// Empty says that the two notices say the same.
func (c Changes) Empty() bool {
	return len(c.Documents)+len(c.Claims)+len(c.OptOuts)+len(c.Declarations) == 0
}

// ClaimChange is a claim ("dnt", "gpc", "consent" …) whose value differs.
type ClaimChange struct {
	Claim string `json:"claim"`
	Old   Claim  `json:"old"`
	New   Claim  `json:"new"`
}

// OptOutChange is a link to object by that appeared or went.
type OptOutChange struct {
	Change Change `json:"change"`
	OptOut OptOut `json:"opt_out"`
}

// DeclarationChange is a declaration that appeared, went, or changed in the fields that it names. Old is nil for one that
// appeared, New for one that went.
type DeclarationChange struct {
	Change Change       `json:"change"`
	Fields []string     `json:"fields"`
	Old    *Declaration `json:"old"`
	New    *Declaration `json:"new"`
}

// Diff tells what appeared, went and changed from one notice to another. Where something stands, how it is worded and
// how often it is said is no change; neither is what does not count.
func Diff(old, new *Notice) Changes {
	out := Changes{Documents: Drift(old, new), Claims: []ClaimChange{}, OptOuts: []OptOutChange{}, Declarations: []DeclarationChange{}}
	a, b := old.Claims.filled(), new.Claims.filled()
	names := []string{"dnt", "gpc", "consent", "sale", "sharing", "retention"}
	before, after := a.single(), b.single()
	for i := range before {
		if before[i].Value != after[i].Value {
			out.Claims = append(out.Claims, ClaimChange{names[i], *before[i], *after[i]})
		}
	}
	has := func(list []OptOut, o OptOut) bool {
		return slices.ContainsFunc(list, func(x OptOut) bool { return x.URL == o.URL })
	}
	for _, o := range a.OptOut {
		if !has(b.OptOut, o) {
			out.OptOuts = append(out.OptOuts, OptOutChange{Went, o})
		}
	}
	for _, o := range b.OptOut {
		if !has(a.OptOut, o) {
			out.OptOuts = append(out.OptOuts, OptOutChange{Appeared, o})
		}
	}
	out.Declarations = append(out.Declarations, diffDeclarations(counted(old), counted(new))...)
	return out
}

// counted lists the declarations that count, each content once.
func counted(n *Notice) []Declaration {
	var out []Declaration
	seen := map[string]bool{}
	for _, d := range n.JSON().Declarations {
		key := strings.Join(contents(d), "\x00")
		if d.Counts() && !seen[key] {
			seen[key] = true
			out = append(out, d)
		}
	}
	return out
}

// fieldNames are the fields in which declarations may differ, as contents gives them.
var fieldNames = []string{"technology", "names", "recipient", "denied", "purpose", "party", "region", "condition", "except", "strength", "retention", "without_click"}

func contents(d Declaration) []string {
	life := d.Retention
	if d.Lifetime >= 0 {
		life = fmt.Sprint(d.Lifetime) // "2 years" and "24 months" are written differently only
	}
	return []string{string(d.Technology), strings.Join(d.Names, "\n"), d.Recipient, fmt.Sprint(d.Denied), string(d.Purpose), string(d.Party),
		string(d.Region), string(d.Condition), d.Except, string(d.Strength), life, fmt.Sprint(d.WithoutClick)}
}

func differing(a, b Declaration) []string {
	var out []string
	x, y := contents(a), contents(b)
	for i := range x {
		if x[i] != y[i] {
			out = append(out, fieldNames[i])
		}
	}
	return out
}

// diffDeclarations pairs what is left on both sides once the same is taken away: the most alike first, if they are about
// the same thing at all.
func diffDeclarations(old, new []Declaration) []DeclarationChange {
	key := func(d Declaration) string { return strings.Join(contents(d), "\x00") }
	inOld, inNew := map[string]bool{}, map[string]bool{}
	for _, d := range old {
		inOld[key(d)] = true
	}
	for _, d := range new {
		inNew[key(d)] = true
	}
	old = slices.DeleteFunc(slices.Clone(old), func(d Declaration) bool { return inNew[key(d)] })
	new = slices.DeleteFunc(slices.Clone(new), func(d Declaration) bool { return inOld[key(d)] })

	paired := make([]int, len(new)) // index into old plus 1
	used := make([]bool, len(old))
	about := map[string][]int{}
	for i, o := range old {
		about[subjectOf(o)] = append(about[subjectOf(o)], i)
	}
	for most := 1; most <= 4; most++ { // fields that differ
		for j, d := range new {
			if paired[j] > 0 {
				continue
			}
			for _, i := range about[subjectOf(d)] {
				if !used[i] && len(differing(old[i], d)) == most {
					paired[j], used[i] = i+1, true
					break
				}
			}
		}
	}
	var out []DeclarationChange
	for j := range new {
		if i := paired[j] - 1; i >= 0 {
			out = append(out, DeclarationChange{Changed, differing(old[i], new[j]), &old[i], &new[j]})
		} else {
			out = append(out, DeclarationChange{Appeared, []string{}, nil, &new[j]})
		}
	}
	for i := range old {
		if !used[i] {
			out = append(out, DeclarationChange{Went, []string{}, &old[i], nil})
		}
	}
	return out
}

// subjectOf is what a declaration is about: the cookies it names, else its technology and recipient.
func subjectOf(d Declaration) string {
	if len(d.Names) > 0 {
		return "names\x00" + strings.Join(d.Names, "\x00")
	}
	return string(d.Technology) + "\x00" + d.Recipient
}
