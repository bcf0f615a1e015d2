package notice

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// Common small words of English and of languages without a lexicon that must be told from those with one, whose
// lexicons hold them.
var stopWords = map[string]map[string]bool{
	"en": wordSet("how at has been if it its about these those does do them which other can the and of to in is that for we our you your with or may this are be by not on as have from use when such will any"),
	"pl": wordSet("i w na z do nie się jest że oraz dla przez przy lub od po za jak są może danych te ich"),
	"sv": wordSet("och att det som en på är av för med till den vi du inte om ett kan våra din eller från har dina"),
	"da": wordSet("og at det som en på er af for med til den vi du ikke om et kan vores din eller fra har dine ved"),
	"no": wordSet("og at det som en på er av for med til den vi du ikke om et kan våre din eller fra har dine ved"),
	"fi": wordSet("ja on ei että se joka tai voi sekä ovat kun ne mutta myös me sinun käytämme tietoja sen"),
	"cs": wordSet("naše našich jsme který která pokud můžete vám nám používáme osobní třetím po abychom a v na se je že s z do pro o k jsou nebo které jako aby vaše údajů při také by"),
	"sk": wordSet("a v na sa je že s z do pre o k sú alebo ktoré ako aby vaše údajov pri tiež by"),
	"hu": wordSet("a az és hogy nem is egy ez vagy meg azt mint ha de csak az ön adatok által"),
	"ro": wordSet("și în de la cu pe nu că este pentru din sau care mai sunt ale prin dumneavoastră noastre"),
	"tr": wordSet("ve bir bu için ile da de olarak veya daha gibi olan çok kadar kişisel ya en sizin"),
	"hr": wordSet("i u na je da se za su od s ne koji ili te o kako vaše podataka"),
	"et": wordSet("ja on ei et see mis või kui ka oma võib meie teie isikuandmete"),
	"lt": wordSet("ir yra kad į su iš jūsų mes arba kaip bei duomenų šio"),
	"lv": wordSet("un ir ka uz ar no jūsu mēs vai kā par datu šo"),
	"sl": wordSet("in je na da se za so od z ne ki ali v podatkov vaše kot"),
	"ca": wordSet("i el la els les de que per amb en un una és no es del al les seves nostre o dades"),
	"id": wordSet("dan yang di untuk dengan kami anda dari ini atau tidak dapat pada adalah kepada"),
	"vi": wordSet("và của các cho không được có là trong chúng tôi bạn với này thông tin"),
}

// speakers gives the languages that a small word belongs to: a word of many tells less.
var speakers = sync.OnceValue(func() map[string][]string {
	out := map[string][]string{}
	all := maps.Clone(stopWords)
	for _, language := range languages() {
		for _, line := range lexicons()[language].lines["stop"] {
			all[language] = wordSet(strings.ReplaceAll(line, "|", " "))
		}
	}
	for language, set := range all {
		for w := range set {
			out[w] = append(out[w], language)
		}
	}
	for _, languages := range out {
		slices.Sort(languages)
	}
	return out
})

// scripts tells languages that need no words.
var scripts = []struct {
	language string
	table    *unicode.RangeTable
}{
	{"ja", unicode.Hiragana}, {"ja", unicode.Katakana}, {"ko", unicode.Hangul}, {"zh", unicode.Han}, {"ru", unicode.Cyrillic},
	{"el", unicode.Greek}, {"ar", unicode.Arabic}, {"he", unicode.Hebrew}, {"th", unicode.Thai}, {"hi", unicode.Devanagari},
}

// detect names the language of a text, "" if it cannot be told. What the document says of itself decides only
// where the words do not.
func detect(text, declared string) string {
	if len(text) > 60_000 {
		text = text[:60_000]
	}
	letters := 0
	byScript := make([]int, len(scripts))
	for _, r := range text {
		if r < 0x250 {
			if unicode.IsLetter(r) {
				letters++
			}
			continue
		}
		for i, s := range scripts {
			if unicode.Is(s.table, r) {
				byScript[i]++
				letters++
				break
			}
		}
	}
	for i, n := range byScript {
		weight := 3
		if scripts[i].language == "ja" {
			weight = 10 // kana among many Han
		}
		if n*weight > letters && n > 5 {
			return scripts[i].language
		}
	}
	words := 0
	counts := map[string]float64{}
	for _, f := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		words++
		for _, language := range speakers()[f] {
			counts[language] += 1 / float64(len(speakers()[f]))
		}
	}
	best, second := "", 0.0
	for language, n := range counts {
		if best == "" || n > counts[best] || n == counts[best] && language < best {
			best = language
		}
	}
	for language, n := range counts {
		if language != best && n > second {
			second = n
		}
	}
	declared, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(declared)), "-")
	enough := best != "" && counts[best]*25 >= float64(words) && counts[best] >= 2
	if !enough || counts[best]*20 < second*21 {
		if counts[declared] > 0 && counts[declared]*10 >= counts[best]*9 {
			return declared
		}
	}
	if !enough && !(best != "" && words < 60 && counts[best] > 0) {
		return ""
	}
	return best
}
