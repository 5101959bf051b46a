package account_test

import (
	"testing"
	"time"
)

// BenchmarkAuthenticate is what every answer save costs: as it mostly is, and when the copy's time is over.
func BenchmarkAuthenticate(b *testing.B) {
	w := newWorld(b)
	in := w.register(goodForm())
	b.Run("known", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := w.Authenticate(b.Context(), in.Token); err != nil {
					b.Error(err)
				}
			}
		})
	})
	b.Run("from the store", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			w.pass(6 * time.Second)
			if _, err := w.Authenticate(b.Context(), in.Token); err != nil {
				b.Fatal(err)
			}
		}
	})
}
