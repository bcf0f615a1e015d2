package crawler

import (
	"context"
	"testing"
)

// TestBrowserIsReplaced: one that has made its visits is closed with the last of them, and is no loss.
func TestBrowserIsReplaced(t *testing.T) {
	started, closed := 0, 0
	k := &keeper{most: 2, ctx: context.Background(), start: func(context.Context) (driver, error) {
		started++
		return &fake{closed: func() { closed++ }}, nil
	}}
	if err := k.first(); err != nil {
		t.Fatal(err)
	}
	var open []*life
	for range 5 {
		l, err := k.get()
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, l)
	}
	if started != 3 || closed != 0 || k.restarts != 0 {
		t.Errorf("with 5 visits under way: %d started, %d closed, %d restarts; want 3, 0, 0", started, closed, k.restarts)
	}
	for i, l := range open {
		k.done(l, false)
		if want := []int{0, 1, 1, 2, 2}[i]; closed != want {
			t.Errorf("after %d visits ended, %d are closed, want %d", i+1, closed, want)
		}
	}
	k.close()
	if closed != started {
		t.Errorf("%d started, %d closed", started, closed)
	}
}
