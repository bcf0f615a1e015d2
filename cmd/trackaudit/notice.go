package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"trackaudit/classify/knowledge"
	"trackaudit/classify/notice"
	"trackaudit/crawler"
	"trackaudit/crawler/evidence"
)

func noticeCommand() *cobra.Command {
	var c crawling
	var format string
	cmd := &cobra.Command{
		Use:   "notice URL-or-FILE [URL-or-FILE…]",
		Short: "Print what a notice declares, each with its quote, for a person to correct and sign off",
		Long: `Read a notice and print its declarations, each with its quote, as YAML for a person to correct and
sign off; trackaudit audit --declaration FILE then judges by that file. --format json prints the notice
object of the report.

Exit code: 0 read, 2 usage, 3 the notice cannot be read or is in a language that is not supported.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "yaml" && format != "json" {
				return hintf(fmt.Errorf("--format: unknown format %q", format), "yaml or json")
			}
			p, err := c.parse()
			if err != nil {
				return err
			}
			return readOut(cmd, args, p, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "yaml", "yaml or json")
	cmd.Flags().StringArrayVar(&c.hostRules, "host-rule", nil, `Chrome's host-resolver rule, e.g. "MAP staging.example 127.0.0.1:8443" (repeatable)`)
	cmd.Flags().StringArrayVar(&c.knowledge, "knowledge", nil, "a file with facts of your own, YAML or TSV (repeatable)")
	cmd.Flags().BoolVar(&c.insecure, "insecure", false, "accept invalid TLS certificates")
	cmd.Flags().StringVar(&c.chrome, "chrome", "", "the browser to use for a notice that is built by script")
	cmd.Flags().BoolVar(&c.quiet, "quiet", false, "no messages on stderr but errors")
	crawlDefaults(&c)
	return cmd
}

// crawlDefaults sets what notice needs of the crawl flags it does not offer.
func crawlDefaults(c *crawling) {
	var defaults crawling
	flags := (&cobra.Command{}).Flags()
	defaults.register(flags)
	c.choices, c.pages, c.confirm, c.dwell, c.timeout, c.thirdParty = defaults.choices, defaults.pages, defaults.confirm, defaults.dwell, defaults.timeout, defaults.thirdParty
}

func readOut(cmd *cobra.Command, args []string, p *plan, format string) error {
	addresses, docs, err := givenNotices(args)
	if err != nil {
		return errors.Unwrap(err)
	}
	if len(addresses) > 0 {
		log := func(format string, args ...any) {
			if !p.quiet {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s\n", plain(fmt.Sprintf(format, args...)))
			}
		}
		fetched, problems, err := crawler.Notices(cmd.Context(), p.crawl(addresses[0], addresses, nil, log))
		if err != nil {
			return err
		}
		for _, problem := range problems {
			printError(cmd.ErrOrStderr(), fmt.Errorf("%s: %s", problem.URL, problem.Reason))
		}
		docs = append(docs, fetched...)
	}
	if len(docs) == 0 {
		return exit(exitInconclusive)
	}
	return printNotice(cmd, docs, p.facts, format)
}

func printNotice(cmd *cobra.Command, docs []evidence.Document, facts *knowledge.Facts, format string) error {
	n, err := notice.Read(docs, facts)
	problems := split(err)
	for _, problem := range problems {
		printError(cmd.ErrOrStderr(), problem)
	}
	if n == nil || len(n.Documents) == 0 {
		return exit(exitInconclusive)
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
	if len(problems) > 0 {
		return exit(exitInconclusive)
	}
	return nil
}
