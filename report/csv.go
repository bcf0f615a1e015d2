package report

import (
	"io"
	"strings"
)

// CSV writes the findings and gaps as a table for a spreadsheet (RFC 4180, UTF-8). Every cell is quoted, whatever
// separator a program expects, and one that a program would take for a formula begins with an apostrophe.
func CSV(w io.Writer, r *Report) error {
	r = cleaned(r)
	var b strings.Builder
	row := func(cells ...string) {
		for i, c := range cells {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"` + strings.ReplaceAll(harmless(c), `"`, `""`) + `"`)
		}
		b.WriteString("\r\n")
	}
	row("site", "severity", "rule", "subject", "message", "fix", "quote", "basis", "fingerprint", "observations", "status", "remark")
	list := points(r)
	prints := fingerprints(list)
	for i, f := range list {
		row(r.Target.Site, f.Severity, f.Rule, f.Subject, f.Message, f.Fix, f.Quote, f.Basis, prints[i], strings.Join(f.Observations, " "), string(f.Status), remark(f))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// harmless keeps a spreadsheet from reading a cell as a formula (OWASP, CSV injection; the wide forms are what some
// programs fold into the plain ones). Spaces before the sign do not protect.
func harmless(cell string) string {
	if start := strings.TrimLeft(cell, " '\""); start != "" && strings.ContainsRune("=+-@＝＋－＠|%", []rune(start)[0]) {
		return "'" + cell
	}
	return cell
}
