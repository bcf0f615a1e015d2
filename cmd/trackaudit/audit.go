package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"trackaudit/classify"
	"trackaudit/classify/notice"
	"trackaudit/crawler"
	"trackaudit/crawler/browser"
	"trackaudit/crawler/discover"
	"trackaudit/crawler/evidence"
)

func auditCommand() *cobra.Command {
	var c crawling
	var j judging
	cmd := &cobra.Command{
		Use:   "audit URL [URL…]",
		Short: "Find the notice, visit the site, judge, and write the run folder",
		Long: `Find the site's privacy notice, visit its pages with Chrome, judge everything that was stored and
sent against what the notice declares, print the result, and write the run folder with the evidence.

Exit code: 0 pass, 1 findings at or above --fail-on, 2 usage or configuration, 3 inconclusive.`,
		Example: `  trackaudit audit https://www.example.com
  trackaudit audit https://www.example.com --notice https://www.example.com/privacy --out run
  trackaudit audit staging.example --host-rule "MAP staging.example 127.0.0.1:8443" --insecure`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if c.resume != "" {
				return resume(cmd, args, &c, &j)
			}
			targets, err := applyConfig(j.config, j.environment, cmd.Flags(), &j)
			if err != nil {
				return err
			}
			if len(args) > 0 {
				targets = args
			}
			return audit(cmd, targets, &c, &j)
		},
	}
	c.register(cmd.Flags())
	j.register(cmd.Flags())
	return cmd
}

// audit audits each target in turn and returns the worst exit code, in the order 2, 1, 3, 0.
func audit(cmd *cobra.Command, targets []string, c *crawling, j *judging) error {
	if len(targets) == 0 {
		return hintf(errors.New("no address to audit"), "for example: trackaudit audit https://www.example.com")
	}
	urls := make([]string, len(targets))
	for i, t := range targets {
		var err error
		if urls[i], err = target(t); err != nil {
			return err
		}
	}
	r, err := j.parse()
	if err != nil {
		return err
	}
	p, err := c.parse(r.downloaded...)
	if err != nil {
		return err
	}
	if len(urls) == 1 {
		dir := c.out
		if dir == "" {
			dir = filepath.Join("trackaudit-run", folderName(urls[0], time.Now()))
		}
		return auditSite(cmd, urls[0], dir, p, r, j.declaration, false)
	}
	base := c.out
	if base == "" {
		base = filepath.Join("trackaudit-run", time.Now().UTC().Format(stamp))
	}
	worst := error(nil)
	used := map[string]bool{}
	for _, u := range urls {
		name := fileSafe(evidence.HostOf(u))
		for used[name] {
			name += "-2"
		}
		used[name] = true
		err := auditSite(cmd, u, filepath.Join(base, name), p, r, j.declaration, true)
		var code exit
		if err != nil && !errors.As(err, &code) {
			printError(cmd.ErrOrStderr(), fmt.Errorf("%s: %w", u, err))
			err = exit(exitUsage)
		}
		if worse(err, worst) {
			worst = err
		}
		if cmd.Context().Err() != nil {
			return exit(exitInterrupted)
		}
	}
	return worst
}

// worse orders exit codes 2, 1, 3, 0.
func worse(a, b error) bool {
	rank := func(err error) int {
		var code exit
		errors.As(err, &code)
		return map[exit]int{exitPass: 0, exitInconclusive: 1, exitFindings: 2, exitUsage: 3}[code]
	}
	return rank(a) > rank(b)
}

// auditSite is the main job: one site, from its address to its run folder.
func auditSite(cmd *cobra.Command, start, dir string, p *plan, r rules, declaration string, several bool) error {
	if declaration != "" { // a broken file must not cost a crawl
		if _, err := readDeclarations(declaration); err != nil {
			return fmt.Errorf("--declaration: %w", err)
		}
	}
	addresses, files, err := givenNotices(p.notices)
	if err != nil {
		return err
	}
	folder, err := createRun(dir)
	if err != nil {
		return err
	}
	info := runInfo{Schema: runSchema, Tool: "trackaudit", Version: toolVersion(), Target: start,
		Site: evidence.SiteOf(evidence.HostOf(start)), Started: time.Now().UTC(), Choices: p.choices, Interrupted: true,
		Flags: changedFlags(cmd), KeepValues: p.keepValues, FirstParty: p.firstParty,
		Hashes: map[string]string{"knowledge": p.facts.Hash()}}
	maps.Copy(info.Hashes, r.hashes)
	for i, o := range p.overlays {
		name := fmt.Sprintf("knowledge/%d.tsv", i+1)
		if err := folder.write(name, o.TSV); err != nil {
			return err
		}
		info.Overlays = append(info.Overlays, storedOverlay{name, o.Name})
	}
	return auditInto(cmd, folder, info, addresses, files, nil, p, r, declaration, several)
}

// resume goes on with a run that was interrupted: with the flags it was begun with, but for those given now.
func resume(cmd *cobra.Command, args []string, c *crawling, j *judging) error {
	if len(args) > 0 || c.out != "" {
		return hintf(errors.New("--resume goes on with a run in its folder, at its address"), "leave the address and --out away")
	}
	saved, err := openRun(c.resume)
	if err != nil {
		return err
	}
	if !saved.info.Interrupted && !saved.visits.truncated {
		return hintf(fmt.Errorf("the run in %s was not interrupted", c.resume), "trackaudit report RUN judges it again; trackaudit audit begins a new one")
	}
	for _, name := range keys(saved.info.Flags) {
		flag := cmd.Flags().Lookup(name)
		if flag == nil || flag.Changed {
			continue
		}
		for _, value := range saved.info.Flags[name] {
			if err := cmd.Flags().Set(name, value); err != nil {
				return fmt.Errorf("run.json: flag %s: %w", name, err)
			}
		}
	}
	r, err := j.parse()
	if err != nil {
		return err
	}
	p, err := c.parse(saved.overlays...)
	if err != nil {
		return err
	}
	addresses, files, err := givenNotices(p.notices)
	if err != nil {
		return err
	}
	folder, err := reopenRun(c.resume)
	if err != nil {
		return err
	}
	info := saved.info
	info.Version, info.Problems, info.Looked, info.Repeats, info.Model = toolVersion(), nil, nil, nil, nil
	info.Notes = []string{fmt.Sprintf("interrupted and resumed on %s; values hashed before and after that cannot be compared", time.Now().UTC().Format("2006-01-02 15:04"))}
	return auditInto(cmd, folder, info, addresses, files, saved.visits.whole(), p, r, j.declaration, false)
}

// auditInto crawls, judges and writes into an open run folder. earlier gives the visits of an interrupted run that goes on.
func auditInto(cmd *cobra.Command, folder *runFolder, info runInfo, addresses []string, files []evidence.Document, earlier func(id, url string, choice evidence.Choice) (evidence.Visit, bool), p *plan, r rules, declaration string, several bool) error {
	if err := folder.writeInfo(info); err != nil { // so that a run that is killed can be resumed
		return err
	}
	progress := newProgress(cmd.ErrOrStderr(), p.quiet)
	note := func(format string, args ...any) {
		text := fmt.Sprintf(format, args...)
		if !slices.Contains(info.Notes, text) {
			info.Notes = append(info.Notes, text)
			progress.say("%s", text)
		}
	}
	cfg := p.crawl(info.Target, addresses, progress.show, note)
	cfg.Earlier = earlier
	result, crawlErr := crawler.Crawl(cmd.Context(), cfg, folder.add)
	progress.end()
	docs := append(files, result.Notices...)
	info.Finished, info.Browser, info.Looked = time.Now().UTC(), result.Browser, result.Looked
	info.Interrupted = cmd.Context().Err() != nil
	if result.Site != "" {
		info.Site = result.Site
	}
	for _, problem := range result.Problems {
		info.Problems = append(info.Problems, noticeProblem{problem.URL, whyNot(problem), problem.Dead})
	}
	// From here on, what was captured reaches the disk whatever fails.
	var err error
	info.Documents, err = folder.keepDocuments(docs)
	if crawlErr != nil && !info.Interrupted {
		err := errors.Join(crawlErr, folder.close(info))
		var missing *browser.NotFoundError
		if errors.Is(crawlErr, crawler.ErrBrowser) && !errors.As(crawlErr, &missing) {
			printError(cmd.ErrOrStderr(), hintf(err, "trackaudit doctor says what is wrong with the browser"))
			return exit(exitInconclusive) // nothing was seen
		}
		return err
	}
	if err != nil {
		return errors.Join(err, folder.close(info))
	}
	read, err := readNotice(docs, p.facts, declaration)
	if err != nil {
		return errors.Join(err, folder.close(info))
	}
	failed, err := p.helper.audit(cmd, folder, &info, read, note)
	if err != nil {
		return errors.Join(err, folder.close(info))
	}
	info.Links = checkLinks(cmd.Context(), info.Target, read.notice, p)
	temporary := &scratch{dir: folder.dir}
	defer temporary.close()
	j, err := judge(&info, folder.visits(), func(first classify.Outcome) ([]*storedVisits, error) {
		if first != classify.Fail || p.confirm <= 1 || info.Interrupted {
			return nil, nil
		}
		return confirm(cmd, folder, &info, p, note)
	}, read, p.facts, r, temporary)
	if err == nil {
		err = j.keep(folder)
	}
	if err = errors.Join(err, folder.close(info)); err != nil {
		return err
	}
	if err := j.print(cmd.OutOrStdout(), r.outputs, several); err != nil {
		return err
	}
	if !p.quiet {
		fmt.Fprintf(cmd.ErrOrStderr(), "run folder: %s\n", plain(folder.dir))
	}
	if info.Interrupted {
		return exit(exitInterrupted)
	}
	if failed != nil {
		printError(cmd.ErrOrStderr(), failed)
		return exit(exitUsage)
	}
	return exitCode(j.report.Outcome)
}

// checkLinks asks the links by which the notice lets visitors object whether they lead anywhere.
func checkLinks(ctx context.Context, start string, n *notice.Notice, p *plan) []evidence.LinkAnswer {
	if len(n.Claims.OptOut) == 0 || ctx.Err() != nil {
		return nil
	}
	var urls []string
	for _, o := range n.Claims.OptOut {
		urls = append(urls, o.URL)
	}
	links, _ := crawler.Links(ctx, p.crawl(start, nil, nil, nil), urls) // what was not answered is not dead
	return links
}

// confirm visits the site again, without looking for notices, until it was audited as often as the user wants before
// a build fails.
func confirm(cmd *cobra.Command, folder *runFolder, info *runInfo, p *plan, note func(string, ...any)) ([]*storedVisits, error) {
	var repeats []*storedVisits
	for n := 2; n <= p.confirm; n++ {
		name := fmt.Sprintf("evidence-%d.jsonl", n)
		sink, end, err := folder.sink(name)
		if err != nil {
			return nil, err
		}
		progress := newProgress(cmd.ErrOrStderr(), p.quiet)
		progress.say("findings: visiting the site again to confirm them, %d of %d", n, p.confirm)
		cfg := p.crawl(info.Target, nil, progress.show, note)
		cfg.NoNotices = true
		_, err = crawler.Crawl(cmd.Context(), cfg, sink)
		progress.end()
		if err = errors.Join(err, end()); err != nil {
			return nil, err
		}
		repeats = append(repeats, &storedVisits{files: []string{filepath.Join(folder.dir, name)}})
		info.Repeats = append(info.Repeats, name)
	}
	return repeats, nil
}

// whyNot says why a notice could not be had, without its address, which stands beside it.
func whyNot(p crawler.NoticeProblem) string {
	var fetch *discover.FetchError
	if errors.As(p.Err, &fetch) {
		return fetch.Err.Error()
	}
	return p.Err.Error()
}

// crawl is the plan in the crawler's words.
func (p *plan) crawl(start string, notices []string, show func(crawler.Progress), log func(string, ...any)) crawler.Config {
	return crawler.Config{
		Start: start, Pages: p.pages, Jobs: p.jobs, Choices: p.choices, IgnoreRobots: p.ignoreRobots, AllowPrivate: p.allowPrivate,
		Notices: notices, Resolve: p.resolve, Likely: notice.Likely, Progress: show,
		Browser: browser.Options{
			Path: p.chrome, HostRules: p.hostRules, Insecure: p.insecure, RealTime: p.realTime, Forms: p.forms, Repeat: p.repeat, Resolver: p.resolver, Dwell: p.dwell,
			Timeout: p.timeout, BlockThirdPartyCookies: p.thirdParty == "block", FirstParties: p.firstParties,
			Facts: p.facts, HashKey: p.hashKey, KeepValues: p.keepValues, Log: log,
		},
	}
}

// maxNotice bounds a notice that is read from a file.
const maxNotice = 32 << 20

// givenNotices tells the addresses from the files that the user named, and reads the files.
func givenNotices(given []string) (addresses []string, files []evidence.Document, err error) {
	for _, n := range given {
		if strings.HasPrefix(n, "http://") || strings.HasPrefix(n, "https://") {
			addresses = append(addresses, n)
			continue
		}
		doc, err := noticeFile(n)
		if err != nil {
			return nil, nil, fmt.Errorf("--notice: %w", err)
		}
		files = append(files, doc)
	}
	return addresses, files, nil
}

// noticeFile reads a notice from disk. Its content type is guessed from its name.
func noticeFile(path string) (evidence.Document, error) {
	f, err := os.Open(path)
	if err != nil {
		return evidence.Document{}, hintf(err, "name a file, or an address that begins with http:// or https://")
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, maxNotice+1))
	if err != nil {
		return evidence.Document{}, err
	}
	if len(body) > maxNotice {
		return evidence.Document{}, fmt.Errorf("%s is larger than %d MB", path, maxNotice>>20)
	}
	contentType := map[string]string{".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml",
		".md": "text/markdown", ".markdown": "text/markdown", ".pdf": "application/pdf", ".txt": "text/plain",
	}[strings.ToLower(filepath.Ext(path))]
	return evidence.Document{URL: filepath.Base(path), ContentType: contentType, Body: body, Status: 200, Fetched: time.Now().UTC()}, nil
}

const stamp = "20060102-150405"

// folderName is the default run folder's name: the host, made safe, and the time.
func folderName(address string, now time.Time) string {
	return fileSafe(evidence.HostOf(address)) + "-" + now.UTC().Format(stamp)
}

var unsafe = regexp.MustCompile(`[^a-z0-9.-]+`)

// fileSafe makes a host usable as a file name on every system.
func fileSafe(host string) string {
	name := strings.Trim(unsafe.ReplaceAllString(strings.ToLower(host), "-"), ".-")
	if len(name) > 100 {
		name = name[:100]
	}
	if name == "" {
		return "site"
	}
	return name
}
