package zalosim_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"duthi/core/zalo/zalosim"
)

// The program mounts both sides under one prefix and points the bot's client at api/.
func Example() {
	sim := &zalosim.Sim{OAName: "Sở Nội vụ Quảng Nam", Webhook: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
	mux := http.NewServeMux()
	mux.Handle("/gia-lap-zalo/api/", http.StripPrefix("/gia-lap-zalo/api", sim.API()))
	mux.Handle("/gia-lap-zalo/", http.StripPrefix("/gia-lap-zalo", sim.Desk()))
	for _, path := range []string{"/gia-lap-zalo/", "/gia-lap-zalo/chat.js", "/gia-lap-zalo/api/v2.0/oa/nothing"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		fmt.Println(path, w.Code)
	}
	// Output:
	// /gia-lap-zalo/ 200
	// /gia-lap-zalo/chat.js 200
	// /gia-lap-zalo/api/v2.0/oa/nothing 404
}
