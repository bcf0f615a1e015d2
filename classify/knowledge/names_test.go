package knowledge

import (
	"slices"
	"testing"
)

// prose is what privacy notices say in ordinary words, in seven languages, with as many of the words that are names
// of services too as such a text can hold: none of them is a name here.
var prose = []string{
	`We take privacy seriously. Any branch or segment of our business may adjust its notice at any time. Tick the box
	in the square on the next page to consent; a signal from your browser counts as well. Our mission has great clarity,
	and we sift through complaints in front of a heap of mail. Matters of this kind drift away. Meta tags and metadata
	tell search engines what a page is about. We split the amplitude of traffic between two sentry servers. The medium
	and the line you choose do not matter. Threads in our forum are public. Unity of purpose is plausible, and a fathom
	deep. Turn off cookies if you like; we render the text, keep the time, and highlight the notion in a piano of news.`,
	`Your Next Steps. Our Branch Office keeps a Box of forms in each Square. This Segment of the Notice covers Cookie
	Information, Cookie Control and Consent. Open Source software, Network Solutions, Customer Data and Web Analytics
	may Reach you. Cookies Settings: Functional, Analytics, Insights, Attribution, Intent, Measured, Direct, Social.
	We use pay per click campaigns, native ads, research online and lead intelligence, and provide support. Browser
	fingerprint, device type, RAM and UPS. See the Time and the Date. META DATA, SEGMENT, DRIFT and BRANCH are headings.`,
	`Wir löschen sofort alle Daten in diesem Segment. Die Branche, der Text, das Signal, im Front-Bereich, ein Medium,
	die Box, der Drift, das Piano, ein Insider, ein Apple fällt nicht weit. Ihre Amplitude und jede Meta-Ebene zählen.
	Wir verwenden Cookies zur Analyse, zum Marketing und für soziale Medien; die Statistik hilft uns, das Angebot zu verbessern.`,
	`Nous utilisons des cookies pour mesurer l'audience. Le segment, la branche, un signal fort, le front, une box, la clarté,
	le médium, un oracle, la méta-analyse et le piano. Vous pouvez refuser à tout moment.`,
	`Utilizamos cookies propias y de terceros. El segmento, la rama, una señal, el frente, la caja, un oráculo, la meta de
	nuestra empresa es el servicio. Usted puede configurar su navegador.`,
	`Utilizziamo i cookie. Il segmento, lo strato, la meta, un oracolo, il piano di sicurezza, vero o falso, il punto centro,
	la carta, il tempo. Wij gebruiken cookies. Het segment, de box, de lijn, een medium, de drift, het signaal, de turn.
	Usamos cookies. O segmento, a caixa, a linha, a meta da empresa, um oráculo, o plano, o tempo e a vida.`,
}

func TestNoNamesInOrdinaryProse(t *testing.T) {
	n := 0
	for _, text := range prose {
		for _, h := range Embedded().NamesIn(text) {
			t.Errorf("%q (%s) in …%s…", h.Name, h.Service.ID, text[max(0, h.Start-30):min(len(text), h.End+20)])
		}
		n += len(text)
	}
	t.Logf("%d bytes of ordinary prose: no name found is right", n)
}

func TestNamesInSentences(t *testing.T) {
	for text, want := range map[string][]string{
		"We use Google Analytics, provided by Google Ireland Limited (\"Google\").": {"Google Analytics", "Google Ireland Limited", "Google"},
		"Comments are checked by Automattic Inc., a company in the United States.":  {"Automattic Inc."},
		"Our partners are Meta, Segment and Intercom.":                              {"Meta", "Segment", "Intercom"},
		"Data goes to Twilio Inc., HubSpot, Inc. and Hotjar Ltd (Malta).":           {"Twilio Inc.", "HubSpot, Inc.", "Hotjar Ltd"},
		"Wir nutzen Matomo und den Dienst von Usercentrics GmbH.":                   {"Matomo", "Usercentrics GmbH"},
		"Segment is a word here; so is Drift at the end.":                           {"Drift"},
		"Nous utilisons AT Internet et Piwik PRO.":                                  {"AT Internet", "Piwik PRO"},
		"at internet cafés":                     nil,
		"The Branch Metrics, Inc. SDK.":         {"Branch Metrics, Inc."},
		"the Hotjarian way, xHotjar, hotjar_id": nil,
	} {
		var got []string
		for _, h := range Embedded().NamesIn(text) {
			got = append(got, h.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("NamesIn(%q) = %q, want %q", text, got, want)
		}
	}
	// In the cell of a table there is nothing but the name: words count there too.
	for text, want := range map[string]string{
		"Branch": "branch", "Square": "square", "adjust": "adjust", "X": "x-twitter", "Microsoft Corporation": "microsoft",
		"Meta Platforms, Inc.": "meta", "Google LLC": "google", "Cookie Information": "cookieinformation", "Box": "box",
	} {
		if s, ok := Embedded().ServiceNamed(text); !ok || s.ID != want {
			t.Errorf("ServiceNamed(%q) = %q, want %q", text, s.ID, want)
		}
	}
}

func TestNameAtStart(t *testing.T) {
	f := Embedded()
	if h, ok := f.NameAtStart("Meta receives the identifier."); !ok || h.Name != "Meta" || h.End != 4 {
		t.Errorf("%+v %v", h, ok)
	}
	for _, text := range []string{"meta data", "Metadata of files", "Hotjar records", ""} { // Hotjar is no ordinary word
		if h, ok := f.NameAtStart(text); ok {
			t.Errorf("%q: %+v", text, h)
		}
	}
}
