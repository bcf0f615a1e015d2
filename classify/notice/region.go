package notice

import (
	"regexp"
	"strings"
)

// Markers in a heading that confine a section. The first that matches decides; "outside" stands before the plain
// ones because it holds their words.
var regionMarks = []struct {
	region Region
	mark   *regexp.Regexp
}{
	{"outside_us", regexp.MustCompile(`(?i)\b(?:outside|not|non)[ -](?:of )?(?:the )?(?:u\.?s\.?(?:a\.?)?|united states)(?:$|\W)|\b(?:international|non-us) (?:users|visitors|residents|customers)\b|außerhalb der (?:usa|vereinigten staaten)|hors (?:des )?états-unis|fuera de (?:los )?(?:ee\. ?uu\.|estados unidos)|(?:al di )?fuori (?:dagli|degli) (?:stati uniti|usa)|buiten de (?:vs|verenigde staten)|fora dos (?:eua|estados unidos)`)},
	{"us-ca", regexp.MustCompile(`(?i)\bcalifornia|\bccpa\b|\bcpra\b|\bcalopp?a\b|\bkalifornien|\bcalifornie|\bcalifórnia`)},
	{"uk", regexp.MustCompile(`(?i)\b(?:uk|u\.k\.|united kingdom)[ -](?:only|users|residents|visitors|customers)|\((?:uk|u\.k\.)(?: only)?\)|\b(?:for|in) (?:the )?(?:uk|united kingdom)\b(?: residents| users)?$`)},
	{"eu", regexp.MustCompile(`(?i)\b(?:eu|e\.u\.|eea|european(?: union| economic area)?|europe)(?:[ /,]*(?:and|&|or)?[ /,]*(?:uk|eea|eu|swiss|switzerland|united kingdom))*[ -]*(?:only|users|residents|visitors|customers|citizens|data subjects|individuals|persons)\b|\((?:eu|eea|europe|european union)(?: only)?\)|\b(?:residents|citizens|users|visitors|individuals|customers|persons|data subjects|located) (?:of|in|from) (?:the )?(?:eu|eea|european|europe)\b|\bgdpr\b(?:.*(?:residents|users|rights|individuals))|nur (?:eu|ewr)\b|\(nur (?:eu|ewr)\)|résidents de l'(?:ue|eee)|residentes (?:en|de) la (?:ue|unión europea)|residenti nell'(?:ue|unione europea)|inwoners van de eu|residentes na (?:ue|união europeia)`)},
	{"us", regexp.MustCompile(`(?i)\b(?:u\.?s\.?(?:a\.?)?|united states)[ -]+(?:only|residents|users|visitors|customers|consumers|state)|\((?:u\.?s\.?(?:a\.?)?|united states)(?: only)?\)|\bresidents of (?:the )?(?:u\.?s\.?(?:\W|$)|united states)|\bnur (?:usa|us)\b|\(états-unis(?: uniquement| seulement)?\)|uniquement aux états-unis|solo (?:ee\. ?uu\.|estados unidos|stati uniti|usa)|alleen (?:vs|verenigde staten)|(?:apenas|somente) (?:eua|estados unidos)|\b(?:nevada|virginia|colorado|connecticut|utah)\b.*(?:residents|privacy|rights)`)},
}

// regionOf reads the region marker of a heading.
func regionOf(title string) Region {
	title = strings.ReplaceAll(title, "’", "'")
	for _, m := range regionMarks {
		if m.mark.MatchString(title) {
			return m.region
		}
	}
	return ""
}
