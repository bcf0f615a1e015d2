package testsites

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// archive is one parsed txtar file: the resources of its hosts and, for a site, its raw truth.
type archive struct {
	name      string
	about     string
	start     string
	base      string // the site whose files were taken over
	want      []byte
	signedOff []byte                          // declarations.yaml: what somebody signed off for the site's notices
	aliases   map[string]string               // names that are aliases (CNAME) of others
	resources map[string]map[string]*resource // by host, then by path
}

// resource is one thing the server answers with.
type resource struct {
	file     string // name in the archive
	body     []byte
	static   bool // body comes from a file
	kind     string
	status   int
	delay    time.Duration
	cors     bool
	template bool
	quietIf  string
	header   [][2]string // in order; Content-Type is always there for static bodies
}

var (
	includeRE = regexp.MustCompile(`<!--#include\s+(\S+?)((?:\s+\w+="[^"]*")*)\s*-->`)
	attrRE    = regexp.MustCompile(`(\w+)="([^"]*)"`)
	fieldRE   = regexp.MustCompile(`\{\{\w+\}\}`)
)

// maxInclude bounds how deep parts may include parts.
const maxInclude = 4

// parseArchive reads a txtar file. Bases are looked up with base, which returns the raw bytes of another site.
func parseArchive(name string, data []byte, base func(string) ([]byte, error)) (*archive, error) {
	a := &archive{name: name, aliases: map[string]string{}, resources: map[string]map[string]*resource{}}
	files, err := a.files(data, base, 0)
	if err != nil {
		return nil, fmt.Errorf("site %s: %w", name, err)
	}
	for _, f := range files.list {
		if err := a.add(f.Name, files); err != nil {
			return nil, fmt.Errorf("site %s: %s: %w", name, f.Name, err)
		}
	}
	return a, nil
}

// fileSet is the files of an archive, with those taken over from its base.
type fileSet struct {
	list []txtar.File
	data map[string][]byte
}

func (a *archive) files(data []byte, base func(string) ([]byte, error), depth int) (*fileSet, error) {
	if depth > maxInclude {
		return nil, fmt.Errorf("bases are nested too deeply")
	}
	t := txtar.Parse(data)
	set := &fileSet{data: map[string][]byte{}}
	for _, f := range t.Files {
		if _, dup := set.data[f.Name]; dup {
			return nil, fmt.Errorf("file %s stands there twice", f.Name)
		}
		set.list = append(set.list, f)
		set.data[f.Name] = f.Data
	}
	var baseName, from, to string
	for n, line := range strings.Split(string(t.Comment), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch {
		case !ok:
			return nil, fmt.Errorf("header line %d is not of the form \"key: value\"", n+1)
		case key == "about" && depth == 0:
			a.about = value
		case key == "start" && depth == 0:
			a.start = value
		case key == "base":
			baseName = value
		case key == "rename":
			if from, to, ok = strings.Cut(value, " "); !ok {
				return nil, fmt.Errorf("header line %d: rename needs two names", n+1)
			}
		case key == "alias" && depth == 0:
			name, target, ok := strings.Cut(value, " ")
			if !ok {
				return nil, fmt.Errorf("header line %d: alias needs two names", n+1)
			}
			a.aliases[name] = target
		case depth == 0:
			return nil, fmt.Errorf("header line %d: unknown key %q", n+1, key)
		}
	}
	if baseName == "" {
		return set, nil
	}
	if depth == 0 {
		a.base = baseName
	}
	raw, err := base(baseName)
	if err != nil {
		return nil, fmt.Errorf("base: %w", err)
	}
	below, err := a.files(raw, base, depth+1)
	if err != nil {
		return nil, fmt.Errorf("base %s: %w", baseName, err)
	}
	for _, f := range below.list {
		if f.Name == wantFile || f.Name == signedOffFile {
			continue
		}
		if from != "" {
			f.Name = strings.ReplaceAll(f.Name, from, to)
			f.Data = bytes.ReplaceAll(f.Data, []byte(from), []byte(to))
		}
		if _, mine := set.data[f.Name]; !mine {
			set.list = append(set.list, f)
			set.data[f.Name] = f.Data
		}
	}
	return set, nil
}

// wantFile is the archive member that holds the truth; signedOffFile holds declarations that somebody signed off;
// headersExt ends the names of response descriptions.
const (
	wantFile      = "want.json"
	signedOffFile = "declarations.yaml"
	headersExt    = ".headers"
)

func (a *archive) add(name string, files *fileSet) error {
	switch name {
	case wantFile:
		a.want = files.data[name]
		return nil
	case signedOffFile:
		a.signedOff = files.data[name]
		return nil
	}
	target := strings.TrimSuffix(name, headersExt)
	host, rest, ok := strings.Cut(target, "/")
	if !ok || host == "" || host != strings.ToLower(host) {
		return fmt.Errorf("not of the form HOST/path")
	}
	if !strings.HasSuffix(host, ".test") {
		return fmt.Errorf("host %s is not a reserved .test name", host)
	}
	if strings.HasPrefix(path.Base(rest), "_") && rest != "" && target == name {
		return nil // a part
	}
	r := a.at(host, "/"+rest)
	r.file = target
	if target != name {
		return r.describe(files.data[name])
	}
	body, err := expand(host, files.data[name], files, 0)
	if err != nil {
		return err
	}
	r.body, r.static = body, true
	return nil
}

func (a *archive) at(host, p string) *resource {
	if a.resources[host] == nil {
		a.resources[host] = map[string]*resource{}
	}
	if a.resources[host][p] == nil {
		a.resources[host][p] = &resource{}
	}
	return a.resources[host][p]
}

// expand replaces includes in body by the parts of the same host.
func expand(host string, body []byte, files *fileSet, depth int) ([]byte, error) {
	var failed error
	out := includeRE.ReplaceAllFunc(body, func(m []byte) []byte {
		sub := includeRE.FindSubmatch(m)
		part, ok := files.data[host+"/"+string(sub[1])]
		if !ok || depth >= maxInclude {
			failed = fmt.Errorf("cannot include %s", sub[1])
			return nil
		}
		part = bytes.TrimSuffix(part, []byte("\n"))
		for _, kv := range attrRE.FindAllSubmatch(sub[2], -1) {
			part = bytes.ReplaceAll(part, []byte("{{"+string(kv[1])+"}}"), kv[2])
		}
		part = fieldRE.ReplaceAll(part, nil)
		inner, err := expand(host, part, files, depth+1)
		if err != nil {
			failed = err
		}
		return inner
	})
	return out, failed
}

// describe reads a .headers file.
func (r *resource) describe(data []byte) error {
	for n, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var err error
		if order, ok := strings.CutPrefix(line, ":"); ok {
			err = r.order(order)
		} else if key, value, ok := strings.Cut(line, ":"); ok {
			r.header = append(r.header, [2]string{strings.TrimSpace(key), strings.TrimSpace(value)})
		} else {
			err = fmt.Errorf("not a header")
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	return nil
}

func (r *resource) order(line string) error {
	word, arg, _ := strings.Cut(line, " ")
	arg = strings.TrimSpace(arg)
	var err error
	switch word {
	case "status":
		_, err = fmt.Sscanf(arg, "%d", &r.status)
		if err == nil && (r.status < 200 || r.status > 599) {
			err = fmt.Errorf("no such status %d", r.status)
		}
	case "delay":
		r.delay, err = time.ParseDuration(arg)
	case "body":
		r.kind = arg
		if arg != "gif" && arg != "empty" && arg != "echo" {
			err = fmt.Errorf("unknown body %q", arg)
		}
	case "cors":
		r.cors = true
	case "template":
		r.template = true
	case "quiet-if":
		r.quietIf = arg
	default:
		err = fmt.Errorf("unknown order %q", word)
	}
	return err
}

// lookup finds what answers a path: the file itself, its index, its .html, or a "*" above it.
func lookup(paths map[string]*resource, p string) *resource {
	if strings.HasPrefix(path.Base(p), "_") && p != "/" {
		return nil
	}
	names := []string{p, p + ".html"}
	if strings.HasSuffix(p, "/") {
		names = []string{p, p + "index.html"}
	}
	for _, name := range names {
		if r := paths[name]; r != nil {
			return r
		}
	}
	for dir := path.Dir(p); ; dir = path.Dir(dir) {
		if r := paths[path.Join(dir, "*")]; r != nil {
			return r
		}
		if dir == "/" || dir == "." {
			return nil
		}
	}
}

// contentTypes are fixed here, so that the machine's own MIME tables do not change what is served.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json",
	".svg":  "image/svg+xml",
	".txt":  "text/plain; charset=utf-8",
	".xml":  "application/xml",
	".md":   "text/markdown; charset=utf-8",
	".pdf":  "application/pdf",
}

func contentType(name string) string {
	if t := contentTypes[path.Ext(name)]; t != "" {
		return t
	}
	return contentTypes[".html"]
}
