package browser

import (
	"fmt"
	"maps"
	"slices"

	"trackaudit/crawler/evidence"
)

// reach says whether the visit's choice was made. A signal is made by sending it: the requests that carried it prove it,
// by the headers that Chrome sent. One that no request carried was not made. The caller holds mu.
func (c *capture) reach() evidence.Reach {
	made := evidence.Reach{Outcome: "made"}
	for _, name := range slices.Sorted(maps.Keys(c.signals.Headers)) {
		value := c.signals.Headers[name]
		sent, all := 0, 0
		for _, infos := range c.cookies {
			for _, info := range infos {
				all++
				if header(info.Headers, name) == value {
					sent++
				}
			}
		}
		made.Proof = fmt.Sprintf("%s: %s went out with %d of %d requests", name, value, sent, all)
		if all > 0 && sent == 0 {
			made.Outcome = "failed"
			return made
		}
	}
	return made
}
