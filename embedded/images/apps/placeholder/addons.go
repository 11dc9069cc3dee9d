package main

import (
	"fmt"
	"io"
	"net/http"
	"sync/atomic"

	"istio-lab/apps/internal/answer"
)

// addon is what a placeholder keeps of the real one.
type addon struct {
	// image is upstream's.
	image string
	// address of the port that people and other addons ask.
	address string
	routes  func(addon) http.Handler
	page    page
}

// received counts what proxies sent, which is answered as the real one does and thrown away.
var received atomic.Int64

var addons = map[string]addon{
	"grafana": {image: "grafana/grafana", address: ":3000", routes: grafana, page: grafanaPage},
	"loki":    {image: "grafana/loki", address: ":3100", routes: loki, page: lokiPage},
}

func grafana(a addon) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", a.page)
	mux.HandleFunc("/api/health", func(w http.ResponseWriter, r *http.Request) {
		answer.JSON(w, http.StatusOK, map[string]string{"database": "placeholder", "version": "placeholder"})
	})
	mux.HandleFunc("/api/", missing)
	return mux
}

func loki(a addon) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/{$}", a.page)
	mux.HandleFunc("/ready", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "ready") })
	mux.HandleFunc("POST /loki/api/v1/push", taken(http.StatusNoContent))
	mux.HandleFunc("/loki/", missing)
	return mux
}

// taken answers as the real one does when it has stored what was sent.
func taken(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		received.Add(1)
		w.WriteHeader(status)
	}
}

// missing is the answer of every API: an empty one would be taken for "there is nothing".
func missing(w http.ResponseWriter, r *http.Request) {
	answer.Error(w, http.StatusNotImplemented, "this is a placeholder of istio-lab: the real program is not on this seat")
}
