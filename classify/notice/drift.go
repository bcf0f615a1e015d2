package notice

import (
	"cmp"
	"slices"
	"strings"
)

// Change says what became of something between two notices.
type Change string

const (
	Appeared Change = "appeared"
	Went     Change = "went"
	Changed  Change = "changed"
)

// DocumentChange is a document that differs between two notices, which is known by its address. Old is empty for one that
// appeared, New for one that went.
type DocumentChange struct {
	Change Change       `json:"change"`
	URL    string       `json:"url"`
	Old    DocumentJSON `json:"old"`
	New    DocumentJSON `json:"new"`
}

// Drift tells which documents changed since a notice was signed off: live is the notice as it stands now. What a person
// reads decides, not the bytes, which in many pages differ with every request; files that record the bytes only are
// compared by those. A document under another address with the same text did not change.
func Drift(signed, live *Notice) []DocumentChange {
	out := []DocumentChange{}
	old, now := signed.documents(), live.documents()
	for _, d := range old {
		i := slices.IndexFunc(now, func(o DocumentJSON) bool { return sameAddress(d.URL, o.URL) })
		if i < 0 {
			i = slices.IndexFunc(now, func(o DocumentJSON) bool { return sameText(d, o) })
		}
		switch {
		case i < 0:
			out = append(out, DocumentChange{Went, d.URL, d, DocumentJSON{}})
		case !sameText(d, now[i]):
			out = append(out, DocumentChange{Changed, d.URL, d, now[i]})
		}
		if i >= 0 {
			now = slices.Delete(now, i, i+1)
		}
	}
	for _, d := range now {
		out = append(out, DocumentChange{Appeared, d.URL, DocumentJSON{}, d})
	}
	slices.SortStableFunc(out, func(a, b DocumentChange) int {
		return cmp.Or(cmp.Compare(a.URL, b.URL), cmp.Compare(a.Change, b.Change))
	})
	return out
}

func sameText(a, b DocumentJSON) bool {
	if a.TextSHA256 != "" && b.TextSHA256 != "" {
		return a.TextSHA256 == b.TextSHA256
	}
	return a.SHA256 == b.SHA256
}

// sameAddress compares addresses without their scheme, fragment and a slash at the end.
func sameAddress(a, b string) bool {
	plain := func(u string) string {
		u, _, _ = strings.Cut(u, "#")
		if _, rest, ok := strings.Cut(u, "://"); ok {
			u = rest
		}
		return strings.TrimSuffix(u, "/")
	}
	return plain(a) == plain(b)
}
