package notice

import (
	"regexp"
	"strings"
)

var (
	updatedLine = regexp.MustCompile(`(?i)^(?:this (?:privacy )?(?:policy|notice|statement) (?:was )?)?(?:last (?:updated|modified|revised|changed|reviewed)|effective(?: date| as of)?|revised|updated)\b`)
	buttonLine  = wordsOf("page.button", `^(?:got it|ok(?:ay)?|i (?:accept|agree|understand)|accept(?: all)?(?: cookies)?|agree|allow(?: all)?(?: cookies)?|close|decline|reject(?: all)?|dismiss|continue)\W*$`)
	bannerLine  = wordsOf("page.banner", `\b(?:by (?:continuing|using|clicking|browsing)|continu(?:e|ing) to (?:use|browse)|best (?:possible )?(?:browsing |user |online )?experience|this (?:web)?site uses cookies|the (?:web)?site uses cookies|we use cookies (?:to|on))\b`)
)

// frame tells, in plain text, the notice from the navigation before and after it and from a consent banner. It cuts
// only where the lines look like navigation: many short ones without an end mark.
func (p *page) frame() {
	first := p.bodyStart()
	last := p.bodyEnd(first)
	for i := range p.blocks {
		b := &p.blocks[i]
		switch {
		case i >= first && i <= last:
			continue
		case i > last && p.bannerAt(i):
			b.place, b.kind = inBanner, paragraph
		default:
			b.place, b.kind = inChrome, paragraph
		}
	}
}

// isButton says that a line is the label of a button by which people answer a banner.
func isButton(line string) bool { return len(line) < 40 && buttonLine.in(line) }

// updates says that a line begins by telling when the notice was changed.
func updates(line string) bool {
	if updatedLine.MatchString(line) {
		return true
	}
	at := updatedWords.find(textOf(line))
	return at != nil && at[0] == 0
}

func (p *page) line(i int) string { return p.text[p.blocks[i].Start:p.blocks[i].End] }

// short says that a line may be an entry of a menu.
func short(line string) bool {
	if len(line) > 60 {
		return false
	}
	last := line[len(line)-1]
	return last != '.' && last != ';' && last != ',' && last != ':'
}

// bodyStart is the first block of the notice. A menu is ten or more short lines, nearly without a break.
func (p *page) bodyStart() int {
	prose := -1
	for i := range p.blocks {
		if p.blocks[i].kind == row || len(p.line(i)) > 80 && !p.bannerAt(i) {
			prose = i
			break
		}
	}
	if prose < 8 {
		return 0
	}
	start := prose
	for i := prose; i >= 0 && i > prose-12; i-- {
		line := p.line(i)
		if updates(line) || noticeTitle(line) {
			start = i
		}
	}
	if start == prose {
		for start > 0 && p.blocks[start-1].kind == heading && !p.blocks[start-1].weak {
			start--
		}
		if start == prose && p.blocks[start-1].kind == heading {
			start--
		}
	}
	return start
}

// bodyEnd is the last block of the notice: the last prose that is no banner, when what follows is short lines.
func (p *page) bodyEnd(first int) int {
	last := len(p.blocks) - 1
	end := last
	for end > first && last-end < 400 {
		line := p.line(end)
		if p.blocks[end].kind == row || p.blocks[end].kind == item {
			break
		}
		if p.bannerAt(end) {
			end--
			continue
		}
		if label, _, _ := strings.Cut(line, ":"); sentenceLike(line) || labelled(line) && columnOf(label) != noColumn {
			break
		}
		end--
	}
	tail := last - end
	if tail < 3 || end <= first {
		return last
	}
	// A short tail without a button or banner may be the publisher's address.
	for i := end + 1; i <= last; i++ {
		if p.bannerAt(i) || isButton(p.line(i)) {
			return end
		}
	}
	if tail < 8 {
		return last
	}
	return end
}

// sentenceLike says that a line is prose.
func sentenceLike(line string) bool {
	n := len(strings.Fields(line))
	last := line[len(line)-1]
	return n >= 6 && (last == '.' || last == ':' || last == ';' || last == '?') || n >= 14
}

// bannerAt says that block i is a sentence of a consent banner: the words of one, near the end or the start of the
// page, beside a button.
func (p *page) bannerAt(i int) bool {
	if line := p.line(i); len(line) > longestSentence || !bannerLine.in(line) {
		return false
	}
	for j := max(0, i-3); j <= min(len(p.blocks)-1, i+4); j++ {
		if j != i && isButton(p.line(j)) {
			return true
		}
	}
	return false
}
