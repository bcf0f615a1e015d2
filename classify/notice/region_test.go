package notice

import (
	"testing"

	"trackaudit/crawler/evidence"
)

func TestRegionOf(t *testing.T) {
	for title, want := range map[string]Region{
		"Notice to California residents": "us-ca", "CCPA notice": "us-ca", "California Privacy Rights": "us-ca",
		"Nevada residents": "us", "Residents of Virginia": "us", "Notice to Oregon consumers": "us", "Additional U.S. state disclosures": "us",
		"Your Colorado, Connecticut and Utah privacy rights": "us", "United States residents": "us",
		"For residents of the EEA, UK and Switzerland": "eu", "EU/UK users": "eu", "Users in the European Union": "eu", "Your rights (EEA)": "eu",
		"UK visitors": "uk", "Visitors from the United Kingdom": "uk",
		"Outside the United States": "outside_us", "International users": "outside_us",
		"Nutzer in der EU": "eu", "Nutzer aus Kalifornien": "us-ca", "Gäste außerhalb der USA": "outside_us", "Nutzer im Vereinigten Königreich": "uk",
		"Utilisateurs situés dans l’Union européenne": "eu", "Résidents de Californie": "us-ca", "Visiteurs des États-Unis": "us",
		"Usuarios de la Unión Europea": "eu", "Residentes en California": "us-ca", "Utenti dell'Unione Europea": "eu",
		"Gebruikers in de EU": "eu", "Inwoners van Californië": "us-ca", "Titulares na União Europeia": "eu", "Residentes da Califórnia": "us-ca",
		// What confines nothing.
		"Transfers outside the EU": "", "EU representative": "", "Privacy Shield: EU-US": "", "Information we collect": "", "Übermittlung in die USA": "",
	} {
		if got := regionOf(title); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
}

// TestRegionReaches demands that a heading's region reaches all below it: sentences, lists, tables and cards, in the
// sections within it too, and nothing after it.
func TestRegionReaches(t *testing.T) {
	body := `<html><body><h1>Privacy notice</h1><p>We use cookies to count visits to our pages, and we tell here how we handle personal information.</p>
<h2>Notice to California residents</h2><p>We share identifiers with advertising partners.</p>
<h3>Cookies</h3><p>We use pixels to show you advertisements.</p><ul><li>Our affiliates receive your IP address.</li></ul>
<table><tr><th>Cookie</th><th>Purpose</th></tr><tr><td>_ac_id</td><td>Counts visits</td></tr></table>
<h4>ac_sid</h4><p>Purpose: keeps you signed in</p><p>Duration: 2 days</p>
<h2>Contact</h2><p>Our servers log your IP address.</p></body></html>`
	n, err := Read([]evidence.Document{{URL: "https://shop.test/privacy", ContentType: "text/html", Body: []byte(body)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	from, to := n.Documents[0].Sections[1].Start, 0
	for _, s := range n.Documents[0].Sections {
		if s.Title == "Contact" {
			to = s.Start
		}
	}
	inside := 0
	for _, d := range n.Declarations {
		want := Region("")
		if d.Start >= from && d.Start < to {
			want = "us-ca"
			inside++
		}
		if d.Region != want {
			t.Errorf("%q: %q, want %q", d.Quote, d.Region, want)
		}
	}
	if inside < 5 || inside == len(n.Declarations) {
		t.Errorf("%d of %d declarations under the heading", inside, len(n.Declarations))
	}
}
