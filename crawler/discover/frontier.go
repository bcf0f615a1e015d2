package discover

import (
	"container/heap"
	"hash/maphash"
	"net/url"
	"path"
	"regexp"
	"strings"

	"trackaudit/crawler/evidence"
)

// Frontier puts the pages of one site into the order worth visiting: different parts of the site first, so that
// twenty pages are not twenty blog posts; shallow before deep, plain before query variants. The order depends
// only on what was added and when, never on chance.
type Frontier struct {
	site      string
	host      string
	locale    string
	seed      maphash.Seed
	seen      map[uint64]bool // addresses, by hash
	groups    map[string]int  // part of the site → pages seen in it
	templates map[string]int  // form of the address → pages seen of it
	heap      pageHeap
}

// NewFrontier returns an empty frontier for the site of the start page's address, and counts that page as taken.
func NewFrontier(start string) *Frontier {
	f := &Frontier{seed: maphash.MakeSeed(), seen: map[uint64]bool{}, groups: map[string]int{}, templates: map[string]int{}}
	f.Start(start)
	return f
}

// Start says where the start page really stands: its site is the one whose pages are taken from now on.
func (f *Frontier) Start(addr string) {
	addr = resolve(nil, addr)
	u, err := url.Parse(addr)
	if err != nil || addr == "" {
		return
	}
	f.site, f.host, f.locale = siteOf(addr), strings.ToLower(u.Host), localeOf(u.Path)
	f.Take(addr)
}

// Take counts addr as taken: it is not offered again, and its part of the site is worth less. It reports whether
// it was new.
func (f *Frontier) Take(addr string) bool {
	addr = resolve(nil, addr)
	if addr == "" || f.seen[f.key(addr)] {
		return false
	}
	f.seen[f.key(addr)] = true
	if u, err := url.Parse(addr); err == nil {
		g, t, _ := f.place(u)
		f.groups[g]++
		f.templates[t]++
	}
	return true
}

// Add offers addresses found on the page base. Those of other sites, binaries, and links that would change
// something (logout, delete, …) are dropped. handicap puts them behind what else is there: 0 for links.
func (f *Frontier) Add(base string, addrs []string, handicap int) {
	b, err := url.Parse(base)
	if err != nil {
		return
	}
	for _, a := range addrs {
		addr := resolve(b, a)
		if addr == "" || siteOf(addr) != f.site {
			continue
		}
		key := f.key(addr)
		u, err := url.Parse(addr)
		if err != nil || f.seen[key] || !visitable(u) {
			continue
		}
		f.seen[key] = true
		group, template, cost := f.place(u)
		cost += 2*f.groups[group] + 2*f.templates[template] + handicap
		f.groups[group]++
		f.templates[template]++
		heap.Push(&f.heap, page{addr, cost, len(f.seen)})
	}
}

// key stands for an address in all its spellings.
func (f *Frontier) key(addr string) uint64 { return maphash.String(f.seed, samePage(addr)) }

// Next returns the page to visit next, or false when there is none.
func (f *Frontier) Next() (string, bool) {
	if len(f.heap) == 0 {
		return "", false
	}
	return heap.Pop(&f.heap).(page).addr, true
}

// Len is the number of pages that Next still has.
func (f *Frontier) Len() int { return len(f.heap) }

// Site is the site whose pages are taken.
func (f *Frontier) Site() string { return f.site }

// place names the part of the site and the form of the address that u belongs to, and what u costs beside them.
func (f *Frontier) place(u *url.URL) (group, template string, cost int) {
	segs := strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })
	host := strings.ToLower(u.Host)
	if host != f.host {
		cost += 3
	}
	if l := localeOf(u.Path); l != "" {
		segs = segs[1:]
		if l != f.locale {
			host, cost = "~locale", cost+4 // a translation seldom tracks otherwise than its original
		}
	}
	group, template = host+"/", host
	for i, s := range segs {
		form := formOf(s)
		if i == 0 {
			group += form
		}
		if i == len(segs)-1 && i > 0 {
			form = "*" // leaves of one branch look alike
		}
		template += "/" + form
	}
	if len(segs) > 2 {
		cost += len(segs) - 2
	}
	if u.RawQuery != "" {
		cost += 3
		for _, p := range strings.Split(u.RawQuery, "&") {
			name, _, _ := strings.Cut(p, "=")
			template += "&" + name
		}
	}
	return group, template, cost
}

var (
	localeRE = regexp.MustCompile(`^[a-z]{2}([-_][a-zA-Z]{2,4})?$`)
	numberRE = regexp.MustCompile(`[0-9]{2,}|^[0-9]+$|[0-9a-f]{12,}`)
)

// localeOf returns the language that the first segment of a path names ("de" in /de-AT/x), or "".
func localeOf(p string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(p, "/"), "/")
	if localeRE.MatchString(first) && languages[strings.ToLower(first[:2])] {
		return strings.ToLower(first[:2])
	}
	return ""
}

// formOf is what segments of the same kind have in common: itself for a word, "#" where it counts, "*" for a
// headline.
func formOf(segment string) string {
	s := strings.ToLower(strings.TrimSuffix(segment, path.Ext(segment)))
	switch {
	case numberRE.MatchString(s):
		return "#"
	case len(s) > 32, strings.Count(s, "-")+strings.Count(s, "_") > 3:
		return "*"
	}
	return s
}

// LinkURLs returns the addresses of links.
func LinkURLs(links []evidence.Link) []string {
	addrs := make([]string, len(links))
	for i, l := range links {
		addrs[i] = l.URL
	}
	return addrs
}

type page struct {
	addr string
	cost int
	seq  int
}

type pageHeap []page

func (h pageHeap) Len() int { return len(h) }
func (h pageHeap) Less(i, j int) bool {
	if h[i].cost != h[j].cost {
		return h[i].cost < h[j].cost
	}
	return h[i].seq < h[j].seq
}
func (h pageHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *pageHeap) Push(x any)   { *h = append(*h, x.(page)) }
func (h *pageHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
