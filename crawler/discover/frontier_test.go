package discover

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func take(f *Frontier, n int) []string {
	var list []string
	for range n {
		if a, ok := f.Next(); ok {
			list = append(list, strings.TrimPrefix(a, "https://acme.test"))
		}
	}
	return list
}

func TestFrontierSpreadsOverTheSite(t *testing.T) {
	f := NewFrontier("https://acme.test/")
	var links []string
	for i := range 30 {
		links = append(links, fmt.Sprintf("/blog/a-post-with-a-long-headline-%d", i))
	}
	for day := 10; day < 30; day++ {
		links = append(links, fmt.Sprintf("/calendar?date=2026-01-%d", day))
	}
	links = append(links, "/pricing", "/about", "/shop?sort=asc", "/shop?sort=desc", "/shop", "/contact", "/fr/about", "/fr/pricing")
	f.Add("https://acme.test/", links, 0)
	got := take(f, 8)
	for _, want := range []string{"/pricing", "/about", "/shop", "/contact", "/blog/a-post-with-a-long-headline-0"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is not among the first eight: %v", want, got)
		}
	}
	posts, days := 0, 0
	for _, g := range got {
		if strings.HasPrefix(g, "/blog/") {
			posts++
		}
		if strings.HasPrefix(g, "/calendar") {
			days++
		}
	}
	if posts > 2 || days > 1 {
		t.Errorf("%d posts and %d calendar days among the first eight: %v", posts, days, got)
	}
}

func TestFrontierTakesOnlyPagesOfTheSite(t *testing.T) {
	f := NewFrontier("https://acme.test/")
	f.Add("https://acme.test/dir/", []string{
		"page", "page#top", "page?utm_source=x", "https://blog.acme.test/", "https://acme.test/dir/page/",
		"https://else.test/", "mailto:a@acme.test", "javascript:alert(1)", "tel:1", "#top", "/", "/index.html",
		"/logout", "/user/delete/7", "/?action=logout", "/account/sign-out", "/manual.pdf", "/logo.PNG", "/feed/",
		"/cart/add?item=1", "//acme.test/two", "ftp://acme.test/", "http://", "https://acme.test:99999999/x",
		"/track/{0123456789abcdef0123456789abcdef}", "/" + strings.Repeat("a", 3000), "/login",
	}, 0)
	got := take(f, 50)
	slices.Sort(got)
	want := []string{"/dir/page", "/login", "/two", "https://blog.acme.test/"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCanonical(t *testing.T) {
	base, _ := url.Parse("https://acme.test/dir/page")
	for ref, want := range map[string]string{
		"x":                                "https://acme.test/dir/x",
		"HTTPS://ACME.test:443":            "https://acme.test/",
		"http://acme.test:80/?a=1&gclid=2": "http://acme.test/?a=1",
		"https://u:p@acme.test/#top":       "https://acme.test/",
		"https://müller.test:8443/ü":       "https://xn--mller-kva.test:8443/%C3%BC",
		"https://acme.test:0/":             "",
		"\thttps://acme\n.test/a b":        "https://acme.test/a%20b",
		"data:text/html,x":                 "",
		"?q":                               "https://acme.test/dir/page?q",
	} {
		if got := resolve(base, ref); got != want {
			t.Errorf("resolve(%q) = %q, want %q", ref, got, want)
		}
	}
}

func TestFrontierIsDeterministic(t *testing.T) {
	var first []string
	for range 5 {
		f := NewFrontier("https://acme.test/en/")
		for i := range 50 {
			f.Add("https://acme.test/en/", []string{fmt.Sprintf("/en/s%d/p%d", i%7, i), fmt.Sprintf("/de/p%d", i)}, i%3)
		}
		got := take(f, 40)
		if first == nil {
			first = got
		}
		if !slices.Equal(first, got) {
			t.Fatalf("order differs: %v and %v", first, got)
		}
	}
}

func TestFrontierFollowsTheStartPage(t *testing.T) {
	f := NewFrontier("https://acme.test/")
	f.Start("https://www.acme-new.test/welcome")
	f.Add("https://www.acme-new.test/welcome", []string{"/a", "https://acme.test/b", "https://www.acme-new.test/welcome"}, 0)
	if got := take(f, 5); !slices.Equal(got, []string{"https://www.acme-new.test/a"}) {
		t.Errorf("got %v", got)
	}
}
