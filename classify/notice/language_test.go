package notice

import (
	"errors"
	"strings"
	"testing"

	"trackaudit/crawler/evidence"
)

// Short texts in languages that there is no lexicon for, with the words of a notice in each.
var foreign = map[string]string{
	"pl": "Na naszej stronie używamy plików cookie, aby analizować ruch i wyświetlać reklamy. Nie sprzedajemy danych osobowych osobom trzecim. Adres IP jest zapisywany przez nasz serwer oraz usuwany po siedmiu dniach.",
	"sv": "Vi använder cookies för att analysera trafiken på vår webbplats och för att visa annonser. Vi säljer inte dina personuppgifter till någon annan. Din IP-adress sparas av våra servrar och tas bort efter en vecka.",
	"cs": "Na našich stránkách používáme soubory cookie, abychom mohli analyzovat návštěvnost a zobrazovat reklamy. Vaše osobní údaje neprodáváme třetím stranám. Adresu IP ukládá náš server, který ji po týdnu smaže.",
	"ja": "当サイトでは、アクセス解析と広告配信のためにクッキーを使用しています。個人情報を第三者に販売することはありません。サーバーはIPアドレスを記録し、七日後に削除します。",
	"ru": "На нашем сайте используются файлы cookie для анализа посещаемости и показа рекламы. Мы не продаём персональные данные третьим лицам. Наш сервер сохраняет IP-адрес и удаляет его через неделю.",
	"da": "Vi bruger cookies til at analysere trafikken på vores hjemmeside og til at vise annoncer. Vi sælger ikke dine personoplysninger til andre. Din IP-adresse gemmes af vores server og slettes efter en uge.",
	"fi": "Käytämme sivustollamme evästeitä, jotta voimme analysoida kävijämääriä ja näyttää mainoksia. Emme myy henkilötietoja kolmansille osapuolille, ja palvelimemme poistaa IP-osoitteen viikon kuluttua.",
	"hu": "Weboldalunkon sütiket használunk, hogy elemezzük a forgalmat és hirdetéseket jelenítsünk meg. Az ön személyes adatait nem adjuk el harmadik félnek, az IP-címet egy hét után töröljük.",
	"ro": "Pe site-ul nostru folosim module cookie pentru a analiza traficul și pentru a afișa reclame. Nu vindem datele dumneavoastră personale către terți, iar adresa IP este ștearsă după o săptămână.",
	"tr": "Web sitemizde trafiği analiz etmek ve reklam göstermek için çerezler kullanıyoruz. Kişisel verilerinizi üçüncü kişilere satmıyoruz ve IP adresi bir hafta sonra silinir.",
	"zh": "我们在网站上使用Cookie来分析流量和展示广告。我们不会向第三方出售您的个人信息。服务器会记录IP地址，并在七天后删除。",
	"el": "Στον ιστότοπό μας χρησιμοποιούμε cookies για να αναλύουμε την επισκεψιμότητα και να προβάλλουμε διαφημίσεις. Δεν πουλάμε τα προσωπικά σας δεδομένα σε τρίτους.",
	"uk": "На нашому сайті ми використовуємо файли cookie для аналізу відвідуваності та показу реклами. Ми не продаємо персональні дані третім особам, а сервер видаляє адресу через тиждень.",
}

// spoken are texts in the languages that are read.
var spoken = map[string]string{
	"en": "We use cookies to analyse the traffic of our site and to show advertisements. We do not sell your personal data to third parties. Our server logs the IP address and deletes it after a week.",
	"de": "Auf unserer Seite verwenden wir Cookies, um die Nutzung auszuwerten und Werbung zu zeigen. Ihre Daten verkaufen wir nicht an Dritte. Der Server speichert die IP-Adresse und löscht sie nach einer Woche.",
	"fr": "Sur notre site, nous utilisons des cookies pour analyser la fréquentation et afficher de la publicité. Nous ne vendons pas vos données à des tiers. Le serveur enregistre l’adresse IP et l’efface après une semaine.",
	"es": "En nuestro sitio utilizamos cookies para analizar el tráfico y mostrar publicidad. No vendemos sus datos personales a terceros. El servidor registra la dirección IP y la borra después de una semana.",
	"it": "Sul nostro sito utilizziamo cookie per analizzare il traffico e mostrare pubblicità. Non vendiamo i dati personali a terzi. Il server registra l'indirizzo IP e lo cancella dopo una settimana.",
	"nl": "Op onze website gebruiken wij cookies om het verkeer te analyseren en advertenties te tonen. Wij verkopen uw gegevens niet aan derden. De server bewaart het IP-adres en wist het na een week.",
	"pt": "No nosso site usamos cookies para analisar o tráfego e mostrar publicidade. Não vendemos os seus dados pessoais a terceiros. O servidor guarda o endereço IP e apaga-o depois de uma semana.",
}

func readBody(body string) (*Notice, error) {
	return Read([]evidence.Document{{URL: "https://a.test/p", ContentType: "text/html", Body: []byte(body)}}, nil)
}

// TestUnsupportedLanguages demands that a notice that is not understood is never read as one that declares nothing.
func TestUnsupportedLanguages(t *testing.T) {
	for language, text := range foreign {
		for _, lang := range []string{language, "en", "", "de"} {
			n, err := readBody(`<html lang="` + lang + `"><head><title>Privacy Policy</title></head><body><nav><a href="/">Home</a> <a href="/shop">Shop</a></nav><h1>Privacy</h1><p>` + text + `</p><p>` + text + `</p><p>` + text + `</p><footer>Follow us and subscribe to our newsletter</footer></body></html>`)
			var unsupported *LanguageError
			if !errors.As(err, &unsupported) {
				t.Errorf("%s called %q: %v, read as %+v", language, lang, err, n.Documents)
			} else if unsupported.Language != language && unsupported.Language != "" && !(language == "uk" && unsupported.Language == "ru") && !(language == "da" && unsupported.Language == "no") {
				t.Errorf("%s called %q is said to be %q", language, lang, unsupported.Language)
			}
		}
	}
}

// TestLanguages: what the page says of itself, an English frame and English boilerplate decide nothing.
func TestLanguages(t *testing.T) {
	const english = " This page is provided for your information only. Please contact our office if you need it in another language."
	for language, text := range spoken {
		for _, lang := range []string{language, "en", "", "fr-FR"} {
			for _, more := range []string{"", english} {
				if len(more) > 0 && language == "en" {
					continue
				}
				n, err := readBody(`<html lang="` + lang + `"><body><nav><a href="/">All of our products and the services that we offer to you</a></nav><h1>Privacy</h1><p>` + text + `</p><p>` + text + `</p><p>` + more + `</p></body></html>`)
				if err != nil || n.Documents[0].Language != language {
					t.Errorf("%s called %q: %v %+v", language, lang, err, n.Documents)
					continue
				}
				// What each of the texts says.
				for _, want := range []string{"cookie/analytics", "cookie/advertising", "ip_address/", "/ denied"} {
					found := false
					for _, d := range n.Declarations {
						key := string(d.Technology) + "/" + string(d.Purpose)
						if d.Denied {
							key += " denied"
						}
						found = found || key == want
					}
					if !found {
						t.Errorf("%s: %s is not read", language, want)
					}
				}
			}
		}
	}
}

// TestTwoLanguages: a site with its notice in two languages, one of which is not read.
func TestTwoLanguages(t *testing.T) {
	page := func(url, text string) evidence.Document {
		return evidence.Document{URL: url, ContentType: "text/html", Body: []byte("<html><body><h1>Privacy</h1><p>" + text + "</p></body></html>")}
	}
	n, err := Read([]evidence.Document{page("https://a.test/pl", foreign["pl"]), page("https://a.test/de", spoken["de"])}, nil)
	var unsupported *LanguageError
	if !errors.As(err, &unsupported) || unsupported.URL != "https://a.test/pl" {
		t.Errorf("%v", err)
	}
	if len(n.Documents) != 1 || n.Documents[0].Language != "de" || len(n.Declarations) == 0 {
		t.Errorf("%+v", n.Documents)
	}
}

// TestLexicons reads every lexicon and demands the classes without which a language is not read at all.
func TestLexicons(t *testing.T) {
	if got := strings.Join(languages(), " "); got != "de en es fr it nl pt" {
		t.Errorf("languages: %s", got)
	}
	for _, language := range languages() {
		lx := lexicons()[language]
		for _, class := range lexicons()["de"].classes {
			_, known := lx.class[class]
			switch {
			case known, len(lx.lines[class]) > 0:
			case class == "not_after", class == "not_object", class == "purposive_after", class == "subject_after", class == "recipient_before", class == "linking", class == "receive", class == "coordinate", class == "example", class == "refuses":
				// word order, where a language needs it
			case strings.HasPrefix(class, "kept."), strings.HasPrefix(class, "content."):
				// what no other word tells: each language has those that it needs
			case language == "en" && (strings.HasPrefix(class, "label.") || strings.HasPrefix(class, "region.") || strings.HasPrefix(class, "date.") ||
				strings.HasPrefix(class, "title.") || strings.HasPrefix(class, "page.") || strings.HasPrefix(class, "word.") || class == "stop" || class == "optout" || strings.HasPrefix(class, "dnt.")):
				// English stands in the code
			default:
				t.Errorf("%s has no class %s", language, class)
			}
		}
		if len(lx.classes) > 256 {
			t.Errorf("%s: %d classes, a sentence's index holds 256", language, len(lx.classes))
		}
		if n := len(lx.lines["month"]); n != 12 {
			t.Errorf("%s has %d months", language, n)
		}
	}
}
