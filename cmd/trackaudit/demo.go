package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"trackaudit/classify/knowledge"
	"trackaudit/testsites"
)

func demoCommand() *cobra.Command {
	var c crawling
	var j judging
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "The main job on the embedded test web; needs no network",
		Long: `Serve a small company web site on this machine, audit it against its own privacy notice, and show
what the notice does not declare. Needs a browser and no network. Exit code 1: that is what a gate would see.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demo(cmd, &c, &j)
		},
	}
	j.register(cmd.Flags())
	cmd.Flags().StringVar(&c.out, "out", "", "the run folder (default: trackaudit-run/demo-TIME)")
	cmd.Flags().StringVar(&c.chrome, "chrome", "", "the browser to use (found by itself if absent)")
	cmd.Flags().StringVar(&c.choices, "choices", "none", "what the visitor does: none, dnt, gpc (comma-separated)")
	cmd.Flags().BoolVar(&c.quiet, "quiet", false, "no progress on stderr")
	crawlDefaults(&c)
	return cmd
}

func demo(cmd *cobra.Command, c *crawling, j *judging) error {
	site, err := testsites.Load(testsites.Demo)
	if err != nil {
		return err
	}
	server, err := testsites.Start(testsites.Options{Sites: []string{testsites.Demo}})
	if err != nil {
		return fmt.Errorf("serve the test web: %w", err)
	}
	defer server.Close()
	c.hostRules, c.insecure = []string{server.HostRule()}, true
	r, err := j.parse()
	if err != nil {
		return err
	}
	p, err := c.parse(append(r.downloaded, knowledge.Overlay{Name: "test web", TSV: testsites.Vendors()})...)
	if err != nil {
		return err
	}
	dir := c.out
	if dir == "" {
		dir = filepath.Join("trackaudit-run", "demo-"+time.Now().UTC().Format(stamp))
	}
	if !c.quiet {
		fmt.Fprintf(cmd.ErrOrStderr(), "auditing %s, served on this machine\n", site.Start)
	}
	return auditSite(cmd, site.Start, dir, p, r, j.declaration, false)
}
