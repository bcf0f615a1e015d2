package notice

import (
	"testing"

	"trackaudit/crawler/evidence"
)

// TestDeniedList demands that what a list names that a denial introduces is denied, each as what it is.
func TestDeniedList(t *testing.T) {
	body := "<html><body><h1>Privacy notice</h1><p>We tell you what we do with your data, what you may do about it, and to whom you may turn with questions that this notice does not answer for you.</p><p>You may write to us at any time.</p>" +
		"<p>We do not use:</p><ul><li>tracking pixels</li><li>device fingerprinting;</li></ul>" +
		"<p>We never share your data with:</p><ul><li>advertisers</li></ul><p>We use:</p><ul><li>cookies to count visits</li></ul>"
	n, err := readAll([]evidence.Document{{URL: "https://a.test/", ContentType: "text/html", Body: []byte(body)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	denied := map[string]bool{}
	for _, d := range n.Declarations {
		denied[string(d.Technology)+d.Recipient] = d.Denied
	}
	want := map[string]bool{"web_beacon": true, "fingerprinting": true, "advertising partners": true, "cookie": false}
	for what, is := range want {
		if got, ok := denied[what]; !ok || got != is {
			t.Errorf("%s: denied %v (%v), want %v", what, got, ok, is)
		}
	}
	if len(denied) != len(want) {
		t.Errorf("%v", denied)
	}
}
