// Package filter matches requests against lists in Adblock syntax (EasyPrivacy, EasyList and their kind), and says
// which rule of which section of which list spoke, and which exception spoke against it.
//
// A hit is a hint and never a verdict: lists also name first-party paths, icons and what merely annoys. Rules that
// hide elements say nothing about requests and are not read at all; rules that change a request or its response
// instead of blocking it (removeparam, csp, replace, header …) are counted and left out, because what they
// act on need not be a tracker. Lists are downloaded by their user, never part of this program.
//
// # Syntax
//
// As documented by Adblock Plus ("How to write filters") and, for what it adds, by uBlock Origin ("Static filter
// syntax"). Where the two differ:
//
//   - A rule without resource types covers every type but the top document; "document" and "all" name it.
//   - An exception with "document" excepts the top document only, as in uBlock Origin; it does not switch off the
//     list on that page, as in Adblock Plus, for an auditor wants to see the rule all the same.
//   - "||example.co" is open on the right, as in both, and covers example.com; "||example.co^" does not.
//   - Where a domain= names both a domain and one below it, the most specific decides, as in Adblock Plus.
//   - redirect= (and rewrite=, its older name) blocks; redirect-rule= alone does not.
package filter

import (
	"fmt"
	"sync"
)

// Request is what a rule can look at.
type Request struct {
	URL        string // absolute; a fragment is ignored, and what comes after 8192 bytes
	Type       string // CDP resource type (Script, Image, XHR, Ping …), Document for the page itself, SubFrame for a frame
	Method     string // "" counts as GET
	Document   string // host of the document that asks, lower case: the frame's, not the page's
	ThirdParty bool   // host of URL and Document belong to different sites
}

// Rule names one line of one list.
type Rule struct {
	List    string // the name given to Parse
	Section string // the heading above the line, "Title (file)" where the list has both; "" = none
	Line    int    // from 1
	Text    string // as written
}

// String names a rule for people: list, section, line and text.
func (r Rule) String() string {
	where := fmt.Sprintf("line %d", r.Line)
	if r.Section != "" {
		where = r.Section + ", " + where
	}
	return fmt.Sprintf("%s (%s): %s", r.List, where, r.Text)
}

// Match is the rule that blocks a request and, if one un-blocks it, the exception. An exception is Rule{} if there
// is none.
type Match struct {
	Rule      Rule
	Exception Rule
}

// Blocked says that a rule blocks and no exception un-blocks.
func (m Match) Blocked() bool { return m.Rule.Text != "" && m.Exception.Text == "" }

// Matcher holds compiled lists. It does not change and may be used from several goroutines.
type Matcher struct {
	lists      []*List
	rules      []rule
	patterns   []byte
	block      index // blocking rules, important ones too
	important  index // blocking rules that no exception un-blocks
	exceptions index
	scratch    sync.Pool
}

// Compile makes one matcher of several lists. A rule with badfilter takes out its equals in all of them.
func Compile(lists ...*List) *Matcher {
	m := &Matcher{lists: lists}
	m.scratch.New = func() any { return new(target) }
	n, bytes := 0, 0
	for _, l := range lists {
		n += len(l.rules)
		bytes += len(l.patterns)
	}
	m.rules = make([]rule, 0, n)
	m.patterns = make([]byte, 0, bytes)
	for i, l := range lists {
		base := uint32(len(m.patterns))
		m.patterns = append(m.patterns, l.patterns...)
		for _, r := range l.rules {
			r.list = uint16(i)
			r.at += base
			m.rules = append(m.rules, r)
		}
	}
	bad := m.badfilters()
	var blocking, unconditional, excepting []uint32
	for i := range m.rules {
		r := &m.rules[i]
		switch {
		case r.flags&badfilter != 0 || bad[uint32(i)]:
		case r.flags&exception != 0:
			excepting = append(excepting, uint32(i))
		default:
			blocking = append(blocking, uint32(i))
			if r.flags&important != 0 {
				unconditional = append(unconditional, uint32(i))
			}
		}
	}
	m.block = m.index(blocking)
	m.important = m.index(unconditional)
	m.exceptions = m.index(excepting)
	return m
}

// Match finds the rule that blocks r. It reports false if there is none, and true also when an exception un-blocks
// the request: see Match.Blocked. Only http, https, ws and wss requests match. The same request always gives the
// same answer.
func (m *Matcher) Match(r Request) (Match, bool) {
	t := m.scratch.Get().(*target)
	defer m.release(t)
	if !t.set(&r) {
		return Match{}, false
	}
	hit := m.find(&m.block, t)
	if hit == nil {
		return Match{}, false
	}
	if hit.flags&important == 0 {
		if ex := m.find(&m.exceptions, t); ex != nil {
			all := m.find(&m.important, t)
			if all == nil {
				return Match{Rule: m.name(hit), Exception: m.name(ex)}, true
			}
			hit = all
		}
	}
	return Match{Rule: m.name(hit)}, true
}

func (m *Matcher) release(t *target) {
	t.Request = Request{}
	m.scratch.Put(t)
}

// find returns the first rule in x that matches. Rules for a host or a document are tried first: they say most.
func (m *Matcher) find(x *index, t *target) *rule {
	if x.empty() {
		return nil
	}
	for _, tokens := range [...][]uint32{t.tokens[t.hosts:], t.tokens[:t.hosts]} {
		for _, token := range tokens {
			for _, e := range x.bucket(token) {
				if e.token == token {
					if r := &m.rules[e.rule]; m.matches(r, t) {
						return r
					}
				}
			}
		}
	}
	for _, i := range x.rest {
		if r := &m.rules[i]; m.matches(r, t) {
			return r
		}
	}
	return nil
}

func (m *Matcher) matches(r *rule, t *target) bool {
	if r.types&t.kind == 0 || r.flags&t.party == 0 {
		return false
	}
	if r.opts != nil && r.opts.re != nil {
		return r.opts.re.MatchString(t.URL) && r.opts.allow(t)
	}
	return r.fits(m.patterns[r.at:r.at+uint32(r.length)], t) && (r.opts == nil || r.opts.allow(t))
}

func (m *Matcher) name(r *rule) Rule {
	l := m.lists[r.list]
	return Rule{List: l.Name, Section: l.section(int(r.line)), Line: int(r.line), Text: r.text}
}
