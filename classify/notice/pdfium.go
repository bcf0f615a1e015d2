package notice

import (
	gocontext "context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

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
	chars int
	odd   int // characters that stand for nothing
}

type pdfLink struct {
	url            string
	x0, y0, x1, y1 float64
}

// run starts PDFium, reads one document and ends PDFium. It is compiled, which takes seconds, unless an earlier run kept
// it in cacheDir; "" keeps nothing.
func (r *pdfReader) run(body []byte, cacheDir string) (sheets [][]pdfWord, language string, err error) {
	ctx, cancel := gocontext.WithCancel(experimental.WithCompilationWorkers(gocontext.Background(), runtime.GOMAXPROCS(0)))
	defer cancel()
	defer func() {
		if p := recover(); p != nil { // the library panics where memory ends
			sheets, err = nil, errPDFBroken
		}
		if ctx.Err() != nil {
			sheets, err = nil, errPDFTime
		}
	}()
	config := wazero.NewRuntimeConfig().WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(pdfWasmPages).WithCloseOnContextDone(true).WithDebugInfoEnabled(false)
	if cacheDir != "" {
		cache, err := wazero.NewCompilationCacheWithDir(cacheDir)
		if err != nil {
			return nil, "", fmt.Errorf("%w: %w", errPDFReader, err)
		}
		defer cache.Close(ctx)
		config = config.WithCompilationCache(cache)
	}
	pool, err := webassembly.Init(webassembly.Config{
		Context: ctx, MaxTotal: 1, FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard, RuntimeConfig: config,
	})
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", errPDFReader, err)
	}
	defer pool.Close()
	lib, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", errPDFReader, err)
	}
	defer lib.Close()
	defer time.AfterFunc(pdfTime, cancel).Stop()
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
	if count.PageCount > maxPDFPages {
		return nil, "", errPDFPages
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

// A pdfChar is a character that can be seen, and which one of its page it is.
type pdfChar struct {
	char rune
	at   int
}

// words gathers the characters of a page, which PDFium gives in the order of reading.
func (r *pdfReader) words(text references.FPDF_TEXTPAGE) ([]pdfWord, error) {
	count, err := r.lib.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: text})
	if err != nil {
		return nil, errPDFBroken
	}
	var words []pdfWord
	var run []pdfChar // since the last space
	for i := range count.Count + 1 {
		char := ' '
		if i < count.Count {
			c, err := r.lib.FPDFText_GetUnicode(&requests.FPDFText_GetUnicode{TextPage: text, Index: i})
			if err != nil {
				return nil, errPDFBroken
			}
			char = rune(c.Unicode)
		}
		if char == 0 || char == ' ' || char == '\r' || char == '\n' || char == '\t' || char == 0xA0 {
			if words, err = r.appendWords(words, text, run); err != nil {
				return nil, err
			}
			run = run[:0]
			continue
		}
		if r.chars++; r.chars > maxPDFChars {
			return nil, errPDFChars
		}
		if char == 0xFFFD || char >= 0xE000 && char <= 0xF8FF || char < ' ' && char != pdfBreak {
			if char != 0xF0B7 && char != 0xF0A7 { // bullets of Symbol and Wingdings
				r.odd++
			} else {
				char = '•'
			}
		}
		run = append(run, pdfChar{char, i})
	}
	return words, nil
}

// pdfBreak, as 0xFFFE and the soft hyphen, is how PDFium writes a hyphen that breaks a word.
const pdfBreak = 0x02

// appendWords appends the words of a run of characters without a space to words. It is one, unless it goes on in another
// line or is so wide that there must be a hole in it: there, no space need be written. As each question to PDFium takes
// its time, only the run's ends are asked where they stand, if they do not tell of more than one word.
func (r *pdfReader) appendWords(words []pdfWord, text references.FPDF_TEXTPAGE, run []pdfChar) ([]pdfWord, error) {
	if len(run) == 0 {
		return words, nil
	}
	first, err := r.box(text, run[0])
	if err != nil {
		return nil, err
	}
	last, err := r.box(text, run[len(run)-1])
	if err != nil {
		return nil, err
	}
	var w pdfWord
	var b strings.Builder
	end := func() {
		if w.text = b.String(); w.text != "" {
			words = append(words, w)
		}
		b.Reset()
	}
	whole := last.y1 >= first.y0 && last.y0 <= first.y1 && last.x1 >= first.x0 && last.x1-first.x0 < 0.75*first.size()*float64(len(run))
	for i, c := range run {
		box := pdfWord{x0: w.x1, x1: w.x1, y0: first.y0, y1: first.y1}
		switch {
		case i == 0:
			box = first
		case i == len(run)-1:
			box = last
		case !whole:
			if box, err = r.box(text, c); err != nil {
				return nil, err
			}
		}
		if !whole && b.Len() > 0 && (box.y1 < w.y0 || box.y0 > w.y1 || box.x0-w.x1 > 0.3*w.size() || box.x0 < w.x0-w.size()) {
			end()
		}
		if b.Len() == 0 {
			w = box
			w.bold = !followsPlain(words, w) && r.bold(text, c.at)
		}
		if w.x1, w.breaks = max(w.x1, box.x1), c.char == pdfBreak || c.char == 0xFFFE || c.char == 0xAD; w.breaks {
			c.char = '-'
		}
		if out := visible(c.char); out >= 0 {
			b.WriteRune(out)
		}
	}
	end()
	return words, nil
}

// followsPlain says that a word stands close behind one that is not bold: whether it is bold itself does not matter then,
// as a line is only if all its words are. What marks an item may be plain.
func followsPlain(words []pdfWord, w pdfWord) bool {
	if len(words) == 0 {
		return false
	}
	last := words[len(words)-1]
	return !last.bold && !marker.MatchString(last.text) && last.y0 < w.y1 && w.y0 < last.y1 && last.x1 <= w.x0 && space(last, w) < 0.5
}

// box gives where a character stands.
func (r *pdfReader) box(text references.FPDF_TEXTPAGE, c pdfChar) (pdfWord, error) {
	box, err := r.lib.FPDFText_GetLooseCharBox(&requests.FPDFText_GetLooseCharBox{TextPage: text, Index: c.at})
	if err != nil {
		return pdfWord{}, errPDFBroken
	}
	return pdfWord{x0: float64(box.Rect.Left), x1: float64(box.Rect.Right), y0: float64(box.Rect.Bottom), y1: float64(box.Rect.Top)}, nil
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
