package notice

import "testing"

// labelPassages are passages as notices write them, by the label of the corpus' annotators that they earn or only seem to:
// each class of language that a label means has a few of its own, and so has each that merely uses the same words. They
// were labelled before they were first read, in two lots; of the second, written once the first was read right, the first
// reading gave (precision/recall) location .86/.43, advertising .89/.80, analytics .86/.50, personalization 1.00/.30,
// NOT-share .77/.71, for they seek what is seldom said.
var labelPassages = map[string]struct{ earn, seem []string }{
	"tech:location": {
		earn: []string{
			// A place told by a device, or read off its address.
			"With your permission, our app reads the GPS signal of your phone to find shops nearby.",
			"We derive your approximate location from your IP address.",
			"We may use Wi-Fi access points and cell towers to determine where your device is.",
			"Our mobile app collects your precise location even when it runs in the background.",
			"Bluetooth beacons in our shops tell us when you are near a shelf.",
			"The app records latitude and longitude of each trip.",
			"If you enable location services, we use your whereabouts to show deals around you.",
			"We collect real-time information about the location of your device.",
			// In a list of what is collected.
			"This includes your browser type, operating system, location, and the pages you visit.",
			"We log device type, language, time zone, country and city.",
			"Usage data: pages viewed, time spent, referring site, general location.",
			"The following may be collected: Internet domain, host name, geographic region, type of browser.",
			"Demographic information such as age, gender and zip code may be collected.",
			"Location data. When you use our services, we may process information about your actual location.",
			// What is done with it.
			"We use location-based services to recommend restaurants.",
			"We show advertisements that are targeted to your geographic area.",
			"We share your location with the driver whom you book.",
			"Our partners may receive your location so that they can send you local offers.",
			"We customize content according to the region you are in.",
			"We use your postal code to tell you about events close to your home.",
			"Advertisers may learn the city in which you are located.",
			// What a visitor makes.
			"Photos that you upload may carry geotags, which we keep.",
			"When you check in at a venue, we store the place and publish it on your profile.",
			"Your posts may show the location from which you sent them.",

			// The second lot.
			"If you allow it, your handset sends us its position each minute.",
			"Our servers note the town from which you connect.",
			"Your ISP and the general area of your computer can be told from the address.",
			"We may ask for your location to find a dealer close to you.",
			"Data that we receive from your car includes speed, location and mileage.",
			"We keep a history of the places that you searched for and of where you were when you searched.",
			"Tell us your zip code and we show you the weather.",
			"Location-enabled services need to know where you are.",
			"Our partner serves ads that fit your state or city.",
			"Mobile carriers may give us the whereabouts of your phone.",
			"We collect your time zone and your location.",
			"To prevent fraud we compare the location of the card holder with that of the device.",
			"We use this to estimate the number of users in a geographic region.",
			"Some images hold the coordinates at which they were taken.",
		},
		seem: []string{
			// Law and rights.
			"Depending on where you are located, you may have additional rights.",
			"If you are located in the European Economic Area, the controller is Acme Lamps Ltd.",
			"The laws of the country in which you are located may differ from ours.",
			"Regardless of your location, we treat your data alike.",
			"Users located outside the United States use the site at their own risk.",
			"You may complain to the authority of your place of residence or the location of the alleged breach.",
			// Where data is moved to and kept.
			"Your information may be processed on servers located outside of your country.",
			"We may transfer personal information to countries other than the one in which you live.",
			"All data is stored at a secure location in Ohio.",
			"Back-ups are moved to an off-site location every night.",
			"By using our site you consent to the transfer of information to locations outside of your state.",
			"Our service providers are located in India and in Brazil.",
			"Paper files are kept in locked rooms at our headquarters location.",
			// Where something else is.
			"Visit any of our locations to ask for a copy of this notice.",
			"Write to the privacy officer at our office location in Dublin.",
			"We ask for the date and the location of your event so that we can quote a price.",
			"When you order, we ask where the goods are to go, including the delivery location.",
			"Applicants may tell us the job location that they prefer.",
			"A retail location may have cameras at the door.",
			"We will post changes in a prominent location on our site.",
			"The link is located at the bottom of each page.",
			"The address bar shows the location of the page.",
			"Please mail your request to our business address, located in Austin, Texas.",
			"The location of this setting varies from browser to browser.",
			"We recommend that you store your password in a safe location.",
			"Our franchise locations are owned by others and have notices of their own.",
			// Denied.
			"We do not collect the precise location of your device.",
			"Our site collects no GPS data.",

			// The second lot.
			"The courts at the location of our head office decide.",
			"Please choose a location for your appointment from the list.",
			"We have offices at several locations throughout the country.",
			"Wherever you live, you may write to us.",
			"The notice is posted at each of our locations.",
			"Files are encrypted before they leave the location in which they were made.",
			"Our site is run from the United States; if you visit us from elsewhere, your data goes there.",
			"You may find the settings in different locations, depending on your browser.",
			"Personal data may be accessed by staff at a location outside the EEA.",
			"Companies located abroad may have other rules.",
			"The cookie tells us the location on the page where you clicked.",
			"Each hotel tells you at its location how long it keeps recordings.",
			"We ask that you provide the name and location of the company that you work for.",
			"Local laws may give you further rights, which differ by state and country.",
			"Your data is stored in the region that your company chose.",
			"Goods may not be available in all geographic areas.",
		},
	},
	"cookiepurpose:advertising": {
		earn: []string{
			"Third-party ad servers may place cookies on your browser so that they can show you ads that suit you.",
			"We use cookies to reach you with our offers on other sites after you leave ours.",
			"These cookies limit how many times you see the same ad.",
			"Cookies are used for retargeting.",
			"Google uses the DoubleClick cookie to serve ads based on your visits to this site.",
			"Our sponsors may use web beacons to see whether an ad led to a purchase.",
			"We work with advertising networks. They set cookies of their own. With these they build a profile of your interests.",
			"We and our partners use cookies, pixels and the like to deliver interest-based advertising.",
			"Network advertisers collect data about your visits through cookies.",
			"Pixel tags in our e-mails help us learn how well a marketing campaign does.",
			"Affiliates set a cookie in order to credit the sale to the advertisement that you clicked.",
			"Cookies enable us to send you promotional messages that fit what you looked at.",
			"Our site shows ads by outside companies. These companies may set and read cookies when they serve them.",
			"Ad cookies: they remember that you have visited a website and tell other organisations such as advertisers.",
			"We let selected partners drop a cookie to target you with their marketing elsewhere on the Internet.",
			"Some cookies collect information about your browsing habits in order to make advertising relevant to you.",
			"Cookies help us decide which banner to show.",
			"We may use a tracking pixel to sell advertising space more effectively.",
			"Web beacons let our ad partners count how often an ad was viewed.",

			// The second lot.
			"Our advertisers may send cookies to your computer when you click on what they show.",
			"We use remarketing services, which set a cookie, to advertise on other web sites to people who visited ours.",
			"The ad network uses web beacons. It does so to learn which campaigns lead visitors to us.",
			"Information collected by cookies may be used to target promotions at you.",
			"Cookies help the companies that advertise with us to know what interests you.",
			"We and third parties use tracking technologies to serve you with offers that may be of interest.",
			"Targeting cookies are used to deliver content that suits your interests, including adverts.",
			"Cookies stop you from seeing one and the same advert over and over.",
			"Ads that appear on our pages are delivered by partners, who may set cookies.",
			"DoubleClick's cookie lets it and its partners serve ads to you.",
		},
		seem: []string{
			"We use cookies to keep you signed in. We also send a newsletter with offers.",
			"We do not use cookies for advertising.",
			"Advertisements keep our site free of charge. Cookies keep your cart.",
			"Sites that advertise on ours may have cookies of their own, and this notice does not cover them.",
			"If you refuse cookies, you will still see ads.",
			"We use your e-mail address to send you marketing messages.",
			"You may opt out of interest-based advertising. The page of the alliance explains what cookies are.",
			"We use cookies to count visits to our site.",
			"We share aggregate figures with advertisers. Cookies store your language.",
			"We place a cookie that remembers that you have closed the banner.",
			"Our cookies do not gather information for marketing to you.",

			// The second lot.
			"Cookies keep your session. You get our brochure with special offers if you ask for it.",
			"Advertisers never see our cookies.",
			"We do not let ad networks set cookies on our site.",
			"Cookies hold what is in your cart when you look at our offers.",
			"Our newsletter contains a pixel that tells us if it was opened.",
			"Marketing e-mails are sent only if you ask for them; a cookie stores your language.",
		},
	},
	"cookiepurpose:analytics": {
		earn: []string{
			"Cookies tell us which parts of our site are visited most.",
			"We use web beacons to see if an e-mail was opened.",
			"We use cookies to understand how people move around our site.",
			"Our site uses cookies to recognise repeat visits and to see how many people come each day.",
			"These tools use cookies to compile reports for us on site activity.",
			"Through cookies we learn what works on our site and what does not, so that we can improve it.",
			"Google Analytics uses cookies to help us analyse how visitors use the site.",
			"We and our vendors use cookies, beacons and scripts to analyse trends, administer the site, track users' movements around it and gather demographic information about our users as a whole.",
			"Pixels help us gauge whether a page does its job.",
			"We use cookies to conduct research on how our pages are used.",
			"With cookies we can find out which search engine brought you to us.",
			"Some cookies record how long you stay on a page.",
			"Performance cookies collect data about errors that visitors meet.",
			"We use a cookie to tell new visitors from those who return.",
			"Clear GIFs let us count users who have visited certain pages.",

			// The second lot.
			"With the aid of cookies we study how our pages are read.",
			"We set cookies to keep count of return visits.",
			"Cookies show us the paths that visitors take through our site.",
			"A pixel tells us whether you opened our letter.",
			"Our log files and cookies are analysed to learn what visitors like.",
			"These cookies gather facts about how our site is used, for instance which pages are called most.",
			"We use cookies for statistical purposes.",
			"Cookies let us know where our visitors come from.",
			"We use them, together with cookies, to track the success of our site.",
			"Our measurement partner sets cookies to estimate the size of our audience.",
			"We use cookies for internal purposes, such as finding out what to improve.",
			"Cookies help us to diagnose problems and to see what is popular.",
		},
		seem: []string{
			"Cookies keep you signed in while you go from page to page.",
			"We analyse your purchases to plan our stock. Cookies hold your cart.",
			"We do not use cookies to track how you use our site.",
			"We use cookies to show you ads based on what you like.",
			"A cookie stores the language that you chose.",
			"Most browsers tell you how many cookies a site has set.",
			"We use statistics that the post office publishes. Our site sets a cookie for your cart.",
			"If you disable cookies, the performance of our site may suffer.",
			"Reports of abuse are read by our staff. A cookie keeps you logged in.",
			"We improve our lamps with what customers tell us by phone. Cookies remember your cart.",

			// The second lot.
			"Cookies keep track of your cart.",
			"We count on cookies for signing you in.",
			"A cookie tells our server that you are logged in.",
			"We may publish statistics on our customers. Cookies are needed for the shop.",
			"We use cookies to protect our forms from abuse.",
			"Your answers to our survey are analysed by our staff. Cookies store your language.",
		},
	},
	"cookiepurpose:personalization": {
		earn: []string{
			"Cookies let us greet you by name when you come back.",
			"We use cookies to remember the language that you chose.",
			"With cookies we can show you content that matches your interests.",
			"A cookie saves your preferences for your next visit.",
			"Cookies allow us to tailor our pages to you.",
			"We use cookies and beacons to give you a more personal experience.",
			"Cookies make it possible to recommend lamps that you may like.",
			"These cookies recall the choices you made, such as font size and region.",
			"We use a cookie to recognise you, so that you do not have to type your details again.",
			"Our site sets cookies. They are used to customise the layout of your start page.",
			"By means of cookies, our site adapts to what you like.",

			// The second lot.
			"Cookies save you from choosing your country anew.",
			"We use cookies to make your visit more personal.",
			"Cookies hold your settings, such as text size.",
			"With cookies we can offer you what suits you.",
			"A cookie lets our site know you when you come again and show you your favourites.",
			"The site uses cookies so that it may remember who you are.",
			"Functional cookies store choices like language or region.",
			"We use cookies to present articles that you are likely to want to read.",
			"Cookies make our site easier to use by remembering your choices.",
			"We use cookies to suggest products based on what you have looked at.",
		},
		seem: []string{
			"You can set your preferences for cookies in your browser.",
			"Use our cookie preferences to change what you allow.",
			"We use cookies to secure your account.",
			"We use cookies to serve ads tailored to your interests.",
			"Cookies are not used to personalise our pages.",
			"Your e-mail preferences can be changed in your account. We use cookies to keep you signed in.",
			"Cookies measure how often pages are seen.",
			"Our staff gives personal advice. The site sets a cookie for your cart.",
			"We use cookies to remember whether you have agreed to cookies.",
			"Without cookies you will have to change your settings on each visit, says the help of your browser.",

			// The second lot.
			"We use cookies to keep your payment safe.",
			"Cookies count how many people saw a page.",
			"You may change your preferences at any time; we set no further cookies then.",
			"We use cookies to tailor ads to you.",
			"Cookies do not hold personal data.",
			"Our site sets a cookie to balance the load of our servers.",
		},
	},
	"neg:tp": {
		earn: []string{
			"Your details stay with us and are never passed to anyone else.",
			"We will not rent, sell or give away your e-mail address.",
			"Acme Lamps does not trade customer lists with other companies.",
			"Under no circumstances will your data be sold.",
			"We do not make your phone number available to third parties for their marketing.",
			"No information that could identify you is disclosed to advertisers.",
			"The information is used only by us and is not shared with other organisations.",
			"Except as described in this notice, we do not share personal information with third parties.",
			"We will never disclose your answers without your permission.",
			"Our advertisers receive no information that identifies you personally.",
			"We don't give out your number.",
			"It is our policy never to sell personal data.",
			"Credit card numbers are not stored, and we do not disclose them to third parties.",
			"Third parties do not have access to your records.",
			"Your profile will not be released to any outside party.",
			"We keep your data confidential and share it with no one.",
			"We do not share your personally identifiable information with others, unless the law requires it.",
			"Neither your name nor your address is transferred to our partners.",

			// The second lot.
			"Be assured that your data is not for sale.",
			"We never give your details to marketers.",
			"Personal information will not be exchanged, sold or transferred to any other company for any reason whatsoever.",
			"We do not and will not sell your name to list brokers.",
			"No mobile information will be shared with third parties.",
			"We do not permit third parties to collect your data on our site.",
			"Your e-mail address will be kept private and won't be shared.",
			"Such information is for internal use only and is not disclosed.",
			"At no time do we lend or trade our mailing list.",
			"We do not share information with anyone outside our company, save where a court orders it.",
			"Apart from our hosting company, nobody receives your data.",
			"We treat your records as confidential and do not reveal them to outsiders.",
			"Our company has not sold personal information in the last twelve months.",
		},
		seem: []string{
			"We do not collect personal information from visitors.",
			"We do not use cookies.",
			"If you do not wish us to share your data, tell us.",
			"We are not responsible for how third parties use what you share with them.",
			"Our vendors are not permitted to use the data for anything else.",
			"You should not share your password with anyone.",
			"You may choose not to have your data disclosed to third parties.",
			"We cannot guarantee that hackers will not disclose your data.",
			"This notice does not apply to companies that we do not own.",
			"Third parties that get data from us may not sell it.",
			"We share data with partners that do not identify you.",
			"We do not control what those sites share.",
			"We share aggregate information that does not identify any person with advertisers.",
			"Do not send us the details of other people.",
			"We will not ask you for your password by e-mail.",
			"Not all of our partners share data with us.",
			"You can tell us not to sell your information.",
			"We have not shared this notice in print.",
			"We do not limit what we share with our affiliates.",

			// The second lot.
			"Nothing in this notice keeps us from sharing your data with the police.",
			"If you do not agree, do not give us your data.",
			"Never disclose your password to anybody.",
			"We do not knowingly collect data from children or share it.",
			"We share no more than our vendors need.",
			"It is not our fault if others share your data.",
			"We may share data that does not name you with sponsors.",
			"This does not include transfers to our processors.",
			"We are not able to delete what you shared with others.",
			"Sites that do not belong to us may share your data.",
			"You need not share your name with us.",
			"Our partners will not contact you by phone.",
		},
	},
}

// TestLabels reads each passage alone, and tells how many of those that earn a label get it, and how many others.
func TestLabels(t *testing.T) {
	for label, passages := range labelPassages {
		var sum tally
		for _, want := range []bool{true, false} {
			texts := passages.seem
			if want {
				texts = passages.earn
			}
			for _, text := range texts {
				given := false
				for _, d := range readText(t, padding+text+"\n").Declarations {
					for _, l := range labelsOf(d) {
						given = given || l == label
					}
				}
				sum.count(given, want, want)
				if given != want {
					t.Errorf("%s: want %v of %q", label, want, text)
				}
			}
		}
		t.Logf("%-30s %s of %d passages", label, sum, len(passages.earn)+len(passages.seem))
	}
}
