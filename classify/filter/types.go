package filter

// types is a set of resource types.
type types uint16

const (
	document types = 1 << iota // the page itself
	subdocument
	script
	image
	stylesheet
	xhr
	ping
	websocket
	font
	media
	object
	other

	anyType      = other<<1 - 1
	anyByDefault = anyType &^ document
)

// typeOptions are the names of types in rules.
var typeOptions = map[string]types{
	"document": document, "doc": document,
	"subdocument": subdocument, "frame": subdocument,
	"script": script,
	"image":  image, "background": image,
	"stylesheet": stylesheet, "css": stylesheet,
	"xmlhttprequest": xhr, "xhr": xhr,
	"ping": ping, "beacon": ping,
	"websocket": websocket,
	"font":      font,
	"media":     media,
	"object":    object, "object-subrequest": object,
	"other": other, "xbl": other, "dtd": other,
	"all": anyType,
}

// typeOf maps a resource type of the Chrome DevTools Protocol to that of a rule, the way Chrome's webRequest does,
// for which the lists are written: fetch and EventSource are XMLHttpRequests there, a text track is media, and
// everything without a name of its own is other.
func typeOf(cdp string) types {
	switch cdp {
	case "Document":
		return document
	case "SubFrame":
		return subdocument
	case "Script":
		return script
	case "Image":
		return image
	case "Stylesheet":
		return stylesheet
	case "XHR", "Fetch", "EventSource":
		return xhr
	case "Ping":
		return ping
	case "WebSocket":
		return websocket
	case "Font":
		return font
	case "Media", "TextTrack":
		return media
	case "Object":
		return object
	}
	return other
}
