package classify

import (
	"slices"

	"trackaudit/classify/notice"
)

// A notice may confine what it declares to visitors of a region: "For residents of California: …". Such a sentence
// tells nobody else anything. So an observation is held against what each kind of visitor is told. With laws, the
// visitors are those whom the laws protect; without, those in and outside the United States, of no state or union
// in particular.

// visitorsOf lists the kinds of visitors that an audit under these laws speaks for.
func visitorsOf(laws []string) []notice.Region {
	if len(laws) == 0 {
		return []notice.Region{"us", "outside_us"}
	}
	var list []notice.Region
	for _, l := range laws {
		list = append(list, notice.Region(l))
	}
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

// includes says that what is said for a region is said for this kind of visitor.
func includes(region, visitor notice.Region) bool {
	switch {
	case region == "" || region == visitor:
		return true
	case region == "us":
		return visitor == "us-ca"
	case region == "outside_us":
		return visitor == "eu" || visitor == "uk"
	case region == "eu": // parts for Europe often speak to Britain too
		return visitor == "uk"
	}
	return false
}

// perVisitor is a notice as each kind of visitor reads it.
type perVisitor struct {
	told  []*declarations // each kind of visitor; none where the notice speaks to all alike
	whole *declarations   // all that it affirms for anybody, and what it denies to all of them
	asked bool            // the visitors are those of laws that the user named
}

func readBy(in Input) *perVisitor {
	visitors := visitorsOf(in.Laws)
	p := &perVisitor{asked: len(in.Laws) > 0}
	p.whole = index(in.Notice, in.NoticeProblems, in.Facts, func(d *notice.Declaration) bool {
		return !d.Denied || !slices.ContainsFunc(visitors, func(v notice.Region) bool { return !includes(d.Region, v) })
	})
	if in.Notice == nil || !slices.ContainsFunc(in.Notice.Declarations, func(d notice.Declaration) bool { return d.Region != "" }) {
		return p
	}
	for _, v := range visitors {
		p.told = append(p.told, index(in.Notice, in.NoticeProblems, in.Facts, func(d *notice.Declaration) bool { return includes(d.Region, v) }))
	}
	return p
}

// least is what the visitors are told who are told least of an observation.
func (p *perVisitor) least(covers func(*declarations) cover) (told *declarations, c cover) {
	for i, ds := range p.told {
		if one := covers(ds); i == 0 || one.level < c.level {
			told, c = ds, one
		}
	}
	return told, c
}

var regionNames = map[notice.Region]string{
	"us": "the United States", "us-ca": "California", "eu": "the European Union", "uk": "the United Kingdom", "outside_us": "places outside the United States",
}

// regional files what the notice tells the visitors of some region only.
func (c *collector) regional(a *Assessment) {
	if a.only == "" || a.Verdict != Declared && a.Verdict != Misdeclared {
		return
	}
	o := &a.Observation
	c.add("region-gap", a.who.label(o), string(o.Technology)+" "+string(a.only), a, func(f *Finding) {
		f.Message = sentence(seen(a)) + "; the notice tells this to visitors in " + regionNames[a.only] + " only."
		f.Quote = c.declaration(a.Declaration).Quote
		f.Fix = "Say it to all visitors, outside the part for " + regionNames[a.only] + "; or stop it for the others."
	})
}

// judgeBy sets the verdict of an observation, in view of who is told what, and returns the declaration that decided.
// Under laws that the user named, those count who are told least.
func (p *perVisitor) judgeBy(a *Assessment, covers func(*declarations) cover, decide func(cover, *declarations) (Verdict, *notice.Declaration, string)) (by *notice.Declaration) {
	best := covers(p.whole)
	told, c := p.whole, best
	if len(p.told) > 0 {
		told, c = p.least(covers)
	}
	if p.asked {
		a.cover = c
		a.Verdict, by, a.Reason = decide(c, told)
		if c.level < best.level && best.by.Region != "" {
			a.Reason += "; visitors in " + regionNames[best.by.Region] + " are told more"
		}
		return by
	}
	a.cover = best
	a.Verdict, by, a.Reason = decide(best, p.whole)
	if best.level >= byCategory && c.level < byCategory && by == best.by {
		a.only = by.Region
	}
	return by
}
