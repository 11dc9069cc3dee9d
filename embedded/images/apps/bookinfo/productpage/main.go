// productpage puts a book's details and reviews on one page: a stand-in for Istio's bookinfo sample of that name, with its
// paths, answers and environment, and a look of its own.
package main

import (
	"embed"
	"net/http"

	"istio-lab/apps/internal/answer"
	"istio-lab/apps/internal/serve"
)

//go:embed static
var static embed.FS

func main() {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /{$}", index)
	routes.HandleFunc("GET /index.html", index)
	routes.HandleFunc("GET /productpage", front)
	routes.HandleFunc("POST /login", login)
	routes.HandleFunc("GET /logout", logout)
	routes.HandleFunc("GET /health", health)
	routes.Handle("GET /static/", http.FileServerFS(static))
	routes.HandleFunc("GET /api/v1/products", func(w http.ResponseWriter, _ *http.Request) { answer.JSON(w, http.StatusOK, products) })
	routes.HandleFunc("GET /api/v1/products/{id}", api(details))
	routes.HandleFunc("GET /api/v1/products/{id}/reviews", api(reviews))
	routes.HandleFunc("GET /api/v1/products/{id}/ratings", api(ratings))
	serve.App("istio/examples-bookinfo-productpage-v1", serve.Bookinfo, routes)
}

// api answers with what a backend says of the product in the path, its status included.
func api(b backend) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		status, body := b.ask(r.Context(), r.PathValue("id"), outgoing(r))
		answer.JSON(w, status, body)
	}
}

func health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write([]byte("Product page is healthy"))
}
