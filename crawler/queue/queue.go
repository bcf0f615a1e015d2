// Package queue holds the pages that are still to be visited. The queue here lives in memory; the interface is
// what a distributed engine would stand behind.
package queue

import (
	"context"
	"errors"

	"trackaudit/crawler/evidence"
)

// Job is one page to visit under one choice.
type Job struct {
	ID       string          `json:"id"`  // of the visit: "v0001"
	URL      string          `json:"url"` // absolute
	Choice   evidence.Choice `json:"choice"`
	Depth    int             `json:"depth"`    // position of the page in the frontier; 0 = the start page
	Tries    int             `json:"tries"`    // how often it was leased and given back
	Document bool            `json:"document"` // keep the rendered document: the page is a notice
}

// Queue hands out each job until its lease ends in Done. It is safe for concurrent use.
type Queue interface {
	// Add appends jobs. A job whose address and choice were added before is dropped.
	Add(ctx context.Context, jobs ...Job) error
	// Next leases the oldest job. It blocks while the queue is empty but a lease is open, because that lease may
	// come back or bring new jobs; io.EOF says that the queue is drained: empty, and no lease open.
	Next(ctx context.Context) (Lease, error)
	// Close wakes every waiting Next with ErrClosed; jobs still inside are dropped.
	Close() error
}

// Lease is a job being worked on. It ends in the first call of Done or Retry; later calls return ErrEnded.
type Lease interface {
	Job() Job
	Done() error  // the job is finished
	Retry() error // the job goes back to the end of the queue with Tries + 1
}

// ErrClosed is what a closed queue answers.
var ErrClosed = errors.New("queue closed")

// ErrEnded is what a lease answers that already ended in Done or Retry.
var ErrEnded = errors.New("lease already ended")
