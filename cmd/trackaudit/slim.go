package main

import "trackaudit/crawler/evidence"

// slim is what judging needs of a visit, once the whole of it is on disk: memory must not grow with all that large
// pages load. Of a request, judging reads its host, whose it is, and where a script was loaded from; of its address,
// that of scripts and of the first to each host. hosts are those that were seen before.
func slim(v evidence.Visit, hosts map[string]bool) evidence.Visit {
	v.Links, v.Frames, v.APIs = nil, nil, nil
	requests := make([]evidence.Request, len(v.Requests))
	for i, r := range v.Requests {
		kept := evidence.Request{Host: r.Host, Site: r.Site, Party: r.Party, Type: r.Type}
		if r.Type == "Script" || !hosts[r.Host] {
			kept.URL = r.URL
		}
		if n := len(r.Initiator); r.Type == "Script" && n > 0 {
			kept.Initiator = []string{r.Initiator[n-1]}
		}
		hosts[r.Host] = true
		requests[i] = kept
	}
	v.Requests = requests
	return v
}
