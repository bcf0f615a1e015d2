package main

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"trackaudit/classify"
	"trackaudit/classify/filter"
	"trackaudit/classify/knowledge"
)

func explainCommand() *cobra.Command {
	var own []string
	var lists string
	cmd := &cobra.Command{
		Use:   "explain RULE|LAW|COOKIE|HOST",
		Short: "What it is, who owns it, why it is judged so",
		Long: `Explain a rule (explain undeclared-cookie) or a rule pack (explain uk), or tell everything known about a cookie or storage key
(explain _fbp) or a host, with or without a path (explain www.google.com/recaptcha/). For a cookie or host
one line "entity: NAME" and one line "purpose: WORD" name the owner and the purpose, the likeliest first.
Without an argument, the rules are listed.

Exit code: 0 known, 1 unknown.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				for _, r := range classify.Rules {
					fmt.Fprintf(cmd.OutOrStdout(), "%-8s %-28s %s\n", r.Severity, r.ID, r.Title)
				}
				return nil
			}
			if r, ok := classify.RuleByID(args[0]); ok {
				explainRule(cmd.OutOrStdout(), r)
				return nil
			}
			if slices.Contains(classify.Laws, args[0]) {
				explainLaw(cmd.OutOrStdout(), args[0])
				return nil
			}
			c := crawling{knowledge: own}
			crawlDefaults(&c)
			var matcher *filter.Matcher
			var downloaded []knowledge.Overlay
			if lists != "" {
				var err error
				if matcher, downloaded, _, err = loadLists(lists); err != nil {
					return err
				}
			}
			p, err := c.parse(downloaded...)
			if err != nil {
				return err
			}
			if !explainName(cmd.OutOrStdout(), p.facts, matcher, args[0]) {
				return exit(exitFindings)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&lists, "lists", "", "folder of downloaded lists, asked too")
	cmd.Flags().StringArrayVar(&own, "knowledge", nil, "a file with facts of your own, YAML or TSV (repeatable)")
	return cmd
}

func explainRule(w io.Writer, r classify.Rule) {
	fmt.Fprintf(w, "%s (%s): %s\n\n%s\n", r.ID, r.Severity, r.Title, r.Help)
	if r.Basis != "" {
		fmt.Fprintf(w, "\nbasis: %s\n", r.Basis)
	}
	for _, p := range classify.Provisions {
		if p.Rule == r.ID {
			fmt.Fprintf(w, "with --law %s, %s since %s: %s (%s, %s)\n", p.Law, p.ID, p.From, p.What, p.Source, p.Kind)
		}
	}
}

// explainLaw prints a rule pack: what it asks, since when, and by which source.
func explainLaw(w io.Writer, law string) {
	fmt.Fprintf(w, "--law %s applies what was in force on the day of the audit (--law-date DATE: on another day):\n", law)
	for _, p := range classify.Provisions {
		if p.Law != law {
			continue
		}
		from, rule := "since "+p.From, cmp.Or(p.Rule, "no rule")
		if p.Kind == classify.Proposal {
			from, rule = "not in force", "never applied"
		}
		fmt.Fprintf(w, "\n%-6s %s → %s\n       %s\n       %s (%s)\n", p.ID, from, rule, p.What, p.Source, p.Kind)
	}
}

// explainName prints what is known of a host, a cookie or a storage key, and says whether anything is.
func explainName(w io.Writer, f *knowledge.Facts, lists *filter.Matcher, name string) bool {
	host, path := asHost(name)
	known := false
	if host != "" {
		if m, ok := f.Host(host, path); ok {
			known = true
			fmt.Fprintf(w, "host: %s%s\n", plain(host), plain(path))
			who(w, m.Service, m.Purpose)
			fmt.Fprintf(w, "rule: %s%s\nsource: %s (%s)\n", m.Domain, m.Path, m.Source, m.Layer)
		}
	}
	if m, ok := f.TrackingParam(name); ok {
		known = true
		fmt.Fprintf(w, "parameter of addresses, carries a click or a visitor between sites: %s\n", plain(name))
		who(w, m.Service, m.Purpose)
		fmt.Fprintf(w, "source: %s\n", m.Source)
	}
	for _, kind := range []knowledge.StorageKind{knowledge.CookieName, knowledge.StorageKey} {
		for _, m := range f.Stored(kind, name, knowledge.Hint{}) {
			if known {
				fmt.Fprintln(w)
			}
			known = true
			fmt.Fprintf(w, "%s: %s\n", kind, plain(name))
			who(w, m.Service, m.Purpose)
			fmt.Fprintf(w, "pattern: %s\nlifetime: %s\nconfidence: %.2f\nsource: %s (%s)\n",
				m.Pattern, lifetime(m.Lifetime), m.Confidence, m.Source, m.Layer)
		}
	}
	if !known {
		fmt.Fprintf(w, "name: %s\nentity: unknown\npurpose: unknown\n", plain(name))
	}
	if lists != nil && host != "" {
		for _, kind := range []string{"Script", "Image", "XHR"} {
			if m, ok := lists.Match(filter.NewRequest("https://"+host+path, kind, "https://another-site.example/")); ok {
				fmt.Fprintf(w, "list, as %s of another site: %s\n", strings.ToLower(kind), plain(m.Rule.String()))
				if !m.Blocked() {
					fmt.Fprintf(w, "  but for: %s\n", plain(m.Exception.String()))
				}
			}
		}
	}
	fmt.Fprintf(w, "\nwhat would change this: a row in your own facts, which win over all others (--knowledge FILE):\n%s\n", plain(ownRow(f, host, path, name)))
	return known
}

// ownRow is the line of TSV or YAML that would decide a name otherwise.
func ownRow(f *knowledge.Facts, host, path, name string) string {
	if host != "" {
		return fmt.Sprintf("domains: {%q: {service: SERVICE, purpose: PURPOSE}}", host+strings.TrimSuffix(path, "/"))
	}
	if _, ok := f.TrackingParam(name); ok {
		return fmt.Sprintf("parameter %s SERVICE PURPOSE SOURCE (a file of TSV, with tabs between the words)", name)
	}
	return fmt.Sprintf("cookies: {%q: {service: SERVICE, purpose: PURPOSE, lifetime: 1y}}", name)
}

func who(w io.Writer, s knowledge.Service, p knowledge.Purpose) {
	entity := s.Entity
	if entity == "" {
		entity = "unknown"
	}
	fmt.Fprintf(w, "entity: %s\npurpose: %s\n", entity, p)
	if s.Name != "" {
		fmt.Fprintf(w, "service: %s\n", s.Name)
	}
	if s.Parent != "" {
		fmt.Fprintf(w, "parent: %s\n", s.Parent)
	}
	if s.Homepage != "" {
		fmt.Fprintf(w, "homepage: %s\n", s.Homepage)
	}
}

// asHost reads name as a host, or an address of which host and path count; host is "" when it is neither.
func asHost(name string) (host, path string) {
	raw := name
	if !strings.Contains(raw, "://") {
		raw = "https://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil || !strings.Contains(u.Hostname(), ".") || strings.ContainsAny(u.Hostname(), "_* ") {
		return "", ""
	}
	return strings.ToLower(u.Hostname()), u.Path
}

// lifetime says a declared maximum lifetime in words.
func lifetime(seconds int64) string {
	const day = 24 * 60 * 60
	switch {
	case seconds < 0:
		return "unknown"
	case seconds == 0:
		return "session"
	case seconds%day == 0:
		return fmt.Sprintf("%d days", seconds/day)
	}
	return (time.Duration(seconds) * time.Second).String()
}
