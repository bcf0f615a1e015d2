package report

import (
	"cmp"
	"slices"

	"trackaudit/crawler/evidence"
)

// deviceReads joins the calls of all visits by host and family of Web APIs.
func deviceReads(visits []evidence.Visit) []DeviceRead {
	type key struct{ api, host string }
	by := map[key]*DeviceRead{}
	for _, v := range visits {
		for _, call := range v.APIs {
			k := key{call.API, call.Host}
			d := by[k]
			if d == nil {
				d = &DeviceRead{API: call.API, Host: call.Host, Party: call.Party}
				by[k] = d
			}
			d.Scripts = add(d.Scripts, call.Script)
			for name := range call.Calls {
				d.Calls = add(d.Calls, name)
			}
			for _, what := range call.Asked {
				d.Asked = add(d.Asked, what)
			}
		}
	}
	list := make([]DeviceRead, 0, len(by))
	for _, d := range by {
		d.Scripts, d.Calls, d.Asked = sorted(d.Scripts), sorted(d.Calls), sorted(d.Asked)
		list = append(list, *d)
	}
	slices.SortFunc(list, func(a, b DeviceRead) int { return cmp.Or(cmp.Compare(a.Host, b.Host), cmp.Compare(a.API, b.API)) })
	return list
}
