package account

import "context"

// HoldHasher keeps every worker of the queue busy until release is called.
func (s *Service) HoldHasher(ctx context.Context) (release func()) {
	hold := make(chan struct{})
	for range s.hasher.cost.Workers {
		begun := make(chan struct{})
		go s.hasher.do(ctx, func() { close(begun); <-hold })
		<-begun
	}
	return func() { close(hold) }
}

// FillHasher puts n pieces of work behind those that are held.
func (s *Service) FillHasher(ctx context.Context, n int) {
	for range n {
		s.hasher.queue <- &hashJob{ctx: ctx, work: func() {}, ended: make(chan struct{})}
	}
}
