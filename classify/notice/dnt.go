package notice

import (
	"regexp"
	"strings"
)

// dnt reads what the documents say about the Do Not Track signal. A heading, a table of contents, a cookie named DNT
// and advice on how to switch the signal on are no answer. "Honored" is said only where a sentence with an actor says
// that something changes; where two sentences contradict each other, the answer is unclear.
func dnt(readers []*reader) Claim {
	var best Claim
	best.Value = Unstated
	rank := map[ClaimValue]int{Unstated: 0, Unclear: 1, Honored: 2, NotHonored: 3}
	for _, r := range readers {
		for i, s := range r.all {
			v := r.dntOf(i)
			if rank[v] <= rank[best.Value] {
				continue
			}
			best = Claim{Value: v, Document: r.doc.ID, Quote: r.p.quote(s.Span), Start: s.Start, End: s.End}
		}
	}
	return best
}

var (
	dntNames  = regexp.MustCompile(`(?i)\bdo[ -]?not[ -]?track(?:ing)?\b|\bDNT\b|do-?not-?track`)
	dntIgnore = regexp.MustCompile(`(?i)\b(?:(?:do|does|did|will|can|are|is|may|would|have|has|were)(?:\s+\w+){0,2}?\s*(?:not|n['’]t)|cannot|can['’]t|don['’]t|doesn['’]t|isn['’]t|aren['’]t|won['’]t|never)\b(?:\W+\w+){0,8}?\W+(?:respond|responding|recogni[sz]e|honou?r|honou?ring|support|supporting|react|act|process|take|alter|change|changed|adjust|modify|monitor|follow|comply|interpret|address|heed|observe|acknowledge|accept|configured|respect|affect|affected|detect|obey|responsive|set up|designed|implement|implemented|vary|treat|abide|listen|recognition|look|adhere|participate|recognise|consider|engage|offer|enable|operate)|\bto not (?:change|alter|respond|honou?r|recogni[sz]e)|\b(?:ignore|disregard)s?\b|\bunable to (?:respond|honou?r|recogni[sz]e|process)|\bno (?:response|action|changes?)\b|\bnot (?:currently )?(?:respond|honou?r|recogni[sz]e|support|obligated|required|able)|\b(?:in)?different(?:ly)? (?:when|if|because|as a result)|\bregardless of\b|\bunaffected by\b|\bdoes n't\b|\bnot (?:be )?(?:affected|changed|disabled|altered|modified)\b|\bcontinues? to track\b|\bno way to\b`)
	dntHonor  = regexp.MustCompile(`(?i)\b(?:we|our (?:web)?sites?|our services?|this (?:web)?site|the (?:web)?sites?|the services?|\p{Lu}\w+(?:\s\p{Lu}\w+)?)\b(?:\W+\w+){0,6}?\W+(?:honou?rs?|respects?|responds?|recogni[sz]es?|compl(?:y|ies)|support(?:s)?|follow(?:s)?|adheres?|abides?|obeys?|disables?|stops?|observes?)\b|\bwill (?:not|never) (?:track|collect|set|place|load|use|record|be tracked)|\b(?:do|does) not (?:track|collect|set|place|load|use) .{0,60}(?:if|when|where)\b|\b(?:is|are|will be) (?:honou?red|respected|disabled|deactivated|supported|recogni[sz]ed)\b`)
	dntWeak   = regexp.MustCompile(`(?i)\b(?:no|lack of|without)(?: a)?(?: common| uniform| industry| consistent| accepted| single| final| clear| universal| current| agreed| technical| legal)*[ -]*(?:industry )?(?:consensus|standard|agreement|understanding|definition|interpretation)`)
)

func (r *reader) dntOf(i int) ClaimValue {
	s := r.all[i]
	text := r.p.quote(s.Span)
	if !dntNames.MatchString(text) || s.asks {
		return Unstated
	}
	switch {
	case dntIgnore.MatchString(text):
		return NotHonored
	case dntHonor.MatchString(text):
		return Honored
	case dntWeak.MatchString(text):
		return Unclear
	}
	return Unstated
}

// claims reads what the documents say of signals, consent and opt-outs.
func claims(readers []*reader) Claims {
	c := Claims{DNT: dnt(readers), GPC: Claim{Value: Unstated}, Consent: Claim{Value: Unstated}}
	for _, r := range readers {
		if c.GPC.Value == Unstated {
			c.GPC = r.gpc()
		}
		if c.Consent.Value == Unstated || c.Consent.Value == consentImplied {
			if claim := r.consent(); claim.Value != Unstated && (c.Consent.Value == Unstated || claim.Value == consentPrior) {
				c.Consent = claim
			}
		}
		c.OptOut = append(c.OptOut, r.optOuts()...)
	}
	return c.filled()
}

// The values of the consent claim, besides unstated.
const (
	consentPrior   ClaimValue = "prior"
	consentImplied ClaimValue = "implied"
)

func (r *reader) gpc() Claim {
	for _, s := range r.all {
		if r.has(s, "gpc.signal", 0) < 0 || s.asks {
			continue
		}
		text := r.p.quote(s.Span)
		c := Claim{Document: r.doc.ID, Quote: text, Start: s.Start, End: s.End}
		switch {
		case dntIgnore.MatchString(text):
			c.Value = NotHonored
		case dntHonor.MatchString(text) || gpcHonor.MatchString(text):
			c.Value = Honored
		default:
			continue
		}
		return c
	}
	return Claim{Value: Unstated}
}

var gpcHonor = regexp.MustCompile(`(?i)\b(?:treat|treated|process|processed|apply|applied|honou?r|honou?red|recogni[sz]e|detect|considered)\b`)

func (r *reader) consent() Claim {
	implied := Claim{Value: Unstated}
	for _, s := range r.all {
		if !r.mentionsCookies(s) {
			continue
		}
		c := Claim{Document: r.doc.ID, Quote: r.p.quote(s.Span), Start: s.Start, End: s.End}
		if r.has(s, "consent.prior", 0) >= 0 && r.has(s, "consent.implied", 0) < 0 {
			c.Value = consentPrior
			return c
		}
		if implied.Value == Unstated && r.has(s, "consent.implied", 0) >= 0 {
			c.Value = consentImplied
			implied = c
		}
	}
	if implied.Value != Unstated {
		return implied
	}
	for _, b := range r.p.blocks {
		if b.place != inBanner {
			continue
		}
		for _, sp := range sentences(r.p.text, b.Span) {
			s := &sentence{Span: sp, toks: tokens(r.p.text, sp)}
			s.hits = r.m.find(s.toks)
			if r.has(s, "consent.implied", 0) >= 0 {
				return Claim{Value: consentImplied, Document: r.doc.ID, Quote: r.p.quote(sp), Start: sp.Start, End: sp.End}
			}
		}
	}
	return implied
}

func (r *reader) mentionsCookies(s *sentence) bool {
	for _, h := range s.hits {
		if c := r.m.classes[h.class]; c == "tech.cookie" || c == "tech.umbrella" {
			return true
		}
	}
	return false
}

// Where visitors can object, by host, with the region that the page serves if the notice does not say one.
var optOutHosts = []struct {
	host   string
	region Region
}{
	{"aboutads.info", "us"}, {"networkadvertising.org", "us"}, {"optout.networkadvertising.org", "us"},
	{"optout.aboutads.info", "us"}, {"youradchoices.com", "us"}, {"youronlinechoices.eu", "eu"}, {"youronlinechoices.com", "eu"},
	{"edaa.eu", "eu"}, {"youradchoices.ca", ""}, {"tools.google.com/dlpage/gaoptout", ""}, {"adssettings.google.com", ""},
	{"google.com/settings/ads", ""}, {"privacy.truste.com", ""}, {"preferences-mgr.truste.com", ""}, {"preferences.truste.com", ""},
	{"facebook.com/settings", ""}, {"allaboutdnt.com", "-"}, {"optout.", ""}, {"opt-out", ""}, {"optout", ""}, {"opt_out", ""},
	{"donotsell", "us-ca"}, {"do-not-sell", "us-ca"},
}

var optOutText = regexp.MustCompile(`(?i)\bopt[ -]?(?:ing[ -])?out\b|do not sell|widerspr(?:uch|echen)|désactiver|désinscri|refuser|rechazar|desactivar|disattivare|afmelden|desativar`)

// optOuts lists the links by which a visitor can object.
func (r *reader) optOuts() []OptOut {
	var out []OptOut
	at := map[string]int{}
	for _, l := range r.p.links {
		if l.Start < r.p.body.Start || l.End > r.p.body.End {
			continue
		}
		region, ok := optOutHost(l.URL)
		if !ok && !optOutText.MatchString(l.Text) || region == "-" {
			continue
		}
		if marked := regionAfter(r.p.text[l.End:min(len(r.p.text), l.End+40)]); marked != "" {
			region = marked
		}
		i, seen := at[l.URL]
		if !seen {
			i = len(out)
			at[l.URL] = i
			out = append(out, OptOut{URL: l.URL, Regions: []Region{}})
		}
		if region != "" {
			out[i].Regions = appendRegion(out[i].Regions, region)
		}
	}
	return out
}

func appendRegion(list []Region, region Region) []Region {
	for _, have := range list {
		if have == region {
			return list
		}
	}
	return append(list, region)
}

func optOutHost(url string) (Region, bool) {
	url = strings.ToLower(url)
	for _, o := range optOutHosts {
		if strings.Contains(url, o.host) {
			return o.region, true
		}
	}
	return "", false
}

// regionAfter reads a region in brackets right after a link: "(U.S.)".
func regionAfter(text string) Region {
	text = strings.TrimLeft(text, " \t\n.,")
	if !strings.HasPrefix(text, "(") {
		return ""
	}
	end := strings.IndexByte(text, ')')
	if end < 0 {
		return ""
	}
	return regionOf(text[:end+1])
}
