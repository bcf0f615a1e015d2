package queue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"trackaudit/crawler/evidence"
)

func TestOrderDuplicatesAndDrain(t *testing.T) {
	ctx := context.Background()
	q := NewMemory()
	err := q.Add(ctx,
		Job{ID: "1", URL: "https://a.test", Choice: evidence.ChoiceNone},
		Job{ID: "dup", URL: "HTTPS://A.test:443/#top", Choice: evidence.ChoiceNone},
		Job{ID: "2", URL: "https://a.test/", Choice: evidence.ChoiceGPC},
		Job{ID: "3", URL: "https://a.test/?q=1", Choice: evidence.ChoiceNone},
		Job{ID: "4", URL: "http://a.test/", Choice: evidence.ChoiceNone},
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1", "2", "3", "4"} {
		l, err := q.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Job().ID; got != want {
			t.Errorf("next job is %s, want %s", got, want)
		}
		if err := l.Done(); err != nil {
			t.Fatal(err)
		}
		if err := l.Retry(); !errors.Is(err, ErrEnded) {
			t.Errorf("Retry after Done = %v, want ErrEnded", err)
		}
	}
	if _, err := q.Next(ctx); err != io.EOF {
		t.Errorf("drained queue answers %v, want io.EOF", err)
	}
	if err := q.Add(ctx, Job{ID: "again", URL: "https://a.test/"}, Job{ID: "5", URL: "https://a.test/5"}); err != nil {
		t.Fatal(err)
	}
	if l, err := q.Next(ctx); err != nil || l.Job().ID != "again" { // another choice (""), so not a duplicate
		t.Errorf("got %v, %v", l, err)
	}
}

func TestRetryComesBackLastWithOneMoreTry(t *testing.T) {
	ctx := context.Background()
	q := NewMemory()
	_ = q.Add(ctx, Job{ID: "a", URL: "https://a.test/a"}, Job{ID: "b", URL: "https://a.test/b"})
	l, _ := q.Next(ctx)
	if err := l.Retry(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"b 0", "a 1"} {
		l, err := q.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%s %d", l.Job().ID, l.Job().Tries); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		_ = l.Done()
	}
}

func TestNextWaitsForOpenLease(t *testing.T) {
	ctx := context.Background()
	q := NewMemory()
	_ = q.Add(ctx, Job{ID: "a", URL: "https://a.test/"})
	first, _ := q.Next(ctx)
	got := make(chan string, 1)
	go func() {
		l, err := q.Next(ctx)
		if err != nil {
			got <- err.Error()
			return
		}
		got <- l.Job().ID
	}()
	select {
	case s := <-got:
		t.Fatalf("Next answered %q although a lease is open", s)
	case <-time.After(20 * time.Millisecond):
	}
	_ = q.Add(ctx, Job{ID: "b", URL: "https://a.test/b"})
	if s := <-got; s != "b" {
		t.Errorf("got %q, want b", s)
	}
	_ = first.Done()
}

func TestCloseAndContextWakeNext(t *testing.T) {
	q := NewMemory()
	_ = q.Add(context.Background(), Job{URL: "https://a.test/"})
	if _, err := q.Next(context.Background()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	errs := make(chan error, 2)
	go func() { _, err := q.Next(ctx); errs <- err }()
	cancel()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled Next = %v", err)
	}
	go func() { _, err := q.Next(context.Background()); errs <- err }()
	_ = q.Close()
	if err := <-errs; !errors.Is(err, ErrClosed) {
		t.Errorf("Next on a closed queue = %v", err)
	}
	if err := q.Add(context.Background(), Job{URL: "x"}); !errors.Is(err, ErrClosed) {
		t.Errorf("Add on a closed queue = %v", err)
	}
}

// Many workers, jobs that bring more jobs and jobs that fail at first: each ends exactly once.
func TestManyWorkers(t *testing.T) {
	const roots, children, workers = 40, 5, 8
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	q := NewMemory()
	for i := range roots {
		_ = q.Add(ctx, Job{URL: fmt.Sprintf("https://a.test/%d", i)})
	}
	var mu sync.Mutex
	done := map[string]int{}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				l, err := q.Next(ctx)
				if err == io.EOF {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				j := l.Job()
				if j.Tries < 2 && len(j.URL)%2 == 0 {
					_ = l.Retry()
					continue
				}
				if j.Depth == 0 {
					for c := range children {
						_ = q.Add(ctx, Job{URL: fmt.Sprintf("%s/%d", j.URL, c), Depth: 1})
					}
				}
				mu.Lock()
				done[j.URL]++
				mu.Unlock()
				_ = l.Done()
			}
		})
	}
	wg.Wait()
	if len(done) != roots*(1+children) {
		t.Errorf("%d jobs done, want %d", len(done), roots*(1+children))
	}
	for u, n := range done {
		if n != 1 {
			t.Errorf("%s done %d times", u, n)
		}
	}
}
