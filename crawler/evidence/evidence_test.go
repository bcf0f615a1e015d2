package evidence

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestShape(t *testing.T) {
	for value, want := range map[string]string{
		"":                                     "empty",
		"GA1.1.1234567890.1700000000":          "GA1.1.timestamp.timestamp",
		"GA1.2.12345678.1700000000":            "GA1.2.digits.timestamp",
		"fb.1.1700000000123.987654321":         "fb.1.timestamp.digits",
		"3f2504e0-4f89-41d3-9a0c-0305e82c3301": "uuid",
		"d41d8cd98f00b204":                     "hex",
		`{"a":1}`:                              "json",
		"%7B%22a%22%3A1%7D":                    "json",
		"true":                                 "word",
		"1":                                    "1",
		"de":                                   "de",
		"a9Xk2LmQ81zTq":                        "base64",
		"\xff\xfe":                             "binary",
		"a b c d, some words":                  "text",
		"1.2.3.4.5.6.7.8.9.10":                 "text",
	} {
		if got := Shape(value); got != want {
			t.Errorf("Shape(%q) = %q, want %q", value, got, want)
		}
	}
}

func TestEntropy(t *testing.T) {
	for value, want := range map[string]float64{"": 0, "aaaa": 0, "ab": 2, "abcd": 8} {
		if got := Entropy(value); got != want {
			t.Errorf("Entropy(%q) = %v bits, want %v", value, got, want)
		}
	}
}

func TestSiteAndParty(t *testing.T) {
	for host, want := range map[string]string{
		"www.example.co.uk": "example.co.uk", ".shop.example.com": "example.com", "EXAMPLE.com:8443": "example.com",
		"127.0.0.1:80": "127.0.0.1", "localhost": "localhost", "co.uk": "co.uk", "a.github.io": "a.github.io", "": "",
	} {
		if got := SiteOf(host); got != want {
			t.Errorf("SiteOf(%q) = %q, want %q", host, got, want)
		}
	}
	own := FirstParties{"example.net": true}
	for host, want := range map[string]Party{"cdn.example.com": FirstParty, "img.example.net": FirstParty, "tracker.test": ThirdParty} {
		if got := own.PartyOf(host, "example.com"); got != want {
			t.Errorf("PartyOf(%q) = %q, want %q", host, got, want)
		}
	}
}

func visit() Visit {
	body := NewValue("uid=visitor/12345")
	r := Request{ID: "r1", URL: "https://t.test/p?id=visitor%2F12345&x=1", Body: &body, Initiator: []string{"https://a.test/s.js?v=visitor/12345:3"}}
	return Visit{
		ID: "v0001", URL: "https://a.test/", FinalURL: "https://a.test/?sid=visitor/12345",
		Requests: []Request{r},
		APIs:     []APICall{{API: "device", Script: "https://a.test/s.js?v=visitor/12345", Calls: map[string]int{"getBattery": 1}}},
		Observations: []Observation{
			{ID: "v0001.o1", Technology: CookieTech, Name: "uid", Cookie: &Cookie{Name: "uid", Value: NewValue("visitor/12345")}},
			{ID: "v0001.o2", Technology: WebBeacon, Name: "t.test", Request: &r},
			{ID: "v0001.o3", Technology: LocalStorage, Name: "k", Storage: &StorageItem{Key: "k", Value: NewValue("de")}},
		},
	}
}

// TestSealHidesValues guards that no stored value survives in sealed evidence, in whatever field it stood.
func TestSealHidesValues(t *testing.T) {
	v := visit()
	v.Seal([]byte("key"), false)
	var b bytes.Buffer
	if err := Write(&b, v); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"visitor/12345", "visitor%2F12345"} {
		if strings.Contains(b.String(), secret) {
			t.Errorf("sealed evidence still holds %q:\n%s", secret, b.String())
		}
	}
	h := Hash([]byte("key"), "visitor/12345")
	if got := v.Observations[0].Cookie.Value.Hash; got != h {
		t.Errorf("cookie value hash = %q, want %q", got, h)
	}
	if want := "https://t.test/p?id={" + h + "}&x=1"; v.Requests[0].URL != want {
		t.Errorf("request URL = %q, want %q", v.Requests[0].URL, want)
	}
	if Hash([]byte("other key"), "visitor/12345") == h {
		t.Error("another run's key gives the same hash")
	}
}

func TestSealKeeps(t *testing.T) {
	v := visit()
	v.Seal([]byte("key"), true)
	if v.Observations[0].Cookie.Value.Text != "visitor/12345" || v.Observations[0].Cookie.Value.Hash == "" {
		t.Errorf("with keep, a value has content and hash: %+v", v.Observations[0].Cookie.Value)
	}
	if !strings.Contains(v.Requests[0].URL, "visitor%2F12345") {
		t.Errorf("with keep, addresses stay: %s", v.Requests[0].URL)
	}
}

func TestWriteRead(t *testing.T) {
	a, b := visit(), visit()
	b.ID = "v0002"
	var buf bytes.Buffer
	for _, v := range []Visit{a, b} {
		if err := Write(&buf, v); err != nil {
			t.Fatal(err)
		}
	}
	var got []Visit
	for v, err := range Read(bytes.NewReader(buf.Bytes())) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, v)
	}
	if d := cmp.Diff([]Visit{a, b}, got); d != "" {
		t.Error(d)
	}

	// A run that was killed while writing: the whole visits come, then the error that says so.
	cut := buf.Bytes()[:buf.Len()-20]
	got = nil
	var last error
	for v, err := range Read(bytes.NewReader(cut)) {
		if last = err; err == nil {
			got = append(got, v)
		}
	}
	if len(got) != 1 || !errors.Is(last, ErrTruncated) {
		t.Errorf("a truncated file gave %d visits and %v, want 1 and ErrTruncated", len(got), last)
	}
	for _, err := range Read(strings.NewReader("{}\nnonsense\n{}\n")) {
		last = err
	}
	if last == nil || errors.Is(last, ErrTruncated) || !strings.Contains(last.Error(), "line 2") {
		t.Errorf("a broken line gives %v, want an error that names line 2", last)
	}
}

func TestHostOf(t *testing.T) {
	for address, want := range map[string]string{
		"https://WWW.Example.com:8443/a?b=//c": "www.example.com", "http://user:pw@example.com": "example.com",
		"wss://example.com.?q@x": "example.com", "https://[::1]:443/": "::1", "//cdn.example.com/x.js": "cdn.example.com",
		"https://example.com/100%/a%zz": "example.com", // browsers request it, net/url refuses it
		"about:blank":                   "", "data:text/html,//example.com": "", "data:,x://example.com": "",
		"blob:https://example.com/1": "", "/path//x": "", "": "",
	} {
		if got := HostOf(address); got != want {
			t.Errorf("HostOf(%q) = %q, want %q", address, got, want)
		}
	}
}
