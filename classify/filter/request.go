package filter

import "trackaudit/crawler/evidence"

// NewRequest makes a request of its address, its CDP resource type (SubFrame for the document of a frame) and the
// address of the document that asks.
func NewRequest(url, cdpType, documentURL string) Request {
	document := evidence.HostOf(documentURL)
	return Request{URL: url, Type: cdpType, Document: document, ThirdParty: !sameSite(evidence.HostOf(url), document)}
}

// Requests returns what rules look at for each of v.Requests. The document that asks is the frame's; that of a
// frame's own document is taken to be the page, for evidence does not say which frame holds which.
func Requests(v *evidence.Visit) []Request {
	page := v.FinalURL
	if page == "" {
		page = v.URL
	}
	main := ""
	list := make([]Request, len(v.Requests))
	for i := range v.Requests {
		r := &v.Requests[i]
		kind, document := r.Type, r.Frame
		if kind == "Document" {
			if main == "" && (r.Target == "" || r.Target == "page") {
				main = r.ID
			}
			document = page
			if r.ID == main {
				document = r.URL
			} else {
				kind = "SubFrame"
			}
		} else if document == "" {
			document = page
		}
		list[i] = NewRequest(r.URL, kind, document)
		list[i].Method = r.Method
	}
	return list
}

// sameSite says whether two hosts belong to one site. Without a document nothing is third party.
func sameSite(host, document string) bool {
	return document == "" || host == document || evidence.SiteOf(host) == evidence.SiteOf(document)
}
