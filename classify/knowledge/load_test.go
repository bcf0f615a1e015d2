package knowledge

import (
	"runtime"
	"testing"
)

// BenchmarkLoad shows what the embedded facts cost whoever starts the program.
func BenchmarkLoad(b *testing.B) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f, err := Load()
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportAllocs()
	for b.Loop() {
		if f, err = Load(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MB-held")
	b.ReportMetric(float64(len(f.services)), "services")
	b.ReportMetric(float64(len(f.domains)), "domains")
	rows := 0
	for _, p := range f.stored {
		for _, index := range []map[string][]pattern{p.exact, p.prefix} {
			for _, list := range index {
				rows += len(list)
			}
		}
	}
	b.ReportMetric(float64(rows), "patterns")
}
