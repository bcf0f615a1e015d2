package notice

import (
	gocontext "context"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"
)

const (
	maxPDFPages  = 300
	shortPDF     = 40 // pages up to which interpreting is faster than compiling first
	maxPDFChars  = 2_000_000
	maxPDFLinks  = 2000 // on one page
	pdfWasmPages = 1536 // of 64 KB each: 96 MB
	pdfWaste     = 15   // percent of what is in use that is left before it is collected
)

// pdfTime bounds the reading of one PDF. A variable for tests only.
var pdfTime = 30 * time.Second

var (
	errPDFPages     = fmt.Errorf("PDF of more than %d pages", maxPDFPages)
	errPDFLong      = errors.New("PDF of many pages") // within the package only
	errPDFChars     = errors.New("PDF with more than 2,000,000 characters")
	errPDFTime      = errors.New("PDF that takes more than 30 seconds to read")
	errPDFPassword  = errors.New("PDF that asks for a password")
	errPDFEncrypted = errors.New("PDF in an encryption that is not known")
	errPDFBroken    = errors.New("broken PDF")
	errPDFScanned   = errors.New("PDF without text: it may be scanned")
	errPDFGarbled   = errors.New("PDF whose letters have no meaning: its fonts do not say which they are")
)

// pdfWord is a word where it stands on a page, in points; y grows upwards.
type pdfWord struct {
	text           string
	x0, y0, x1, y1 float64
	bold           bool
	link           string
	breaks         bool // the hyphen at its end only breaks the word
}

// size is about that of the font: the height of its line.
func (w pdfWord) size() float64 { return w.y1 - w.y0 }

// pdfPageOf lays the words of a PDF out as a page.
func pdfPageOf(body []byte) (*page, error) {
	w := pdfWordsOf(body)
	if w.err != nil {
		return nil, w.err
	}
	return layOut(w.sheets, w.language)
}

// pdfWords is what stands in a PDF.
type pdfWords struct {
	sum      [sha256.Size]byte // of its bytes
	sheets   [][]pdfWord
	language string // as it says itself
	chars    int
	err      error
}

// onePDF lets one PDF be read at a time, because each takes much memory, and keeps what was read last: it is asked first
// whether a document is a notice, of each that a site links, and then what it says.
var onePDF struct {
	sync.Mutex
	kept []pdfWords // the latest first
}

const (
	keptPDFs     = 10
	keptPDFChars = 300_000 // in all
)

// pdfWordsOf reads the words of a PDF with PDFium, or gives those that it has read.
func pdfWordsOf(body []byte) pdfWords {
	onePDF.Lock()
	defer onePDF.Unlock()
	w := pdfWords{sum: sha256.Sum256(body)}
	if i := slices.IndexFunc(onePDF.kept, func(k pdfWords) bool { return k.sum == w.sum }); i >= 0 {
		return onePDF.kept[i]
	}
	w.read(body)
	if w.err == errPDFTime {
		return w // another time it may be quicker
	}
	kept, chars := []pdfWords{}, 0
	for _, k := range append([]pdfWords{w}, onePDF.kept...) {
		if chars += k.chars; chars <= keptPDFChars && len(kept) < keptPDFs {
			kept = append(kept, k)
		}
	}
	onePDF.kept = kept
	return w
}

// read runs PDFium as WebAssembly: a hostile file meets a sandbox that has neither files nor network, bounded in memory
// and time. It is started for one document and ended with it, so that no other run pays for it. A long document is worth
// the seconds and the memory that it takes to compile PDFium first. As PDFium alone is some 150 MB, the collector may not
// wait until there is as much of waste; and it is all let go in the end.
func (w *pdfWords) read(body []byte) {
	defer debug.FreeOSMemory()
	defer debug.SetGCPercent(debug.SetGCPercent(pdfWaste))
	ctx, cancel := gocontext.WithTimeout(gocontext.Background(), pdfTime)
	defer cancel()
	r := &pdfReader{pages: shortPDF}
	w.sheets, w.language, w.err = r.run(ctx, body, wazero.NewRuntimeConfigInterpreter())
	if errors.Is(w.err, errPDFLong) {
		r = &pdfReader{pages: maxPDFPages}
		w.sheets, w.language, w.err = r.run(ctx, body, wazero.NewRuntimeConfig())
	}
	w.chars = r.chars
}
