package main

import (
	"os"
	"path/filepath"

	"trackaudit/classify/notice"
)

// keepPDFium has PDFium, by which PDFs are read, kept in the user's cache folder once it is compiled. Where there is none
// it is compiled each time.
func keepPDFium() {
	caches, err := os.UserCacheDir()
	if err != nil {
		return
	}
	dir := filepath.Join(caches, "trackaudit", "pdfium")
	notice.PDFCache.Dir = dir
	notice.PDFCache.Drop = func() { _ = os.RemoveAll(dir) }
}
