package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// listed is what `go list -json` tells of a package.
type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// oneWay says who may import what of ours, and why. A package that is not named here may import nothing of ours;
// floors, no arrow goes up (README, "How it is built").
var oneWay = map[string]struct {
	may string // our packages it may import directly, space-separated
	why string
}{
	"crawler/evidence":   {"", "the ground: the one message type knows nothing of who makes or judges it"},
	"classify/knowledge": {"crawler/evidence", "facts speak evidence's words and hold no opinion"},
	"classify/notice":    {"crawler/evidence classify/knowledge", "a notice is read the same whatever was seen"},
	"classify/filter":    {"crawler/evidence classify/knowledge", "a list match is a fact for the judge"},
	"classify":           {"crawler/evidence classify/knowledge classify/notice classify/filter", "pure judgement: no browser, no network"},
	"crawler/queue":      {"crawler/evidence", "jobs are addresses and choices"},
	"crawler/consent":    {"crawler/evidence classify/knowledge", "banner facts are data"},
	"crawler/browser":    {"crawler/evidence classify/knowledge crawler/consent", "captures; a crawler has no opinion"},
	"crawler/discover":   {"crawler/evidence classify/knowledge", "finds pages and the notice's address; does not read it"},
	"crawler":            {"crawler/evidence crawler/queue crawler/consent crawler/browser crawler/discover classify/knowledge", "joins discovery and the browser"},
	"report":             {"crawler/evidence classify/knowledge classify/notice classify", "renders; decides no verdict and no rule"},
	"testsites":          {"crawler/evidence", "the test web is its own truth"},
	"cmd/trackaudit": {"crawler/evidence crawler/queue crawler/consent crawler/browser crawler/discover crawler " +
		"classify/knowledge classify/notice classify/filter classify report testsites", "the top: it may use all"},
}

// onlyIn says which package alone may import a module, and why.
var onlyIn = map[string]struct{ pkg, why string }{
	"github.com/chromedp/":               {"crawler/browser", "one door to Chrome"},
	"github.com/gocolly/":                {"crawler/discover", "one place for static fetching"},
	"github.com/olekukonko/tablewriter":  {"report", "one place for the terminal table"},
	"github.com/spf13/":                  {"cmd/trackaudit", "flags belong to the command"},
	"github.com/klippa-app/go-pdfium":    {"classify/notice", "one place for PDF"},
	"github.com/tetratelabs/wazero":      {"classify/notice", "the sandbox of the PDF reader, and of nothing else"},
	"github.com/rogpeppe/go-internal/te": {"cmd/trackaudit", "shell sessions test the command"},
}

// never says which standard packages a tree keeps away from, and why.
var never = []struct{ tree, pkg, why string }{
	{"classify", "net/http", "pure functions: HTTP lives in cmd and is passed down"},
	{"classify", "os", "pure functions: cmd reads files"},
	{"classify", "os/exec", "pure functions"},
	{"report", "os", "writers write to an io.Writer"},
	{"report", "net/http", "a report is made offline"},
	{"crawler/evidence", "net/http", "evidence is data"},
}

func TestImports(t *testing.T) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "trackaudit/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := 0
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		seen++
		checkImports(t, p)
	}
	if seen < 10 {
		t.Fatalf("go list found %d packages; the rules were not checked", seen)
	}
}

func checkImports(t *testing.T, p listed) {
	name := strings.TrimPrefix(p.ImportPath, "trackaudit/")
	rule, known := oneWay[name]
	if !known && !strings.Contains(name, "knowledge/") { // the generator of knowledge may import what it likes of ours
		t.Errorf("package %s is not in the table of who may import what", name)
	}
	for _, imp := range p.Imports {
		if ours, ok := strings.CutPrefix(imp, "trackaudit/"); ok && known && !contains(rule.may, ours) {
			t.Errorf("%s imports %s: it may import only [%s], because: %s", name, ours, rule.may, rule.why)
		}
		if imp == "trackaudit/testsites" && name != "cmd/trackaudit" {
			t.Errorf("%s imports testsites: only cmd/trackaudit/demo.go and tests may", name)
		}
		for prefix, only := range onlyIn {
			if strings.HasPrefix(imp, prefix) && name != only.pkg && !(only.pkg == "cmd/trackaudit" && name == "testsites") {
				t.Errorf("%s imports %s: only %s may, because: %s", name, imp, only.pkg, only.why)
			}
		}
		for _, n := range never {
			if imp == n.pkg && (name == n.tree || strings.HasPrefix(name, n.tree+"/")) && known {
				t.Errorf("%s imports %s: never, because: %s", name, imp, n.why)
			}
		}
	}
}

func contains(list, word string) bool {
	for _, w := range strings.Fields(list) {
		if w == word {
			return true
		}
	}
	return false
}
