// Package testsites is a small web served on loopback, together with the truth about what it does: companies,
// shops and their vendors under reserved .test names, for the demo and for tests.
//
// # Sites
//
// Each site is one txtar archive in sites/. Its comment is a header of "key: value" lines:
//
//	about:  one sentence for a person
//	start:  the address an audit begins at
//	base:   another site whose files are taken over where this archive has none of that name
//	rename: OLD NEW, replaced in everything taken over, because a host belongs to one site only
//	alias:  NAME TARGET, a name that is an alias (CNAME) of another, as Server.Resolver answers
//
// Its files are named HOST/path. A request for /path is answered with the file of that name, with path.html, or
// with path/index.html if it ends in a slash. Names whose last element begins with "_" are parts, never served;
// a page takes one in with
//
//	<!--#include _head.html title="Prices"-->
//
// where {{title}} in the part becomes the attribute's text. The file want.json holds the truth; see Want. A file
// declarations.yaml holds what somebody signed off for the site's notices.
//
// # Responses
//
// A file HOST/path.headers says how HOST/path answers, and makes it an endpoint if there is no such file; its
// last element may be "*", for every path below that none of the other files answers. Its lines are headers,
// or, with a colon in front, orders to the server:
//
//	:status 302              answer with this status
//	:body gif|empty|echo     a 1×1 GIF, nothing, or the request as JSON, in place of a file
//	:delay 300ms             wait before answering
//	:cors                    allow any origin, with credentials, and answer preflights
//	:quiet-if Sec-GPC        send no Set-Cookie when the request carries this header with the value 1
//	:template                replace placeholders in the body too
//
// Placeholders are replaced in header values: {id NAME} is the value of the request's cookie NAME or a fresh
// random identifier, {cookie NAME} and {query NAME} are what the request carries, {host} is its host, {unix} is
// the time in seconds.
//
// # Vendors
//
// The vendors that the sites share live in vendors.txtar, in the same form and without want.json. What is known
// of them stands in vendors.tsv, in the form of a knowledge overlay.
//
// # Truth
//
// There are two independent truths: a site's want.json, written by hand, and the server's own log of every
// request (Server.Log). All companies are fictional.
package testsites
