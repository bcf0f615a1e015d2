package notice

import (
	"regexp"
	"strings"
)

// dnt reads what the documents say about the Do Not Track signal. A heading, a table of contents, a cookie named DNT
// and advice on how to switch the signal on are no answer. "Honored" is said only where a sentence with an actor says
// so or says what changes. Of several answers the one that promises least wins, save that "unclear" is beaten by any.
func dnt(readers []*reader) Claim { return signal(readers, &dntSignal) }

// gpc reads the same of the Global Privacy Control.
func gpc(readers []*reader) Claim { return signal(readers, &gpcSignal) }

// A signalKind is a signal that a browser sends.
type signalKind struct {
	class string // in the lexicons
	name  *search
	hints []string // parts of the names: where none of them stands, no name does
	other *signalKind
}

var (
	dntSignal = signalKind{class: "dnt.signal", name: dntName, hints: []string{"rack", "RACK", "DNT", "dnt", "erfolg", "suivre", "pister", "rastrear", "seguir", "tracciare", "volgen"}, other: &gpcSignal}
	gpcSignal = signalKind{class: "gpc.signal", name: gpcName, hints: []string{"GPC", "gpc", "rivacy ", "PRIVACY ", "reference ", "-out ", "Opt-Out "}}
)

var gpcName = mustSearch(`(?i)[“"'‘]?\b(?:(?:user[- ]enabled )?global privacy controls?|(?:universal )?opt[- ]out preference signals?|universal opt[- ]out (?:mechanisms?|signals?))\b[”"'’]?(?:\s*\(\s*[“"']?GPC[”"']?\s*\))?|\bGPC\b`)

// maxAnswers is how many sentences of a document may speak of a signal. A notice has a handful; to read each costs more
// than all else that is read in it.
const maxAnswers = 500

func signal(readers []*reader, k *signalKind) Claim {
	best := Claim{Value: Unstated}
	rank := map[ClaimValue]int{Unstated: 0, Unclear: 1, Honored: 2, NotHonored: 3}
	for _, r := range readers {
		named := -9 // the last sentence that names the signal
		answers := 0
		for i, s := range r.all {
			if best.Value == NotHonored {
				return best
			}
			text, names := r.signalIn(s, k)
			if r.doc.Language != "en" {
				if v := r.signalOf(i, k.class); rank[v] > rank[best.Value] {
					best = Claim{Value: v, Document: r.doc.ID, Quote: r.p.quote(s.Span), Start: s.Start, End: s.End}
				}
				continue
			}
			if !names && !r.afterSignal(i, named, k) {
				continue
			}
			if answers++; answers > maxAnswers {
				if best.Value == Honored { // the rest might say otherwise
					best.Value = Unclear
				}
				break
			}
			if v := r.dntOf(i, text, names, i == named+1, k); rank[v] > rank[best.Value] {
				best = Claim{Value: v, Document: r.doc.ID, Quote: r.p.quote(s.Span), Start: s.Start, End: s.End}
			}
			if names {
				named = i
			}
		}
	}
	return best
}

// mask is what stands for the signal's name while a sentence is read, so that its "not" negates nothing.
const mask = "DNTSIGNAL"

var dntName = mustSearch(`(?i)[“"'‘]?\b(?:do[ -]?not[ -]?track(?:ing)?|donottrack|nicht verfolgen|ne pas (?:me )?(?:suivre|pister)|no (?:rastrear|seguir)|non tracciare|niet volgen|não rastrear)\b[”"'’]?(?:\s*\(\s*(?:a/?k/?a )?[“"']?DNT[”"']?\s*\))?|\bDNT\b`)

// signalIn gives a sentence with the signal's name masked, and whether it names the signal.
func (r *reader) signalIn(s *sentence, k *signalKind) (text string, names bool) {
	text = r.p.text[s.Start:s.End]
	if s.End-s.Start > 1500 {
		return text, false
	}
	hint := false
	for _, h := range k.hints {
		hint = hint || strings.Contains(text, h)
	}
	if !hint {
		return text, false
	}
	text = fold(text)
	var b strings.Builder
	last := 0
	for _, at := range k.name.FindAllStringIndex(text, 20) {
		if !signalName(text, at) {
			continue
		}
		b.WriteString(text[last:at[0]])
		b.WriteString(mask)
		last, names = at[1], true
	}
	b.WriteString(text[last:])
	return b.String(), names
}

// signalName tells the name of the signal from the words: "our tools do not track you" and the path of an address
// name nothing.
func signalName(text string, at []int) bool {
	name := text[at[0]:at[1]]
	if at[0] > 0 && strings.IndexByte("/.#@=_", text[at[0]-1]) >= 0 || at[1] < len(text) && strings.IndexByte("/@=_", text[at[1]]) >= 0 {
		return false
	}
	if strings.ToLower(name) != name || !strings.HasPrefix(name, "do not") {
		return true
	}
	before := strings.ToLower(strings.Trim(lastWord(strings.TrimRight(text[:at[0]], " ")), ",;:("))
	after := strings.ToLower(firstWord(strings.TrimLeft(text[at[1]:], " ")))
	// Else it takes a subject before the words, or an object after a plural noun, to make a verb of them.
	return !trackSubjects[before] && !(trackObjects[after] && (before == "" || strings.HasSuffix(before, "s")))
}

var (
	trackSubjects = wordSet("we they it you i and but who that which us please also")
	trackObjects  = wordSet("you your users user visitors visitor customers individuals people children our their his personal information across anyone anything or")
)

// afterSignal says that a sentence stands where "these signals" can mean this one: soon after its name, in the same
// section, or under a title that names it.
func (r *reader) afterSignal(i, named int, k *signalKind) bool {
	section := r.all[i].section
	if named >= 0 && i-named <= 3 && r.all[named].section == section {
		return true
	}
	if section < 0 || i > 3 && r.all[i-4].section == section {
		return false
	}
	return k.name.MatchString(r.doc.Sections[section].Title)
}

var (
	dntObject = regexp.MustCompile(`(?i)\b(?:these|those|such|this|the|any|a|its|that|diese[mnrs]?|solche|ces|cette|ce|estas?|dichas?|queste?i?|tali|deze|dergelijke|esses?|essas?|tais)\s+(?:\w+\s+){0,3}?(?:signals?|requests?|headers?|settings?|mechanisms?|preferences?|features?|flags?|options?|signale?n?|signaux|demandes?|señal(?:es)?|solicitud(?:es)?|segnal[ei]|richiest[ae]|signalen|verzoeken|sina(?:l|is))\b|\bif (?:this|it) is (?:enabled|set|on)\b`)
	// dntPronoun is "it" or "them" after a verb of answering: only right after the sentence that names the signal.
	dntPronoun = regexp.MustCompile(`(?i)\b(?:respond|react|act|reply|answer|adhere|comply|abide|listen|honou?r|support|recogni[sz]e|respect|heed|process|detect|follow|implement)(?:s|ing|ed)?(?: to| on| upon| with| by)? (?:it|them)\b`)

	dntIgnore = regexp.MustCompile(`(?i)(?:\b(?:not|cannot|never|neither|against|refrains? from|refrained from|yet to|declined? to)|n['’]t)\b(?:[^.;]{0,70}?)\b(?:respond\w*|answer\w*|recogni[sz]\w*|honou?r\w*|support\w*|react\w*|reply|act|process\w*|take|alter\w*|chang\w*|adjust\w*|modif\w*|monitor\w*|follow\w*|compl\w+|interpret\w*|address\w*|heed\w*|observ\w*|acknowledge\w*|accept\w*|respect\w*|detect\w*|obey\w*|implement\w*|adopt\w*|vary|varies|treat\w*|abid\w*|listen\w*|adher\w*|participat\w*|response|responsive|differ\w*|offer\w*|affects?|influences?|impacts?)\b|\b(?:ignore|disregard)(?:s|d|ed)?\b|\b(?:not|n['’]t) have any (?:effect|impact|influence|bearing)\b|\bwith or without\b|\bunable to\b|\bno (?:\w+ ){0,2}?(?:response|action|changes?|way|ability|mechanisms?|means|support|effect|impact|influence|bearing|difference|process)\b|\bregardless of\b|\bwhether or not\b|\birrespective of\b|\beven (?:if|when|though|where)\b[^.;]{0,60}` + mask + `|\bunaffected by\b|\bcontinues? to (?:track|operate|collect)\b|\b(?:stays?|remains?|is|are) (?:exactly )?the same\b|(?:collection|practices|tracking|sites?|services?|websites?)[^.]{0,30} not be (?:affected|changed)|\bbut not (?:to |for )?(?:\w+ ){0,2}?` + mask)
	dntHonor  = regexp.MustCompile(`(?i)\b(?:we|it|(?:our|this|the|these) (?:\w+ ){0,2}?(?:web)?(?:sites?|services?|pages?|platform|systems?|applications?|apps?|products?|tools?|servers?|shop|store)|[A-Z][\w.]+|nous|wir|nosotros|noi|wij|nós)\b(?:\s+(?:also|will|do|does|currently|fully|always|have|has|is|are|can|respectively|generally|both|and|website|websites|configured|designed|set up|programmed|to|try|tries)){0,5}?\s+(?:honou?rs?|honou?red|respects?|responds?|recogni[sz]es?|compl(?:y|ies)|supports?|follows?|adheres?|abides?|obeys?|observes?|detects?|acts? (?:up)?on|accepts?|takes? account|respectons|respektieren|beachten|berücksichtigen|respetamos|rispettiamo|respecteren|respeitamos)\b`)
	// dntHonored is the passive, and the signal taken for an objection.
	dntHonored = regexp.MustCompile(`(?i)` + mask + `["”']?(?: \w+){0,3}? (?:is|are|will be|gets?)(?: \w+){0,2}? (?:honou?red|respected|obeyed|followed|supported|recogni[sz]ed)\b|\b(?:treat|interpret|regard|consider|view|take|process)(?:s|ed)? [^.;]{0,50}` + mask + `[^.;]{0,50}\bas (?:an? |your )?(?:\w+ ){0,3}?(?:opt[ -]?out|objection|refusal|request|withdrawal|wish|choice)`)
	// dntCase is a clause for the case that a signal is sent.
	dntCase   = regexp.MustCompile(`(?i)\b(?:should|if|when|whenever|once|where|while|provided|with|in case)\b[^.;]{0,120}` + mask + `|` + mask + `[^.;]{0,60}\b(?:is|are|has been) (?:\w+ )?(?:enabled|activated|on|set|turned on|switched on|sent|detected|received|present|in place)\b|\b(?:users?|visitors?|browsers?|people|anyone|anybody|those|customers|devices) (?:who|that|with|whose|having|sending)\b[^.;]{0,60}` + mask + `|\b(?:if|when|whenever|once|where) (?:\w+ ){0,4}?(?:this|it|such|one|that)\b`)
	dntStops  = regexp.MustCompile(`(?i)\b(?:treat|process|consider|interpret)(?:s|ed)? (?:that|this|it|such(?: an?)? \w+) as (?:an? )?(?:\w+ ){0,3}?(?:request|opt[ -]?out|objection)\b|\bopt (?:you|it|(?:the|that|your) \w+)(?: \w+){0,3}? out\b|\b(?:stores?|sets?|collects?|loads?|places?|records?|uses?|sends?|keeps?) no (?:\w+ ){0,2}?(?:cookies?|data|scripts?|trackers?|information|identifiers?)\b|\b(?:will|do|does|shall|are|is|wo|ca)(?: not| never|n['’]t)(?: be)?(?: \w+ly)? (?:track|collect|set|place|load|use|utili[sz]e|record|store|log|fire|send|enable|activate|run|include|share|count|show|serve)\w*\b|\bno (?:\w+ ){0,3}?(?:cookies?|scripts?|data|information|tracking|pixels?|tags?|identifiers?|beacons?) (?:is|are|will be|gets?) (?:\w+ )?(?:set|placed|stored|loaded|collected|recorded|sent|used|fired|run|shared|processed)\b|\b(?:is|are|will be|gets?) (?:automatically )?(?:disabled|deactivated|turned off|switched off|blocked|suppressed|excluded|opted out)\b|\bwill (?:automatically )?(?:disable|stop|turn off|switch off|deactivate|refrain|cease|block|suppress)\b|\bwe (?:automatically )?(?:disable|stop|turn off|switch off|deactivate|block|suppress)\b`)
	dntKeeps  = regexp.MustCompile(`(?i)\b(?:not|n['’]t) (?:\w+ ){0,2}?(?:change|alter|respond|recogni[sz]e|honou?r|modify|support|react|differ|affect|(?:use|employ|have|include) (?:\w+ )?(?:technolog\w+|tools?|mechanisms?|systems?|software|means|features?))\b`)
	dntHedge  = regexp.MustCompile(`(?i)\b(?:may|might|could) (?:not )?(?:be able to )?(?:respond|honou?r|recogni[sz]e|support|react|act|comply|follow)\w*|\bnot all\b|\bsome of (?:our|the)\b|\bcertain of our\b|\b(?:some|certain|parts of|portions of) (?:parts|areas|sections|portions|features|sites|services|pages|of our)\b|\b(?:evaluat|consider|review|explor|assess)ing\b[^.]{0,40}\b(?:whether|how)\b|\bunclear\b`)
	dntOthers = regexp.MustCompile(`(?i)\b(?:third[- ]part(?:y|ies)|partners|advertisers|networks|providers|vendors|companies|other (?:web)?sites|many (?:web)?sites|some (?:web)?sites)\b(?: \w+){0,4}? (?:may |might |do |does |will |can )?(?:not )?(?:honou?rs?|respects?|responds?|recogni[sz]es?|supports?|follow|comply|react)\b`)
	dntPoints = regexp.MustCompile(`(?i)\b(?:see|learn|refer|read|visit|details|information (?:about|on))\b[^.]{0,120}\b(?:respon(?:d|se)|handle|treat)\w*|\b(?:respon(?:d|se)|handle|treat)\w*[^.]{0,120}\b(?:see|learn|refer|click)\b`)
	dntOption = regexp.MustCompile(`(?i)\bbrowsers?\b[^.]{0,80}\b(?:allow|let|enable|offer|give|permit)\w*\b[^.]{0,80}\b(?:send|transmit|set|request|signal)`)
	dntSelf   = regexp.MustCompile(`(?i)\b(?:we|our|us)\b`)
	// dntCookie is a table row or list entry on a cookie called DNT.
	dntCookie = regexp.MustCompile(`(?i)` + mask + `\s*(?:\||,)?\s*(?:third|first) party|\b` + mask + `["”']? cookies?\b|\bcookies?,? (?:is )?(?:called|named|name:?) ["“']?` + mask)
	dntActor  = regexp.MustCompile(`(?i)\b(?:we|our|us|it|sites?|websites?|services?|app|company|platform|practices|tracking|collection|parties|systems?|servers?|[A-Z]\w+ (?:does|do|will|is|has|may|currently|cannot))\b`)
	// dntWish is what the visitor does not want, and the name of a link: no answer stands there.
	dntWish = regexp.MustCompile(`(?i)\b(?:do |does )?not (?:want |wish )?to (?:have|be)\b|\b(?:do |does )?not (?:want|wish)\b|[“"']?\bdo not sell (?:or share )?my (?:personal )?(?:information|data|info)\b[”"']?`)
	// dntUnanswered is the passive, which names nobody.
	dntUnanswered = regexp.MustCompile(mask + `[^.;,]{0,30} (?:are|is|will be|will)(?: \w+)? (?:not|never|ignored|disregarded)\b|` + mask + `[^.;,]{0,30} (?:are|is|will be) (?:\w+ )?(?:ignored|disregarded)\b`)
	dntYesNo      = regexp.MustCompile(`(?i)^(?:no\b[.,!]|(yes)\b[.,!]|(?:currently,? )?(?:we|our \w+|the \w+|it) (?:currently )?do(?:es)?(?: not|n['’]t)(?: currently| at this time)?\.)`)
)

// dntOf reads one sentence, in which the mask stands for the signal; next = the sentence before names it.
func (r *reader) dntOf(i int, text string, names, next bool, k *signalKind) ClaimValue {
	s := r.all[i]
	if s.asks || s.End-s.Start > 1500 {
		return Unstated
	}
	if !names {
		text = fold(text)
		if other := k.otherKind(); other.name.MatchString(text) {
			return Unstated // it speaks of the other signal
		}
		if !dntObject.MatchString(text) && !(next && dntPronoun.MatchString(text)) {
			return r.yesOrNo(i, text, k)
		}
	}
	if dntCookie.MatchString(text) {
		return Unstated
	}
	text = dntWish.ReplaceAllString(text, "avoid")
	whole := text
	text = r.clauseOf(text, k)
	inCase := dntCase.MatchString(text)
	switch {
	case dntHedge.MatchString(text):
		return Unclear
	case dntOthers.MatchString(text) && !dntSelf.MatchString(text[:dntOthers.FindStringIndex(text)[0]]), dntPartners.MatchString(text):
		return Unclear
	case dntPoints.MatchString(text) && !dntIgnore.MatchString(text):
		return Unclear
	case inCase && dntStops.MatchString(text) && !dntKeeps.MatchString(text):
		return Honored
	case dntIgnore.MatchString(text):
		if !dntActor.MatchString(whole) && !dntUnanswered.MatchString(text) {
			return Unstated
		}
		return NotHonored
	case honors(text), dntHonored.MatchString(text):
		return Honored
	case dntOption.MatchString(text) && names:
		return Unclear
	}
	return Unstated
}

func (k *signalKind) otherKind() *signalKind {
	if k.other == nil {
		return &dntSignal
	}
	return k.other
}

// clauseOf narrows a sentence that names the other signal too to the clause of this one: "we honor GPC, but do not
// respond to DNT".
func (r *reader) clauseOf(text string, k *signalKind) string {
	other := k.otherKind()
	at := strings.Index(text, mask)
	if at < 0 || !other.name.MatchString(text) {
		return text
	}
	start, end := 0, len(text)
	for _, cut := range clauseEnds.FindAllStringIndex(text, 20) {
		if cut[1] <= at {
			start = cut[0]
		} else if cut[0] > at {
			end = cut[0]
			break
		}
	}
	return text[start:end]
}

var clauseEnds = regexp.MustCompile(`;|,? (?:but|however|although|though|while|whereas|and (?:we |our |do |does |will |therefore))`)

// dntPartners is what our partners do, who are not us.
var dntPartners = regexp.MustCompile(`(?i)^(?:some of |certain |many of )?our (?:\w+ ){0,2}(?:partners|advertisers|vendors|providers) (?:may |might |do |does |will )?(?:not )?(?:honou?r|respect|respond|recogni[sz]e|support|follow|comply|react)\b`)

// yesOrNo reads the short answer to a question that names the signal: "No." or "We do not."
func (r *reader) yesOrNo(i int, text string, k *signalKind) ClaimValue {
	if i == 0 || !r.all[i-1].asks || r.doc.Language != "en" {
		return Unstated
	}
	if _, names := r.signalIn(r.all[i-1], k); !names {
		return Unstated
	}
	m := dntYesNo.FindStringSubmatchIndex(text)
	switch {
	case m == nil:
		return Unstated
	case m[2] >= 0:
		return Honored
	}
	return NotHonored
}

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
		if i := strings.Index(rest, mask); i >= 0 || dntObject.MatchString(rest) || dntPronoun.MatchString(text[at[0]:at[1]]+rest) {
			return true
		}
	}
	return false
}
