package notice

import (
	gocontext "context"
	"errors"
	"fmt"
	"io"
	"strings"

	pdfium "github.com/klippa-app/go-pdfium"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// A pdfReader reads one document with PDFium.
type pdfReader struct {
	lib   pdfium.Pdfium
	doc   references.FPDF_DOCUMENT
	pages int // at most
	chars int
	odd   int // characters that stand for nothing
}

type pdfLink struct {
	url            string
	x0, y0, x1, y1 float64
}

// run starts PDFium, reads one document and ends PDFium.
func (r *pdfReader) run(ctx gocontext.Context, body []byte, config wazero.RuntimeConfig) (sheets [][]pdfWord, language string, err error) {
	defer func() {
		if p := recover(); p != nil { // the library panics where memory ends
			sheets, err = nil, errPDFBroken
		}
		if ctx.Err() != nil {
			sheets, err = nil, errPDFTime
		}
	}()
	pool, err := webassembly.Init(webassembly.Config{
		Context: ctx, MaxTotal: 1, FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard,
		RuntimeConfig: config.WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
			WithMemoryLimitPages(pdfWasmPages).WithCloseOnContextDone(true).WithDebugInfoEnabled(false),
	})
	if err != nil {
		return nil, "", fmt.Errorf("PDF, whose reader does not start: %w", err)
	}
	defer pool.Close()
	lib, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("PDF, whose reader does not start: %w", err)
	}
	defer lib.Close()
	r.lib = lib
	return r.read(body)
}

// read gives the words of each page.
func (r *pdfReader) read(body []byte) (sheets [][]pdfWord, language string, err error) {
	doc, err := r.lib.OpenDocument(&requests.OpenDocument{File: &body})
	switch {
	case errors.Is(err, pdferrors.ErrPassword):
		return nil, "", errPDFPassword
	case errors.Is(err, pdferrors.ErrSecurity):
		return nil, "", errPDFEncrypted
	case err != nil:
		return nil, "", errPDFBroken
	}
	r.doc = doc.Document
	count, err := r.lib.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: r.doc})
	if err != nil || count.PageCount == 0 {
		return nil, "", errPDFBroken
	}
	switch {
	case count.PageCount > maxPDFPages:
		return nil, "", errPDFPages
	case count.PageCount > r.pages:
		return nil, "", errPDFLong
	}
	if said, err := r.lib.FPDFCatalog_GetLanguage(&requests.FPDFCatalog_GetLanguage{Document: r.doc}); err == nil {
		language = said.Language
	}
	for i := range count.PageCount {
		words, err := r.page(i)
		if err != nil {
			return nil, "", err
		}
		sheets = append(sheets, words)
	}
	switch {
	case r.chars == 0:
		return nil, "", errPDFScanned
	case r.odd*10 > r.chars:
		return nil, "", errPDFGarbled
	}
	return sheets, language, nil
}

func (r *pdfReader) page(i int) ([]pdfWord, error) {
	opened, err := r.lib.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: r.doc, Index: i})
	if err != nil {
		return nil, errPDFBroken
	}
	defer r.lib.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: opened.Page})
	page := requests.Page{ByReference: &opened.Page}
	text, err := r.lib.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: page})
	if err != nil {
		return nil, errPDFBroken
	}
	defer r.lib.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: text.TextPage})
	words, err := r.words(text.TextPage)
	if err != nil {
		return nil, err
	}
	for _, l := range r.links(page) {
		for i := range words {
			w := &words[i]
			if x, y := (w.x0+w.x1)/2, (w.y0+w.y1)/2; l.x0 <= x && x <= l.x1 && l.y0 <= y && y <= l.y1 {
				w.link = l.url
			}
		}
	}
	return words, nil
}

// words gathers the characters of a page, which PDFium gives in the order of reading.
func (r *pdfReader) words(text references.FPDF_TEXTPAGE) ([]pdfWord, error) {
	count, err := r.lib.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: text})
	if err != nil {
		return nil, errPDFBroken
	}
	var words []pdfWord
	var b strings.Builder
	var w pdfWord
	end := func() {
		if w.text = b.String(); w.text != "" {
			words = append(words, w)
		}
		b.Reset()
		w = pdfWord{}
	}
	for i := range count.Count {
		c, err := r.lib.FPDFText_GetUnicode(&requests.FPDFText_GetUnicode{TextPage: text, Index: i})
		if err != nil {
			return nil, errPDFBroken
		}
		char := rune(c.Unicode)
		if char == 0 || char == ' ' || char == '\r' || char == '\n' || char == '\t' || char == 0xA0 {
			end()
			continue
		}
		if r.chars++; r.chars > maxPDFChars {
			return nil, errPDFChars
		}
		breaks := char == 0x02 || char == 0xFFFE || char == 0xAD // how PDFium writes a hyphen that breaks a word
		if breaks {
			char = '-'
		}
		if char == 0xFFFD || char >= 0xE000 && char <= 0xF8FF || char < ' ' {
			if char != 0xF0B7 && char != 0xF0A7 { // bullets of Symbol and Wingdings
				r.odd++
			} else {
				char = '•'
			}
		}
		box, err := r.lib.FPDFText_GetLooseCharBox(&requests.FPDFText_GetLooseCharBox{TextPage: text, Index: i})
		if err != nil {
			return nil, errPDFBroken
		}
		x0, x1, y0, y1 := float64(box.Rect.Left), float64(box.Rect.Right), float64(box.Rect.Bottom), float64(box.Rect.Top)
		// A word ends where the line does, or where a hole is: there, no space need be written.
		if b.Len() > 0 && (y1 < w.y0 || y0 > w.y1 || x0-w.x1 > 0.3*w.size() || x0 < w.x0-w.size()) {
			end()
		}
		if b.Len() == 0 {
			w = pdfWord{x0: x0, x1: x1, y0: y0, y1: y1, bold: r.bold(text, i)}
		}
		w.x1, w.breaks = max(w.x1, x1), breaks
		if out := visible(char); out >= 0 {
			b.WriteRune(out)
		}
	}
	end()
	return words, nil
}

// bold says that a font is, by its weight or its name; PDFium guesses the weight of fonts that do not state it.
func (r *pdfReader) bold(text references.FPDF_TEXTPAGE, i int) bool {
	info, err := r.lib.FPDFText_GetFontInfo(&requests.FPDFText_GetFontInfo{TextPage: text, Index: i})
	if err != nil {
		return false
	}
	name := strings.ToLower(info.FontName)
	return strings.Contains(name, "bold") || strings.Contains(name, "black") || strings.Contains(name, "heavy") || info.Flags&(1<<18) != 0
}

// links gives the links of a page that lead to the web.
func (r *pdfReader) links(page requests.Page) []pdfLink {
	var out []pdfLink
	for at := 0; len(out) < maxPDFLinks; {
		next, err := r.lib.FPDFLink_Enumerate(&requests.FPDFLink_Enumerate{Page: page, StartPos: at})
		if err != nil || next.Link == nil || next.NextStartPos == nil || *next.NextStartPos <= at {
			return out
		}
		at = *next.NextStartPos
		action, err := r.lib.FPDFLink_GetAction(&requests.FPDFLink_GetAction{Link: *next.Link})
		if err != nil || action.Action == nil {
			continue
		}
		uri, err := r.lib.FPDFAction_GetURIPath(&requests.FPDFAction_GetURIPath{Document: r.doc, Action: *action.Action})
		if err != nil || uri.URIPath == nil || len(*uri.URIPath) > 2000 || !strings.HasPrefix(*uri.URIPath, "http://") && !strings.HasPrefix(*uri.URIPath, "https://") {
			continue
		}
		rect, err := r.lib.FPDFLink_GetAnnotRect(&requests.FPDFLink_GetAnnotRect{Link: *next.Link})
		if err != nil || rect.Rect == nil {
			continue
		}
		b := rect.Rect
		out = append(out, pdfLink{*uri.URIPath, float64(min(b.Left, b.Right)), float64(min(b.Top, b.Bottom)), float64(max(b.Left, b.Right)), float64(max(b.Top, b.Bottom))})
	}
	return out
}
