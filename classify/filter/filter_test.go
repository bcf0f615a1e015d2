package filter_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"trackaudit/classify/filter"
)

// ABP is "How to write filters" of Adblock Plus, uBO the wiki page "Static filter syntax" of uBlock Origin.
var cases = []struct {
	rules   string // lines separated by " ⏎ "
	request string // URL [type] [@document] [method]; Image on page.test, third party by site
	want    string // the rule that blocks, "" = none; "RULE unless EXCEPTION" where one un-blocks
}{
	// ABP, "Basic": a pattern is a part of the address, whatever the case; * stands for anything
	{"/banner/img", "https://a.test/BANNER/img1.gif", "/banner/img"},
	{"/banner/img", "https://a.test/banner/x/img", ""},
	{"/banner/*/img^", "https://a.test/banner/foo/img?x", "/banner/*/img^"},
	{"/banner/*/img^", "https://a.test/banner/img", ""},
	{"/banner/*/img^", "https://a.test/banner//img", "/banner/*/img^"},
	{"a*b*c|", "https://x.test/a-b-b-c", "a*b*c|"},
	{"a*bc|", "https://x.test/abcbc", "a*bc|"},
	{"zq*", "https://x.test/zq", "zq*"},
	{"*zq", "https://x.test/zq", "*zq"},

	// ABP, "Domain names": || begins at the host or a label of it, in any scheme
	{"||ads.test^", "https://ads.test/x", "||ads.test^"},
	{"||ads.test^", "wss://a.b.ads.test/x WebSocket", "||ads.test^"},
	{"||ads.test^", "https://ads.test:8000/", "||ads.test^"},
	{"||ads.test^", "https://user:pw@ads.test/", "||ads.test^"},
	{"||ads.test^", "https://ads.test./full-name", "||ads.test^"},
	{"||ads.test^", "https://badads.test/", ""},
	{"||ads.test^", "https://ads.test.com/", ""},
	{"||ads.test^", "https://x.test/?u=https://ads.test/", ""},
	{"||ads.test^", "https://x.test/a.ads.test/", ""},
	{"||ads.test^", "https://ads.test@x.test/", ""},
	{"||ads.test/p", "https://s.ads.test/pq", "||ads.test/p"},
	{"||ads.test/p", "https://ads.test/x/p", ""},
	{"||ads.te", "https://ads.test/", "||ads.te"}, // open on the right, as ABP's "||example.com/banner" is
	{"||ads.", "https://x.ads.test/", "||ads."},
	{"||ads*.test^", "https://ads7.x.test/", "||ads*.test^"},
	{"||ads.test^*/x^y", "https://ads.test/a/x?y", "||ads.test^*/x^y"},
	{"||ads.test^$image", "https://ads.test?x", "||ads.test^$image"},
	{"||[::1]^", "https://[::1]/x", "||[::1]^"},
	{"||10.0.0.1^", "http://10.0.0.1:8080/", "||10.0.0.1^"},
	{"||Ads.Test^", "https://ads.test/", "||Ads.Test^"},
	{"||wörter.test^", "https://xn--wrter-jua.test/", "||wörter.test^"}, // browsers send Punycode
	{"/für/", "https://a.test/x", ""},
	{"/für/*", "https://a.test/f%C3%BCr/x", "/für/*"},

	// ABP, "Anchors": | is the beginning or the end of the address
	{"|https://a.test/x|", "https://a.test/x", "|https://a.test/x|"},
	{"|https://a.test/x|", "https://a.test/xy", ""},
	{"|a.test/", "https://a.test/", ""},
	{"swf|", "https://a.test/annoyingflash.swf", "swf|"},
	{"swf|", "https://a.test/swf/index.html", ""},
	{"swf|", "https://a.test/x.swf#fragment", "swf|"}, // the fragment is not sent
	{"||a.test/x|", "https://b.a.test/x", "||a.test/x|"},
	{"||a.test/x|", "https://b.a.test/x/y", ""},

	// ABP, "Separators": anything but a letter, a digit, or _ - . %, and the end
	{"^a.test^", "https://a.test:8000/foo.bar?a=12&b=%D1%82", "^a.test^"},
	{"^%D1%82^", "https://a.test:8000/foo.bar?a=12&b=%D1%82", "^%D1%82^"},
	{"^foo.bar^", "https://a.test:8000/foo.bar?a=12&b=%D1%82", "^foo.bar^"},
	{"^foo^", "https://a.test/foo_bar-foo.x", ""},
	{"/x^|", "https://a.test/x", "/x^|"},
	{"/x^|", "https://a.test/x?", "/x^|"},
	{"/x^^", "https://a.test/x", "/x^^"},
	{"a^*^b", "https://q.test/a/x/b", "a^*^b"},

	// ABP, "Regular expressions"; uBO, the same
	{`/track[0-9]{2}\.gif/`, "https://a.test/TRACK12.gif", `/track[0-9]{2}\.gif/`},
	{`/track[0-9]{2}\.gif/`, "https://a.test/track1.gif", ""},
	{`/^https:\/\/a\.test\/(x|y)$/$image`, "https://a.test/y", `/^https:\/\/a\.test\/(x|y)$/$image`},
	{`/Abc/$match-case`, "https://a.test/xabc", ""},
	{`/(?=x)y/`, "https://a.test/xy", ""}, // look-ahead is refused
	{`/a$|b/`, "https://z.test/a", `/a$|b/`},

	// ABP, "Case": match-case
	{"/BannerAd/$match-case", "https://a.test/BannerAd", "/BannerAd/$match-case"}, // an expression: begins and ends with /
	{"/BannerAd^$match-case", "https://a.test/BannerAd/", "/BannerAd^$match-case"},
	{"/BannerAd^$match-case", "https://a.test/bannerad/", ""},
	{"||A.test/Xy$match-case", "https://a.test/Xy", "||A.test/Xy$match-case"},
	{"||a.test/Xy$match-case", "https://a.test/xy", ""},

	// ABP, "Type options": every type but the page if none is named; ~ takes types out; types add up
	{"||a.test^", "https://a.test/ SubFrame", "||a.test^"},
	{"||a.test^", "https://a.test/ Document", ""},
	{"||a.test^$document", "https://a.test/ Document", "||a.test^$document"},
	{"||a.test^$document", "https://a.test/ Script", ""},
	{"||a.test^$all", "https://a.test/ Document", "||a.test^$all"},
	{"||a.test^$script,image", "https://a.test/ Script", "||a.test^$script,image"},
	{"||a.test^$script,image", "https://a.test/ Font", ""},
	{"||a.test^$~script,~image", "https://a.test/ Font", "||a.test^$~script,~image"},
	{"||a.test^$~script,~image", "https://a.test/ Script", ""},
	{"||a.test^$~script", "https://a.test/ Document", ""},
	{"||a.test^$xhr", "https://a.test/ Fetch", "||a.test^$xhr"},
	{"||a.test^$xmlhttprequest", "https://a.test/ XHR", "||a.test^$xmlhttprequest"},
	{"||a.test^$ping", "https://a.test/ Ping", "||a.test^$ping"},
	{"||a.test^$css", "https://a.test/ Stylesheet", "||a.test^$css"},
	{"||a.test^$frame", "https://a.test/ SubFrame", "||a.test^$frame"},
	{"||a.test^$other", "https://a.test/ Manifest", "||a.test^$other"},
	{"||a.test^$popup", "https://a.test/ Script", ""},
	{"||a.test^$popup,script", "https://a.test/ Script", "||a.test^$popup,script"},
	{"||a.test^$script,popup", "https://a.test/ Image", ""},

	// ABP, "third-party"; uBO, "3p", "1p", "strict1p", "strict3p"
	{"||a.test^$third-party", "https://a.test/ @b.test", "||a.test^$third-party"},
	{"||a.test^$third-party", "https://a.test/ @www.a.test", ""},
	{"||a.test^$~third-party", "https://a.test/ @www.a.test", "||a.test^$~third-party"},
	{"||a.test^$1p", "https://a.test/ @b.test", ""},
	{"||a.test^$~1p", "https://a.test/ @b.test", "||a.test^$~1p"},
	{"||a.test^$strict1p", "https://a.test/ @www.a.test", ""},
	{"||a.test^$strict1p", "https://a.test/ @a.test", "||a.test^$strict1p"},
	{"||a.test^$strict3p", "https://a.test/ @www.a.test", "||a.test^$strict3p"},

	// ABP, "domain=": the document's, with those below it; the most specific decides; uBO, "from=" and entities
	{"/t.gif$domain=b.test|c.test", "https://a.test/t.gif @www.c.test", "/t.gif$domain=b.test|c.test"},
	{"/t.gif$domain=b.test|c.test", "https://a.test/t.gif @xc.test", ""},
	{"/t.gif$domain=~b.test", "https://a.test/t.gif @c.test", "/t.gif$domain=~b.test"},
	{"/t.gif$domain=~b.test", "https://a.test/t.gif @x.b.test", ""},
	{"/t.gif$domain=b.test|~x.b.test", "https://a.test/t.gif @y.b.test", "/t.gif$domain=b.test|~x.b.test"},
	{"/t.gif$domain=b.test|~x.b.test", "https://a.test/t.gif @z.x.b.test", ""},
	{"/t.gif$domain=~b.test|x.b.test", "https://a.test/t.gif @x.b.test", "/t.gif$domain=~b.test|x.b.test"},
	{"/t.gif$domain=~edu", "https://a.test/t.gif @cs.school.edu", ""},
	{"/t.gif$from=shop.*", "https://a.test/t.gif @www.shop.co.uk", "/t.gif$from=shop.*"},
	{"/t.gif$from=shop.*", "https://a.test/t.gif @shop.example.com", ""},
	{"/t.gif$from=~shop.*", "https://a.test/t.gif @shop.de", ""},
	{"$script,domain=b.test", "https://a.test/x Script @b.test", "$script,domain=b.test"},
	{"*$script,domain=b.test", "https://a.test/x Script @c.test", ""},
	{"/t.gif$domain=WÖRTER.test", "https://a.test/t.gif @xn--wrter-jua.test", "/t.gif$domain=WÖRTER.test"},
	{`/t.gif$domain=/b\.test/`, "https://a.test/t.gif @b.test", ""},

	// uBO, "denyallow=", "to=", "method="
	{"*$script,domain=b.test,denyallow=ok.test", "https://a.test/x Script @b.test", "*$script,domain=b.test,denyallow=ok.test"},
	{"*$script,domain=b.test,denyallow=ok.test", "https://cdn.ok.test/x Script @b.test", ""},
	{"*$script,denyallow=ok.test", "https://a.test/x Script", ""},
	{"/t.gif$to=a.test|~b.a.test", "https://x.a.test/t.gif", "/t.gif$to=a.test|~b.a.test"},
	{"/t.gif$to=a.test|~b.a.test", "https://b.a.test/t.gif", ""},
	{"/t.gif$to=a.*", "https://a.co.uk/t.gif", "/t.gif$to=a.*"},
	{"/t$method=post|put", "https://a.test/t XHR POST", "/t$method=post|put"},
	{"/t$method=post", "https://a.test/t XHR", ""},
	{"/t$method=~get", "https://a.test/t XHR", ""},
	{"/t$method=~get", "https://a.test/t XHR POST", "/t$method=~get"},

	// ABP, "Exceptions"; uBO, "important" and "badfilter"
	{"||a.test^ ⏎ @@||a.test/ok", "https://a.test/ok.js Script", "||a.test^ unless @@||a.test/ok"},
	{"||a.test^ ⏎ @@||a.test/ok", "https://a.test/no.js Script", "||a.test^"},
	{"@@||a.test/ok", "https://a.test/ok.js Script", ""},
	{"||a.test^$important ⏎ @@||a.test/ok", "https://a.test/ok", "||a.test^$important"},
	{"||a.test^ ⏎ ok$important ⏎ @@||a.test/ok", "https://a.test/ok", "ok$important"},
	{"||a.test^ ⏎ @@||a.test^$document", "https://a.test/ Script", "||a.test^"},
	{"||a.test^$script,3p ⏎ ||a.test^$3p,script,badfilter", "https://a.test/ Script", ""},
	{"||a.test^$script ⏎ ||a.test^$image,badfilter", "https://a.test/ Script", "||a.test^$script"},
	{"||a.test^ ⏎ @@||a.test/ok ⏎ @@||a.test/ok$badfilter", "https://a.test/ok", "||a.test^"},

	// what blocks by answering in the server's place, and what does something else
	{"||a.test^$script,redirect=noop.js", "https://a.test/ Script", "||a.test^$script,redirect=noop.js"},
	{"||a.test^$rewrite=abp-resource:blank-js,domain=b.test", "https://a.test/ Script @b.test", "||a.test^$rewrite=abp-resource:blank-js,domain=b.test"},
	{"||a.test^$script,redirect-rule=noop.js", "https://a.test/ Script", ""},
	{"||a.test^$removeparam=utm", "https://a.test/?utm=1", ""},
	{`||a.test^$removeparam=/^utm$/`, "https://a.test/?utm=1", ""},
	{"||a.test^$csp=script-src 'none',frame", "https://a.test/ SubFrame", ""},
	{"||a.test^ ⏎ @@||a.test^$generichide", "https://a.test/", "||a.test^"},
	{"||a.test^$nonsense", "https://a.test/", ""},
	{"||a.test^$_,image,__", "https://a.test/", "||a.test^$_,image,__"},

	// lines
	{"a.test##.ad ⏎ ##.a ⏎ a.test#@#.ad ⏎ a.test#?#x:has(y) ⏎ a.test##+js(noop) ⏎ a.test##^script ⏎ a.test$$script ⏎ #a.test", "https://a.test/", ""},
	{"||a.test/#!x", "https://a.test/#!x", ""},
	{"||a.test/x#y", "https://a.test/x", ""},
	{"! ||a.test^", "https://a.test/", ""},
	{"0.0.0.0 a.test # why", "https://sub.a.test/", "0.0.0.0 a.test # why"},
	{"127.0.0.1\ta.test", "https://a.test/", "127.0.0.1\ta.test"},
	{"*", "https://a.test/", ""},
	{"/price/$cart", "https://a.test/price/$cart", ""}, // reads as an option nobody knows
	{"/price$/x", "https://a.test/price$/x", "/price$/x"},

	// uBO, "Pre-parsing directives"
	{"!#if ext_ublock ⏎ /x ⏎ !#else ⏎ /y ⏎ !#endif", "https://a.test/x", "/x"},
	{"!#if ext_ublock ⏎ /x ⏎ !#else ⏎ /y ⏎ !#endif", "https://a.test/y", ""},
	{"!#if env_firefox ⏎ !#if env_chromium ⏎ /x ⏎ !#endif ⏎ !#endif", "https://a.test/x", ""},
	{"!#if !(env_firefox || env_safari) && env_chromium ⏎ /x ⏎ !#endif", "https://a.test/x", "/x"},
	{"!#if ( ⏎ /x ⏎ !#endif", "https://a.test/x", ""},

	// requests that rules are not about
	{"/x", "data:text/html,/x", ""},
	{"/x", "blob:https://a.test/x", ""},
	{"/x", "https:///x", ""},
}

func TestMatch(t *testing.T) {
	for _, c := range cases {
		l, _ := filter.Parse("test", []byte(strings.ReplaceAll(c.rules, " ⏎ ", "\n")))
		got, ok := filter.Compile(l).Match(request(c.request))
		answer := got.Rule.Text
		if got.Exception.Text != "" {
			answer += " unless " + got.Exception.Text
		}
		if answer != c.want || ok != (c.want != "") || got.Blocked() != (c.want != "" && !strings.Contains(c.want, " unless ")) {
			t.Errorf("%s\n  %s\n  got  %q\n  want %q", c.rules, c.request, answer, c.want)
		}
	}
}

// request reads "URL [type] [@document] [method]".
func request(s string) filter.Request {
	words := strings.Split(s, " ")
	kind, document, method := "Image", "page.test", ""
	for _, w := range words[1:] {
		switch {
		case strings.HasPrefix(w, "@"):
			document = w[1:]
		case w == strings.ToUpper(w) && w != "XHR":
			method = w
		default:
			kind = w
		}
	}
	r := filter.NewRequest(words[0], kind, "https://"+document+"/")
	r.Method = method
	return r
}

// TestHostileAddress: the longest address, made of the tokens of the largest bucket, is still answered at once.
func TestHostileAddress(t *testing.T) {
	var rules strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&rules, "/same/%s\n/other^*%d*x*y*z|\n", strings.Repeat("x", i%50), i)
	}
	l, _ := filter.Parse("test", []byte(rules.String()))
	m := filter.Compile(l)
	r := request("https://a.test/" + strings.Repeat("other/", 400_000))
	start := time.Now()
	m.Match(r)
	if d := time.Since(start); d > 5*time.Second { // takes some milliseconds; without a bound, hours
		t.Errorf("took %v", d)
	}
	t.Logf("%v", time.Since(start))
}

// TestTogether guards against rules filed under a token that their requests do not have: among thousands of others,
// each still answers.
func TestTogether(t *testing.T) {
	for _, c := range cases {
		if c.want == "" || strings.Contains(c.want, " unless ") {
			continue
		}
		var b strings.Builder
		for i := range 3000 {
			fmt.Fprintf(&b, "||host%d.test^\n/path%d/*$script\n", i, i)
		}
		b.WriteString(strings.ReplaceAll(c.rules, " ⏎ ", "\n"))
		l, _ := filter.Parse("test", []byte(b.String()))
		if got, _ := filter.Compile(l).Match(request(c.request)); got.Rule.Text != c.want {
			t.Errorf("%s on %s: got %q", c.rules, c.request, got.Rule.Text)
		}
	}
}
