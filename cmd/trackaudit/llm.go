package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"trackaudit/classify/notice"
)

// llmKey is the only place that a key is taken from: flags and files are seen by too many eyes.
const llmKey = "TRACKAUDIT_LLM_KEY"

const (
	maxQuestions = 40      // requests for all documents of a notice
	maxAnswer    = 1 << 20 // bytes of one response
	maxTokens    = 4096    // of one answer: more than the items of one question take
)

// llmTimeout is for one request: a model on an ordinary processor takes minutes. A variable for tests only.
var llmTimeout = 5 * time.Minute

// asking are the flags of the commands that may ask a helper model.
type asking struct{ address, model string }

func (a *asking) register(f *pflag.FlagSet) {
	f.StringVar(&a.address, "llm", "", "let a model suggest what the rules missed in the notice: address of an OpenAI-compatible server, e.g. http://127.0.0.1:8080/v1 (key: "+llmKey+")")
	f.StringVar(&a.model, "llm-model", "", "name of the model that --llm asks, if the server has several")
}

// helper is a model that may be asked. A nil helper asks nothing.
type helper struct {
	address string // of the chat completions
	model   string
	key     string
	client  *http.Client
	plain   bool // the server does not hold answers to a schema
}

// asked is what run.json keeps of it. The key is no part of it.
type asked struct {
	URL       string              `json:"url"`
	Model     string              `json:"model"`
	Prompt    string              `json:"prompt_sha256"` // of the task and the form of the answer
	Questions int                 `json:"questions"`     // that were answered
	Left      int                 `json:"left"`          // parts of the notice that were not asked about
	Suggested int                 `json:"suggested"`
	Dropped   map[notice.Drop]int `json:"dropped"`
	Answers   string              `json:"answers"` // file
	Error     string              `json:"error,omitempty"`
}

// answersFile keeps the answers word for word, so that a run can be judged again without the model.
const answersFile = "notice/answers.json"

func (a *asking) parse() (*helper, error) {
	if a.address == "" {
		if a.model != "" {
			return nil, hintf(errors.New("--llm-model names a model, but --llm no server"), "for example --llm http://127.0.0.1:8080/v1")
		}
		return nil, nil
	}
	bad := func(why string) error {
		return hintf(fmt.Errorf("--llm: %s", why), "an address such as http://127.0.0.1:8080/v1; a key belongs into the environment: %s", llmKey)
	}
	u, err := url.Parse(a.address)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return nil, bad("not an http or https address")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, bad("nothing but scheme, host and path may stand in the address")
	}
	h := &helper{model: a.model, key: strings.TrimSpace(os.Getenv(llmKey))}
	if h.key != "" && u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, hintf(errors.New("--llm: the key would cross the network unencrypted"), "use https, a tunnel to this machine, or unset %s", llmKey)
	}
	if u.Path = strings.TrimRight(u.Path, "/"); u.Path == "" {
		u.Path = "/v1"
	}
	if !strings.HasSuffix(u.Path, "/chat/completions") {
		u.Path += "/chat/completions"
	}
	h.address = u.String()
	h.client = &http.Client{
		Timeout: llmTimeout,
		// What a redirect leads to is not what the user named: neither text nor key goes there.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return h, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// audit asks about the notice of an audit, before it is judged, and keeps the answers in the run folder. What failed
// comes back apart from err: the audit goes on without the model and ends with that.
func (h *helper) audit(cmd *cobra.Command, folder *runFolder, info *runInfo, read reading, note func(string, ...any)) (failed, err error) {
	if h == nil || info.Interrupted || len(read.notice.Documents) == 0 {
		return nil, nil
	}
	if read.signed {
		note("the model is not asked: the signed-off declarations stand in place of what is read")
		return nil, nil
	}
	var answers []notice.Answer
	info.Model, answers, failed = h.suggest(cmd.Context(), read.notice, note)
	info.Interrupted = cmd.Context().Err() != nil
	if failed != nil {
		info.Notes = append(info.Notes, info.Model.Error)
	}
	text, err := json.MarshalIndent(answers, "", "  ")
	if err != nil {
		return nil, err
	}
	return failed, folder.write(answersFile, append(text, '\n'))
}

// suggest asks about the notice, part by part, and adds what holds. A server that fails is not asked again; what it
// answered until then is used. The error is for the exit code: the notice is as good as without a model.
func (h *helper) suggest(ctx context.Context, n *notice.Notice, say func(string, ...any)) (*asked, []notice.Answer, error) {
	questions, left := n.Questions(maxQuestions)
	a := &asked{URL: h.address, Model: h.model, Prompt: notice.PromptSHA256(), Left: left, Answers: answersFile}
	answers := []notice.Answer{}
	var problem error
	for i, q := range questions {
		content, err := h.ask(ctx, q)
		if err != nil {
			problem = h.failed(err)
			a.Left += len(questions) - i
			break
		}
		a.Questions++
		answers = append(answers, notice.Answer{Document: q.Document, Start: q.Start, End: q.End, Content: content})
	}
	var err error
	a.Suggested, a.Dropped, err = n.Suggest(answers)
	if bad := split(err); problem == nil && len(bad) > 0 {
		problem = hintf(fmt.Errorf("--llm: %d of %d answers not used: %w", len(bad), len(answers), bad[0]), "use a server that holds the model to a JSON schema (response_format), or another model")
	}
	say("%s", a)
	if problem != nil {
		a.Error = h.hide(problem.Error())
	}
	return a, answers, problem
}

// String says in one line what came of asking.
func (a *asked) String() string {
	text := "the model suggested nothing"
	switch {
	case a.Suggested == 1:
		text = "the model suggested 1 declaration; it counts once a person accepts it"
	case a.Suggested > 1:
		text = fmt.Sprintf("the model suggested %d declarations; they count once a person accepts them", a.Suggested)
	}
	dropped, reasons := 0, []string{}
	for _, why := range slices.Sorted(maps.Keys(a.Dropped)) {
		dropped += a.Dropped[why]
		reasons = append(reasons, fmt.Sprintf("%d %s", a.Dropped[why], why))
	}
	if dropped > 0 {
		text += fmt.Sprintf("; %d dropped: %s", dropped, strings.Join(reasons, ", "))
	}
	if a.Left > 0 {
		text += fmt.Sprintf("; %d of %d parts of the notice were not asked about", a.Left, a.Left+a.Questions)
	}
	return text
}

// failed gives an error of the server its hint.
func (h *helper) failed(err error) error {
	var timeout interface{ Timeout() bool }
	var address *url.Error
	hint := "is the server running, and is the address right? The audit needs no model: leave --llm away"
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		err, hint = fmt.Errorf("no answer within %s", llmTimeout), "take a smaller model or a faster server"
	case errors.As(err, &address):
		err = address.Err
	}
	return hintf(fmt.Errorf("--llm: %s: %w", h.address, errors.New(h.hide(err.Error()))), "%s", hint)
}

// hide takes the key out of a message: servers like to repeat what they refuse.
func (h *helper) hide(s string) string {
	if h.key != "" {
		s = strings.ReplaceAll(s, h.key, "…")
	}
	return s
}

// ask puts one question. A server that refuses the schema is asked again, and from then on, without it.
func (h *helper) ask(ctx context.Context, q notice.Question) (string, error) {
	content, status, err := h.post(ctx, q)
	if err != nil && !h.plain && slices.Contains([]int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusNotImplemented}, status) {
		h.plain = true
		content, _, err = h.post(ctx, q)
	}
	return content, err
}

// post makes one request of the chat completions interface.
func (h *helper) post(ctx context.Context, q notice.Question) (content string, status int, err error) {
	type object = map[string]any
	request := object{
		"messages":    []object{{"role": "system", "content": q.System}, {"role": "user", "content": q.User}},
		"temperature": 0,
		"max_tokens":  maxTokens,
	}
	if h.model != "" {
		request["model"] = h.model
	}
	if !h.plain {
		request["response_format"] = object{"type": "json_schema", "json_schema": object{"name": "declarations", "strict": true, "schema": notice.AnswerSchema()}}
	}
	body, err := json.Marshal(request)
	if err != nil {
		return "", 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.address, bytes.NewReader(body))
	if err != nil {
		return "", 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "trackaudit/"+toolVersion())
	if h.key != "" {
		req.Header.Set("Authorization", "Bearer "+h.key)
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return "", 0, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return "", resp.StatusCode, err
	case resp.StatusCode != http.StatusOK:
		return "", resp.StatusCode, fmt.Errorf("the server answered %s%s", resp.Status, serverMessage(answer))
	case len(answer) > maxAnswer:
		return "", resp.StatusCode, fmt.Errorf("an answer larger than %d MB", maxAnswer>>20)
	}
	var completion struct {
		Choices []struct {
			Finish  string                   `json:"finish_reason"`
			Message struct{ Content string } `json:"message"`
		} `json:"choices"`
	}
	switch err := json.Unmarshal(answer, &completion); {
	case err != nil || len(completion.Choices) == 0:
		return "", resp.StatusCode, errors.New("not an answer of an OpenAI-compatible server")
	case completion.Choices[0].Finish == "length":
		return "", resp.StatusCode, fmt.Errorf("the answer was cut off after %d tokens", maxTokens)
	}
	return completion.Choices[0].Message.Content, resp.StatusCode, nil
}

// serverMessage is what a server says of an error, cut to a line.
func serverMessage(body []byte) string {
	var form struct {
		Error struct{ Message string } `json:"error"`
	}
	_ = json.Unmarshal(body, &form)
	text := form.Error.Message
	if r := []rune(text); len(r) > 200 {
		text = string(r[:200]) + "…"
	}
	if text == "" || !utf8.ValidString(text) {
		return ""
	}
	return ": " + text
}
