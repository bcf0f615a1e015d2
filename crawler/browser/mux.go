package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// mux shares one connection between chromedp and sessions of our own. chromedp drops messages of sessions that
// it did not make and attaches without waiting for the debugger; our sessions see every target from before its
// first script. Messages whose session is ours go to it, all others to chromedp.
//
// One goroutine reads and never blocks; one writes from a queue without bound. Handlers run on the reader and
// must not Call.
type mux struct {
	pipe chromedp.Transport

	theirs *unbounded[*cdproto.Message] // for chromedp
	out    *unbounded[*cdproto.Message]

	// withhold says that a command is answered at once, with nothing, instead of being sent: how the benchmark finds
	// out what a command costs. nil = all are sent.
	withhold func(*cdproto.Message) bool

	mu       sync.Mutex
	next     int64
	sessions map[target.SessionID]*session
	err      error
	lost     chan struct{}
}

// firstID keeps our message IDs away from chromedp's; Chromium takes 32 bits.
const firstID = 1 << 30

// errLost is the end of the connection.
var errLost = errors.New("connection to the browser lost")

func newMux(pipe chromedp.Transport) *mux {
	m := &mux{pipe: pipe, theirs: newUnbounded[*cdproto.Message](), out: newUnbounded[*cdproto.Message](), next: firstID,
		sessions: map[target.SessionID]*session{}, lost: make(chan struct{})}
	go m.read()
	go m.write()
	return m
}

func (m *mux) read() {
	for {
		msg := new(cdproto.Message)
		if err := m.pipe.Read(context.Background(), msg); err != nil {
			var syntax *jsonv2.SyntacticError
			if errors.As(err, &syntax) {
				continue // one message that cannot be read is not the end of the connection
			}
			m.fail(err)
			return
		}
		m.deliver(msg)
	}
}

func (m *mux) write() {
	for {
		msg, ok := m.out.get()
		if !ok {
			return
		}
		if err := m.pipe.Write(context.Background(), msg); err != nil {
			m.fail(err)
			return
		}
	}
}

// fail ends every session: pending calls return at once.
func (m *mux) fail(err error) {
	m.mu.Lock()
	if m.err != nil {
		m.mu.Unlock()
		return
	}
	m.err = fmt.Errorf("%w: %w", errLost, err)
	sessions := m.sessions
	m.sessions = map[target.SessionID]*session{}
	m.mu.Unlock()
	close(m.lost)
	for _, s := range sessions {
		s.end(m.err)
	}
	m.theirs.close()
	m.out.close()
}

// Read, Write and Close make a chromedp.Transport of what is not ours.
func (m *mux) Read(_ context.Context, msg *cdproto.Message) error {
	got, ok := m.theirs.get()
	if !ok {
		return io.EOF
	}
	*msg = *got
	return nil
}

func (m *mux) Write(_ context.Context, msg *cdproto.Message) error {
	m.put(msg)
	return nil
}

// put queues a command.
func (m *mux) put(msg *cdproto.Message) {
	if m.withhold == nil || !m.withhold(msg) {
		m.out.put(msg)
		return
	}
	go m.deliver(&cdproto.Message{ID: msg.ID, SessionID: msg.SessionID, Result: []byte("{}")})
}

// deliver hands on what came from the browser.
func (m *mux) deliver(msg *cdproto.Message) {
	m.mu.Lock()
	s := m.sessions[msg.SessionID]
	m.mu.Unlock()
	if s == nil || msg.SessionID == "" {
		m.theirs.put(msg)
		return
	}
	s.receive(msg)
}

func (m *mux) Close() error { return m.pipe.Close() }

// adopt makes the session with that ID ours. Its events go to handle, on the reader.
func (m *mux) adopt(id target.SessionID, handle func(*session, any)) *session {
	s := &session{id: id, mux: m, handle: handle, pending: map[int64]func(*cdproto.Message, error){}, done: make(chan struct{})}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		s.err = m.err
		close(s.done)
		return s
	}
	m.sessions[id] = s
	return s
}

// drop forgets a session that was detached, and returns it.
func (m *mux) drop(id target.SessionID, why error) *session {
	m.mu.Lock()
	s := m.sessions[id]
	delete(m.sessions, id)
	m.mu.Unlock()
	if s != nil {
		s.end(why)
	}
	return s
}

// session is one of our protocol sessions.
type session struct {
	id     target.SessionID
	mux    *mux
	handle func(*session, any)
	done   chan struct{} // closed when the session has ended

	mu      sync.Mutex
	pending map[int64]func(*cdproto.Message, error)
	err     error
}

// errDetached is the end of a session whose target went away.
var errDetached = errors.New("the page went away")

func (s *session) receive(msg *cdproto.Message) {
	if msg.Method == "" {
		s.mu.Lock()
		reply := s.pending[msg.ID]
		delete(s.pending, msg.ID)
		s.mu.Unlock()
		if reply != nil {
			reply(msg, nil)
		}
		return
	}
	if unheard[msg.Method] {
		return
	}
	ev, err := cdproto.UnmarshalMessage(msg, chromedp.DefaultUnmarshalOptions)
	if err == nil { // events that cdproto does not know are not for us
		s.handle(s, ev)
	}
}

// unheard are events that come in masses and that nobody here listens to: they are not even read.
var unheard = map[cdproto.MethodType]bool{
	cdproto.EventRuntimeConsoleAPICalled: true, cdproto.EventRuntimeExceptionThrown: true, cdproto.EventNetworkResourceChangedPriority: true,
	cdproto.EventNetworkRequestServedFromCache: true, cdproto.EventDebuggerScriptParsed: true, cdproto.EventPageFrameStartedLoading: true,
	cdproto.EventPageFrameStoppedLoading: true, cdproto.EventPageLifecycleEvent: true, cdproto.EventTargetTargetInfoChanged: true,
	cdproto.EventPageFrameDetached: true, cdproto.EventPageFrameSubtreeWillBeDetached: true, cdproto.EventPageFrameResized: true,
	cdproto.EventPageFrameStartedNavigating: true, cdproto.EventNetworkPolicyUpdated: true, cdproto.EventNetworkEventSourceMessageReceived: true,
	cdproto.EventNetworkWebSocketFrameReceived: true, cdproto.EventNetworkWebSocketWillSendHandshakeRequest: true,
}

func (s *session) end(why error) {
	s.mu.Lock()
	if s.err != nil {
		s.mu.Unlock()
		return
	}
	s.err = why
	pending := s.pending
	s.pending = nil
	s.mu.Unlock()
	close(s.done)
	for _, reply := range pending {
		reply(nil, why)
	}
}

// post sends a command and has reply called with its answer, on the reader; reply may be nil.
func (s *session) post(method string, params any, reply func(*cdproto.Message, error)) {
	if reply == nil {
		reply = func(*cdproto.Message, error) {}
	}
	buf, err := jsonv2.Marshal(params, chromedp.DefaultMarshalOptions)
	if err != nil {
		reply(nil, err)
		return
	}
	s.mux.mu.Lock()
	s.mux.next++
	id := s.mux.next
	s.mux.mu.Unlock()
	s.mu.Lock()
	if s.err != nil {
		err := s.err
		s.mu.Unlock()
		reply(nil, err)
		return
	}
	s.pending[id] = reply
	s.mu.Unlock()
	s.mux.put(&cdproto.Message{ID: id, SessionID: s.id, Method: cdproto.MethodType(method), Params: buf})
}

// send sends a command of which nobody waits for the answer.
func send[P, R any](s *session, c cdp.Command[P, R], params P) { s.post(c.Method, params, nil) }

// ask sends a command and hands its result to reply, on the reader.
func ask[P, R any](s *session, c cdp.Command[P, R], params P, reply func(R, error)) {
	s.post(c.Method, params, func(msg *cdproto.Message, err error) {
		var res R
		switch {
		case err != nil:
		case msg.Error != nil:
			err = msg.Error
		default:
			err = jsonv2.Unmarshal(msg.Result, &res, chromedp.DefaultUnmarshalOptions)
		}
		reply(res, err)
	})
}

// call sends a command and waits for its result, at the longest until ctx ends.
func call[P, R any](ctx context.Context, s *session, c cdp.Command[P, R], params P) (R, error) {
	type answer struct {
		res R
		err error
	}
	ch := make(chan answer, 1)
	ask(s, c, params, func(res R, err error) { ch <- answer{res, err} })
	select {
	case a := <-ch:
		return a.res, a.err
	case <-ctx.Done():
		var zero R
		return zero, ctx.Err()
	}
}

// unbounded is a queue whose put never blocks.
type unbounded[T any] struct {
	mu     sync.Mutex
	more   *sync.Cond
	items  []T
	closed bool
}

func newUnbounded[T any]() *unbounded[T] {
	u := &unbounded[T]{}
	u.more = sync.NewCond(&u.mu)
	return u
}

func (u *unbounded[T]) put(item T) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.closed {
		u.items = append(u.items, item)
		u.more.Signal()
	}
}

func (u *unbounded[T]) get() (item T, ok bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for len(u.items) == 0 && !u.closed {
		u.more.Wait()
	}
	if len(u.items) == 0 {
		return item, false
	}
	item, u.items = u.items[0], u.items[1:]
	return item, true
}

func (u *unbounded[T]) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	u.more.Broadcast()
}
