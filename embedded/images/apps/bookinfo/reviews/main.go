// reviews has two opinions on a book: a stand-in for Istio's bookinfo sample of that name, with its paths, answers and environment.
//
// The image's version lies in its environment, as upstream's: ENABLE_RATINGS (v2 and v3 ask the ratings service), STAR_COLOR
// (black, v3: red) and SERVICE_VERSION.
package main

import (
	"cmp"
	"net/http"
	"os"
	"strconv"
	"strings"

	"istio-lab/apps/internal/answer"
	"istio-lab/apps/internal/serve"
)

// review has no rating in v1; a rating is either stars with their colour or an error.
type review struct {
	Reviewer string `json:"reviewer"`
	Text     string `json:"text"`
	Rating   any    `json:"rating,omitempty"`
}

type page struct {
	ID          string   `json:"id"`
	PodName     string   `json:"podname"`
	ClusterName string   `json:"clustername"`
	Reviews     []review `json:"reviews"`
}

var (
	ratingsEnabled = strings.EqualFold(os.Getenv("ENABLE_RATINGS"), "true")
	starColor      = cmp.Or(os.Getenv("STAR_COLOR"), "black")
	podName        = cmp.Or(os.Getenv("HOSTNAME"), "null")     // upstream's word for unset
	clusterName    = cmp.Or(os.Getenv("CLUSTER_NAME"), "null") // productpage hides it then
)

func main() {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /reviews/{id}", reviews)
	routes.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		answer.JSON(w, http.StatusOK, map[string]string{"status": "Reviews is healthy"})
	})
	serve.App("istio/examples-bookinfo-reviews-"+cmp.Or(os.Getenv("SERVICE_VERSION"), "v1"), serve.Bookinfo, routes)
}

func reviews(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	opinions := []review{
		{Reviewer: "Reviewer1", Text: "Two pairs of twins, one day, no end of mix-ups: I laughed from the first scene to the last."},
		{Reviewer: "Reviewer2", Text: "Fast and funny. Whoever looks for depth finds more of it in the later plays."},
	}
	if ratingsEnabled {
		stars := askRatings(r.Context(), id, r.Header)
		for i := range opinions {
			opinions[i].Rating = stars.of(opinions[i].Reviewer)
		}
	}
	answer.JSON(w, http.StatusOK, page{strconv.Itoa(id), podName, clusterName, opinions})
}
