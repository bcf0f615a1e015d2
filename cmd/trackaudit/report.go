package main

import (
	"fmt"
	"io"
	"os"
	"sort"

	"github.com/spf13/cobra"

	"trackaudit/classify"
	"trackaudit/classify/knowledge"
	"trackaudit/report"
)

func reportCommand() *cobra.Command {
	var j judging
	var out string
	cmd := &cobra.Command{
		Use:   "report RUN",
		Short: "Judge a saved run again and render it, without Chrome",
		Long: `Judge the evidence of a run folder again, with today's facts and the flags given, and render it.
The folder itself is not changed; --out DIR writes report.json and report.html to another folder.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := applyConfig(j.config, j.environment, cmd.Flags(), &j); err != nil {
				return err
			}
			r, err := j.parse()
			if err != nil {
				return err
			}
			saved, err := openRun(args[0])
			if err != nil {
				return err
			}
			facts, err := knowledge.Load(saved.overlays...)
			if err != nil {
				return err
			}
			info := saved.info
			info.Version = toolVersion()
			if saved.visits.truncated {
				info.Notes = append(info.Notes, "the evidence ends in the middle of a visit: the run was killed")
			}
			read, err := readNotice(saved.docs, facts, j.declaration)
			if err != nil {
				return err
			}
			if !read.signed {
				_, _, _ = read.notice.Suggest(saved.answers) // what was not of the form then is not now
			}
			files := &scratch{} // the folder itself is not changed
			defer files.close()
			all := func(classify.Outcome) ([]*storedVisits, error) { return saved.repeats, nil }
			result, err := judge(&info, saved.visits, all, read, facts, r, files)
			if err != nil {
				return err
			}
			if out != "" {
				for format, file := range map[string]string{"json": "report.json", "html": "report.html"} {
					if err := os.MkdirAll(out, 0o755); err != nil {
						return hintf(err, "choose a folder that you can write to, with --out DIR")
					}
					if err := writeReport(result.report, format, out+"/"+file); err != nil {
						return err
					}
				}
			}
			if err := result.print(cmd.OutOrStdout(), r.outputs, false); err != nil {
				return err
			}
			return exitCode(result.report.Outcome)
		},
	}
	j.register(cmd.Flags())
	cmd.Flags().StringVar(&out, "out", "", "write report.json and report.html to this folder")
	return cmd
}

// formatNames lists the formats, sorted.
func formatNames() []string {
	var names []string
	for name := range report.Writers {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// tableOptions fits the table to where it is shown: colours on a terminal that wants them, 80 columns in a pipe.
func tableOptions(w io.Writer) report.TableOptions {
	o := report.TableOptions{Width: 80}
	if isTerminal(w) {
		o.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
		var columns int
		if _, err := fmt.Sscan(os.Getenv("COLUMNS"), &columns); err == nil && columns >= 60 {
			o.Width = min(columns, 160)
		}
	}
	return o
}
