// Trackaudit proves, with evidence, every tracking technology that a site's own privacy notice does not declare.
//
// It finds and reads the site's privacy and cookie notices, drives real Chrome over the site, records everything
// that is stored, read and sent, judges each item against what the notice declares or denies, prints a table,
// writes a run folder with the evidence and an HTML report, and gates a build by its exit code.
//
// # Usage
//
//	trackaudit audit URL [URL…]        the main job (trackaudit URL is short for it)
//	trackaudit demo                    the main job on an embedded test web; needs no network
//	trackaudit notice URL-or-FILE      what a notice declares, each with its quote, to correct and sign off
//	trackaudit report RUN              judge a saved run again and render it, without Chrome
//	trackaudit diff OLD NEW            what appeared, went and changed between two runs
//	trackaudit explain RULE|LAW|COOKIE|HOST  what it is, who owns it, why it is judged so
//	trackaudit lists update|show       download and pin filter and cookie lists
//	trackaudit config check|example|schema  the settings and policy file
//	trackaudit verify RUN              check a run folder against its manifest
//	trackaudit doctor                  is Chrome there, does it start, what is missing
//	trackaudit version                 the version, and the hash of the embedded facts
//
// Every command explains its flags with --help. The result goes to standard output, everything else to standard
// error.
//
// # Settings and policy
//
// Settings can stand in trackaudit.yaml. Its keys are the flags' own names, and besides: targets, a list of addresses;
// rules, what single rules count as (a severity, or off); waivers; environments, chosen with --environment. The
// command line wins, then the environment. Unknown keys are errors that name the line.
//
// A waiver covers a finding by its fingerprint, or a rule and a subject (with * for anything). Reason, approver and
// expiry are mandatory; it holds to the end of its last day, UTC. Waived findings stay visible, expired and unused
// waivers are reported. With --baseline, findings that an earlier report.json holds do not fail again. With --confirm
// N, a site with findings is audited N times in all before it fails, and what was not seen in most audits does not
// fail it.
//
// # Exit codes
//
// The same for every format:
//
//	0    pass: everything was seen, and nothing at or above --fail-on was found
//	1    findings at or above --fail-on (gaps, if any, are listed too)
//	2    usage, configuration or internal error
//	3    inconclusive: the site or its notice was not seen or could not be read; never a pass
//	130  interrupted; what was captured until then is in the run folder
//
// With several addresses the worst counts, in the order 2, 1, 3, 0.
//
// # What counts as declared
//
// With --require named, a cookie or recipient must be named. With category, the default, its technology, purpose
// and party must be declared. With generic, an umbrella clause ("and similar technologies", "our partners") is
// enough. What is covered only more weakly than required is reported as weakly-declared (low).
//
// # Laws and regions
//
// With --law, rule packs apply: what the law of the European Union (eu), the United Kingdom (uk) or California (us-ca)
// asks, as far as an audit sees it, in the state in which it was on the day of the audit, or on --law-date. A proposal
// is never applied. trackaudit explain eu prints a pack: what, since when, by which source, binding or guidance.
//
// A notice may tell something to the visitors of one region only ("for residents of California"). Without --law, what
// is declared in such a part counts as declared, and region-gap says who is not told; a denial in such a part accuses
// nobody. With --law, those visitors count whom the laws protect.
//
// # A helper model
//
// With --llm ADDRESS (or llm in trackaudit.yaml), audit and notice ask a model what the rules missed in the notice. The
// address is that of an OpenAI-compatible server, such as one on this machine; --llm-model names a model of it. A key is
// taken from the environment only (TRACKAUDIT_LLM_KEY), and is sent to the address that is set: keep both from the same
// hands. Nothing but the notice's text, which is public, is sent. It is off by default.
//
// The model is not trusted. An item stands only if its quote is a sentence, list item or table row of the notice and its
// words are ours; denials, named recipients and what the rules read already are dropped, and there is no way to say that a
// signal is honored. What stands is a declaration of origin "model" with review "pending". It is shown in the report and
// in declarations.yaml and counts for nothing, until a person sets the review of that very declaration to accepted and
// gives the file with --declaration. So a model can turn no finding into a pass, and a text that gives it orders cannot
// either. What was dropped, and why, is said on standard error.
//
// The server gets 5 minutes and 1 MB for an answer, and at most 40 questions a notice; redirects are not followed. If it
// fails, the rest of the work is done and the exit code is 2.
//
// # The run folder
//
//	run.json           who, where, versions, flags, times, hashes of the facts
//	evidence.jsonl     one visit a line
//	report.json        the report for machines (schema trackaudit.report/v1)
//	report.html        the report for people: one file, no network, no script
//	notice/            the notices as fetched, their text, declarations.yaml, the answers of a helper model
//	knowledge/         the user's own and downloaded facts, if any
//	evidence-N.jsonl   further audits that confirmed the findings (--confirm)
//	MANIFEST.sha256    every other file; sha256sum -c reads it
//
// Cookie and storage values, and the same values in addresses and bodies, are replaced by a hash under a key that
// is thrown away after the run; --keep-values keeps them.
//
// The links by which a notice lets visitors object are asked once whether they lead anywhere, without a browser; how
// they answered stands in run.json.
//
// # Hostile sites
//
// A page that spins, floods, crashes or never ends costs its own completeness (exit 3), not the run. The pages of a
// public site are kept out of the private network: an address that is written as a private one is not found, a name
// that leads to one is refused by Chrome (142 and later) before it is asked, and a page that a private address answers
// is not read and is reported as blocked. Hosts that --host-rule names may lead anywhere; --allow-private lifts it; a
// target that itself is private is not held to it. Of an older Chrome, with --host-rule, and of a page that is itself
// behind such a name, the address is found out by its answer: the request itself has then been made. Behind a proxy,
// addresses are the proxy's affair.
//
// # Limitations
//
// A finding is an indicator for a person to judge, not a legal conclusion. What trackaudit cannot see:
//
//   - Server-side tagging: what a site's own server passes on to others is invisible to every crawler.
//   - Consent: only the choice none (nobody touches the banner) and the signals dnt and gpc can be made. What a
//     site does after accept or reject is not tested yet.
//   - Pages behind a login, and pages that are not reached within --pages.
//   - One visit from one network: location, chance and advertising auctions change what is loaded. Something that
//     was not observed may still exist; it is never called unused.
//   - Notices in languages other than English, German, French, Spanish, Italian, Dutch and Portuguese, and PDFs that
//     are scanned, locked, broken or of more than 300 pages, are reported as unreadable (exit 3), not guessed at.
//   - In a PDF, titles, lists, tables and columns are told by where and how their words stand. A table whose columns
//     hardly part can be read in the wrong order; a menu or banner printed with it is taken for part of the notice. For
//     the first PDF ever, the reader of PDFs is compiled, which takes some seconds and 430 MB; it is kept, 22 MB, in the
//     user's cache folder. Then 40 pages take a second, and 300 pages 6 to 8.
//   - Some first words of the browser: the main script of a service worker carries no DNT or GPC header; in the
//     headless shell, the first request of a noopener popup says HeadlessChrome in its client hints. Reports of the
//     Reporting API are recorded when they are queued, fetchLater when it is called: neither is seen being sent.
//     Connections opened ahead of need (preconnect, dns-prefetch), over which nothing is sent, are not recorded.
//   - Nothing is clicked: what a placeholder, a link or a button would load is not seen. A page is scrolled once, by
//     1,800 pixels: what waits further down until it comes into view, or between the first screen and there, is not seen.
//   - Aliases (CNAME) are asked for with --resolver only; identifiers in the cache, and names of windows that every
//     visitor gets, are told with --repeat only; typed values that leave with --forms only. Fields in closed shadow
//     trees are not filled; where a policy gives frames processes of their own, fields that load late may not be.
//   - Values and recordings that go to an alias (CNAME) of a third party are told as going to the site's own name; that the
//     name is an alias is a finding of its own.
//   - Reading prose is not exact: of notices by others, not seen before, about four in five declarations came out right
//     in all that they say, and nearly nine in ten technologies (classify/notice/testdata/README.md). Each carries
//     its quote and a confidence, low where it is a guess, and a person can correct it (trackaudit notice, then
//     --declaration).
//   - A cookie or host that the embedded facts do not know is called unclassified or named by its host; purposes
//     are never guessed from a name alone.
//   - Virtual time (the default) runs a page's timers ahead of the clock; animation frames are not sped up. A page
//     that depends on both can behave differently: --real-time watches in real time.
package main
