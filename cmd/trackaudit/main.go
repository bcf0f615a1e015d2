package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// The exit codes, the same for every format; the manual (doc.go) explains them.
const (
	exitPass         = 0
	exitFindings     = 1
	exitUsage        = 2
	exitInconclusive = 3
	exitInterrupted  = 130
)

// exit is the error a command returns when it has said all there is to say and only the code is left.
type exit int

func (exit) Error() string { return "exit" }

// run is the whole command: it writes results to stdout, everything else to stderr, and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	keepPDFium()
	root := rootCommand()
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetArgs(short(root, args))
	err := root.ExecuteContext(ctx)
	var code exit
	switch {
	case err == nil:
		return exitPass
	case errors.As(err, &code):
		return int(code)
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		printError(stderr, errors.New("interrupted"))
		return exitInterrupted
	}
	printError(stderr, err)
	return exitUsage
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "trackaudit",
		Short: "Prove which tracking a site's own privacy notice does not declare",
		Long: `trackaudit reads a site's own privacy notice, drives real Chrome over the site, and
reports, with evidence, every tracking technology that the notice does not declare.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.AddCommand(
		auditCommand(), demoCommand(), noticeCommand(), reportCommand(), diffCommand(),
		explainCommand(), listsCommand(), configCommand(), verifyCommand(), doctorCommand(), versionCommand(),
	)
	return root
}

// short spells out `trackaudit URL`, which is short for `trackaudit audit URL`: a first word that is no command
// but looks like an address (it has a dot or a scheme).
func short(root *cobra.Command, args []string) []string {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return args
	}
	if cmd, _, err := root.Find(args[:1]); err == nil && cmd != root {
		return args
	}
	if strings.Contains(args[0], ".") || strings.Contains(args[0], "://") {
		return append([]string{"audit"}, args...)
	}
	return args
}
