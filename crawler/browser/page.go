package browser

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/runtime"

	"trackaudit/crawler/evidence"
)

// snapshot is the page at the end of the watch.
type snapshot struct {
	URL      string          `json:"url"`
	Title    string          `json:"title"`
	Language string          `json:"lang"`
	Nodes    int             `json:"nodes"`
	Text     string          `json:"text"`
	Media    int             `json:"media"` // images, frames, canvases and videos
	Links    []evidence.Link `json:"links"`
	Elements []string        `json:"elements"` // selectors of challenge pages that were found
	HTML     string          `json:"html"`
}

// lookScript reads the page, open shadow roots included. SELECTORS and KEEP are put in front of it.
const lookScript = `
(() => {
  const links = [];
  const roots = [document];
  let nodes = 0, media = 0;
  for (let i = 0; i < roots.length && roots.length < 500; i++) {
    for (const e of roots[i].querySelectorAll('*')) {
      nodes++;
      if (e.shadowRoot) roots.push(e.shadowRoot);
      const tag = e.localName;
      if (tag === 'img' || tag === 'iframe' || tag === 'canvas' || tag === 'video' || tag === 'object' || tag === 'embed' || tag === 'svg') media++;
      if ((tag === 'a' || tag === 'area') && e.href && links.length < 3000) {
        const text = (e.innerText || e.textContent || e.getAttribute('aria-label') || e.title || '').trim().replace(/\s+/g, ' ').slice(0, 200);
        links.push({ url: String(e.href).slice(0, 4096), text, rel: e.rel || '', footer: !!e.closest('footer, [role=contentinfo], #footer, .footer') });
      }
    }
  }
  const serialize = () => {
    const d = document.documentElement;
    try { if (d.getHTML && roots.length > 1) return '<html>' + d.getHTML({ shadowRoots: roots.slice(1) }).replace(/<template shadowrootmode[^>]*>|<\/template>/g, '') + '</html>'; } catch (e) {}
    return d.outerHTML;
  };
  return JSON.stringify({
    url: location.href, title: document.title, lang: document.documentElement.lang || '', nodes, media,
    text: (document.body ? document.body.innerText || '' : '').slice(0, 20000), links,
    elements: SELECTORS.filter(s => { try { return document.querySelector(s); } catch (e) { return false; } }),
    html: KEEP ? serialize().slice(0, 8 << 20) : '',
  });
})()`

// lookTimeout bounds the reading of a page; a large one takes a second.
const lookTimeout = 3 * time.Second

// look takes the snapshot. A page that no longer answers is not complete.
func (v *visiting) look(ctx context.Context) {
	selectors := []string{}
	for _, p := range v.b.o.Facts.ChallengePages() {
		if p.Where == "element" {
			selectors = append(selectors, p.Match)
		}
	}
	list, _ := json.Marshal(selectors)
	keep := "false"
	if v.job.KeepDocument {
		keep = "true"
	}
	expr := "{const SELECTORS=" + string(list) + ",KEEP=" + keep + ";\n" + strings.TrimSpace(lookScript) + "}"
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	got, err := v.aside(ctx, v.session, runtime.EvaluateParams{Expression: expr})
	if err != nil || got.Result == nil {
		v.stop(evidence.Timeout, "the page stopped answering")
		send(v.session, runtime.TerminateExecution, cdp.Empty{})
		return
	}
	var text string
	if json.Unmarshal(got.Result.Value, &text) != nil || json.Unmarshal([]byte(text), &v.seen) != nil {
		v.stop(evidence.Timeout, "the page could not be read")
		return
	}
	v.html = v.seen.HTML
	if strings.HasPrefix(v.seen.URL, "chrome-error:") { // the page went to where there is none
		v.mu.Lock()
		why := ""
		for _, r := range v.requests {
			if r.document {
				why = r.Failed
			}
		}
		v.mu.Unlock()
		if why != "" {
			v.fail(why)
		}
	}
}

// fail turns Chrome's reason for a failed navigation into ours.
func (v *visiting) fail(text string) {
	code := strings.TrimPrefix(text, "net::ERR_")
	switch {
	case code == "NAME_NOT_RESOLVED" && v.literal() != "":
		v.stop(evidence.Blocked, "the page leads to the private address "+v.literal()+", which a public site must not (--allow-private permits it)")
	case code == "UNSAFE_REDIRECT":
		v.stop(evidence.Blocked, "the address redirects to something that is no page of the web, which the browser refused")
	case text == "download":
		v.stop(evidence.NotHTML, "the address offers a download, not a page")
	case code == "TOO_MANY_REDIRECTS":
		v.stop(evidence.RedirectLoop, "the address redirects without end")
	case strings.HasPrefix(code, "CERT_"), strings.HasPrefix(code, "SSL_"), strings.Contains(code, "_SSL"):
		v.stop(evidence.TLSError, "the server's certificate or encryption was not accepted ("+text+")")
	case code == "NAME_NOT_RESOLVED":
		v.stop(evidence.Unreachable, "there is no such host")
	case code == "CONNECTION_REFUSED":
		v.stop(evidence.Unreachable, "the server refused the connection")
	case code == "ABORTED":
		v.stop(evidence.NotHTML, "the address offers a download or nothing, not a page")
	case code == "HTTP_RESPONSE_CODE_FAILURE":
		// an error status with an empty body: the status says it better
	default:
		v.stop(evidence.Unreachable, "the page could not be loaded ("+text+")")
	}
}

// literal is the private address that the page's own document was last asked for, if it is written as one.
func (v *visiting) literal() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	host := ""
	for _, r := range v.requests {
		if r.document {
			host = evidence.HostOf(r.URL)
		}
	}
	if v.b.o.Refuse != nil && v.b.o.Refuse(host, host) || host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return host
	}
	return ""
}

// describe fills what the page itself shows. The caller holds mu.
func (v *visiting) describe(out *evidence.Visit) {
	for _, r := range v.requests {
		if r.document {
			out.FinalURL, out.Status = r.URL, r.Status
		}
	}
	if strings.HasPrefix(v.seen.URL, "http") && v.reason == "" {
		out.FinalURL = v.seen.URL
	}
	out.Title, out.Language, out.Links = clip(v.seen.Title, 500), clip(v.seen.Language, 40), v.seen.Links
	out.Page.Nodes, out.Page.Text = v.seen.Nodes, utf8.RuneCountInString(strings.TrimSpace(v.seen.Text))
	for id, u := range v.frames {
		if id != v.main && strings.HasPrefix(u, "http") && len(out.Frames) < 200 {
			out.Frames = append(out.Frames, u)
		}
	}
	slices.Sort(out.Frames)
}

// judge says whether the page was seen whole: never false-clean. The caller holds mu.
func (v *visiting) judge(out *evidence.Visit) {
	var main *request
	for _, r := range v.requests {
		if r.document {
			main = r
		}
	}
	status := out.Status
	if v.reason == "" || v.reason == evidence.Unreachable && status >= 400 {
		switch sign := v.challenge(main); {
		case sign != "":
			v.reason, v.detail = evidence.Challenge, "the site asked the visitor to prove to be human ("+sign+")"
		case status == 401 || status == 403 || status == 429 || status == 451:
			v.reason, v.detail = evidence.Blocked, "the site answered "+statusText(status)+": it does not let this visitor in"
		case status >= 400:
			v.reason, v.detail = evidence.HTTPError, "the page answered "+statusText(status)
		}
	}
	if v.reason == "" {
		mime := ""
		if main != nil {
			mime = main.MIME
		}
		switch {
		case mime != "" && mime != "text/html" && mime != "application/xhtml+xml":
			v.stop(evidence.NotHTML, "the address serves "+mime+", not a page")
		case v.cut != "":
			v.stop(evidence.Timeout, "the page was stopped: too many "+v.cut)
		case out.Page.Text == 0 && v.seen.Media == 0, out.Page.Text < 20 && out.Page.Nodes < 12 && v.seen.Media == 0:
			v.stop(evidence.Empty, "the page shows next to nothing")
		}
	}
	out.Complete, out.Reason, out.Detail = v.reason == "", v.reason, v.detail
}

// smallPage is the number of characters below which a sign that ordinary pages carry too (a challenge script)
// means a challenge.
const smallPage = 1500

// challenge looks for the signs of a bot wall that knowledge lists.
func (v *visiting) challenge(main *request) string {
	title, text := strings.ToLower(v.seen.Title), strings.ToLower(v.seen.Text)
	small := len(text) < smallPage
	for _, p := range v.b.o.Facts.ChallengePages() {
		hit := false
		switch p.Where {
		case "title":
			hit = strings.Contains(title, p.Match) && small
		case "text":
			hit = strings.Contains(text, p.Match) && small
		case "element":
			for _, e := range v.seen.Elements {
				hit = hit || strings.EqualFold(e, p.Match) && small
			}
		case "header":
			if name, value, ok := strings.Cut(p.Match, ":"); ok && main != nil {
				got := strings.ToLower(header(main.headers, strings.TrimSpace(name)))
				hit = got != "" && strings.Contains(got, strings.TrimSpace(value)) && (main.Status >= 400 || small)
			}
		case "script":
			for _, r := range v.requests {
				hit = hit || small && r.Type == "Script" && strings.Contains(strings.ToLower(r.URL), p.Match)
			}
		case "cookie":
			for _, k := range v.jar {
				hit = hit || small && main != nil && main.Status >= 400 && strings.EqualFold(k.Name, p.Match)
			}
		}
		if hit {
			return p.Service + ", by " + p.Where
		}
	}
	return ""
}
