package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/browser"
)

// browserHint is the command that gets a browser on this kind of machine.
func browserHint() string {
	switch runtime.GOOS {
	case "darwin":
		return "install Google Chrome, or: brew install --cask chromium"
	case "windows":
		return "Microsoft Edge or Google Chrome will do: winget install Google.Chrome"
	}
	for _, p := range []struct{ manager, install string }{
		{"apt-get", "apt-get install chromium-headless-shell   (Debian; elsewhere: apt-get install chromium)"},
		{"dnf", "dnf install chromium-headless"},
		{"apk", "apk add chromium"},
		{"pacman", "pacman -S chromium"},
		{"zypper", "zypper install chromium"},
	} {
		if _, err := exec.LookPath(p.manager); err == nil {
			return p.install
		}
	}
	return "install Chromium, Google Chrome or Microsoft Edge, or name one with --chrome PATH"
}

func doctorCommand() *cobra.Command {
	var chrome string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Is Chrome there, does it start, which version, what is missing",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return doctor(cmd, chrome)
		},
	}
	cmd.Flags().StringVar(&chrome, "chrome", "", "the browser to check (found by itself if absent)")
	return cmd
}

func doctor(cmd *cobra.Command, chrome string) error {
	out := cmd.OutOrStdout()
	say := func(ok bool, format string, args ...any) {
		mark := "ok     "
		if !ok {
			mark = "MISSING"
		}
		fmt.Fprintf(out, "%s  %s\n", mark, plain(fmt.Sprintf(format, args...)))
	}
	found := browser.FindAll()
	if chrome == "" {
		for i, b := range found {
			use := ""
			if i == 0 {
				use = "  ← used"
			}
			say(true, "%s %s (%s) at %s%s", b.Product, b.Version, b.Mode, b.Path, use)
		}
		if len(found) == 0 {
			say(false, "no Chrome, Chromium or Edge found")
			fmt.Fprintf(out, "         get one: %s\n", browserHint())
			return exit(exitUsage)
		}
	}
	dir, err := os.MkdirTemp("", "trackaudit-doctor-")
	if err != nil {
		say(false, "the folder for temporary files cannot be written: %v", err)
		fmt.Fprintf(out, "         mend: set TMPDIR to a folder you can write to\n")
		return exit(exitUsage)
	}
	os.RemoveAll(dir)
	say(true, "temporary files can be written")

	ctx, cancel := context.WithTimeout(cmd.Context(), 30*time.Second)
	defer cancel()
	started := time.Now()
	b, err := browser.Start(ctx, browser.Options{Path: chrome, Facts: knowledge.Embedded(), HashKey: []byte("doctor"),
		Log: func(format string, args ...any) {
			fmt.Fprintf(out, "note     %s\n", plain(fmt.Sprintf(format, args...)))
		}})
	if err != nil {
		say(false, "the browser does not start: %v", err)
		var notFound *browser.NotFoundError
		switch {
		case errors.As(err, &notFound):
			fmt.Fprintf(out, "         get one: %s\n", browserHint())
		case runtime.GOOS == "linux":
			fmt.Fprintf(out, "         mend: without user namespaces Chrome's sandbox cannot start; as root: sysctl -w kernel.unprivileged_userns_clone=1\n")
		}
		return exit(exitUsage)
	}
	took := time.Since(started)
	say(true, "it starts: %s (%s) in %.1f s", b.Version().Product, b.Version().Mode, took.Seconds())
	return b.Close()
}
