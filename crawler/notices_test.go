package crawler

import (
	"context"
	"slices"
	"strings"
	"testing"

	"trackaudit/crawler/browser"
	"trackaudit/crawler/evidence"
)

var prose = strings.Repeat("We use cookies and similar technologies to measure how our pages are read. ", 30)

// likely is a stand-in for the judgement that cmd passes down.
func likely(doc evidence.Document) (string, float64) {
	b := string(doc.Body)
	switch {
	case !strings.Contains(b, "We use cookies"):
		return "", 0
	case strings.Contains(b, "Cookie Notice"):
		return "cookie", 0.9
	}
	return "privacy", 0.9
}

func TestNotices(t *testing.T) {
	home := func(footer string) string { return `<html lang=en><body><footer>` + footer + `</footer>` }
	notice := func(title string) string { return `<h1>` + title + `</h1><p>` + prose }
	for _, tc := range []struct {
		name     string
		pages    map[string]string
		given    []string
		rendered map[string]string // path → document that the browser shows
		links    []evidence.Link   // rendered on the start page
		want     []string
		problem  string
		dead     bool
		looked   string
	}{
		{
			name:  "privacy and cookie notice",
			pages: map[string]string{"/": home(`<a href=/p>Privacy Notice</a><a href=/c>Cookie Notice</a>`), "/p": notice("Privacy Notice"), "/c": notice("Cookie Notice")},
			want:  []string{"/p", "/c"},
		},
		{
			name:  "linked only by script",
			pages: map[string]string{"/": home(``), "/p": notice("Privacy Notice")},
			links: []evidence.Link{{URL: "https://acme.test/p", Text: "Privacy Notice", Footer: true}},
			want:  []string{"/p"},
		},
		{
			name:     "written by script",
			pages:    map[string]string{"/": home(`<a href=/p>Privacy Notice</a>`), "/p": `<div id=app></div>`},
			rendered: map[string]string{"/p": notice("Privacy Notice")},
			want:     []string{"/p"}, looked: "read as rendered",
		},
		{
			name:     "refused to all but browsers",
			pages:    map[string]string{"/": home(`<a href=/p>Privacy Notice</a>`), "/p": "403"},
			rendered: map[string]string{"/p": notice("Privacy Notice")},
			want:     []string{"/p"},
		},
		{
			name:    "refused to all",
			pages:   map[string]string{"/": home(`<a href=/p>Privacy Notice</a>`), "/p": "403"},
			problem: "/p", looked: "forbidden (403)",
		},
		{
			name:    "dead link",
			pages:   map[string]string{"/": home(`<a href=/p>Privacy Notice</a>`)},
			problem: "/p", dead: true, looked: "not found (404)",
		},
		{
			name:  "a link to something else",
			pages: map[string]string{"/": home(`<a href=/p>Privacy</a><a href=/q>Privacy Notice</a>`), "/p": `<p>` + strings.Repeat("Our curtains give you privacy. ", 60), "/q": notice("Privacy Notice")},
			want:  []string{"/q"}, looked: "not a notice by its text",
		},
		{
			name:  "one text under two addresses",
			pages: map[string]string{"/": home(`<a href=/p>Privacy Notice</a><a href=/privacy>Privacy</a>`), "/p": notice("Privacy Notice"), "/privacy": notice("Privacy Notice")},
			want:  []string{"/privacy"},
		},
		{
			name:  "a notice for applicants beside the general one",
			pages: map[string]string{"/": home(`<a href=/p>Privacy Notice</a><a href=/a>Applicant Privacy Notice</a>`), "/p": notice("Privacy Notice"), "/a": notice("For applicants")},
			want:  []string{"/p"},
		},
		{
			name:  "in the imprint",
			pages: map[string]string{"/": home(`<a href=/mentions-legales>Mentions légales</a>`), "/mentions-legales": notice("Mentions")},
			want:  []string{"/mentions-legales"},
		},
		{
			name:   "none",
			pages:  map[string]string{"/": home(`<a href=/mentions-legales>Mentions légales</a>`), "/mentions-legales": "Acme, 1 High Street"},
			looked: "https://acme.test/privacy-policy: not found (404)",
		},
		{
			name:  "named by the user",
			pages: map[string]string{"/": home(`<a href=/p>Privacy Notice</a>`), "/p": notice("Privacy Notice"), "/x": "short"},
			given: []string{"https://acme.test/x"},
			want:  []string{"/x"},
		},
		{
			name:    "named by the user and not there",
			pages:   map[string]string{"/": home(`<a href=/p>Privacy Notice</a>`), "/p": notice("Privacy Notice")},
			given:   []string{"https://acme.test/nowhere"},
			problem: "/nowhere", dead: true,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg := site(t, tc.pages)
			cfg.Pages, cfg.NoNotices, cfg.Likely, cfg.Notices = 1, false, likely, tc.given
			r, err, visits := run(t, context.Background(), cfg, starts(func(_ context.Context, j browser.Job) (browser.Result, error) {
				res := whole(j)
				res.Visit.Links = tc.links
				if j.KeepDocument {
					body, ok := tc.rendered[strings.TrimPrefix(j.URL, "https://acme.test")]
					if !ok {
						return browser.Result{Visit: evidence.Visit{URL: j.URL, Status: 403, Reason: evidence.Blocked, Detail: "forbidden (403)"}}, nil
					}
					res.Document = &evidence.Document{URL: j.URL, ContentType: "text/html", Body: []byte(body), Status: 200}
				}
				return res, nil
			}))
			if err != nil {
				t.Fatal(err)
			}
			if len(visits) != 1 {
				t.Errorf("rendering a notice is recorded as a visit: %d visits", len(visits))
			}
			var got []string
			for _, d := range r.Notices {
				got = append(got, strings.TrimPrefix(d.URL, "https://acme.test"))
			}
			looked := strings.Join(r.Looked, "\n")
			if !slices.Equal(got, tc.want) {
				t.Errorf("notices %v, want %v; looked:\n%s", got, tc.want, looked)
			}
			switch {
			case tc.problem == "" && len(r.Problems) > 0:
				t.Errorf("problem %+v", r.Problems[0])
			case tc.problem != "" && (len(r.Problems) != 1 || r.Problems[0].URL != "https://acme.test"+tc.problem || r.Problems[0].Dead != tc.dead):
				t.Errorf("problems %+v, want one at %s", r.Problems, tc.problem)
			}
			if !strings.Contains(looked, tc.looked) {
				t.Errorf("looked does not say %q:\n%s", tc.looked, looked)
			}
		})
	}
}

func TestNoticesAreLeftAlone(t *testing.T) {
	cfg := site(t, map[string]string{"/": `<footer><a href=/p>Privacy Notice</a></footer>`, "/p": prose})
	cfg.Pages = 1
	r, err, _ := run(t, context.Background(), cfg, starts(func(_ context.Context, j browser.Job) (browser.Result, error) {
		return whole(j), nil
	}))
	if err != nil || len(r.Notices) > 0 {
		t.Errorf("notices %v, %v", r.Notices, err)
	}
}

func TestNoticesWithoutACrawl(t *testing.T) {
	cfg := site(t, map[string]string{"/p": "<h1>Privacy Notice</h1>" + prose, "/script": "<div id=app></div>"})
	cfg.Likely = likely
	cfg.Notices = []string{"https://acme.test/p", "https://acme.test/gone"}
	docs, problems, err := noticesWith(context.Background(), cfg, func(context.Context) (driver, error) {
		t.Error("a browser is started for a page that is readable without")
		return nil, context.Canceled
	})
	if err != nil || len(docs) != 1 || docs[0].URL != "https://acme.test/p" || len(problems) != 1 || !problems[0].Dead {
		t.Errorf("documents %v, problems %v, %v", docs, problems, err)
	}

	cfg.Notices = []string{"https://acme.test/script"}
	docs, _, err = noticesWith(context.Background(), cfg, starts(func(_ context.Context, j browser.Job) (browser.Result, error) {
		r := whole(j)
		r.Document = &evidence.Document{URL: j.URL, ContentType: "text/html", Body: []byte(prose)}
		return r, nil
	}))
	if err != nil || len(docs) != 1 || !docs[0].Rendered {
		t.Errorf("documents %+v, %v", docs, err)
	}
}
