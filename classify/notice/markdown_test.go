package notice

import (
	"fmt"
	"slices"
	"testing"

	"trackaudit/crawler/evidence"
)

// TestMarkdown reads marks in the many ways that they are written.
func TestMarkdown(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string // the blocks: h and a level, i or p, and the text
	}{
		{"# Cookies\n\nWe use cookies.", []string{"h1 Cookies", "p We use cookies."}},
		{"###Cookies\nWe use cookies.", []string{"h3 Cookies", "p We use cookies."}},
		{"Text above\n#### Cookies ####\nbelow", []string{"p Text above", "h4 Cookies", "p below"}},
		{"    ### Cookies", []string{"h3 Cookies"}},
		{"- ### Cookies\n- plain", []string{"h3 Cookies", "i plain"}},
		{"> ## Cookies\n> We use\n> cookies.", []string{"h2 Cookies", "p We use\ncookies."}},
		{"Cookies\n===", []string{"h1 Cookies"}},
		{"#cookies is a tag", []string{"p #cookies is a tag"}},
		{"The cookie `_gat_<id>` and `__x_y__`.", []string{"p The cookie _gat_<id> and __x_y__."}},
		{"``a ` b`` and *this* `*that*`", []string{"p a ` b and this *that*"}},
		{"A lone ` mark and _emphasis_ and snake_case_name", []string{"p A lone  mark and emphasis and snake_case_name"}},
	} {
		p, err := readPage(evidence.Document{URL: "notice.md", Body: []byte(c.text)})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, b := range p.blocks {
			text := p.text[b.Start:b.End]
			switch b.kind {
			case heading:
				text = fmt.Sprintf("h%d %s", b.level, text)
			case item:
				text = "i " + text
			default:
				text = "p " + text
			}
			got = append(got, text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}
