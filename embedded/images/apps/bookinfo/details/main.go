// details knows the facts of a book: a stand-in for Istio's bookinfo sample of that name, with its paths and answers.
package main

import (
	"net/http"
	"path"
	"strconv"

	"istio-lab/apps/internal/answer"
	"istio-lab/apps/internal/serve"
)

// book has upstream's fields, in its order; every id gets the same facts, as there.
type book struct {
	ID        int    `json:"id"`
	Author    string `json:"author"`
	Year      int    `json:"year"`
	Type      string `json:"type"`
	Pages     int    `json:"pages"`
	Publisher string `json:"publisher"`
	Language  string `json:"language"`
	ISBN10    string `json:"ISBN-10"`
	ISBN13    string `json:"ISBN-13"`
}

func main() {
	routes := http.NewServeMux()
	routes.HandleFunc("/details/", details)
	routes.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) {
		answer.JSON(w, http.StatusOK, map[string]string{"status": "Details is healthy"})
	})
	serve.App("istio/examples-bookinfo-details-v1", serve.Bookinfo, routes)
}

func details(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(path.Base(r.URL.Path))
	if err != nil {
		answer.Error(w, http.StatusBadRequest, "please provide numeric product id")
		return
	}
	answer.JSON(w, http.StatusOK, book{
		ID: id, Author: "William Shakespeare", Year: 1595, Type: "paperback", Pages: 200,
		Publisher: "PublisherA", Language: "English", ISBN10: "1234567890", ISBN13: "123-1234567890",
	})
}
