package discover

import (
	"bytes"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"trackaudit/crawler/evidence"
)

// minText is the number of characters below which a page is hardly a notice but a frame that scripts fill.
const minText = 800

// lateMarks stand where a script of a consent vendor or a notice host puts text or a cookie table later.
var lateMarks = []string{"ot-sdk-cookie-policy", "onetrust-privacy-notice", "otnotice", "cookiedeclaration", "/cd.js",
	"iubenda-embed", "termly-embed", "data-name=\"termly", "uc-embed", "cky-audit-table", "cmplz-document",
	"usercentrics-cmp-cookie", "didomi-cookies-list", "axeptio_cookies_table", "data-cookie-report"}

// IsHTML says whether a document is a web page.
func IsHTML(doc evidence.Document) bool {
	ct := strings.ToLower(doc.ContentType)
	return strings.Contains(ct, "html") || ct == "" && looksLikeHTML(doc.Body)
}

// Text returns how many characters of text stand in a document, markup, scripts and styles aside.
func Text(doc evidence.Document) int {
	if !IsHTML(doc) {
		return len(doc.Body)
	}
	body, err := charset.NewReader(bytes.NewReader(doc.Body), doc.ContentType)
	if err != nil {
		return 0
	}
	root, err := html.Parse(body)
	if err != nil {
		return 0
	}
	u, err := url.Parse(doc.URL)
	if err != nil {
		u = &url.URL{}
	}
	return readDocument(u, root).text
}

// Thin says whether a document looks as if scripts had yet to write it, or part of it: next to no text, or a mark
// where a consent vendor's table will stand. Only a browser then sees it whole.
func Thin(doc evidence.Document) bool {
	if !IsHTML(doc) {
		return false
	}
	lower := bytes.ToLower(doc.Body)
	for _, m := range lateMarks {
		if bytes.Contains(lower, []byte(m)) && !doc.Rendered {
			return true
		}
	}
	return Text(doc) < minText
}
