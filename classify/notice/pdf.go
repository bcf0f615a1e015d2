package notice

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

const (
	maxPDFPages  = 300
	maxPDFChars  = 2_000_000
	maxPDFLinks  = 2000 // on one page
	pdfWasmPages = 1536 // of 64 KB each: 96 MB
)

// pdfTime bounds the reading of one PDF, once PDFium runs. A variable for tests only.
var pdfTime = 30 * time.Second

var (
	errPDFPages     = fmt.Errorf("PDF of more than %d pages", maxPDFPages)
	errPDFReader    = errors.New("PDF, whose reader does not start")
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

// PDFCache says where PDFium is kept once it is compiled, which takes seconds. The zero value keeps it nowhere. It is set
// once, before the first notice is read: this package itself touches no disk but through it.
var PDFCache struct {
	Dir  string // a folder, "" = none
	Drop func() // takes away what is kept there and cannot be used
}

// read runs PDFium as WebAssembly: a hostile file meets a sandbox that has neither files nor network, bounded in memory
// and time. It is started for one document and ended with it, so that no other run pays for it.
func (w *pdfWords) read(body []byte) {
	defer debug.FreeOSMemory() // some 100 MB, or 400 where PDFium is compiled
	r := &pdfReader{}
	w.sheets, w.language, w.err = r.run(body, PDFCache.Dir)
	if errors.Is(w.err, errPDFReader) && PDFCache.Dir != "" { // what is kept may be broken, or the disk full
		if PDFCache.Drop != nil {
			PDFCache.Drop()
		}
		r = &pdfReader{}
		w.sheets, w.language, w.err = r.run(body, "")
	}
	w.chars = r.chars
}
