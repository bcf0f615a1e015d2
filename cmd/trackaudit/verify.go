package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func verifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify RUN",
		Short: "Check a run folder against its evidence manifest",
		Long: `Check every file of a run folder against MANIFEST.sha256: exit 0 when all match, 1 when a file
was changed, is missing, or was added.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			files, differences, err := checkManifest(args[0])
			if err != nil {
				return err
			}
			for _, d := range differences {
				fmt.Fprintln(cmd.OutOrStdout(), plain(d))
			}
			if len(differences) > 0 {
				return exit(exitFindings)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d files match the manifest\n", files)
			return nil
		},
	}
}
