package crawler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"trackaudit/crawler/browser"
	"trackaudit/crawler/evidence"
)

// site serves pages of one site over HTTPS; discovery reaches it by a host rule.
func site(t *testing.T, pages map[string]string) Config {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := pages[r.URL.Path]
		switch {
		case !ok:
			http.NotFound(w, r)
		case strings.HasPrefix(body, "slow"):
			select {
			case <-time.After(300 * time.Millisecond):
			case <-r.Context().Done():
			}
			_, _ = io.WriteString(w, "<html>"+body)
		case body == "403":
			w.WriteHeader(http.StatusForbidden)
		default:
			if strings.HasSuffix(r.URL.Path, ".txt") {
				w.Header().Set("Content-Type", "text/plain")
			} else {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
			}
			_, _ = io.WriteString(w, body)
		}
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return Config{
		Start: "https://acme.test/", Pages: 6, Jobs: 3, Choices: []evidence.Choice{evidence.ChoiceNone},
		Browser:   browser.Options{HostRules: []string{"MAP * " + s.Listener.Addr().String()}, Insecure: true},
		NoNotices: true,
	}
}

// fake is a browser that does as the test says.
type fake struct {
	visit  func(ctx context.Context, j browser.Job) (browser.Result, error)
	closed func()
}

func (f *fake) Visit(ctx context.Context, j browser.Job) (browser.Result, error) {
	return f.visit(ctx, j)
}
func (f *fake) Version() evidence.Browser { return evidence.Browser{Product: "Fake/1"} }
func (f *fake) Close() error {
	if f.closed != nil {
		f.closed()
	}
	return nil
}

func starts(visit func(ctx context.Context, j browser.Job) (browser.Result, error)) startFunc {
	return func(context.Context) (driver, error) { return &fake{visit: visit}, nil }
}

func whole(j browser.Job, links ...string) browser.Result {
	v := evidence.Visit{URL: j.URL, FinalURL: j.URL, Status: 200, Complete: true}
	for _, l := range links {
		v.Links = append(v.Links, evidence.Link{URL: l, Text: "link"})
	}
	return browser.Result{Visit: v}
}

// run crawls with a fake browser and returns the visits by ID.
func run(t *testing.T, ctx context.Context, cfg Config, start startFunc) (Result, error, map[string]evidence.Visit) {
	t.Helper()
	visits := map[string]evidence.Visit{}
	r, err := crawlWith(ctx, cfg, func(v evidence.Visit) error {
		if _, twice := visits[v.ID]; twice {
			t.Errorf("visit %s is recorded twice", v.ID)
		}
		if v.Requests == nil || v.Observations == nil || v.URL == "" || v.Tries == 0 {
			t.Errorf("visit %s is not filled in: %+v", v.ID, v)
		}
		visits[v.ID] = v
		return nil
	}, start)
	return r, err, visits
}

var plain = map[string]string{
	"/":  `<a href=/a>a</a> <a href=/b>b</a> <a href=/secret>s</a>`,
	"/a": `a`, "/b": `b`, "/c": `c`, "/d": `d`, "/e": `e`, "/f": `f`, "/secret": `s`,
	"/robots.txt": "User-agent: *\nDisallow: /secret\nDisallow: /hidden\n",
}

func TestSamePagesUnderEveryChoiceInEveryRun(t *testing.T) {
	cfg := site(t, plain)
	cfg.Choices = []evidence.Choice{evidence.ChoiceNone, evidence.ChoiceGPC}
	var first []string
	for round := range 4 {
		r, err, visits := run(t, context.Background(), cfg, starts(func(_ context.Context, j browser.Job) (browser.Result, error) {
			time.Sleep(time.Duration(len(j.URL)*(round+1)%5) * time.Millisecond) // another order in each round
			switch j.URL {
			case "https://acme.test/a":
				return whole(j, "https://acme.test/c", "https://acme.test/hidden", "https://else.test/"), nil
			case "https://acme.test/b":
				return whole(j, "https://acme.test/d", "https://acme.test/e", "https://acme.test/f"), nil
			}
			return whole(j), nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for id, v := range visits {
			got = append(got, fmt.Sprintf("%s %s %s", id, v.Choice, v.URL))
		}
		slices.Sort(got)
		if first == nil {
			first = got
			want := []string{
				"v0001 none https://acme.test/", "v0002 gpc https://acme.test/",
				"v0003 none https://acme.test/a", "v0004 gpc https://acme.test/a",
				"v0005 none https://acme.test/b", "v0006 gpc https://acme.test/b",
				"v0007 none https://acme.test/c", "v0008 gpc https://acme.test/c",
				"v0009 none https://acme.test/d", "v0010 gpc https://acme.test/d",
				"v0011 none https://acme.test/e", "v0012 gpc https://acme.test/e",
			}
			if !slices.Equal(got, want) {
				t.Errorf("visits:\n%s", strings.Join(got, "\n"))
			}
			if !slices.Contains(r.Refused, "https://acme.test/hidden") || !slices.Contains(r.Refused, "https://acme.test/secret") {
				t.Errorf("refused: %v", r.Refused)
			}
			if r.Site != "acme.test" || r.Final != "https://acme.test/" || r.Browser.Product != "Fake/1" {
				t.Errorf("result: %+v", r)
			}
		}
		if !slices.Equal(got, first) {
			t.Fatalf("round %d visits other pages:\n%s", round, strings.Join(got, "\n"))
		}
	}
}

func TestLostBrowserIsStartedAgain(t *testing.T) {
	cfg := site(t, plain)
	var mu sync.Mutex
	tries := map[string]int{}
	closed, started := 0, 0
	start := func(context.Context) (driver, error) {
		mu.Lock()
		defer mu.Unlock()
		started++
		dead := make(chan struct{})
		var once sync.Once
		return &fake{closed: func() { mu.Lock(); closed++; mu.Unlock() }, visit: func(_ context.Context, j browser.Job) (browser.Result, error) {
			mu.Lock()
			tries[j.URL]++
			n := tries[j.URL]
			mu.Unlock()
			if strings.HasSuffix(j.URL, "/a") || strings.HasSuffix(j.URL, "/b") && n == 1 { // /a kills every browser
				once.Do(func() { close(dead) })
			}
			select {
			case <-dead:
				return browser.Result{Visit: evidence.Visit{URL: j.URL}}, fmt.Errorf("visit: %w", browser.ErrLost)
			case <-time.After(10 * time.Millisecond):
				return whole(j), nil
			}
		}}, nil
	}
	r, err, visits := run(t, context.Background(), cfg, start)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range visits {
		switch {
		case strings.HasSuffix(v.URL, "/a"):
			if v.Complete || v.Reason != evidence.BrowserLost || v.Tries != 3 {
				t.Errorf("the page that kills browsers: %+v", v)
			}
		case !v.Complete:
			t.Errorf("%s is not complete: %s %s after %d tries", v.URL, v.Reason, v.Detail, v.Tries)
		}
	}
	if len(visits) != 3 || r.Restarts < 3 || started != r.Restarts+1 || closed != started {
		t.Errorf("%d visits, %d started, %d closed, %d restarts", len(visits), started, closed, r.Restarts)
	}
}

func TestBrowserThatCannotBeStartedAgain(t *testing.T) {
	cfg := site(t, plain)
	started := 0
	start := func(context.Context) (driver, error) {
		if started++; started > 1 {
			return nil, errors.New("no memory")
		}
		return &fake{visit: func(_ context.Context, j browser.Job) (browser.Result, error) {
			if j.URL == "https://acme.test/" {
				return whole(j), nil
			}
			return browser.Result{}, browser.ErrLost
		}}, nil
	}
	r, err, visits := run(t, context.Background(), cfg, start)
	if err != nil {
		t.Fatal(err)
	}
	if len(visits) != 3 || len(r.Pages) != 3 {
		t.Fatalf("visits %v of pages %v", visits, r.Pages)
	}
	for _, v := range visits {
		if v.URL != "https://acme.test/" && (v.Complete || v.Reason != evidence.BrowserLost || !strings.Contains(v.Detail, "no memory")) {
			t.Errorf("%s: %s %q", v.URL, v.Reason, v.Detail)
		}
	}
}

func TestBrowserThatDoesNotStart(t *testing.T) {
	cfg := site(t, plain)
	missing := errors.New("no browser found")
	_, err, visits := run(t, context.Background(), cfg, func(context.Context) (driver, error) { return nil, missing })
	if !errors.Is(err, missing) || len(visits) != 0 {
		t.Errorf("error %v, visits %v", err, visits)
	}
}

func TestInterrupted(t *testing.T) {
	cfg := site(t, plain)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	_, err, visits := run(t, ctx, cfg, starts(func(ctx context.Context, j browser.Job) (browser.Result, error) {
		if j.URL == "https://acme.test/" {
			return whole(j, "https://acme.test/c", "https://acme.test/d", "https://acme.test/e"), nil
		}
		cancel()
		<-ctx.Done()
		return browser.Result{Visit: evidence.Visit{URL: j.URL, Status: 200}}, ctx.Err()
	}))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if len(visits) != 6 {
		t.Errorf("%d visits are recorded, want all 6 that were planned", len(visits))
	}
	for _, v := range visits {
		if v.Complete != (v.URL == "https://acme.test/") || !v.Complete && v.Reason != evidence.NotVisited {
			t.Errorf("%s: complete %v, %s %q", v.URL, v.Complete, v.Reason, v.Detail)
		}
	}
}

func TestSinkFails(t *testing.T) {
	cfg := site(t, plain)
	full := errors.New("disk full")
	_, err := crawlWith(context.Background(), cfg, func(evidence.Visit) error { return full },
		starts(func(_ context.Context, j browser.Job) (browser.Result, error) { return whole(j), nil }))
	if !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
}

func TestStartPageThatShowsNothing(t *testing.T) {
	for _, reason := range []evidence.Reason{evidence.Unreachable, evidence.Blocked, evidence.Challenge, evidence.TLSError, evidence.HTTPError} {
		t.Run(string(reason), func(t *testing.T) {
			cfg := site(t, plain)
			var mu sync.Mutex
			asked := 0
			r, err, visits := run(t, context.Background(), cfg, starts(func(_ context.Context, j browser.Job) (browser.Result, error) {
				mu.Lock()
				asked++
				mu.Unlock()
				return browser.Result{Visit: evidence.Visit{URL: j.URL, Reason: reason, Detail: "net::ERR_CONNECTION_RESET"}}, nil
			}))
			if err != nil {
				t.Fatal(err)
			}
			if len(visits) != 1 || len(r.Pages) != 1 || visits["v0001"].Reason != reason {
				t.Errorf("visits %+v", visits)
			}
			want := 1
			if reason == evidence.Unreachable {
				want = 2 // a connection that was reset may hold at the second try
			}
			if asked != want || visits["v0001"].Tries != want {
				t.Errorf("asked %d times, %d tries, want %d", asked, visits["v0001"].Tries, want)
			}
		})
	}
}

func TestStartPageLeadsToAnotherSite(t *testing.T) {
	cfg := site(t, plain)
	r, err, visits := run(t, context.Background(), cfg, starts(func(_ context.Context, j browser.Job) (browser.Result, error) {
		res := whole(j)
		if j.URL == cfg.Start { // by script, so that only the browser sees it
			res = whole(j, "https://new.test/c", "https://acme.test/d")
			res.Visit.FinalURL = "https://new.test/"
		}
		return res, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	if r.Site != "new.test" || r.Final != "https://new.test/" || !slices.Equal(r.Pages, []string{"https://acme.test/", "https://new.test/c"}) {
		t.Errorf("site %s, pages %v, %d visits", r.Site, r.Pages, len(visits))
	}
}

func TestDeadPagesTakeNoPlace(t *testing.T) {
	cfg := site(t, plain)
	cfg.Pages = 3
	r, err, _ := run(t, context.Background(), cfg, starts(func(_ context.Context, j browser.Job) (browser.Result, error) {
		res := whole(j, "https://acme.test/c", "https://acme.test/d")
		if strings.HasSuffix(j.URL, "/a") || strings.HasSuffix(j.URL, "/c") {
			res.Visit.Status, res.Visit.Complete, res.Visit.Reason = 404, false, evidence.HTTPError
		}
		return res, nil
	}))
	want := []string{"https://acme.test/", "https://acme.test/a", "https://acme.test/b", "https://acme.test/c", "https://acme.test/d"}
	if err != nil || !slices.Equal(r.Pages, want) {
		t.Errorf("pages %v, %v", r.Pages, err)
	}
}

func TestDiscoveryAfterTheFirstVisits(t *testing.T) {
	cfg := site(t, map[string]string{"/": `slow <a href=/a>a</a>`, "/a": `a`})
	cfg.Choices = []evidence.Choice{evidence.ChoiceNone, evidence.ChoiceDNT}
	visit := starts(func(_ context.Context, j browser.Job) (browser.Result, error) { return whole(j), nil })
	r, err, visits := run(t, context.Background(), cfg, visit)
	if err != nil || len(visits) != 4 || !slices.Equal(r.Pages, []string{"https://acme.test/", "https://acme.test/a"}) {
		t.Errorf("pages %v, %d visits, %v", r.Pages, len(visits), err)
	}

	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	begin := time.Now()
	_, err, visits = run(t, ctx, cfg, visit)
	if !errors.Is(err, context.DeadlineExceeded) || len(visits) != 2 || time.Since(begin) > 250*time.Millisecond {
		t.Errorf("interrupted during discovery: %d visits after %v, %v", len(visits), time.Since(begin), err)
	}
}

func TestProgress(t *testing.T) {
	cfg := site(t, plain)
	var got []Progress
	cfg.Progress = func(p Progress) { got = append(got, p) } // -race tells if calls overlap
	_, err, visits := run(t, context.Background(), cfg, starts(func(_ context.Context, j browser.Job) (browser.Result, error) {
		r := whole(j)
		r.Visit.Observations = make([]evidence.Observation, 2)
		return r, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	last := got[len(got)-1]
	if last.Done != len(visits) || last.Total != len(visits) || last.Running != 0 || last.Found != 2*len(visits) {
		t.Errorf("last progress %+v after %d visits", last, len(visits))
	}
}

func TestBadConfig(t *testing.T) {
	_, err := Crawl(context.Background(), Config{Browser: browser.Options{HostRules: []string{"MAP nonsense"}}}, nil)
	if err == nil || !strings.Contains(err.Error(), "host rule") {
		t.Errorf("error %v", err)
	}
}
