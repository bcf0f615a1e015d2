package discover

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html/charset"
)

const (
	maxSitemaps    = 6    // files read, indexes included
	minSitemapURLs = 2000 // addresses kept; more if the frontier wants more
)

// sitemap reads the sitemaps of a site, those of an index included, and returns the pages they list in order, and
// for each file a line on what was there.
func sitemap(ctx context.Context, t http.RoundTripper, patience time.Duration, site string, files []string, want int) (pages, looked []string) {
	limit := max(minSitemapURLs, 2*want)
	seen := map[string]bool{}
	for read := 0; len(files) > 0 && read < maxSitemaps && len(pages) < limit; files = files[1:] {
		file := files[0]
		if seen[file] || siteOf(file) != site {
			continue
		}
		seen[file] = true
		read++
		addrs, index, err := readSitemap(ctx, t, patience, file, limit-len(pages))
		switch {
		case err != nil:
			looked = append(looked, fmt.Sprintf("%s: %v", clip(file, 200), err))
		case index:
			looked = append(looked, fmt.Sprintf("%s: index of %d sitemaps", clip(file, 200), len(addrs)))
			files = append(files, addrs...)
		default:
			looked = append(looked, fmt.Sprintf("%s: %d addresses", clip(file, 200), len(addrs)))
			pages = append(pages, addrs...)
		}
	}
	return pages, looked
}

// readSitemap returns the first addresses of one file, plain or gzip, XML or one address a line.
func readSitemap(ctx context.Context, t http.RoundTripper, patience time.Duration, file string, limit int) (addrs []string, index bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	base, err := url.Parse(file)
	if err != nil {
		return nil, false, errors.New("not an address")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, file, nil)
	if err != nil {
		return nil, false, errors.New("not an address")
	}
	resp, err := (&http.Client{Transport: t, CheckRedirect: followRedirects}).Do(req)
	if err != nil {
		return nil, false, fetchError(file, 0, err).Err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, false, statusError(file, resp.StatusCode).Err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil && !errors.Is(err, errTooLarge) {
		return nil, false, fetchError(file, resp.StatusCode, err).Err
	}
	if looksLikeHTML(body) {
		return nil, false, errors.New("a page, not a sitemap")
	}
	if !bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))), []byte("<")) {
		for line := range strings.Lines(string(body)) {
			if a := resolve(base, line); a != "" && len(addrs) < limit {
				addrs = append(addrs, a)
			}
		}
		return addrs, false, nil
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict = false
	d.CharsetReader = charset.NewReaderLabel
	inLoc := false
	for len(addrs) < limit {
		tok, err := d.Token()
		if err != nil {
			return addrs, index, nil // what is broken or cut off ends here
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if tok.Name.Local == "sitemapindex" {
				index = true
			}
			// image:loc and video:…_loc are no pages
			inLoc = tok.Name.Local == "loc" && !strings.Contains(tok.Name.Space, "image") && tok.Name.Space != "image"
		case xml.EndElement:
			inLoc = false
		case xml.CharData:
			if inLoc {
				if a := resolve(base, string(tok)); a != "" {
					addrs = append(addrs, a)
				}
			}
		}
	}
	return addrs, index, nil
}
