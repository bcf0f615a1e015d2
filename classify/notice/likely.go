package notice

import (
	"regexp"
	"strings"

	"trackaudit/crawler/evidence"
)

var (
	privacyTitle = wordsOf("title.privacy", `\b(?:privacy|data protection|data privacy|personal data|personal information)\b.{0,20}\b(?:policy|notice|statement|information|center|centre)\b|\bprivacy\b`)
	cookieTitle  = wordsOf("title.cookie", `\bcookies?\b.{0,20}\b(?:policy|notice|statement|information|declaration|list|table)\b|(?:^|\W)cookies(?:$|\W)`)
	noticeWords  = wordsOf("title.words", `personal (?:data|information)|personally identifiable|third part(?:y|ies)|we collect|cookies?|data controller|gdpr|your rights|opt[ -]out|web beacons?|ip[ -]address|tracking`)
	gonePage     = wordsOf("page.gone", `\b(?:404|page not found|page (?:you requested )?(?:could not|cannot|can't) be found|not found|no longer (?:exists|available))\b`)
	challenge    = regexp.MustCompile(`(?i)\b(?:just a moment|checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|enable javascript and cookies to continue|attention required|access denied|unusual traffic|ddos protection|captcha|security check)\b`)
)

func noticeTitle(s string) bool {
	return len(s) < 90 && (privacyTitle.in(s) || cookieTitle.in(s))
}

// unreadable says why a page that was decoded is no notice to read; "" = it is one.
func (p *page) unreadable() string {
	body := 0
	for _, b := range p.blocks {
		if b.place == inBody {
			body += b.End - b.Start
		}
	}
	head := p.title + "\n" + p.text[:min(len(p.text), 1500)]
	switch {
	case body == 0:
		return "no text"
	case body < 3000 && challenge.MatchString(head) && noticeWords.count(p.text, 3) < 3:
		return "a page that asks to prove to be human, not a notice"
	case body < 3000 && gonePage.in(head) && noticeWords.count(p.text, 6) < 6:
		return "a page that says it was not found, not a notice"
	case body < 200 && noticeTitle(p.title) && len(p.tables) == 0:
		return "a notice's title, but nearly no text: it may be built by script"
	case body < 40 && !strings.Contains(strings.ToLower(p.text), "cookie"):
		return "nearly no text"
	}
	return ""
}

// Likely tells whether a document is a notice: kind "privacy", "cookie" or "" for neither, and a score from 0 to 1.
func Likely(doc evidence.Document) (kind string, score float64) {
	p, err := readPage(doc)
	if err != nil || p.unreadable() != "" {
		return "", 0
	}
	body := p.text[p.body.Start:p.body.End]
	if len(body) > 100_000 {
		body = body[:100_000]
	}
	hits := noticeWords.count(body, 200)
	cookies := strings.Count(strings.ToLower(body), "cookie")
	words := max(1, len(strings.Fields(body)))
	score = min(0.6, float64(hits)/float64(words)*15)
	if words < 150 {
		score *= float64(words) / 150
	}
	titles := p.title
	for i, b := range p.blocks {
		if b.kind == heading && b.place == inBody && b.level <= 2 && i < 40 {
			titles += "\n" + p.quote(b.Span)
		}
	}
	titles = titles[:min(len(titles), 400)]
	privacy, cookie := privacyTitle.in(titles), cookieTitle.in(titles)
	if privacy || cookie {
		score += 0.4
	}
	if score < 0.45 {
		return "", score
	}
	if cookie && (!privacy || cookieTitle.in(p.title)) || !privacy && cookies*2 > hits {
		return "cookie", min(score, 1)
	}
	return "privacy", min(score, 1)
}
