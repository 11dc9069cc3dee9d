// ratings keeps the reviewers' stars in memory: a stand-in for Istio's bookinfo sample of that name (v1), with its paths and answers.
package main

import (
	"encoding/json"
	"net/http"
	"path"
	"strconv"
	"sync"

	"istio-lab/apps/internal/answer"
	"istio-lab/apps/internal/serve"
)

// rating is a book's stars per reviewer; whatever JSON was posted is kept as it came.
type rating struct {
	ID      int `json:"id"`
	Ratings any `json:"ratings"`
}

// posted holds what POST set, by product id, for as long as the process lives.
var posted sync.Map

func main() {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /ratings/", get)
	routes.HandleFunc("POST /ratings/", post)
	routes.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		answer.JSON(w, http.StatusOK, map[string]string{"status": "Ratings is healthy"})
	})
	serve.App("istio/examples-bookinfo-ratings-v1", serve.Bookinfo, routes)
}

func get(w http.ResponseWriter, r *http.Request) {
	id, ok := productID(w, r)
	if !ok {
		return
	}
	if own, found := posted.Load(id); found {
		answer.JSON(w, http.StatusOK, own)
		return
	}
	answer.JSON(w, http.StatusOK, rating{id, map[string]int{"Reviewer1": 5, "Reviewer2": 4}})
}

func post(w http.ResponseWriter, r *http.Request) {
	id, ok := productID(w, r)
	if !ok {
		return
	}
	own := rating{ID: id}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&own.Ratings); err != nil {
		answer.Error(w, http.StatusBadRequest, "please provide valid ratings JSON")
		return
	}
	posted.Store(id, own)
	answer.JSON(w, http.StatusOK, own)
}

// productID reads the path's last part, or answers 400.
func productID(w http.ResponseWriter, r *http.Request) (int, bool) {
	id, err := strconv.Atoi(path.Base(r.URL.Path))
	if err != nil || id < 0 {
		answer.Error(w, http.StatusBadRequest, "please provide numeric product ID")
		return 0, false
	}
	return id, true
}
