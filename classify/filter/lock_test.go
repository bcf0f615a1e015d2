package filter_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"trackaudit/classify/filter"
)

var fetched = time.Date(2026, 1, 2, 23, 30, 0, 0, time.FixedZone("", -3600)) // already the 3rd in UTC

func TestLock(t *testing.T) {
	body := []byte(sample)
	p := filter.NewPin("sample", "https://lists.test/sample.txt", filter.Adblock, "", body, fetched)
	if p.Fetched != "2026-01-03" || p.Licence != "https://lists.test/licence" || p.Version != "7" || p.Counts.Rules != 3 || p.Bytes != len(body) {
		t.Errorf("%+v", p)
	}
	other := filter.NewPin("a-list", "https://lists.test/a", filter.DeviceStorage, "none", []byte("{}"), fetched)
	lock := filter.Lock{}.With(p).With(other).With(p)
	text, err := lock.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	again, err := filter.ParseLock(text)
	if err != nil {
		t.Fatal(err)
	}
	if want := []filter.Pin{other, p}; !reflect.DeepEqual(again.Lists, want) {
		t.Errorf("read back %+v, want %+v", again.Lists, want)
	}
	if twice, _ := again.Marshal(); string(twice) != string(text) {
		t.Error("the same lock is written in two ways")
	}

	found, ok := again.Find("sample")
	if !ok || found.Check(body) != nil {
		t.Errorf("the pinned bytes do not pass: %v", found.Check(body))
	}
	var drift *filter.DriftError
	if err := found.Check(append(body, '\n')); !errors.As(err, &drift) || drift.Name != "sample" || drift.Want != p.SHA256 || drift.Got == drift.Want {
		t.Errorf("drift: %v", err)
	}
	if _, ok := again.Find("nothing"); ok {
		t.Error("found what is not there")
	}
}

func TestParseLockRefuses(t *testing.T) {
	good, err := filter.Lock{}.With(filter.NewPin("a", "https://lists.test/a", filter.Adblock, "MIT", []byte("/x\n"), fetched)).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{
		`"name": "a"`:         `"name": "../a"`,
		`"format": "adblock"`: `"format": "adblok"`,
		`"fetched": "2026`:    `"fetched": "26`,
		`"sha256": "`:         `"sha256": "0`,
		`/v1"`:                `/v2"`,
		`"bytes"`:             `"size"`,
		`"address": "h`:       `"address": "", "x": "h`,
		`"lists": [`:          `"lists": {`,
	} {
		bad := strings.Replace(string(good), from, to, 1)
		if bad == string(good) {
			t.Fatalf("nothing to replace: %s in %s", from, good)
		}
		if _, err := filter.ParseLock([]byte(bad)); err == nil {
			t.Errorf("%s passes", to)
		}
	}
	if _, err := filter.ParseLock(append(good, "{}"...)); err == nil {
		t.Error("two objects pass")
	}
	l, err := filter.ParseLock(good)
	if err != nil {
		t.Fatal(err)
	}
	l.Lists = append(l.Lists, l.Lists[0])
	twice, _ := l.Marshal()
	if _, err := filter.ParseLock(twice); err == nil {
		t.Error("a name that stands twice passes")
	}
}

func TestNonCommercial(t *testing.T) {
	for licence, want := range map[string]bool{
		"CC-BY-NC-SA-4.0": true, "https://creativecommons.org/licenses/by-nc/4.0/": true, "Non-commercial use only": true, "PolyForm Noncommercial 1.0.0": true,
		"GPL-3.0-or-later or CC-BY-SA-3.0": false, "MIT": false, "https://easylist.to/pages/licence.html": false, "": false, "commercial": false, "NCSA": false,
	} {
		if got := filter.NonCommercial(licence); got != want {
			t.Errorf("NonCommercial(%q) = %v", licence, got)
		}
	}
	for _, s := range filter.Sources {
		if filter.NonCommercial(s.Licence) || s.Licence == "" {
			t.Errorf("source %s: licence %q", s.Name, s.Licence)
		}
	}
}
