package notice

import "strings"

// sections cuts the body at its headings. A section's region is what its own heading says, else what the section
// around it says.
func (p *page) sections() ([]Section, []int) {
	var out []Section
	of := make([]int, len(p.blocks)) // section of each block; -1 = before the first heading
	var stack []int
	current := -1
	for i, b := range p.blocks {
		of[i] = current
		if b.kind != heading || b.place != inBody {
			continue
		}
		number, title := splitNumber(fold(p.text[b.Start:b.End]))
		level := b.level
		switch {
		case number != "" && number[0] <= '9':
			level = 1 + strings.Count(number, ".")
			if !b.weak && b.level > level {
				level = b.level
			}
		case b.level == 0: // a title by its looks only stands below the numbered section that it is in
			level = 1
			for _, s := range stack {
				if out[s].Number != "" {
					level = out[s].Level + 1
				}
			}
		}
		for len(stack) > 0 && out[stack[len(stack)-1]].Level >= level {
			stack = stack[:len(stack)-1]
		}
		s := Section{Number: number, Title: title, Level: level, Region: regionOf(title), Span: Span{b.Start, p.body.End}, above: -1}
		if len(stack) > 0 {
			s.above = stack[len(stack)-1]
		}
		if s.Region == "" && s.above >= 0 {
			s.Region = out[s.above].Region
		}
		if len(out) > 0 {
			out[len(out)-1].End = b.Start
		}
		current = len(out)
		of[i] = current
		out = append(out, s)
		stack = append(stack, current)
	}
	return out, of
}

// name is how a declaration cites a section.
func (s Section) name() string {
	if s.Number == "" {
		return s.Title
	}
	return s.Number + " " + s.Title
}

// finish sets what follows from the blocks: the body, the banner's text, the links' texts.
func (p *page) finish() {
	p.body = Span{-1, 0}
	var banner []string
	for _, b := range p.blocks {
		switch b.place {
		case inBody:
			if p.body.Start < 0 {
				p.body.Start = b.Start
			}
			p.body.End = b.End
		case inBanner:
			if text := p.quote(b.Span); !isButton(text) {
				banner = append(banner, text)
			}
		}
	}
	p.body.Start = max(p.body.Start, 0)
	p.banner = strings.Join(banner, " ")
	kept := p.links[:0]
	for _, l := range p.links {
		l.Span = trimmed(p.text, l.Span)
		l.Text = fold(p.text[l.Start:l.End])
		kept = append(kept, l)
	}
	p.links = kept
	if p.title == "" {
		for _, b := range p.blocks {
			if b.kind == heading {
				p.title = p.quote(b.Span)
				break
			}
		}
	}
}
