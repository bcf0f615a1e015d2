package notice

import (
	"slices"
	"strings"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// plainClasses are the classes of a lexicon besides "tech.", "purpose.", "kept.", "content." and "rcp.".
var plainClasses = wordSet(`coordinate share object give sell acts byparty rights link child barrier from be how notlocation auxiliary standalone meta determiner relative able degree partword otheruse linkword adverb notpurpose
	oblique adverbial finite owner they get promise suchas example and noname onlyword when.consent when.optin
	when.account sale sharing salenoun crosscontext deemed business donotsell notpersonal retain retained retain.limited retain.forever lasts
	norcp nocompany sharenoun measuring umbrella weak_geolocation contact demographic meanwhile contentword mention toward place_abroad purposive disclaim adword
	collect use place keep allow hypothetical refuses not notonly but except self you data define advice if anaphora thistool forthis receive
	not_object nottech purposive_after not_after subject_after recipient_before linking
	without_click party.first party.third
	dnt.signal dnt.ignore dnt.honor dnt.unclear gpc.signal consent.implied consent.prior
	label.name label.provider label.purpose label.lifetime label.type label.party label.category label.domain
	word.session word.persistent month stop optout date.updated date.effective date.partial title.privacy title.cookie title.words
	page.button page.banner page.gone region.outside_us region.us region.us-ca region.eu region.uk`)

func knownClass(name string) bool {
	g, rest, ok := strings.Cut(name, ".")
	switch {
	case ok && g == "tech":
		return slices.Contains(evidence.Technologies, evidence.Technology(rest))
	case ok && (g == "purpose" || g == "kept" || g == "content"):
		return slices.Contains(knowledge.Purposes, knowledge.Purpose(rest))
	case ok && g == "rcp":
		return rest != ""
	}
	return plainClasses[name]
}

// storesOrSends are the technologies that the word "cookies" stands for in a notice: they have purposes.
var storesOrSends = []evidence.Technology{
	evidence.CookieTech, evidence.WebBeacon, evidence.LocalStorage, evidence.SessionStorage, evidence.FlashCookie,
	evidence.IndexedDB, evidence.CacheStorage, evidence.CacheIdentifier, evidence.ThirdPartyRequest,
	evidence.SocialWidget, evidence.Fingerprinting, evidence.SessionReplay,
}
