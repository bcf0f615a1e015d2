package notice

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Units of time in seconds by the beginning of their names in seven languages; a longer beginning wins.
var units = []struct {
	begins  string
	seconds float64
}{
	{"seconds", 1}, {"sec", 1}, {"sek", 1}, {"seg", 1}, {"s", 1}, {"second", 1},
	{"min", 60}, {"minut", 60},
	{"h", 3600}, {"hr", 3600}, {"hour", 3600}, {"stunde", 3600}, {"std", 3600}, {"heure", 3600}, {"hora", 3600}, {"ora", 3600}, {"ore", 3600}, {"uur", 3600}, {"uren", 3600},
	{"d", 86400}, {"day", 86400}, {"tag", 86400}, {"jour", 86400}, {"día", 86400}, {"dia", 86400}, {"giorn", 86400}, {"dag", 86400}, {"gg", 86400},
	{"w", 7 * 86400}, {"week", 7 * 86400}, {"weken", 7 * 86400}, {"woche", 7 * 86400}, {"semaine", 7 * 86400}, {"semana", 7 * 86400}, {"settiman", 7 * 86400},
	{"month", 30 * 86400}, {"mth", 30 * 86400}, {"monat", 30 * 86400}, {"mois", 30 * 86400}, {"mes", 30 * 86400}, {"mês", 30 * 86400}, {"maand", 30 * 86400}, {"mo", 30 * 86400},
	{"y", 365 * 86400}, {"year", 365 * 86400}, {"yr", 365 * 86400}, {"jahr", 365 * 86400}, {"an", 365 * 86400}, {"ans", 365 * 86400}, {"année", 365 * 86400}, {"año", 365 * 86400}, {"anni", 365 * 86400}, {"anno", 365 * 86400}, {"ano", 365 * 86400}, {"jaar", 365 * 86400}, {"jaren", 365 * 86400},
}

var numberWords = map[string]float64{
	"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "thirteen": 13,
	"eighteen": 18, "twenty": 20, "thirty": 30, "sixty": 60, "ninety": 90, "few": 10,
	"ein": 1, "eine": 1, "einen": 1, "einem": 1, "einer": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "vierzehn": 14, "dreißig": 30, "zwölf": 12, "dreizehn": 13, "achtzehn": 18, "zwanzig": 20, "vierundzwanzig": 24, "sechzig": 60, "neunzig": 90,
	"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "quinze": 15, "trente": 30, "treize": 13, "douze": 12, "quatorze": 14, "vingt": 20, "soixante": 60,
	"una": 1, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10, "quince": 15, "treinta": 30, "doce": 12, "trece": 13, "catorce": 14, "dieciocho": 18, "veinte": 20, "veinticuatro": 24, "sesenta": 60, "noventa": 90,
	"due": 2, "tre": 3, "quattro": 4, "cinque": 5, "sei": 6, "sette": 7, "otto": 8, "nove": 9, "dieci": 10, "quindici": 15, "trenta": 30, "dodici": 12, "tredici": 13, "quattordici": 14, "diciotto": 18, "venti": 20, "ventiquattro": 24, "sessanta": 60, "novanta": 90,
	"een": 1, "één": 1, "twee": 2, "drie": 3, "vijf": 5, "zes": 6, "zeven": 7, "negen": 9, "tien": 10, "veertien": 14, "dertig": 30, "twaalf": 12, "dertien": 13, "achttien": 18, "twintig": 20, "zestig": 60, "negentig": 90,
	"um": 1, "uma": 1, "dois": 2, "duas": 2, "três": 3, "quatro": 4, "sete": 7, "oito": 8, "dez": 10, "trinta": 30, "doze": 12, "treze": 13, "catorze": 14, "dezoito": 18, "vinte": 20, "sessenta": 60,
}

var (
	duration   = regexp.MustCompile(`(?i)(\d+(?:[.,]\d+)?|\p{L}+)\s*[-‑]?\s*(\p{L}+)`)
	sessionish = regexp.MustCompile(`(?i)\b(?:session|sitzung|sesión|sesion|sessione|sessie|sessão|sessao|browser is closed|close (?:your|the) browser|closed?(?: the| your)? browser|browsing session|sitzungsende)\b|^session`)
	lasting    = regexp.MustCompile(`(?i)\b(?:persistent|permanent|never|unlimited|indefinite|no expir\w*|until deleted|persistant|permanente|persistente|dauerhaft|unbegrenzt|permanente|illimité\w*|ilimitad\w+|onbeperkt|niemals|nie|nunca|mai|permanente|until (?:you )?(?:clear|delete)\w*)\b`)
)

// What the lexicons add.
var (
	sessionWords = words{class: "word.session"}
	lastingWords = words{class: "word.persistent"}
)

// forever is how long something without an end lasts: as long as a browser keeps a cookie at most is no bound on
// local storage, so ten years stand for it.
const forever = 10 * 365 * 86400

// lifetime reads a duration as written to seconds: 0 = session, -1 = unstated. Of several it gives the longest.
func lifetime(s string) int64 {
	if len(s) > 300 {
		s = s[:300]
	}
	best := int64(-1)
	sum, last := 0.0, math.Inf(1)
	flush := func() {
		if sum > 0 && sum < 1e11 {
			best = max(best, int64(math.Round(sum)))
		}
		sum, last = 0, math.Inf(1)
	}
	for part := range strings.FieldsFuncSeq(strings.ToLower(s), func(r rune) bool { return r == ';' || r == '/' || r == '\n' || r == '(' || r == ')' }) {
		for _, m := range duration.FindAllStringSubmatch(part, 40) {
			n, err := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", "."), 64)
			if err != nil {
				var ok bool
				if n, ok = numberWords[m[1]]; !ok {
					continue
				}
			}
			u := unit(m[2])
			if u == 0 {
				continue
			}
			if u >= last { // "5 months 27 days" is one duration, "364 days, 399 days" are two
				flush()
			}
			sum += n * u
			last = u
		}
		flush()
	}
	switch {
	case best >= 0:
		return best
	case sessionish.MatchString(s) || sessionWords.in(s):
		return 0
	case lasting.MatchString(s) || lastingWords.in(s):
		return forever
	}
	return -1
}

func unit(word string) float64 {
	best, length := 0.0, 0
	for _, u := range units {
		long := len(u.begins) > 2
		if (long && strings.HasPrefix(word, u.begins) || word == u.begins) && len(u.begins) > length {
			best, length = u.seconds, len(u.begins)
		}
	}
	if best == 365*86400 || best == 3600 || best == 86400 || best == 30*86400 {
		if length < len(word)-4 {
			return 0 // "minimal", "monthly" … are no units of a number
		}
	}
	return best
}
