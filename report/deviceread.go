package report

import (
	"cmp"
	"slices"

	"trackaudit/crawler/evidence"
)

type readKey struct{ api, host string }

// readSeen joins the calls of all visits to one family of Web APIs by the scripts of one host.
type readSeen struct {
	DeviceRead
	visit string // the first, which says whose party the host is of
}

func (s *Seen) read(visit string, call evidence.APICall) {
	k := readKey{call.API, call.Host}
	d := s.reads[k]
	if d == nil {
		d = &readSeen{DeviceRead{API: call.API, Host: call.Host, Party: call.Party}, visit}
		s.reads[k] = d
	}
	if compareIDs(visit, d.visit) < 0 {
		d.Party, d.visit = call.Party, visit
	}
	d.Scripts = add(d.Scripts, call.Script)
	for name := range call.Calls {
		d.Calls = add(d.Calls, name)
	}
	for _, what := range call.Asked {
		d.Asked = add(d.Asked, what)
	}
}

func (s *Seen) deviceReads() []DeviceRead {
	list := make([]DeviceRead, 0, len(s.reads))
	for _, d := range s.reads {
		d.Scripts, d.Calls, d.Asked = sorted(d.Scripts), sorted(d.Calls), sorted(d.Asked)
		list = append(list, d.DeviceRead)
	}
	slices.SortFunc(list, func(a, b DeviceRead) int { return cmp.Or(cmp.Compare(a.Host, b.Host), cmp.Compare(a.API, b.API)) })
	return list
}
