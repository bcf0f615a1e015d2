// # Rows
//
// Facts are rows of tab-separated values, one fact a line; the first column names the kind. Lines that begin
// with # and empty lines count for nothing. The embedded files in data/ hold one kind each, sorted; an overlay
// is one file with rows of every kind. A row of an overlay replaces the embedded row with the same key (the
// columns marked *); the last overlay wins. The last column of every row is its source.
//
//	service        ID*  NAME  ENTITY  PARENT  HOMEPAGE  PURPOSES  SOURCE
//	entity         NAME*  PARENT  HOMEPAGE  SOURCE
//	alias          TEXT*  SERVICE  SOURCE
//	word           TEXT*  WHERE  SOURCE
//	domain         DOMAIN[/PATH]*  SERVICE  PURPOSE  SOURCE
//	cookie         PATTERN*  SERVICE*  PURPOSE  LIFETIME  CONFIDENCE  HINTS  SAMPLES  SOURCE
//	storage        PATTERN*  SERVICE*  PURPOSE  LIFETIME  CONFIDENCE  HINTS  SAMPLES  SOURCE
//	widget         SERVICE*  NAME*  FRAME  SCRIPT  ELEMENT  SOURCE
//	recorder       SERVICE*  SCRIPT*  INGEST  GLOBAL  SOURCE
//	fingerprinter  SERVICE*  SCRIPT*  GLOBAL  SOURCE
//	challenge      SERVICE*  WHERE*  MATCH*  SOURCE
//	parameter      PATTERN*  SERVICE*  PURPOSE  SOURCE
//	cloak          DOMAIN*  SERVICE  SOURCE
//
// The embedded files are written by `go generate ./classify/knowledge` from the rows in generate/: change those.
//
// An entity is a company by its full name, as the ENTITY of services; its PARENT stands for each of its services
// that names none. A word is a name of a service that is a word of the language too: WHERE is "capital" (in running
// text it counts only with a capital letter inside a sentence) or "whole" (it counts only where it is all there is,
// as in the cell of a table). A parameter is a query parameter that carries a click or a visitor from one site to
// another. A cloak is a domain that sites point names of their own at (CNAME), so that a third party looks like the
// first; a domain that only delivers content is none.
//
// PURPOSES are comma-separated, likeliest first. An empty PURPOSE of a domain is its service's likeliest. A domain
// covers its subdomains; the longest domain wins, then the longest path prefix. A DOMAIN that ends in ".*" stands for
// every public suffix ("google.*": google.de, google.co.uk) and yields to one spelt out. FRAME, SCRIPT and INGEST are
// prefixes "host/path" of an address without its scheme; "*.host/path" covers subdomains too. In a path, here and in
// a DOMAIN, * is a whole part between slashes ("connect.facebook.net/*/sdk"). A SCRIPT or INGEST that serves other ends
// too stays empty.
//
// PATTERN is a name in which * stands for any characters (at least one) and # for any digits; it is anchored at
// both ends. LIFETIME is a declared maximum: "session", or a number with s, m, h, d, or y (365 days); empty means
// not known. CONFIDENCE runs from 0 to 1.
//
// HINTS, separated by spaces, all must hold, so that a short or common name does not decide alone:
//
//	shape=S     the value's evidence.Shape equals S, or begins with S where S ends in *
//	minlen=N    the value has at least N bytes
//	by=DOMAIN   setter or domain is DOMAIN or below it (several with commas)
//	consent     no condition: the item records consent itself
//	common      no condition, but the name is one that sites use for things of their own ("uid")
//
// A hint whose observation is unknown (no value was seen; neither setter nor domain is known) does not hold against
// the row but halves its confidence; of a common name it rules the row out.
//
// SAMPLES, separated by spaces, are names that must (+name) and must not (-name) match PATTERN; tests run them.
package knowledge
