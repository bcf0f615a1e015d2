package notice

import (
	"regexp"
	"strings"
)

var (
	count       = regexp.MustCompile(`\s*[\[(]\s*x\s?\d+\s*[\])]$`)
	nameSplit   = regexp.MustCompile(`\s*(?:[,;\n|]|\s\+\s|\s&\s|\s/\s|\s(?:and|und|et|y|e|en|or|oder|ou|o|of)\s)\s*`)
	quotedName  = regexp.MustCompile("^[\"'“”‘’`]+|[\"'“”‘’`]+$")
	placeholder = regexp.MustCompile(`(?i)<[^<>]{1,40}>|\{[^{}]{1,40}\}|\[[^\[\]]{1,40}\]|\((?:hash|id|number|site|container|property)[^()]*\)|#+|x{3,}|\.\.\.|…|%s`)
)

// firstName is the first name in a cell.
func firstName(s string) string {
	if names := cookieNames(s); len(names) > 0 {
		return names[0]
	}
	return ""
}

// cookieNames reads the names in a cell. What stands for a changing part becomes "*".
func cookieNames(s string) []string {
	var out []string
	for _, part := range nameSplit.Split(s, 60) {
		part = count.ReplaceAllString(fold(part), "")
		part = quotedName.ReplaceAllString(part, "")
		if part == "" {
			continue
		}
		if strings.Contains(part, " ") {
			fields := strings.Fields(part)
			all := len(fields) < 12
			for _, f := range fields {
				all = all && nameLike(f) && nameMark.MatchString(f)
			}
			if all {
				out = append(out, fields...)
				continue
			}
			if len(fields) == 2 && strongName(fields[0]) && len(fields[1]) <= 3 && strings.ToLower(fields[1]) == fields[1] {
				part = fields[0] + fields[1] // broken at the end of a narrow cell
			}
			if m := bracketed.FindStringSubmatch(part); m != nil && nameLike(m[1]) && nameMark.MatchString(m[1]) {
				part = m[1]
			}
		}
		out = append(out, part)
	}
	return out
}

var bracketed = regexp.MustCompile(`^(\S+)\s*\(.*\)$`)

// pattern makes of a name as written one that matches: "_gat_<id>" is "_gat_*", and so is "_gat_".
func pattern(name string) string {
	if strings.HasSuffix(name, "_") && len(name) > 2 {
		return name + "*"
	}
	if placeholder.MatchString(name) && !strings.HasPrefix(name, "[") {
		p := placeholder.ReplaceAllString(name, "*")
		for strings.Contains(p, "**") {
			p = strings.ReplaceAll(p, "**", "*")
		}
		if strings.Trim(p, "*._-") != "" {
			return p
		}
	}
	return name
}
