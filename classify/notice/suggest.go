package notice

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
)

// Answer is what a model answered to a question, kept word for word: the same answers lead to the same suggestions
// whenever they are looked at.
type Answer struct {
	Document string `json:"document"` // as in the question
	Start    int    `json:"start"`
	End      int    `json:"end"`
	Content  string `json:"content"`
}

// AnswerError says that an answer is not of the form that was asked for; nothing of it is used.
type AnswerError struct{ Reason string }

func (e *AnswerError) Error() string { return "answer of the model: " + e.Reason }

// Drop is the reason why an item of an answer was not taken up.
type Drop string

const (
	DropInvented  Drop = "quote not in the text"
	DropPartial   Drop = "quote not one sentence, item or row"
	DropWord      Drop = "unknown word"
	DropDenial    Drop = "denial"          // only rules and people assert one
	DropRecipient Drop = "named recipient" // likewise
	DropEmpty     Drop = "declares nothing"
	DropKnown     Drop = "already declared"
	DropContrary  Drop = "denied by the notice"
	DropElsewhere Drop = "of another document"
)

// suggestedConfidence is low: an answer that stands in the text may still misread it.
const suggestedConfidence = 0.3

// maxSuggested bounds an answer: a model that goes round in circles fills its window with items.
const maxSuggested = 500

type suggestion struct {
	Quote      string              `json:"quote"`
	Technology evidence.Technology `json:"technology"`
	Purpose    knowledge.Purpose   `json:"purpose"`
	Party      evidence.Party      `json:"party"`
	Recipient  string              `json:"recipient"`
	Condition  Condition           `json:"condition"`
	Denied     bool                `json:"denied"`
}

// CheckAnswer says whether an answer has the form that was asked for: one JSON object, no field of another name.
// The error is an *AnswerError.
func CheckAnswer(content string) error {
	_, err := parseAnswer(content)
	return err
}

func parseAnswer(content string) ([]suggestion, error) {
	var form struct {
		Declarations *[]suggestion `json:"declarations"`
	}
	dec := json.NewDecoder(strings.NewReader(content))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&form); err != nil {
		return nil, &AnswerError{"not the JSON that was asked for: " + strings.TrimPrefix(err.Error(), "json: ")}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, &AnswerError{"something stands behind the JSON object"}
	}
	switch {
	case form.Declarations == nil:
		return nil, &AnswerError{"no declarations in it"}
	case len(*form.Declarations) > maxSuggested:
		return nil, &AnswerError{fmt.Sprintf("more than %d declarations", maxSuggested)}
	}
	return *form.Declarations, nil
}

// Suggest checks the items of the answers against the notice and adds those that hold, with origin model and review
// pending: shown to a person, counted only once a person has accepted them (Declaration.Counts). A model asserts
// neither a denial nor a named recipient, and its answer has no place for claims. dropped counts the rest by reason.
// The errors (*AnswerError) of answers of another form are joined; the other answers are used.
func (n *Notice) Suggest(answers []Answer) (added int, dropped map[Drop]int, err error) {
	dropped = map[Drop]int{}
	var problems []error
	rules := len(n.Declarations)
	for _, a := range answers {
		items, err := parseAnswer(a.Content)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		i := slices.IndexFunc(n.Documents, func(d Document) bool { return d.SHA256 == a.Document })
		if i < 0 {
			dropped[DropElsewhere] += len(items)
			continue
		}
		places := foldedPassages(&n.Documents[i])
		for _, item := range items {
			d, why := places.check(item, a)
			if why == "" {
				why = n.known(d)
			}
			if why != "" {
				dropped[why]++
				continue
			}
			n.Declarations = append(n.Declarations, d)
		}
	}
	added = len(n.Declarations) - rules
	slices.SortStableFunc(n.Declarations[rules:], compareDeclarations)
	for i := range n.Declarations[rules:] {
		n.Declarations[rules+i].ID = fmt.Sprintf("m%03d", i+1) // the numbers of the rules' stay as they are without a model
	}
	slices.SortStableFunc(n.Declarations, compareDeclarations)
	return added, dropped, errors.Join(problems...)
}

// shown is a document with its passages as a model was shown them.
type shown struct {
	doc   *Document
	texts []string
	whole string
}

func foldedPassages(d *Document) shown {
	f := shown{doc: d, texts: make([]string, len(d.passages))}
	for i, p := range d.passages {
		f.texts[i] = fold(d.Text[p.Start:p.End])
	}
	f.whole = strings.Join(f.texts, " ")
	return f
}

// check makes a declaration of an item, or says why not.
func (f shown) check(item suggestion, a Answer) (Declaration, Drop) {
	quote := fold(item.Quote)
	i, why := f.find(quote, a)
	if why != "" {
		return Declaration{}, why
	}
	kind := item.Recipient == "" || slices.Contains(kinds(), item.Recipient)
	switch {
	case item.Denied:
		return Declaration{}, DropDenial
	case item.Technology != "" && !slices.Contains(evidence.Technologies, item.Technology),
		item.Purpose != "" && !slices.Contains(suggestible(), item.Purpose),
		item.Party != "" && item.Party != evidence.FirstParty && item.Party != evidence.ThirdParty,
		!slices.Contains(conditions, item.Condition):
		return Declaration{}, DropWord
	case !kind:
		return Declaration{}, DropRecipient
	case item.Technology == "" && item.Party != evidence.ThirdParty && item.Recipient == "":
		return Declaration{}, DropEmpty
	}
	p := f.doc.passages[i]
	region := regionOf(f.texts[i])
	if region == "" {
		region = p.region
	}
	return Declaration{
		Document: f.doc.ID, Technology: item.Technology, Purpose: item.Purpose, Party: item.Party, Recipient: item.Recipient, Region: region,
		Condition: item.Condition, Strength: Category, Lifetime: -1, Names: []string{}, Quote: f.texts[i], Section: p.section,
		Start: p.Start, End: p.End, Origin: FromModel, Confidence: suggestedConfidence, Review: Pending,
	}, ""
}

// find gives the passage that a quote stands in: in the part that was asked about, else anywhere in the document. A
// passage is quoted if the quote is most of it, so that a common word proves nothing.
func (f shown) find(quote string, a Answer) (int, Drop) {
	if quote == "" {
		return 0, DropInvented
	}
	part := -1
	for pass := range 2 {
		for i, text := range f.texts {
			p := f.doc.passages[i]
			if inside := p.Start >= a.Start && p.End <= a.End; inside != (pass == 0) || !strings.Contains(text, quote) {
				continue
			}
			if len(quote)*2 > len(text) {
				return i, ""
			}
			part = i
		}
	}
	if part >= 0 || strings.Contains(f.whole, quote) {
		return 0, DropPartial
	}
	return 0, DropInvented
}

// known says whether a suggestion adds nothing to a notice, or goes against what a rule read in the same passage.
func (n *Notice) known(s Declaration) Drop {
	for _, d := range n.Declarations {
		here := d.Document == s.Document && d.Start < s.End && s.Start < d.End
		same := d.Technology == s.Technology && (d.Purpose == s.Purpose || s.Purpose == "") && (d.Party == s.Party || s.Party == "")
		switch {
		case d.Denied && here && d.Technology == s.Technology && (d.Purpose == "" || s.Purpose == "" || d.Purpose == s.Purpose):
			return DropContrary
		case d.Denied:
		case here && same && (s.Recipient == "" || d.Recipient == s.Recipient):
			return DropKnown
		case same && d.Recipient == s.Recipient && d.Region == s.Region && d.Condition == s.Condition && d.Strength != Generic:
			return DropKnown
		}
	}
	return ""
}
