package discover

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// languages are those whose two letters count as a locale in a path.
var languages = words(`ar bg ca cs da de el en es et eu fi fr ga gl he hr hu hy id is it ja ka ko lb lt lv mk ms mt
	nb nl nn no pl pt ro ru sk sl sq sr sv th tr uk us gb vi zh`)

// A term is what a link to a notice says, or what its address is made of, folded by fold. It matches at the start
// of a word, so that "datenschutz" finds "Datenschutzerklärung"; terms in scripts without spaces match anywhere.
type term struct {
	text     string
	language string // "" = used in many
	kind     string
}

// vocabulary lists the terms, one language a line. Names of a notice come before shorter words that they contain.
var vocabulary = terms(map[string]map[string]string{
	"privacy": {
		"":   "privacy, gdpr, rgpd",
		"en": "data protection, data policy, dataprotection, dataprivacy, your personal data, personal information, personal data",
		"de": "datenschutz, privatsphare, privatsphaere, dsgvo, schutz ihrer daten",
		"fr": "confidentialite, vie privee, vieprivee, donnees personnelles, donnees a caractere personnel, protection des donnees, politique de protection",
		"es": "politica de privacidad, privacidad, proteccion de datos, tratamiento de datos, datos personales",
		"it": "informativa, protezione dei dati, trattamento dei dati, trattamento dati, riservatezza, dati personali",
		"nl": "privacybeleid, privacyverklaring, privacyreglement, gegevensbescherming, persoonsgegevens",
		"pt": "politica de privacidade, privacidade, protecao de dados, dados pessoais",
		"ca": "privadesa, privacitat, proteccio de dades",
		"sv": "integritetspolicy, integritet, dataskydd, personuppgift",
		"da": "privatliv, persondata, databeskyttelse, personoplysninger",
		"no": "personvern, personopplysninger",
		"fi": "tietosuoja, yksityisyys, rekisteriseloste",
		"is": "personuvernd",
		"pl": "polityka prywatnosci, prywatnosc, prywatnosci, ochrona danych, ochrony danych, rodo",
		"cs": "ochrana osobnich udaju, ochrany osobnich udaju, zasady ochrany, ochrana soukromi, soukromi, osobni udaje",
		"sk": "ochrana osobnych udajov, ochrany osobnych udajov, ochrana sukromia, osobne udaje",
		"hu": "adatvedel, adatkezel",
		"ro": "politica de confidentialitate, confidentialitate, protectia datelor, date cu caracter personal",
		"tr": "gizlilik, kisisel veri, kvkk, aydinlatma metni",
		"hr": "privatnost, zastita podataka, zastiti podataka",
		"sl": "zasebnost, varstvo podatkov, varstvo osebnih",
		"et": "privaatsus, isikuandmete, andmekaitse",
		"lv": "privatum, datu aizsardziba, personas dat",
		"lt": "privatum, asmens duomen, duomenu apsaug",
		"el": "απορρητ, προστασια δεδομενων, προσωπικων δεδομενων, προσωπικα δεδομενα",
		"bg": "поверителност, лични данни, защита на данните",
		"ru": "конфиденциальност, персональных данных, персональные данные",
		"uk": "конфіденційн, персональних даних",
		"ja": "プライバシー, 個人情報",
		"zh": "隐私, 隱私, 个人信息保护, 個人資料",
		"ko": "개인정보",
		"ar": "الخصوصية",
		"he": "פרטיות",
	},
	"cookie": {
		"":   "cookie",
		"en": "similar technologies, tracking technologies",
		"fr": "temoins de connexion, traceurs",
		"pl": "plikow cookie, ciasteczk",
		"cs": "soubory cookie, souboru cookie",
		"hu": "sutik, suti tajekoztato, suti szabalyzat",
		"fi": "evaste",
		"is": "vafrakok",
		"tr": "cerez",
		"hr": "kolacic",
		"sl": "piskotk",
		"et": "kupsis",
		"lv": "sikdat",
		"lt": "slapuk",
		"ca": "galetes",
		"sv": "kakor",
		"no": "informasjonskapsler",
		"bg": "бисквитк",
		"ru": "куки, файлов cookie",
		"ja": "クッキー",
	},
})

// companions are words that stand beside a term in the name of a notice and say nothing else.
var companions = set(`policy policies notice notices statement statements declaration information informations info
	infos our the of on your us a an and or for to at by in read see view full more here about how we use site website
	web online global legal rights security center centre hub protection data personal general main current
	eu uk eea ch de en com
	erklarung hinweis hinweise richtlinie richtlinien bestimmung bestimmungen informationen information und zum zur
	zu unsere unserer unser der die das von fur ihre ihr seite rechtliches verordnung sicherheit
	politique charte declaration avis de la le les l des du d et vos nos notre votre sur relative a aux mentions
	legales donnees
	politica politicas aviso declaracion nota y e o el los las sus del nuestra nuestro sobre en datos legal
	informativa sulla sui sull privacy il lo gli dei degli delle della dello per i al tuoi suoi estesa dati
	beleid verklaring reglement en het van op ons onze uw over
	da do dos das em os as nosso nossa dados protecao seus
	polityka oraz i w zakresie ochrony danych osobowych
	och om vores og ja zasady a o na osobnich udaju politika
	ポリシー 保護方針 政策 方針 について 처리방침 политика обработки в отношении`)

// noticeNouns make a term a notice by name: "privacy" is a topic, "privacy policy" a document.
var noticeNouns = folded("policy", "notice", "statement", "declaration", "erklarung", "hinweis", "richtlinie",
	"bestimmung", "information", "politique", "charte", "politica", "aviso", "declaracion", "informativa", "beleid",
	"verklaring", "reglement", "polityka", "zasady", "ポリシー", "方針", "처리방침", "政策", "политика", "πολιτικη",
	"politika", "seloste", "politik", "tajekoztato", "szabalyzat")

// Words that make of a link something else.
var (
	// toolWords belong to settings, opt-outs and requests: tools, not documents.
	toolWords = set(`settings setting preferences preference manage managing manager choices choice optout consent
		request requests requesting exercise withdraw revoke change customize customise accept reject allow decline
		donotsell report complaint contact form login toolkit tool tools banner
		einstellungen einstellung verwalten anpassen widerrufen widerruf akzeptieren ablehnen zustimmen
		auswahl konfigurieren
		parametres parametrer gerer gestion preferences reglages personnaliser accepter refuser choix
		ajustes configuracion configurar gestionar preferencias aceptar rechazar configura
		impostazioni preferenze gestisci gestione accetta rifiuta personalizza
		instellingen voorkeuren beheer beheren wijzig aanpassen accepteren weigeren
		definicoes preferencias gerir gerenciar configuracoes aceitar rejeitar
		ustawienia zarzadzaj nastaveni nastavenia beallitasok setari ayarlari ayarlar installningar indstillinger
		innstillinger asetukset postavke nastavitve seaded`)
	// toolStems do so inside compounds as well: Datenschutzeinstellungen, cookievoorkeuren.
	toolStems   = []string{"einstellung", "instelling", "voorkeur", "praferenz", "setting", "innstilling", "indstilling"}
	toolPhrases = []string{"opt out", "do not sell", "do not share", "your privacy rights request", "your choices", "widerspruch einlegen"}

	// termsWords name another document that may stand in the same link ("Terms & Privacy").
	termsWords = set(`terms tos conditions agb imprint impressum cgu cgv condiciones terminos termini condizioni
		voorwaarden termos condicoes nutzungsbedingungen regulamin disclaimer haftungsausschluss copyright
		accessibility mentions`)

	// narrowWords name a notice for some people only.
	narrowWords = set(`applicant applicants candidate candidates career careers recruitment recruiting recruit job
		jobs employee employees hr staff bewerber bewerbung bewerbungen bewerberinnen mitarbeiter candidat candidats
		candidature recrutement candidatos empleo candidati lavora sollicitanten sollicitatie vacatures children kids
		kinder minors shareholder shareholders investor investors supplier suppliers vendor vendors lieferanten
		fournisseurs whistleblower whistleblowing hinweisgeber event events webinar patients patient archive archived
		previous old older app mobile video surveillance cctv videouberwachung newsletter facebook linkedin instagram
		twitter youtube tiktok fanpage sweepstakes gewinnspiel alumni donor california californian ccpa cpra nevada
		virginia colorado biometric hipaa
		officer dpo datenschutzbeauftragter datenschutzbeauftragte datenschutzbeauftragten`)

	// articleWords in an address mark prose about privacy, not a notice.
	articleWords = set(`blog blogs news press article articles post posts magazine magazin insights insight resources
		stories story actualites noticias notizie nieuws aktuelles presse podcast events webinars docs documentation
		wiki forum community product products solutions category tag topics glossary glossar learn academy course
		courses jobs careers`)

	legalWords = set(`legal imprint impressum rechtliches mentions legales legale legali aviso colofon`)
)

func set(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[fold(w)] = true
	}
	return m
}

func folded(list ...string) []string {
	for i := range list {
		list[i] = fold(list[i])
	}
	return list
}

func terms(kinds map[string]map[string]string) []term {
	var list []term
	for _, kind := range []string{"privacy", "cookie"} {
		for _, language := range slices.Sorted(maps.Keys(kinds[kind])) {
			for _, t := range strings.Split(kinds[kind][language], ",") {
				list = append(list, term{fold(t), language, kind})
			}
		}
	}
	return list
}

// fold brings text into the form in which terms are compared: lower case, no accents, one space for everything
// that is no letter or digit.
func fold(s string) string {
	if len(s) > 600 {
		s = s[:600]
	}
	var b strings.Builder
	space := false
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(s, " ")) {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’', r == 0xad:
			continue
		case unicode.IsLetter(r), unicode.IsDigit(r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			switch r = unicode.ToLower(r); r {
			case 'ß':
				b.WriteString("ss")
			case 'ø':
				b.WriteByte('o')
			case 'æ':
				b.WriteString("ae")
			case 'ł':
				b.WriteByte('l')
			case 'đ':
				b.WriteByte('d')
			case 'ı':
				b.WriteByte('i')
			default:
				b.WriteRune(r)
			}
		default:
			space = true
		}
	}
	return b.String()
}

// A reading says how much a piece of text, a link's or an address's, is the name of a notice.
type reading struct {
	kind     string // "" = not at all
	language string // of the words that matched; "" = many languages
	strength float64
	tool     bool
	terms    bool // another document is named too
	narrow   bool
}

// read judges text; own holds words that say nothing here, such as the site's own name.
func read(text string, own map[string]bool) reading {
	t := fold(text)
	var r reading
	if t == "" {
		return r
	}
	list := strings.Fields(t)
	covered := make([]bool, len(list))
	hits, byName := 0, false
	candidates := vocabulary
	if !mayName(t, list) {
		candidates = nil
	}
	for _, v := range candidates {
		n := v.cover(t, list, covered)
		if n == 0 {
			continue
		}
		hits++
		if r.kind == "" || v.kind == "privacy" {
			r.kind = v.kind
		}
		if v.language != "" && r.language == "" {
			r.language = v.language
		}
	}
	rest := 0
	for i, w := range list {
		for _, noun := range noticeNouns {
			if strings.Contains(w, noun) {
				byName, covered[i] = true, true
				break
			}
		}
		r.tool = r.tool || toolWords[w]
		r.terms = r.terms || termsWords[w]
		r.narrow = r.narrow || narrowWords[w]
		if !covered[i] && !companions[w] && !own[w] && !termsWords[w] && !narrowWords[w] {
			rest++
		}
	}
	for _, stem := range toolStems {
		r.tool = r.tool || strings.Contains(t, stem)
	}
	for _, p := range toolPhrases {
		r.tool = r.tool || strings.Contains(" "+t+" ", " "+p+" ")
	}
	if hits == 0 {
		return r
	}
	r.strength = 0.85
	if byName || r.language != "" {
		r.strength = 1
	}
	r.strength *= 1 - float64(rest)/float64(len(list))
	if rest > 0 {
		r.strength *= 0.8
	}
	if len(list) > 10 {
		r.strength *= 0.5
	}
	return r
}

// beginnings are the first three letters of every term in Latin script.
var beginnings = func() map[string]bool {
	m := map[string]bool{}
	for _, v := range vocabulary {
		if v.text[0] < 0x80 {
			m[v.text[:3]] = true
		}
	}
	return m
}()

// mayName says whether any term can match: most links of most pages are done with here.
func mayName(t string, list []string) bool {
	if !isASCII(t) {
		return true
	}
	for _, w := range list {
		if len(w) >= 3 && beginnings[w[:3]] {
			return true
		}
	}
	return false
}

// cover marks the words of list that v covers in t (list joined by spaces) and returns how many.
func (v term) cover(t string, list []string, covered []bool) int {
	n := 0
	for from := 0; ; {
		i := strings.Index(t[from:], v.text)
		if i < 0 {
			return n
		}
		i += from
		from = i + len(v.text)
		if i > 0 && t[i-1] != ' ' && v.text[0] < 0x80 {
			continue // inside a word
		}
		if len(v.text) <= 5 && from < len(t) && t[from] != ' ' && v.text[0] < 0x80 {
			continue // an abbreviation, not the beginning of something longer
		}
		first := strings.Count(t[:i], " ")
		for k := first; k <= first+strings.Count(v.text, " ") && k < len(list); k++ {
			covered[k] = true
			n++
		}
	}
}
