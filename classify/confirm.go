package classify

import "slices"

// Confirm joins the findings of repeated audits of one site: each says in how many of them it was seen, whatever
// audit saw it first. Findings are told apart by fingerprint.
func Confirm(audits ...[]Finding) []Finding {
	if len(audits) == 1 {
		return audits[0]
	}
	at := map[string]int{}
	var out []Finding
	for _, findings := range audits {
		for _, f := range findings {
			i, ok := at[f.Fingerprint]
			if !ok {
				i, at[f.Fingerprint] = len(out), len(out)
				f.Seen, f.Of = 0, len(audits)
				out = append(out, f)
			}
			out[i].Seen++
		}
	}
	slices.SortFunc(out, compareFindings)
	return out
}
