package main

import (
	_ "embed"
	"html/template"
	"log"
	"net/http"
)

//go:embed page.html
var source string

var layout = template.Must(template.New("").Parse(source))

// page is what a browser sees in the addon's place.
type page struct {
	Name string
	// What the real one is.
	What string
	// Shows names what one would see.
	Shows []string
	// Here says what on this seat shows some of it.
	Here []hint
	// Takes names what the placeholder accepts; empty for none.
	Takes string
}

// hint is a thing of this seat. It has no command: an image does not know the stack that the command would have to name.
type hint struct{ Name, For string }

func (p page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err := layout.Execute(w, struct {
		page
		Received int64
	}{p, received.Load()}); err != nil {
		log.Print(err)
	}
}

var (
	kiali      = hint{"Kiali", "requests, errors and latency of each service over time, in a real Kiali"}
	topology   = hint{"The seat as a picture", "gateway, services, versions with their weights, mTLS, policies, measured requests"}
	prometheus = hint{"Prometheus", "what the proxies count, in a real Prometheus"}
	logs       = hint{"The access log of one sidecar", "the log of container istio-proxy in any pod of a lesson"}
)

var grafanaPage = page{
	Name: "Grafana",
	What: "dashboards over Prometheus",
	Shows: []string{
		"Istio's dashboards: mesh, service, workload, performance, control plane",
		"requests, errors and latency of each service, over time",
	},
	Here: []hint{kiali, prometheus, topology},
}

var lokiPage = page{
	Name:  "Loki",
	What:  "a store of log lines, asked from Grafana",
	Shows: []string{"the access logs of all sidecars in one place, searched by pod and namespace"},
	Here:  []hint{logs},
	Takes: "batches of log lines",
}
