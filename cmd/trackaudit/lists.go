package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"trackaudit/classify/filter"
	"trackaudit/classify/knowledge"
)

const (
	listsDir  = "trackaudit-lists" // default folder of downloaded lists
	lockFile  = "lists.lock.json"
	maxList   = 64 << 20 // bytes of one list
	listFetch = 2 * time.Minute
)

func listsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lists",
		Short: "Download and pin filter and cookie lists",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(listsUpdateCommand(), listsShowCommand())
	return cmd
}

// updating are the flags of lists update.
type updating struct {
	dir, format, licence, accept string
	frozen                       bool
}

func listsUpdateCommand() *cobra.Command {
	var u updating
	cmd := &cobra.Command{
		Use:   "update [NAME | NAME=ADDRESS …]",
		Short: "Download lists and write down their address, hash, date and licence",
		Long: `Download lists into a folder, with a lock file that says where each came from, its hash, when, and under
which licence. Lists are never part of trackaudit, and a hit of a list alone is never a verdict.

Without names: those of the lock file, or EasyList and EasyPrivacy. A list of your own is named
NAME=ADDRESS, with --format adblock (default), tcf-device-storage, edpb-knowledge, wec-inspection or rows.
With --frozen nothing is pinned anew: what is missing is downloaded, and what differs from the lock is an error.
A list whose licence forbids commercial use is taken only with --accept-licence and that licence's name.`,
		Example: `  trackaudit lists update
  trackaudit lists update easyprivacy house=https://lists.example.com/house.txt --licence MIT
  trackaudit audit https://www.example.com --lists trackaudit-lists`,
		RunE: func(cmd *cobra.Command, args []string) error { return u.run(cmd, args) },
	}
	f := cmd.Flags()
	f.StringVar(&u.dir, "dir", listsDir, "the folder of lists and lock file")
	f.StringVar(&u.format, "format", string(filter.Adblock), "format of the lists named NAME=ADDRESS")
	f.StringVar(&u.licence, "licence", "", "licence of the lists named NAME=ADDRESS, where they do not state it")
	f.StringVar(&u.accept, "accept-licence", "", "take lists under this non-commercial licence")
	f.BoolVar(&u.frozen, "frozen", false, "pin nothing anew: what differs from the lock file is an error")
	return cmd
}

func listsShowCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show the lists of the lock file, and whether they are as pinned",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			lock, err := readLock(dir)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			wrong := false
			for _, p := range lock.Lists {
				state := "as pinned"
				body, err := os.ReadFile(listPath(dir, p))
				switch {
				case errors.Is(err, fs.ErrNotExist):
					state, wrong = "not downloaded: trackaudit lists update --frozen", true
				case err != nil:
					return err
				case p.Check(body) != nil:
					state, wrong = "CHANGED since it was pinned", true
				}
				fmt.Fprintf(out, "%s  %s\n  %s, %d rules and %d exceptions, fetched %s, licence: %s\n  sha256 %s\n  %s\n", plain(p.Name), state,
					p.Format, p.Counts.Rules, p.Counts.Exceptions, p.Fetched, plain(cmp.Or(p.Licence, "unstated")), p.SHA256, plain(p.Address))
			}
			if wrong {
				return exit(exitFindings)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "dir", listsDir, "the folder of lists and lock file")
	return cmd
}

func (u updating) run(cmd *cobra.Command, names []string) error {
	formats := []filter.Format{filter.Adblock, filter.DeviceStorage, filter.EDPBKnowledge, filter.WECInspection, filter.FactRows}
	if !slices.Contains(formats, filter.Format(u.format)) {
		return hintf(fmt.Errorf("--format: unknown format %q", u.format), "one of %s", joinWords(formats))
	}
	lock, err := readLock(u.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) || err != nil && u.frozen {
		return err
	}
	wanted, err := u.sources(lock, names)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(u.dir, 0o755); err != nil {
		return hintf(err, "choose a folder that you can write to, with --dir")
	}
	for _, s := range wanted {
		if err := u.one(cmd, &lock, s); err != nil {
			return err // lists before it are on disk and in the lock
		}
	}
	return nil
}

// sources says which lists to fetch: named ones, those of the lock, or the usual ones.
func (u updating) sources(lock filter.Lock, names []string) ([]filter.Source, error) {
	var out []filter.Source
	if len(names) == 0 {
		for _, p := range lock.Lists {
			out = append(out, filter.Source{Name: p.Name, Address: p.Address, Format: p.Format, Licence: p.Licence})
		}
		if len(out) == 0 {
			out = filter.Sources
		}
		return out, nil
	}
	for _, n := range names {
		name, address, own := strings.Cut(n, "=")
		if own {
			a, err := url.Parse(address)
			if err != nil || a.Scheme != "https" && a.Scheme != "http" || a.Host == "" || !listName(name) {
				return nil, hintf(fmt.Errorf("%q is not NAME=ADDRESS of a list", n), "for example house=https://lists.example.com/house.txt; names are small letters, digits and dashes")
			}
			out = append(out, filter.Source{Name: name, Address: address, Format: filter.Format(u.format), Licence: u.licence})
			continue
		}
		i := slices.IndexFunc(filter.Sources, func(s filter.Source) bool { return s.Name == name })
		p, pinned := lock.Find(name)
		switch {
		case pinned:
			out = append(out, filter.Source{Name: p.Name, Address: p.Address, Format: p.Format, Licence: p.Licence})
		case i >= 0:
			out = append(out, filter.Sources[i])
		default:
			return nil, hintf(fmt.Errorf("no list %q", name), "known are %s; others are named NAME=ADDRESS", sourceNames())
		}
	}
	return out, nil
}

func (u updating) one(cmd *cobra.Command, lock *filter.Lock, s filter.Source) error {
	pin, pinned := lock.Find(s.Name)
	if u.frozen {
		if !pinned {
			return hintf(fmt.Errorf("list %s is not in the lock file", s.Name), "pin it first: trackaudit lists update %s", s.Name)
		}
		if body, err := os.ReadFile(listPath(u.dir, pin)); err == nil {
			if err := pin.Check(body); err != nil {
				return hintf(err, "the file on disk differs from the lock: remove it, or pin it anew without --frozen")
			}
			return nil
		}
	}
	body, err := download(cmd.Context(), s.Address)
	if err != nil {
		return hintf(fmt.Errorf("list %s: %w", s.Name, err), "check the address in an ordinary browser")
	}
	if u.frozen {
		if err := pin.Check(body); err != nil {
			return hintf(err, "the list has changed at its source since it was pinned; pin it anew without --frozen")
		}
	} else {
		pin = filter.NewPin(s.Name, s.Address, s.Format, s.Licence, body, time.Now().UTC())
		if filter.NonCommercial(pin.Licence) && !strings.EqualFold(u.accept, pin.Licence) {
			return hintf(fmt.Errorf("list %s is under a licence that forbids commercial use: %s", s.Name, pin.Licence), "if that fits your use: --accept-licence %q", pin.Licence)
		}
		if err := tryList(pin, body); err != nil {
			return hintf(fmt.Errorf("list %s: %w", s.Name, err), "say with --format what it is: trackaudit lists update --help")
		}
	}
	if err := os.WriteFile(listPath(u.dir, pin), body, 0o644); err != nil {
		return hintf(err, "choose a folder that you can write to, with --dir")
	}
	*lock = lock.With(pin)
	text, err := lock.Marshal()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(u.dir, lockFile), text, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s: %d bytes, %d rules, %d exceptions, %d lines left out; licence: %s\n", plain(pin.Name), pin.Bytes, pin.Counts.Rules, pin.Counts.Exceptions,
		pin.Counts.Skipped+pin.Counts.Cosmetic, plain(cmp.Or(pin.Licence, "unstated")))
	return nil
}

// download fetches a list; what is not a 200 or is too large is an error.
func download(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, listFetch)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "trackaudit/"+toolVersion())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", address, resp.Status)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxList+1))
	switch {
	case err != nil:
		return nil, err
	case len(body) > maxList:
		return nil, fmt.Errorf("larger than %d MB", maxList>>20)
	}
	return body, nil
}

// tryList refuses what is not what it is said to be: a page that says "not found" is no list.
func tryList(p filter.Pin, body []byte) error {
	if p.Format == filter.Adblock {
		if p.Counts.Rules+p.Counts.Exceptions+p.Counts.Cosmetic == 0 || bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n\xef\xbb\xbf"), []byte("<")) {
			return errors.New("it holds no rule, or is a web page")
		}
		return nil
	}
	_, err := overlayOf(p, body, knowledge.Embedded())
	return err
}

// overlayOf turns a list of facts into rows.
func overlayOf(p filter.Pin, body []byte, known *knowledge.Facts) (knowledge.Overlay, error) {
	var imported knowledge.Import
	var err error
	switch p.Format {
	case filter.DeviceStorage:
		imported, err = knowledge.ImportTCF(known, p.Name, p.Address, body)
	case filter.EDPBKnowledge:
		imported, err = knowledge.ImportEDPB(known, p.Address, body)
	case filter.WECInspection:
		imported, err = knowledge.ImportWEC(known, p.Address, body)
	default:
		imported.TSV = body
		_, err = knowledge.Load(knowledge.Overlay{Name: p.Name, TSV: body})
	}
	return knowledge.Overlay{Name: p.Name, TSV: imported.TSV}, err
}

// loadLists reads the lists of a folder, each as pinned: rules become a matcher, facts become overlays.
func loadLists(dir string) (*filter.Matcher, []knowledge.Overlay, map[string]string, error) {
	lock, err := readLock(dir)
	if err != nil {
		return nil, nil, nil, err
	}
	var rules []*filter.List
	var overlays []knowledge.Overlay
	hashes := map[string]string{}
	for _, p := range lock.Lists {
		body, err := os.ReadFile(listPath(dir, p))
		if err == nil {
			err = p.Check(body)
		}
		if err != nil {
			return nil, nil, nil, hintf(fmt.Errorf("--lists: %w", err), "trackaudit lists update --frozen --dir %s fetches what is pinned", dir)
		}
		hashes["list "+p.Name] = p.SHA256
		if p.Format == filter.Adblock {
			l, _ := filter.Parse(p.Name, body)
			rules = append(rules, l)
			continue
		}
		o, err := overlayOf(p, body, knowledge.Embedded())
		if err != nil {
			return nil, nil, nil, fmt.Errorf("--lists: list %s: %w", p.Name, err)
		}
		overlays = append(overlays, o)
	}
	if len(rules) == 0 {
		return nil, overlays, hashes, nil
	}
	return filter.Compile(rules...), overlays, hashes, nil
}

func readLock(dir string) (filter.Lock, error) {
	data, err := os.ReadFile(filepath.Join(dir, lockFile))
	if errors.Is(err, fs.ErrNotExist) {
		return filter.Lock{Schema: filter.LockSchema}, hintf(err, "download lists first: trackaudit lists update --dir %s", dir)
	}
	if err != nil {
		return filter.Lock{}, err
	}
	lock, err := filter.ParseLock(data)
	if err != nil {
		return lock, hintf(fmt.Errorf("%s: %w", filepath.Join(dir, lockFile), err), "the file is written by trackaudit lists update; write it anew with that")
	}
	for _, p := range lock.Lists {
		if !listName(p.Name) {
			return lock, fmt.Errorf("%s: %q is no name of a list", lockFile, p.Name)
		}
	}
	return lock, nil
}

// listPath is where a list lies; its name was checked, so that it leads nowhere else.
func listPath(dir string, p filter.Pin) string { return filepath.Join(dir, p.Name+".txt") }

func listName(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && s[0] != '-'
}

func sourceNames() string {
	var names []string
	for _, s := range filter.Sources {
		names = append(names, s.Name)
	}
	return strings.Join(names, " and ")
}

func joinWords[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = string(w)
	}
	return strings.Join(words, ", ")
}
