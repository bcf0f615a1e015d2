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
	dntName    = regexp.MustCompile(`(?i)[“"'‘]?\b(?:do[ -]?not[ -]?track(?:ing)?|donottrack|nicht verfolgen|ne pas (?:me )?(?:suivre|pister)|no (?:rastrear|seguir)|non tracciare|niet volgen|não rastrear)\b[”"'’]?(?:\s*\(\s*[“"']?DNT[”"']?\s*\))?|\bDNT\b`)
	dntObject  = regexp.MustCompile(`(?i)\b(?:these|those|such|this|the|any|a|its|that|diese[mnrs]?|solche|ces|cette|ce|estas?|dichas?|queste?i?|tali|deze|dergelijke|esses?|essas?|tais)\s+(?:\w+\s+){0,3}?(?:signals?|requests?|headers?|settings?|mechanisms?|preferences?|features?|flags?|options?|signale?n?|signaux|demandes?|señal(?:es)?|solicitud(?:es)?|segnal[ei]|richiest[ae]|signalen|verzoeken|sina(?:l|is))\b|\bif (?:this|it) is (?:enabled|set|on)\b`)
	dntIgnore  = regexp.MustCompile(`(?i)(?:\b(?:not|cannot|never)|n['’]t)\b(?:[^.;]{0,60}?)\b(?:respond\w*|recogni[sz]\w*|honou?r\w*|support\w*|react\w*|act|process\w*|take|alter\w*|chang\w*|adjust\w*|modif\w*|monitor\w*|follow\w*|compl\w+|interpret\w*|address\w*|heed\w*|observ\w*|acknowledge\w*|accept\w*|respect\w*|detect\w*|obey\w*|implement\w*|vary|treat\w*|abid\w*|listen\w*|adher\w*|participat\w*|response|responsive|differ\w*|offer\w*)\b|\b(?:ignore|disregard)s?\b|\bunable to\b|\bno (?:response|action|changes?|way|ability)\b|\bregardless of\b|\bwhether or not\b|\bunaffected by\b|\bcontinues? to (?:track|operate|collect)\b|(?:collection|practices|tracking|sites?|services?|websites?)[^.]{0,30} not be (?:affected|changed)`)
	dntHonor   = regexp.MustCompile(`(?i)\b(?:we|it|(?:our|this|the|these) (?:\w+ ){0,2}?(?:web)?(?:sites?|services?|pages?|platform|systems?|applications?|apps?|products?)|[A-Z][\w.]+|nous|wir|nosotros|noi|wij|nós)\b(?:\s+(?:also|will|do|does|currently|fully|always|have|has|is|are|can|respectively|generally|both|and|website|websites|configured|designed|to|try|tries)){0,5}?\s+(?:honou?rs?|honou?red|respects?|responds?|recogni[sz]es?|compl(?:y|ies)|supports?|follows?|adheres?|abides?|obeys?|observes?|detects?|acts? (?:up)?on|accepts?|takes? account|respectons|respektieren|beachten|berücksichtigen|respetamos|rispettiamo|respecteren|respeitamos)\b`)
	dntStops   = regexp.MustCompile(`(?i)\b(?:will|do|does|shall|are|is|wo|ca)(?: not| never|n['’]t)(?: be)? (?:track|collect|set|place|load|use|utili[sz]e|record|store|log|fire|send|enable|activate|run|include|process)\w*\b|\b(?:is|are|will be|gets?) (?:automatically )?(?:honou?red|respected|disabled|deactivated|turned off|recogni[sz]ed|excluded)\b|\bwill (?:disable|stop|turn off|deactivate|refrain|cease)\b|\bwe (?:disable|stop|turn off|deactivate)\b`)
	dntWhen    = regexp.MustCompile(`(?i)\b(?:if|when|where|once|for)\b`)
	dntHedge   = regexp.MustCompile(`(?i)\bmay (?:not )?(?:be able to )?(?:respond|honou?r|recogni[sz]e|support|react|act|comply|follow)\w*|\bmight (?:not )?respond|\bnot all\b|\bsome of our\b|\bcertain of our\b|\b(?:evaluat|consider|review|explor)ing\b[^.]{0,40}\bwhether\b|\bunclear\b`)
	dntPoints  = regexp.MustCompile(`(?i)\b(?:see|learn|refer|read|visit|details|information (?:about|on))\b[^.]{0,120}\b(?:respon(?:d|se)|handle|treat)\w*|\b(?:respon(?:d|se)|handle|treat)\w*[^.]{0,120}\b(?:see|learn|refer|click)\b`)
	dntOption  = regexp.MustCompile(`(?i)\bbrowsers?\b[^.]{0,80}\b(?:allow|let|enable|offer|give|permit)\w*\b[^.]{0,80}\b(?:send|transmit|set|request|signal)`)
	dntForeign = regexp.MustCompile(`(?i)\b(?:reagieren|respektieren|beachten|berücksichtigen|unterstütz\w+|answer|répond\w*|respect\w*|tien\w* compte|prend\w* en compte|réag\w+|respond\w*|reacciona\w*|respet\w+|atend\w+|reconoc\w+|rispond\w+|rispett\w+|riconosc\w+|support\w+|reageer\w*|reageren|ondersteun\w+|respect\w+|reconhec\w+|respeit\w+|responde\w*)\b`)
	dntNegated = regexp.MustCompile(`(?i)\b(?:nicht|kein\w*|ne|n['’]|pas|aucune?|no|non|nessun\w*|niet|geen|não|nenhum\w*)\b`)
)

// mask is what stands for the signal's name while a sentence is read, so that its "not" negates nothing.
const mask = "DNTSIGNAL"

// dntOf reads one sentence; a sentence that speaks of "these signals" counts where one of the three before names DNT.
func (r *reader) dntOf(i int) ClaimValue {
	s := r.all[i]
	if s.asks || s.End-s.Start > 1500 {
		return Unstated
	}
	text := r.p.quote(s.Span)
	names := dntName.MatchString(text)
	if !names && !(dntObject.MatchString(text) && r.dntBefore(i)) {
		return Unstated
	}
	text = dntName.ReplaceAllString(text, mask)
	if cookieNamed.MatchString(text) {
		return Unstated
	}
	if r.doc.Language != "en" {
		return foreignDNT(text)
	}
	switch {
	case dntHedge.MatchString(text):
		return Unclear
	case dntPoints.MatchString(text) && !dntIgnore.MatchString(text):
		return Unclear
	case dntWhen.MatchString(text) && dntStops.MatchString(text) && !dntKeeps.MatchString(text):
		return Honored
	case dntIgnore.MatchString(text):
		if !dntActor.MatchString(text) {
			return Unstated
		}
		return NotHonored
	case honors(text):
		return Honored
	case dntOption.MatchString(text) && names:
		return Unclear
	}
	return Unstated
}

var (
	// cookieNamed is a table row or list entry on a cookie called DNT.
	cookieNamed = regexp.MustCompile(`(?i)DNTSIGNAL\s*(?:\||,)?\s*(?:third|first) party|\bDNTSIGNAL cookies?\b|\bcookies?,? (?:called|named) DNTSIGNAL`)
	dntKeeps    = regexp.MustCompile(`(?i)\bnot (?:change|alter|respond|recogni[sz]e|honou?r|modify|support)\w*\b`)
	dntActor    = regexp.MustCompile(`(?i)\b(?:we|our|us|it|sites?|websites?|services?|app|company|platform|practices|tracking|collection|parties|systems?|servers?|[A-Z]\w+ (?:does|do|will|is|has|may|currently|cannot))\b`)
)

// honors demands an actor who honors, and the signal as the object close after.
func honors(text string) bool {
	for _, at := range dntHonor.FindAllStringIndex(text, 8) {
		rest := text[at[1]:min(len(text), at[1]+80)]
		if end := strings.IndexAny(rest, ".;:"); end >= 0 {
			rest = rest[:end]
		}
		if strings.Contains(text[at[0]:at[1]], mask) || strings.Contains(strings.ToLower(text[max(0, at[0]-8):at[0]]), "how ") {
			continue
		}
		if strings.Contains(rest, mask) || dntObject.MatchString(rest) {
			return true
		}
	}
	return false
}

// foreignDNT reads a sentence of another language than English: a verb of answering, with or without a negation.
func foreignDNT(text string) ClaimValue {
	if !dntForeign.MatchString(text) {
		return Unstated
	}
	if dntNegated.MatchString(text) {
		return NotHonored
	}
	return Honored
}

// dntBefore says that one of the three sentences before names the signal, in the same section.
func (r *reader) dntBefore(i int) bool {
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		if r.all[j].section != r.all[i].section {
			return false
		}
		if dntName.MatchString(r.p.text[r.all[j].Start:r.all[j].End]) {
			return true
		}
	}
	return r.all[i].section >= 0 && dntName.MatchString(r.doc.Sections[r.all[i].section].Title)
}
