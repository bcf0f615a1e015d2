package notice

// Markers in a heading that confine a section. The first that matches decides; "outside" stands before the plain
// ones because it holds their words.
var regionMarks = []struct {
	region Region
	mark   words
}{
	{"outside_us", wordsOf("region.outside_us", `\b(?:outside|not|non)[ -](?:of )?(?:the )?(?:u\.?s\.?(?:a\.?)?|united states)(?:$|\W)|\b(?:international|non-us) (?:users|visitors|residents|customers)\b`)},
	{"us-ca", wordsOf("region.us-ca", `\bcalifornia|\bccpa\b|\bcpra\b|\bcalopp?a\b`)},
	{"eu", wordsOf("", `\b(?:eu|eea|european(?: union| economic area)?|europe)\b[ /,&+]*(?:(?:and|or|the)[ /,&+]*)*(?:uk|u\.k\.|united kingdom)\b`)}, // both are "eu"
	{"uk", wordsOf("region.uk", `\b(?:uk|u\.k\.|united kingdom)[ -](?:only|users|residents|visitors|customers)|\((?:uk|u\.k\.)(?: only)?\)|\b(?:for|in|from|of) (?:the )?(?:uk|united kingdom)\b(?: residents| users)?$`)},
	{"eu", wordsOf("region.eu", `\b(?:eu|e\.u\.|eea|european(?: union| economic area)?|europe)(?:[ /,]*(?:and|&|or)?[ /,]*(?:uk|eea|eu|swiss|switzerland|united kingdom))*[ -]*(?:only|users|residents|visitors|customers|citizens|data subjects|individuals|persons)\b|\((?:eu|ue|eea|europe|european union)(?: only)?\)|\b(?:residents|citizens|users|visitors|individuals|customers|persons|data subjects|located) (?:of|in|from) (?:the )?(?:eu|eea|european|europe)\b|\beuropean (?:privacy |data protection )?rights\b|\bgdpr\b(?:.*(?:residents|users|rights|individuals))|\b(?:information|notice|provisions|terms|supplement|addendum|disclosures|rights) for (?:the )?(?:eu|eea|european union|european economic area|europe)\b`)},
	{"us", wordsOf("region.us", `\b(?:u\.?s\.?(?:a\.?)?|united states)[ -]+(?:only|residents|users|visitors|customers|consumers|state)|\((?:u\.?s\.?(?:a\.?)?|united states)(?: only)?\)|\bresidents of (?:the )?(?:u\.?s\.?(?:\W|$)|united states)|\b(?:residents|consumers) (?:of|in) (?:the )?(?:state of )?(?:`+states+`)\b|\b(?:`+states+`)\b.*\b(?:residents|consumers|privacy|rights)`)},
}

// regionOf reads the region marker of a heading.
func regionOf(title string) Region {
	t := textOf(title)
	for _, m := range regionMarks {
		if m.mark.find(t) != nil {
			return m.region
		}
	}
	return ""
}

// states are those of the United States that have a privacy law for consumers, save California.
const states = `nevada|virginia|colorado|connecticut|utah|texas|oregon|montana|delaware|iowa|nebraska|new hampshire|new jersey|tennessee|minnesota|maryland|indiana|kentucky|rhode island|florida|washington state`
