package classify

import "slices"

// Rule explains itself: the terminal, the HTML report, SARIF and `trackaudit explain` read the same words.
type Rule struct {
	ID       string
	Title    string // what is wrong, in one line
	Help     string // when it fires, when it does not, what to do
	Severity Severity
	Basis    string // source and kind: binding, guidance, framework, hygiene
	// Needs says what must be asked for before the rule can fire; "" = nothing.
	Needs string
}

// Rules lists every rule, the gravest first, then by name.
var Rules = []Rule{
	{ID: "contradicts-notice", Severity: High, Title: "Something happens that the notice says does not",
		Help:  "Fires when the notice denies a technology, a purpose or a sharing (\"we do not use advertising cookies\"), and exactly that was observed, while no sentence at least as specific affirms it. A denial read with little confidence does not fire. Remove what was observed, or correct the sentence.",
		Basis: "GDPR art. 5(1)(a), transparency (binding)"},
	{ID: "dnt-statement-false", Severity: High, Title: "The notice says that Do Not Track is honoured, and it is not",
		Help:  "Fires when the notice clearly says that it honours Do Not Track, and a visit that sends DNT: 1 meets the same trackers as a visit that does not. Needs the choice dnt. It does not fire on unclear statements.",
		Basis: "CalOPPA §22575(b)(5)-(6) (binding in California)", Needs: "--choices none,dnt"},
	{ID: "gpc-ignored", Severity: High, Title: "Global Privacy Control does not stop advertising destinations",
		Help:  "Fires when a visit that sends Sec-GPC: 1 still reaches advertising destinations that a visit without it reaches. Needs the choice gpc, and either --law us-ca or a notice that says the signal is honoured.",
		Basis: "CCPA regulations §7025 (binding in California)", Needs: "--choices none,gpc"},
	{ID: "notice-not-found", Severity: High, Title: "The site tracks and has no notice",
		Help:  "Fires when the whole site was seen, something tracks, and no privacy or cookie notice was found anywhere, or only a dead link to one (404, 410). The message lists where it was looked for. A notice that answers but cannot be read makes the audit inconclusive instead.",
		Basis: "GDPR art. 13 (binding)"},
	{ID: "tracking-after-reject", Severity: High, Title: "Tracking goes on after everything was rejected",
		Help:  "Compares what happens after the visitor rejected everything with what is strictly necessary. Needs the choice reject, which trackaudit cannot make yet: until then this rule never fires, and that is no proof of anything.",
		Basis: "ePrivacy Directive art. 5(3) (binding)", Needs: "the choice reject, which is not available yet"},
	{ID: "undeclared-fingerprinting", Severity: High, Title: "Browsers are fingerprinted, and the notice does not say so",
		Help:  "Fires when a script reads back a canvas, WebGL, audio or font surface in the way that tells browsers apart (Englehardt and Narayanan 2016, thresholds in the evidence), and the notice does not declare fingerprinting. A named vendor or the words \"similar technologies\" do not cover it.",
		Basis: "ePrivacy Directive art. 5(3); EDPB Guidelines 2/2023 (guidance)"},
	{ID: "undeclared-form-capture", Severity: High, Title: "What is typed into forms leaves before it is sent",
		Help:  "Fires when a typed canary value, never submitted, leaves to another party, and the notice does not declare it. A search box that asks its own site does not fire.",
		Basis: "GDPR art. 5(1)(a), 13 (binding)", Needs: "--forms"},
	{ID: "undeclared-session-replay", Severity: High, Title: "Visits are recorded, and the notice does not say so",
		Help:  "Fires when a session recorder runs and sends payload that grows with the visitor's input, and the notice does not declare session replay. A recorder that is loaded and sends nothing does not fire.",
		Basis: "GDPR art. 13; ePrivacy Directive art. 5(3) (binding)"},

	{ID: "cloaked-third-party", Severity: Medium, Title: "A third party hides behind a name of the site's own",
		Help:  "Fires when a host of the site's own domain is a CNAME of a tracker that is known to be used in that way, and the notice does not name it. A CNAME to a content network is not cloaking.",
		Basis: "EDPB Guidelines 2/2023 (guidance)", Needs: "--resolver"},
	{ID: "identifier-shared", Severity: Medium, Title: "A stored identifier is handed to a party that is not declared",
		Help:  "Fires when a value that was stored on the device leaves, whole or encoded, to a third party that the notice does not cover. Sharing with a declared party does not fire.",
		Basis: "GDPR art. 13(1)(e) (binding)"},
	{ID: "misdeclared-purpose", Severity: Medium, Title: "The notice gives something another purpose than it has",
		Help:  "Fires when the notice lists a cookie or key by its name for one purpose, and facts with a source say that it serves another kind of purpose. Kinds are: needed or convenient, analytics, advertising and social media; within a kind nothing fires.",
		Basis: "GDPR art. 13(1)(c) (binding)"},
	{ID: "notice-drifted", Severity: Medium, Title: "The notice has changed since its declarations were signed off",
		Help:  "Fires when the audit judges by a signed-off file (--declaration), and the text of a notice differs from the one it was signed off against, a notice is gone, or there is a new one. Read the change (trackaudit notice --diff declarations.yaml URL), correct the file, and sign it off again.",
		Basis: "method", Needs: "--declaration"},
	{ID: "personal-data-in-url", Severity: Medium, Title: "Personal data stands in addresses that go to others",
		Help:  "Fires when an email address stands in the address of a request to a third party. What is only shown on the page, or goes to the site itself, does not fire.",
		Basis: "GDPR art. 5(1)(f) (binding)"},
	{ID: "retention-exceeds-declared", Severity: Medium, Title: "A cookie lives longer than the notice says",
		Help:  "Fires when a cookie is set for more than half as long again as the notice says, and more than a day longer; also when the notice says \"session\" and the cookie stays. The lifetime is what the setter asked for, before the browser shortens it.",
		Basis: "CJEU C-673/17 Planet49 (binding)"},
	{ID: "tracking-before-consent", Severity: Medium, Title: "Tracking begins before anybody consented",
		Help:  "Fires when something that is known to serve analytics, advertising or social media is stored or read while no choice was made. Only with --law eu or uk, or where the notice itself says that consent is asked first.",
		Basis: "ePrivacy Directive art. 5(3) (binding)", Needs: "--law eu or uk, or a notice that claims prior consent"},
	{ID: "undeclared-cookie", Severity: Medium, Title: "A cookie is missing from the notice's list",
		Help:  "Fires when the notice has a table or list that claims to name what is stored, and this item is not in it. Strictly necessary items and consent records do not fire.",
		Basis: "CJEU C-673/17 Planet49 (binding)"},
	{ID: "undeclared-purpose", Severity: Medium, Title: "The notice leaves a purpose out",
		Help:  "Fires when the notice declares a technology for some purposes, and it is used for another that tracks.",
		Basis: "GDPR art. 13(1)(c) (binding)"},
	{ID: "undeclared-recipient", Severity: Medium, Title: "Data goes to somebody whom the notice does not mention",
		Help:  "Fires when the browser contacts a third party that the notice neither names nor covers by a kind of recipient. Medium where that party tracks; low where it only delivers content, or where what it does is not known.",
		Basis: "GDPR art. 13(1)(e) (binding)"},
	{ID: "undeclared-technology", Severity: Medium, Title: "The notice leaves a technology out",
		Help:  "Fires when something is stored, read or sent by a means that the notice does not mention at all (cookies, local storage, web beacons, social widgets …).",
		Basis: "ePrivacy Directive art. 5(3); EDPB Guidelines 2/2023 (guidance)"},

	{ID: "insecure-tracking", Severity: Low, Title: "Tracking data travels without encryption",
		Help:  "Fires when a request that tracks goes over plain HTTP from a page that is itself encrypted or to a third party.",
		Basis: "GDPR art. 32 (binding)"},
	{ID: "lifetime-not-stated", Severity: Low, Title: "The notice does not say how long cookies are kept",
		Help:  "Fires when cookies stay beyond the session, none of them strictly necessary, and the notice states a lifetime for no cookie. Only with --law eu or uk.",
		Basis: "CJEU C-673/17 Planet49 (binding)", Needs: "--law eu or uk"},
	{ID: "region-gap", Severity: Low, Title: "The notice tells only the visitors of some region",
		Help:  "Fires when what was observed is declared, but only in a part of the notice for visitors of one region (\"for residents of California\"): others are told nothing of it. With --law, those count whom the laws protect: what they are not told is undeclared, whatever others are told. Two parts that together speak to all visitors do not fire.",
		Basis: "GDPR art. 12(1), 13 (binding)"},
	{ID: "weakly-declared", Severity: Low, Title: "Something is declared only more weakly than required",
		Help:  "Fires when what covers an observation is weaker than --require asks: by default, only an umbrella clause (\"and similar technologies\", \"our partners\") or a technology without its purpose.",
		Basis: "GDPR art. 12(1), clear and plain (binding)"},
	{ID: "widget-before-interaction", Severity: Low, Title: "A social widget runs before anybody touches it",
		Help:  "Fires when an embedded social plugin executes without a click. A link to a social network and a placeholder that loads on click do not fire. Info where the notice itself says that data flow without a click.",
		Basis: "CJEU C-40/17 Fashion ID (binding)"},

	{ID: "dnt-statement-missing", Severity: Info, Title: "The notice does not say how it answers Do Not Track",
		Help:  "Fires when no sentence about Do Not Track was found in a notice that was read. Medium with --law us-ca.",
		Basis: "CalOPPA §22575(b)(5) (binding in California)"},
	{ID: "notice-stale", Severity: Info, Title: "The notice declares what was not observed",
		Help:  "Fires when a named item, a named vendor, or a technology that a notice must name itself was declared and not observed in the pages and choices of this audit. It may still be in use elsewhere: this never says unused. Flash and Silverlight always count as stale.",
		Basis: "hygiene"},
	{ID: "notice-unreadable", Severity: Info, Title: "A notice could not be read",
		Help:  "Fires when a document that should be a notice is blocked, has no text, or is in a language that is not supported. The audit is inconclusive: what it declares is not known.",
		Basis: "method"},
	{ID: "opt-out-link-dead", Severity: Info, Title: "A link to object leads nowhere",
		Help:  "Fires when a link by which the notice lets visitors object answers that there is no such document (404, 410), or names a host that does not exist. A host that refuses, hangs or errs does not fire: it may answer a browser. Up to 30 links are asked.",
		Basis: "GDPR art. 12(2), 21 (binding)"},
}

// RuleByID returns a rule.
func RuleByID(id string) (Rule, bool) {
	i := slices.IndexFunc(Rules, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return Rule{}, false
	}
	return Rules[i], true
}
