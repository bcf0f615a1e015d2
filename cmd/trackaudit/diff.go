package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"trackaudit/report"
)

func diffCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "What appeared, went and changed between two runs",
		Long: `Compare two run folders, or two report.json files, by fingerprint of the findings, by owner of the third
parties, and by stored item.

Exit code: 0 nothing new, 1 something appeared, 2 usage.`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return hintf(fmt.Errorf("--format: unknown format %q", format), "text or json")
			}
			var sides [2]*report.Report
			for i, path := range args {
				var err error
				if sides[i], err = readReport(path); err != nil {
					return err
				}
			}
			d := report.Compare(sides[0], sides[1])
			write := report.DiffText
			if format == "json" {
				write = report.DiffJSON
			}
			if err := write(cmd.OutOrStdout(), d); err != nil {
				return err
			}
			if d.Appeared() {
				return exit(exitFindings)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

// readReport reads a report.json, or that of a run folder.
func readReport(path string) (*report.Report, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "report.json")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, hintf(err, "name a run folder that trackaudit audit wrote (--out DIR), or its report.json")
	}
	defer f.Close()
	r, err := report.Decode(f)
	if err != nil {
		return nil, hintf(fmt.Errorf("%s: %w", path, err), "name a run folder that trackaudit audit wrote (--out DIR), or its report.json")
	}
	return r, nil
}
