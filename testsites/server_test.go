package testsites

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

func start(t *testing.T) *Server {
	t.Helper()
	s, err := Start(Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// serveText serves one archive of a test's own.
func serveText(t *testing.T, archive string) *Server {
	t.Helper()
	a, err := parseArchive("test", []byte(archive), rawSite)
	if err != nil {
		t.Fatal(err)
	}
	s, err := serve("", a.resources)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func do(t *testing.T, c *http.Client, method, url string, header map[string]string, body string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	return resp, string(out)
}

func TestServesEveryFileByBothSchemes(t *testing.T) {
	s := start(t)
	c := s.Client()
	defer c.CloseIdleConnections()
	n := 0
	for host, paths := range s.hosts {
		for p, r := range paths {
			if r.delay > time.Second {
				continue
			}
			for _, scheme := range []string{"http", "https"} {
				resp, body := do(t, c, "GET", scheme+"://"+host+strings.Replace(p, "*", "any", 1), nil, "")
				want := r.status
				if want == 0 && r.kind == "empty" {
					want = 204
				} else if want == 0 {
					want = 200
				}
				if resp.StatusCode != want {
					t.Errorf("%s://%s%s: status %d, want %d", scheme, host, p, resp.StatusCode, want)
				}
				if r.static && !r.template && body != string(r.body) {
					t.Errorf("%s://%s%s: another body", scheme, host, p)
				}
				if r.static && resp.Header.Get("Content-Type") == "" {
					t.Errorf("%s://%s%s: no content type", scheme, host, p)
				}
				n++
			}
		}
	}
	hits := s.Log()
	if len(hits) != n || s.Dropped() != 0 {
		t.Errorf("%d requests, %d in the log, %d dropped", n, len(hits), s.Dropped())
	}
	for _, h := range hits {
		if !h.Known || h.Status == 0 {
			t.Errorf("hit %s: known %v, status %d", h.URL(), h.Known, h.Status)
		}
		if want := "HTTP/2.0"; h.Scheme == "https" && h.Proto != want {
			t.Fatalf("%s by %s, want %s", h.URL(), h.Proto, want)
		}
	}
}

func TestUnknownHost(t *testing.T) {
	s := start(t)
	resp, _ := do(t, s.Client(), "GET", "http://elsewhere.test/x?y=1", nil, "")
	if resp.StatusCode != http.StatusBadGateway {
		t.Errorf("status %d", resp.StatusCode)
	}
	hits := s.Log()
	if len(hits) != 1 || hits[0].Known || hits[0].Host != "elsewhere.test" || hits[0].Query != "y=1" {
		t.Errorf("log: %+v", hits)
	}
	s.ResetLog()
	if len(s.Log()) != 0 {
		t.Error("ResetLog left something")
	}
}

func TestResponses(t *testing.T) {
	s := serveText(t, `-- a.test/p.gif.headers --
:body gif
Set-Cookie: uid={id uid}; Path=/
-- a.test/go.headers --
:status 302
Location: https://b.test/in?uid={id uid}&to={query to}
Set-Cookie: uid={id uid}; Path=/
-- a.test/polite.headers --
:body empty
:quiet-if Sec-GPC
Set-Cookie: x=1
-- a.test/open.headers --
:body echo
:cors
-- a.test/page.html --
Hello {query name} on {host}
-- a.test/page.html.headers --
:template
-- b.test/deep/* --
anything
-- b.test/sub/index.html --
index
-- b.test/slow.headers --
:delay 20ms
:body empty
`)
	c := s.Client()
	t.Run("a visitor keeps the identifier", func(t *testing.T) {
		resp, body := do(t, c, "GET", "https://a.test/p.gif", nil, "")
		if body != string(pixel) || resp.Header.Get("Content-Type") != "image/gif" {
			t.Errorf("not the pixel: %q", body)
		}
		first := resp.Cookies()[0].Value
		resp, _ = do(t, c, "GET", "https://a.test/p.gif", map[string]string{"Cookie": "uid=" + first}, "")
		other, _ := do(t, c, "GET", "https://a.test/p.gif", nil, "")
		if resp.Cookies()[0].Value != first || other.Cookies()[0].Value == first {
			t.Errorf("identifiers %s, %s, %s", first, resp.Cookies()[0].Value, other.Cookies()[0].Value)
		}
		if hits := s.Log(); hits[1].Cookies[0] != "uid="+first || hits[1].SetCookie[0] != "uid="+first+"; Path=/" {
			t.Errorf("log: %+v", hits[1])
		}
	})
	t.Run("redirect", func(t *testing.T) {
		resp, _ := do(t, c, "GET", "http://a.test/go?to=x%0d%0aSet-Cookie:%20y=1", nil, "")
		want := "https://b.test/in?uid=" + resp.Cookies()[0].Value + "&to=xSet-Cookie: y=1"
		if resp.StatusCode != 302 || resp.Header.Get("Location") != want || len(resp.Cookies()) != 1 {
			t.Errorf("%d %v", resp.StatusCode, resp.Header)
		}
	})
	t.Run("quiet", func(t *testing.T) {
		loud, _ := do(t, c, "GET", "http://a.test/polite", nil, "")
		quiet, _ := do(t, c, "GET", "http://a.test/polite", map[string]string{"Sec-GPC": "1"}, "")
		if len(loud.Cookies()) != 1 || len(quiet.Cookies()) != 0 {
			t.Errorf("%v, %v", loud.Cookies(), quiet.Cookies())
		}
	})
	t.Run("preflight", func(t *testing.T) {
		h := map[string]string{"Origin": "https://b.test", "Access-Control-Request-Headers": "content-type"}
		resp, _ := do(t, c, "OPTIONS", "https://a.test/open", h, "")
		if resp.StatusCode != 204 || resp.Header.Get("Access-Control-Allow-Origin") != "https://b.test" ||
			resp.Header.Get("Access-Control-Allow-Headers") != "content-type" {
			t.Errorf("%d %v", resp.StatusCode, resp.Header)
		}
	})
	t.Run("bodies are bounded", func(t *testing.T) {
		s.ResetLog()
		big := strings.Repeat("x", maxBody+1000)
		do(t, c, "POST", "http://a.test/p.gif", nil, big)
		if h := s.Log()[0]; len(h.Body) != maxBody || h.BodySize != int64(len(big)) || h.Method != "POST" {
			t.Errorf("kept %d of %d", len(h.Body), h.BodySize)
		}
	})
	for url, want := range map[string]string{
		"http://a.test/page?name=you": "Hello you on a.test\n",
		"http://b.test/deep/er/one":   "anything\n",
		"http://b.test/sub/":          "index\n",
		"http://b.test/slow":          "",
	} {
		if _, body := do(t, c, "GET", url, nil, ""); body != want {
			t.Errorf("%s: %q, want %q", url, body, want)
		}
	}
	for _, url := range []string{"http://b.test/deeper", "http://b.test/", "http://b.test/sub/_x"} {
		if resp, _ := do(t, c, "GET", url, nil, ""); resp.StatusCode != 404 {
			t.Errorf("%s: status %d", url, resp.StatusCode)
		}
	}
}

func TestStartRefuses(t *testing.T) {
	for _, o := range []Options{{Addr: "0.0.0.0:0"}, {Addr: "nowhere"}, {Sites: []string{"no-such-site"}}} {
		if s, err := Start(o); err == nil {
			s.Close()
			t.Errorf("%+v was accepted", o)
		}
	}
}

// TestCloseLeavesNothing guards against connections that a browser opened ahead and never used.
func TestCloseLeavesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	s, err := Start(Options{})
	if err != nil {
		t.Fatal(err)
	}
	idle, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	c := s.Client()
	do(t, c, "GET", "https://www.northbeam.test/", nil, "")
	do(t, c, "GET", "http://www.northbeam.test/", nil, "")
	if !bytes.Contains(s.CertificatePEM(), []byte("BEGIN CERTIFICATE")) || s.Certificate().VerifyHostname("www.northbeam.test") != nil {
		t.Error("the certificate does not name the hosts")
	}
	began := time.Now()
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	s.Close() // again is no harm
	if d := time.Since(began); d > 2*time.Second {
		t.Errorf("close took %v", d)
	}
	if _, err := net.DialTimeout("tcp", s.Addr(), time.Second); err == nil {
		t.Error("the port still answers")
	}
	c.CloseIdleConnections()
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}
