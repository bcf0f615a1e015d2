package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"trackaudit/classify/notice"
	"trackaudit/crawler"
	"trackaudit/crawler/evidence"
)

func noticeCommand() *cobra.Command {
	var c crawling
	var format string
	var diff bool
	var settings judging
	cmd := &cobra.Command{
		Use:   "notice URL-or-FILE [URL-or-FILE…]",
		Short: "Print what a notice declares, each with its quote, for a person to correct and sign off",
		Long: `Read a notice and print its declarations, each with its quote, as YAML for a person to correct and
sign off; trackaudit audit --declaration FILE then judges by that file. --format json prints the notice
object of the report. --diff OLD NEW tells what appeared, went and changed between two notices, each an address, a
document or a file of declarations.

Exit code: 0 read (with --diff: nothing changed), 1 with --diff: something changed, 2 usage, 3 the notice cannot be read or is in a language that is not supported.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "yaml" && format != "json" {
				return hintf(fmt.Errorf("--format: unknown format %q", format), "yaml or json")
			}
			if _, err := applyConfig(settings.config, settings.environment, without(cmd.Flags(), "format", "diff"), &settings); err != nil {
				return err
			}
			p, err := c.parse()
			if err != nil {
				return err
			}
			if diff {
				return diffNotices(cmd, args, p, format)
			}
			return readOut(cmd, args, p, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "yaml", "yaml or json")
	cmd.Flags().BoolVar(&diff, "diff", false, "tell what changed between two notices: notice --diff OLD NEW")
	cmd.Flags().StringArrayVar(&c.hostRules, "host-rule", nil, `Chrome's host-resolver rule, e.g. "MAP staging.example 127.0.0.1:8443" (repeatable)`)
	cmd.Flags().StringArrayVar(&c.knowledge, "knowledge", nil, "a file with facts of your own, YAML or TSV (repeatable)")
	cmd.Flags().BoolVar(&c.insecure, "insecure", false, "accept invalid TLS certificates")
	cmd.Flags().StringVar(&c.chrome, "chrome", "", "the browser to use for a notice that is built by script")
	cmd.Flags().BoolVar(&c.quiet, "quiet", false, "no messages on stderr but errors")
	cmd.Flags().StringVar(&settings.config, "config", "", "settings file (default: trackaudit.yaml, if there is one)")
	cmd.Flags().StringVar(&settings.environment, "environment", "", "the environment of the settings file to use")
	c.asking.register(cmd.Flags())
	crawlDefaults(&c)
	return cmd
}

// without is flags but for those named, which mean something else in the settings file.
func without(flags *pflag.FlagSet, names ...string) *pflag.FlagSet {
	rest := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.VisitAll(func(f *pflag.Flag) {
		if !slices.Contains(names, f.Name) {
			rest.AddFlag(f)
		}
	})
	return rest
}

// crawlDefaults sets what notice needs of the crawl flags it does not offer.
func crawlDefaults(c *crawling) {
	var defaults crawling
	flags := (&cobra.Command{}).Flags()
	defaults.register(flags)
	c.choices, c.pages, c.confirm, c.dwell, c.timeout, c.thirdParty = defaults.choices, defaults.pages, defaults.confirm, defaults.dwell, defaults.timeout, defaults.thirdParty
}

func readOut(cmd *cobra.Command, args []string, p *plan, format string) error {
	docs, err := fetchNotices(cmd, args, p)
	if err != nil {
		return err
	}
	if len(docs) == 0 {
		return exit(exitInconclusive)
	}
	return printNotice(cmd, docs, p, format)
}

// say prints messages, unless the user wants none.
func (p *plan) say(cmd *cobra.Command) func(string, ...any) {
	return func(format string, args ...any) {
		if !p.quiet {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s\n", plain(fmt.Sprintf(format, args...)))
		}
	}
}

// fetchNotices reads files and fetches addresses.
func fetchNotices(cmd *cobra.Command, args []string, p *plan) ([]evidence.Document, error) {
	addresses, docs, err := givenNotices(args)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	if len(addresses) > 0 {
		fetched, problems, err := crawler.Notices(cmd.Context(), p.crawl(addresses[0], addresses, nil, p.say(cmd)))
		if err != nil {
			return nil, err
		}
		for _, problem := range problems {
			printError(cmd.ErrOrStderr(), fmt.Errorf("%s: %s", problem.URL, whyNot(problem)))
		}
		docs = append(docs, fetched...)
	}
	return docs, nil
}

// diffNotices tells what changed from the first notice to the second.
func diffNotices(cmd *cobra.Command, args []string, p *plan, format string) error {
	if len(args) != 2 {
		return hintf(errors.New("--diff takes two notices"), "trackaudit notice --diff declarations.yaml https://www.example.com/privacy")
	}
	var sides [2]*notice.Notice
	for i, arg := range args {
		if ext := strings.ToLower(filepath.Ext(arg)); (ext == ".yaml" || ext == ".yml") && !strings.Contains(arg, "://") {
			n, err := readDeclarations(arg)
			if err != nil {
				return err
			}
			sides[i] = n
			continue
		}
		docs, err := fetchNotices(cmd, []string{arg}, p)
		if err != nil {
			return err
		}
		n, err := notice.Read(docs, p.facts)
		for _, problem := range split(err) {
			printError(cmd.ErrOrStderr(), problem)
		}
		if n == nil || len(n.Documents) == 0 || err != nil {
			return exit(exitInconclusive)
		}
		sides[i] = n
	}
	changes := notice.Diff(sides[0], sides[1])
	out := cmd.OutOrStdout()
	if format == "json" {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		if err := enc.Encode(changes); err != nil {
			return err
		}
	} else {
		printChanges(out, changes)
	}
	if !changes.Empty() {
		return exit(exitFindings)
	}
	return nil
}

// printChanges writes one line a change: + appeared, - went, ~ changed.
func printChanges(w io.Writer, c notice.Changes) {
	mark := map[notice.Change]string{notice.Appeared: "+", notice.Went: "-", notice.Changed: "~"}
	say := func(change notice.Change, format string, args ...any) {
		fmt.Fprintf(w, "%s %s\n", mark[change], plain(fmt.Sprintf(format, args...)))
	}
	for _, d := range c.Documents {
		say(d.Change, "document %s", d.URL)
	}
	for _, x := range c.Claims {
		say(notice.Changed, "%s: %s, was %s", x.Claim, x.New.Value, x.Old.Value)
	}
	for _, o := range c.OptOuts {
		say(o.Change, "opt-out %s", o.OptOut.URL)
	}
	for _, x := range c.Declarations {
		d := x.New
		if d == nil {
			d = x.Old
		}
		what := strings.Join(slices.DeleteFunc([]string{string(d.Technology), string(d.Purpose), string(d.Party), d.Recipient, strings.Join(d.Names, " ")}, func(s string) bool { return s == "" }), " · ")
		if d.Denied {
			what = "denied: " + what
		}
		if len(x.Fields) > 0 {
			what += " (" + strings.Join(x.Fields, ", ") + ")"
		}
		say(x.Change, "%s: %q", what, d.Quote)
	}
	if c.Empty() {
		fmt.Fprintln(w, "Nothing changed.")
	}
}

func printNotice(cmd *cobra.Command, docs []evidence.Document, p *plan, format string) error {
	n, err := notice.Read(docs, p.facts)
	problems := split(err)
	for _, problem := range problems {
		printError(cmd.ErrOrStderr(), problem)
	}
	if n == nil || len(n.Documents) == 0 {
		return exit(exitInconclusive)
	}
	var failed error
	if p.helper != nil {
		_, _, failed = p.helper.suggest(cmd.Context(), n, p.say(cmd))
		if err := cmd.Context().Err(); err != nil {
			return err
		}
	}
	var out []byte
	if format == "json" {
		var b strings.Builder
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		err = enc.Encode(n.JSON())
		out = []byte(b.String())
	} else {
		out, err = notice.Marshal(n)
	}
	if err != nil {
		return err
	}
	if _, err := cmd.OutOrStdout().Write(out); err != nil {
		return err
	}
	switch {
	case failed != nil:
		return failed
	case len(problems) > 0:
		return exit(exitInconclusive)
	}
	return nil
}
