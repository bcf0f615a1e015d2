package filter

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// LockSchema names the format of a lock file.
const LockSchema = "trackaudit.lists/v1"

// Lock pins the lists that an audit uses: the lock file.
type Lock struct {
	Schema string `json:"schema"`
	Lists  []Pin  `json:"lists"` // sorted by name
}

// Format is how a list is written.
type Format string

const (
	Adblock       Format = "adblock"            // rules, for Parse
	DeviceStorage Format = "tcf-device-storage" // a TCF vendor's disclosures, for knowledge.ImportTCF
	EDPBKnowledge Format = "edpb-knowledge"     // a knowledge base of the EDPB's tool, for knowledge.ImportEDPB
	WECInspection Format = "wec-inspection"     // what the EDPS's collector saw, for knowledge.ImportWEC
	FactRows      Format = "rows"               // rows of package knowledge
)

var formats = []Format{Adblock, DeviceStorage, EDPBKnowledge, WECInspection, FactRows}

// Pin is one list as it was downloaded.
type Pin struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	Format  Format `json:"format"`
	SHA256  string `json:"sha256"` // of the bytes, in hex
	Bytes   int    `json:"bytes"`
	Fetched string `json:"fetched"` // YYYY-MM-DD, UTC
	Licence string `json:"licence"` // as the list or its maker states it; "" = unstated
	Version string `json:"version,omitempty"`
	Updated string `json:"updated,omitempty"` // as the list states it
	Counts  Counts `json:"counts"`            // of a list in Adblock syntax
}

// NewPin describes the bytes of a list. Licence is what its maker states elsewhere; "" takes the list's own word.
func NewPin(name, address string, format Format, licence string, body []byte, when time.Time) Pin {
	p := Pin{Name: name, Address: address, Format: format, SHA256: hash(body), Bytes: len(body), Fetched: when.UTC().Format(time.DateOnly), Licence: licence}
	if format == Adblock {
		l, _ := Parse(name, body)
		p.Version, p.Updated, p.Counts = l.Version, l.Updated, l.Counts
		if p.Licence == "" {
			p.Licence = l.Licence
		}
	}
	return p
}

func hash(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// A DriftError says that bytes are not those that were pinned.
type DriftError struct {
	Name      string
	Want, Got string // SHA-256
}

func (e *DriftError) Error() string {
	return fmt.Sprintf("list %s: SHA-256 is %s, pinned %s", e.Name, e.Got, e.Want)
}

// Check returns a *DriftError if body is not what p pins.
func (p Pin) Check(body []byte) error {
	if got := hash(body); got != p.SHA256 {
		return &DriftError{p.Name, p.SHA256, got}
	}
	return nil
}

// Find returns the pin of a list.
func (l Lock) Find(name string) (Pin, bool) {
	for _, p := range l.Lists {
		if p.Name == name {
			return p, true
		}
	}
	return Pin{}, false
}

// With returns l with p in the place of the pin of that name, or added.
func (l Lock) With(p Pin) Lock {
	lists := slices.DeleteFunc(slices.Clone(l.Lists), func(q Pin) bool { return q.Name == p.Name })
	return Lock{LockSchema, append(lists, p)}
}

// Marshal writes the lock file: lists sorted by name, one field a line, so that a change reads well as a diff.
func (l Lock) Marshal() ([]byte, error) {
	l.Schema = LockSchema
	l.Lists = slices.SortedFunc(slices.Values(l.Lists), func(a, b Pin) int { return strings.Compare(a.Name, b.Name) })
	if l.Lists == nil {
		l.Lists = []Pin{}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(l); err != nil {
		return nil, fmt.Errorf("encode lock: %w", err)
	}
	return b.Bytes(), nil
}

// ParseLock reads a lock file. What it does not know or cannot be, it refuses: a lock that is misread protects
// nothing.
func ParseLock(text []byte) (Lock, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var l Lock
	if err := dec.Decode(&l); err != nil {
		return Lock{}, fmt.Errorf("lock file: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return Lock{}, fmt.Errorf("lock file: goes on after its end")
	}
	if l.Schema != LockSchema {
		return Lock{}, fmt.Errorf("lock file: schema %q is not %s", l.Schema, LockSchema)
	}
	seen := map[string]bool{}
	for _, p := range l.Lists {
		if err := p.valid(); err != nil {
			return Lock{}, fmt.Errorf("lock file: list %q: %w", p.Name, err)
		}
		if seen[p.Name] {
			return Lock{}, fmt.Errorf("lock file: list %q stands twice", p.Name)
		}
		seen[p.Name] = true
	}
	return l, nil
}

func (p Pin) valid() error {
	if sum, err := hex.DecodeString(p.SHA256); err != nil || len(sum) != sha256.Size || p.SHA256 != strings.ToLower(p.SHA256) {
		return fmt.Errorf("sha256 %q is not a hash", p.SHA256)
	}
	if p.Name == "" || strings.Trim(p.Name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return fmt.Errorf("a name is lower-case letters, digits and hyphens") // it becomes a file's name
	}
	if !slices.Contains(formats, p.Format) {
		return fmt.Errorf("unknown format %q", p.Format)
	}
	if _, err := time.Parse(time.DateOnly, p.Fetched); err != nil {
		return fmt.Errorf("fetched %q is not a date", p.Fetched)
	}
	if p.Address == "" {
		return fmt.Errorf("no address")
	}
	return nil
}

// NonCommercial reports whether a licence, as stated, forbids commercial use: such a list is used only if its user
// names the licence. A licence behind a link or unstated says nothing; who adds a list has to state it.
func NonCommercial(licence string) bool {
	words := strings.FieldsFunc(strings.ToLower(licence), func(r rune) bool {
		return r < '0' || '9' < r && r < 'a' || 'z' < r
	})
	for i, w := range words {
		switch w {
		case "nc", "noncommercial":
			return true
		case "non":
			if i+1 < len(words) && words[i+1] == "commercial" {
				return true
			}
		}
	}
	return false
}

// Source is a list that trackaudit knows how to fetch by name.
type Source struct {
	Name    string
	Title   string
	Address string
	Format  Format
	Licence string
}

// Sources are lists by the names that a user may give. None is part of the program or downloaded unasked.
var Sources = []Source{
	{"easylist", "EasyList: advertising", "https://easylist.to/easylist/easylist.txt", Adblock, "GPL-3.0-or-later or CC-BY-SA-3.0"},
	{"easyprivacy", "EasyPrivacy: tracking", "https://easylist.to/easylist/easyprivacy.txt", Adblock, "GPL-3.0-or-later or CC-BY-SA-3.0"},
}
