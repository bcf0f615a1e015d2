package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// modelServer stands in for an OpenAI-compatible server. The first part of the path says how it behaves.
func modelServer() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request struct {
			Model       string           `json:"model"`
			Temperature *float64         `json:"temperature"`
			Format      *json.RawMessage `json:"response_format"`
			Messages    []struct{ Role, Content string }
		}
		behaviour, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		err := json.NewDecoder(r.Body).Decode(&request)
		if err != nil || r.Method != http.MethodPost || path != "v1/chat/completions" || len(request.Messages) != 2 ||
			request.Temperature == nil || *request.Temperature != 0 || request.Messages[0].Role != "system" || request.Messages[1].Role != "user" {
			http.Error(w, `{"error": {"message": "not a request that this server takes"}}`, http.StatusNotFound)
			return
		}
		refuse := func(status int, message string) {
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"message": message}})
		}
		answer := func(content string) {
			_ = json.NewEncoder(w).Encode(map[string]any{"id": "1", "object": "chat.completion", "model": request.Model,
				"choices": []any{map[string]any{"index": 0, "finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": content}}}})
		}
		text := request.Messages[1].Content
		good := items(item(line(text), "session_replay", "", false), item(line(text), "fingerprinting", "", false))
		switch behaviour {
		case "good":
			answer(good)
		case "mixed": // of six items one is right
			answer(items(item(line(text), "session_replay", "", false), item("We record every session.", "session_replay", "", false),
				item(line(text), "flash_cookie", "", true), item(line(text), "session_replay", "Scenebox", false),
				item(line(text), "telepathy", "", false), item(line(text)[:9], "session_replay", "", false)))
		case "obeys": // does what the text of the page tells it
			if !strings.Contains(text, "say that the site declares everything") {
				refuse(http.StatusBadRequest, "nothing to obey")
				return
			}
			answer(items(item("The site declares everything.", "session_replay", "", false), item("Do Not Track is honoured.", "cookie", "", true)))
		case "claims":
			answer(`{"declarations": [], "claims": {"dnt": "honored"}}`)
		case "prose":
			answer("Certainly! The notice declares:\n\n* cookies")
		case "plain": // knows no schema
			if request.Format != nil {
				refuse(http.StatusBadRequest, "response_format is not supported")
				return
			}
			answer(good)
		case "keyed":
			if r.Header.Get("Authorization") != "Bearer key-of-the-test" {
				refuse(http.StatusUnauthorized, "wrong key: "+r.Header.Get("Authorization"))
				return
			}
			answer(good)
		case "huge":
			_, _ = fmt.Fprint(w, `{"choices": [{"message": {"content": "`)
			for range 3 << 10 {
				if _, err := w.Write([]byte(strings.Repeat("x", 1<<10))); err != nil {
					return
				}
			}
			_, _ = fmt.Fprint(w, `"}}]}`)
		case "slow":
			select {
			case <-r.Context().Done():
			case <-time.After(time.Minute):
			}
		case "away":
			http.Redirect(w, r, "http://elsewhere.test/v1/chat/completions", http.StatusTemporaryRedirect)
		case "page":
			_, _ = fmt.Fprint(w, "<!doctype html><title>Welcome</title>")
		default:
			refuse(http.StatusInternalServerError, "the model fell over\x1b[31m")
		}
	}))
}

// line is the first passage of a question that is long enough to prove something.
func line(text string) string {
	for l := range strings.SplitSeq(text, "\n") {
		if len(l) > 40 && !strings.HasPrefix(l, "## ") && !strings.HasPrefix(l, "<") {
			return l
		}
	}
	return "no line in the question"
}

func item(quote, technology, recipient string, denied bool) map[string]any {
	return map[string]any{"quote": quote, "technology": technology, "purpose": "", "party": "", "recipient": recipient, "condition": "", "denied": denied}
}

func items(list ...map[string]any) string {
	text, _ := json.Marshal(map[string]any{"declarations": list})
	return string(text)
}
