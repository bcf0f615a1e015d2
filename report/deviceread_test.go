package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"trackaudit/crawler/evidence"
)

// TestDeviceReads guards that what scripts read out of the device is told, joined by host, without a verdict.
func TestDeviceReads(t *testing.T) {
	call := func(script, api, method string, asked ...string) evidence.APICall {
		return evidence.APICall{API: api, Script: script, Host: evidence.HostOf(script), Party: evidence.ThirdParty, Calls: map[string]int{method: 2}, Asked: asked}
	}
	visits := []evidence.Visit{
		{APIs: []evidence.APICall{call("https://b.test/x.js", "device", "battery"), call("https://a.test/x.js", "device", "getHighEntropyValues", "platformVersion", "<model>")}},
		{APIs: []evidence.APICall{call("https://b.test/y.js", "device", "enumerateDevices"), call("https://b.test/x.js", "device", "battery")}},
	}
	r := audited{Visits: visits}.report()
	if n := len(r.DeviceReads); n != 2 {
		t.Fatalf("%d rows: %+v", n, r.DeviceReads)
	}
	b := r.DeviceReads[1]
	if b.Host != "b.test" || !slices.Equal(b.Calls, []string{"battery", "enumerateDevices"}) || len(b.Scripts) != 2 {
		t.Errorf("%+v", b)
	}
	if r.Assessments.Len() != 0 {
		t.Error("reading alone is no assessment")
	}
	var out bytes.Buffer
	if err := HTML(&out, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"What scripts read out of the device", "platformVersion", "&lt;model&gt;", "https://b.test/y.js"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the HTML report does not say %q", want)
		}
	}
}
