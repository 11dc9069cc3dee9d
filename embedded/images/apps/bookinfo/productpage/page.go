package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"log"
	"net/http"
	"strconv"
)

//go:embed templates static/tailwind/tailwind.css
var files embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"css":     stylesheet,
	"missing": func(stars int) int { return max(0, 5-stars) },
}).ParseFS(files, "templates/*.html"))

// stylesheet is put into the page, so that one request shows it whole; /static serves the same file under upstream's path.
func stylesheet() template.CSS {
	css, _ := files.ReadFile("static/tailwind/tailwind.css")
	return template.CSS(css)
}

// product is a book of the shop.
type product struct {
	ID          int           `json:"id"`
	Title       string        `json:"title"`
	Description template.HTML `json:"descriptionHtml"`
}

var products = []product{{
	ID:    0,
	Title: "The Comedy of Errors",
	Description: `One of <b>William Shakespeare's</b> first plays and his shortest: two pairs of twins, parted at sea, are taken for one another ` +
		`all over Ephesus for a day. More at <a href="https://en.wikipedia.org/wiki/The_Comedy_of_Errors">Wikipedia</a>.`,
}}

// opinion is a review as the page shows it; Rating is nil where the reviews service has none.
type opinion struct {
	Reviewer, Text string
	Rating         *struct {
		Stars        int
		Color, Error string
	}
}

type view struct {
	User    string
	Product product
	Details struct {
		Status                            int
		Error                             string
		Publisher, Type, Language, Author string
		Pages, Year                       any
		ISBN10                            string `json:"ISBN-10"`
	}
	Reviews struct {
		Status               int
		Error                string
		PodName, ClusterName string
		Reviews              []opinion
	}
}

func front(w http.ResponseWriter, r *http.Request) {
	page := view{User: user(r), Product: products[0]}
	id := strconv.Itoa(page.Product.ID)
	page.Details.Status = read(r, details, id, &page.Details)
	page.Reviews.Status = read(r, reviews, id, &page.Reviews)
	render(w, "productpage.html", page)
}

// read fills target with what the backend says and returns its status; an answer of another shape counts as 500.
func read(r *http.Request, b backend, id string, target any) int {
	status, body := b.ask(r.Context(), id, outgoing(r))
	if err := json.Unmarshal(body, target); err != nil {
		log.Printf("%s: %v", b.name, err)
		return http.StatusInternalServerError
	}
	return status
}

func index(w http.ResponseWriter, _ *http.Request) {
	render(w, "index.html", []backend{details, reviews, ratings})
}

// Name and Address show a backend on the index page.
func (b backend) Name() string    { return b.name }
func (b backend) Address() string { return b.address() }

func render(w http.ResponseWriter, name string, data any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(page.Bytes())
}
