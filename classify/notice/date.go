package notice

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// months gives the number of a month by its name in any language with a lexicon, or by a short form of it: the twelve
// lines of a lexicon's class "month" are the months in order.
var months = sync.OnceValue(func() map[string]int {
	out := map[string]int{}
	for _, language := range languages() {
		for i, line := range lexicons()[language].lines["month"] {
			for name := range strings.SplitSeq(line, "|") {
				out[name] = i%12 + 1
			}
		}
	}
	return out
})

var (
	dayMonthYear = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?\s*(?:of |de |del |-|/)?\s*(\p{L}{3,10})\.?,?\s*(?:of |de |del |-|/)?\s*(\d{4})\b`)
	monthDayYear = regexp.MustCompile(`(?i)(\p{L}{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?\s*,?\s*(\d{4})\b`)
	isoDate      = regexp.MustCompile(`\b(\d{4})[-./](\d{1,2})[-./](\d{1,2})\b`)
	numericDate  = regexp.MustCompile(`\b(\d{1,2})([-./])(\d{1,2})[-./](\d{4}|\d{2})\b`)
	monthYear    = regexp.MustCompile(`(?i)(\p{L}{3,10})\.?\s+(?:de |del |of )?(\d{4})\b`)
)

// findDate gives the first date in text as YYYY-MM-DD, or "". A date of figures only is read day first, save in
// English with slashes, or where the second figure can only be a day. A month without a day is its first.
func findDate(text, language string) string {
	best, at := "", len(text)+1
	take := func(loc []int, y, m, d string) {
		if date := makeDate(y, m, d); date != "" && loc[0] < at {
			best, at = date, loc[0]
		}
	}
	for _, m := range dayMonthYear.FindAllStringSubmatchIndex(text, 4) {
		take(m, text[m[6]:m[7]], text[m[4]:m[5]], text[m[2]:m[3]])
	}
	for _, m := range monthDayYear.FindAllStringSubmatchIndex(text, 4) {
		take(m, text[m[6]:m[7]], text[m[2]:m[3]], text[m[4]:m[5]])
	}
	for _, m := range isoDate.FindAllStringSubmatchIndex(text, 4) {
		take(m, text[m[2]:m[3]], text[m[4]:m[5]], text[m[6]:m[7]])
	}
	for _, m := range numericDate.FindAllStringSubmatchIndex(text, 4) {
		a, b, y := text[m[2]:m[3]], text[m[6]:m[7]], text[m[8]:m[9]]
		if len(y) == 2 {
			y = "20" + y
		}
		n, _ := strconv.Atoi(b)
		first, _ := strconv.Atoi(a)
		if n > 12 || first <= 12 && language == "en" && text[m[4]:m[5]] == "/" {
			take(m, y, a, b)
		} else {
			take(m, y, b, a)
		}
	}
	if best == "" {
		for _, m := range monthYear.FindAllStringSubmatchIndex(text, 4) {
			take(m, text[m[4]:m[5]], text[m[2]:m[3]], "1")
		}
	}
	return best
}

func makeDate(y, m, d string) string {
	year, _ := strconv.Atoi(y)
	day, _ := strconv.Atoi(d)
	month, err := strconv.Atoi(m)
	if err != nil {
		month = months()[strings.ToLower(m)]
	}
	if year < 1990 || year > 2100 || month < 1 || month > 12 || day < 1 || day > 31 {
		return ""
	}
	if time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() != day {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, month, day)
}

var (
	updatedWords = wordsOf("date.updated", `\b(?:last|most recently|recently)\s+(?:updated|modified|revised|changed|reviewed|amended|update|revision|modification)\b|\b(?:updated|revised|modified|amended)(?: on| as of|:|\s+\d|\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))|\b(?:revision|update) date\b|date of (?:last|latest) (?:revision|update)|\bversion (?:date|dated|of)\b`)
	effectWords  = wordsOf("date.effective", `\beffective(?: date)?(?: as of| from| on| since)?\b|\b(?:takes?|took|taking|in|into|go(?:es)?|comes?) (?:into |in )?(?:effect|force)\b`)
	partialWords = wordsOf("date.partial", `\b(?:sections?|paragraphs?|clauses?|parts?|chapters?|provisions?|changes)\b`)
)

// dates reads when the document was last updated and when it takes effect. A date that a sentence gives to some
// sections only is not the document's.
func (r *reader) dates() {
	for i, b := range r.p.blocks {
		if b.place == inBanner || b.End-b.Start > 1200 || r.doc.LastUpdated != "" && r.doc.Effective != "" {
			continue
		}
		if b.Start > r.p.body.End {
			break
		}
		for _, s := range r.p.cut[i] {
			r.dateIn(s, b)
		}
	}
}

func (r *reader) dateIn(s Span, b block) {
	text := r.p.text[s.Start:s.End]
	if len(text) > 800 || !mayHoldDate(text) && (len(text) > 40 && b.kind != heading || strings.ContainsAny(text, "0123456789")) {
		return
	}
	if text = fold(text); len(text) > 400 {
		return
	}
	t := textOf(text)
	up, eff := updatedWords.find(t), effectWords.find(t)
	if up == nil && eff == nil {
		return
	}
	if !strings.ContainsAny(text, "0123456789") {
		text += " " + r.following(s) // "Last updated" and the date in the next line
	}
	if up != nil && r.doc.LastUpdated == "" && !partialWords.in(text[:up[0]]) {
		r.doc.LastUpdated = dateNear(text, up, eff, r.doc.Language)
	}
	if eff != nil && r.doc.Effective == "" && !partialWords.in(text) {
		r.doc.Effective = dateNear(text, eff, up, r.doc.Language)
	}
}

// mayHoldDate says that a year stands in a text, or figures parted as in a date: what is cheap to see.
func mayHoldDate(text string) bool {
	run := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			if run++; run == 4 && (text[i-3] == '1' || text[i-3] == '2') {
				return true
			}
		case run > 0 && (c == '.' || c == '/' || c == '-') && i+1 < len(text) && text[i+1] >= '0' && text[i+1] <= '9':
			return true
		default:
			run = 0
		}
	}
	return false
}

// dateNear reads the date after the words at w, up to the other words if they follow; else the date before them.
func dateNear(text string, w, other []int, language string) string {
	after := text[w[0]:]
	if other != nil && other[0] > w[0] {
		after = text[w[0]:other[0]]
	}
	if len(after) > 120 {
		after = after[:120]
	}
	if d := findDate(after, language); d != "" {
		return d
	}
	if other != nil {
		if other[0] > w[0] {
			return findDate(text[w[0]:min(len(text), w[0]+160)], language)
		}
		return findDate(text[other[1]:w[0]], language)
	}
	return findDate(text[max(0, w[0]-40):w[0]], language)
}

// following is the text of the block after a span.
func (r *reader) following(s Span) string {
	for _, b := range r.p.blocks {
		if b.Start >= s.End {
			if b.End-b.Start > 60 {
				return ""
			}
			return r.p.quote(b.Span)
		}
	}
	return ""
}
