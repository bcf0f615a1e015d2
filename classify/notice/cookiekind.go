package notice

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// kindWords tell the technology from what a cell or title says; the first that stands there decides.
var kindWords = []struct {
	tech  evidence.Technology
	parts []string // anywhere
	words []string // as words of their own
}{
	{evidence.SessionStorage, []string{"session storage", "sessionstorage"}, nil},
	{evidence.IndexedDB, []string{"indexeddb", "indexed db"}, nil},
	{evidence.LocalStorage, []string{"local storage", "localstorage", "lokaler speicher", "lokalen speicher", "stockage local", "almacenamiento local", "archiviazione locale", "lokale opslag", "armazenamento local"}, []string{"html", "html5", "lokaler"}},
	{evidence.WebBeacon, nil, []string{"pixel", "beacon", "tag"}},
	{evidence.CookieTech, []string{"cookie"}, nil},
}

// kindOfTech gives the technology that a text names; "" = none.
func kindOfTech(text string) evidence.Technology {
	if text == "" {
		return ""
	}
	text = strings.ToLower(text)
	for _, k := range kindWords {
		for _, part := range k.parts {
			if strings.Contains(text, part) {
				return k.tech
			}
		}
		for _, word := range k.words {
			if containsWord(text, word) {
				return k.tech
			}
		}
	}
	return ""
}

// containsWord says that a word stands in a text with no letter or digit beside it.
func containsWord(text, word string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		from, to := at+i, at+i+len(word)
		before, _ := utf8.DecodeLastRuneInString(text[:from])
		after, _ := utf8.DecodeRuneInString(text[to:])
		if (from == 0 || !wordRune(before)) && (to == len(text) || !wordRune(after)) {
			return true
		}
		at = to
	}
}

var (
	thirdWords = mustSearch(`(?i)\b(?:third|3rd)[ -]?part|drittanbieter|tiers|tercer|terz[ae] part|terceira|derde|terceir`)
	firstWords = mustSearch(`(?i)\b(?:first|1st)[ -]?part|\bown\b|erstanbieter|eigene|prima parte|primera parte|première partie|primeira parte|eerste partij|propre|propia|proprietari|eigen|própri`)
)

// partyOf reads "first party" or "third party"; "" = neither.
func (r *reader) partyOf(about string) evidence.Party {
	if p, ok := r.parties[about]; ok {
		return p
	}
	var p evidence.Party
	switch {
	case thirdWords.MatchString(about):
		p = evidence.ThirdParty
	case firstWords.MatchString(about):
		p = evidence.FirstParty
	}
	if len(r.parties) < maxMemo {
		r.parties[about] = p
	}
	return p
}

// maxMemo bounds what a reader remembers of cells: real tables repeat a few categories.
const maxMemo = 1000

// categoryOf reads the purpose that a category, or a heading that names one, stands for.
func (r *reader) categoryOf(text string) []knowledge.Purpose {
	if text == "" || len(text) > 120 {
		return nil
	}
	p, known := r.categories[text]
	if !known {
		lower := strings.ToLower(text)
		for _, c := range categories {
			if c.words.may(lower) && c.words.Regexp.MatchString(text) {
				p = c.purpose
				break
			}
		}
		if len(r.categories) < maxMemo {
			r.categories[text] = p
		}
	}
	if p == "" {
		return nil
	}
	return []knowledge.Purpose{p}
}

// isCategory says that a title is the name of a category and no more: "Strictly Necessary Cookies", "Statistiken (2)". It
// tells more than a description.
func isCategory(title string) bool {
	n := 0
	for _, w := range strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if w != "cookies" && w != "cookie" && w != "tracker" {
			n++
		}
	}
	return n > 0 && n <= 2
}

var categories = []struct {
	purpose knowledge.Purpose
	words   *search
}{
	{knowledge.Advertising, mustSearch(`(?i)\b(?:marketing|advertis\w*|targeting|ads?|retargeting|werbung|publicit\w+|pubblicit\w+|advertentie\w*|profilazione|publicidade)\b|werbe`)},
	{knowledge.SocialMedia, mustSearch(`(?i)\bsocial|soziale|sociaux|sociales|sociais|sociale media`)},
	{knowledge.Analytics, mustSearch(`(?i)analy|anal[ií]t|statisti|estat[ií]sti|estad[ií]sti|performance|leistung|measurement|audience|messung|mesure|rendimiento|prestazioni|desempenho`)},
	{knowledge.Security, mustSearch(`(?i)\bsecurity|sicherheit|sécurité|seguridad|sicurezza|beveiliging|segurança`)},
	{knowledge.Personalization, mustSearch(`(?i)preferenc|personali[sz]|präferenz|préféren|preferencia|preferenz|voorkeur|personnalis`)},
	{knowledge.StrictlyNecessary, mustSearch(`(?i)necessar|essential|required|notwendig|erforderlich|nécessaire|essentiel|indispensable|necesari|esencial|técnicas|tecnici|noodzakelijk|essencia|obrigat`)},
	{knowledge.Functional, mustSearch(`(?i)function|funktion|fonction|funcional|funzional|functione`)},
}

// rowPurposes reads a description: the most telling purpose first wins, because a row is about one thing.
func (r *reader) rowPurposes(text string) []knowledge.Purpose {
	if text == "" {
		return nil
	}
	_, hits := r.m.phrases(text)
	found := map[knowledge.Purpose]bool{}
	for _, h := range hits {
		if p, ok := strings.CutPrefix(r.m.classes[h.class], "purpose."); ok {
			found[knowledge.Purpose(p)] = true
		}
	}
	for _, p := range []knowledge.Purpose{knowledge.Advertising, knowledge.Analytics, knowledge.SocialMedia, knowledge.Security,
		knowledge.StrictlyNecessary, knowledge.Personalization, knowledge.ContentDelivery, knowledge.TagManagement, knowledge.Functional} {
		if found[p] {
			return []knowledge.Purpose{p}
		}
	}
	return nil
}
