package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"istio-lab/apps/internal/headers"
)

// stars are the ratings service's answer by reviewer; nil where it did not answer.
type stars map[string]int

// of is the rating of one reviewer as the answer shows it.
func (s stars) of(reviewer string) any {
	if n, known := s[reviewer]; known {
		return map[string]any{"stars": n, "color": starColor}
	}
	return map[string]string{"error": "Ratings service is currently unavailable"}
}

var ratingsURL = "http://" + net.JoinHostPort(
	cmp.Or(os.Getenv("RATINGS_HOSTNAME"), "ratings")+domain(os.Getenv("SERVICES_DOMAIN")),
	cmp.Or(os.Getenv("RATINGS_SERVICE_PORT"), "9080")) + "/ratings"

func domain(name string) string {
	if name == "" {
		return ""
	}
	return "." + name
}

// patience is how long ratings may take: 10 s with black stars, else 2.5 s. The fault-injection lesson lives off that difference
// (a delay of 7 s is within v2's patience, but beyond productpage's two tries of 3 s).
func patience() time.Duration {
	if starColor == "black" {
		return 10 * time.Second
	}
	return 2500 * time.Millisecond
}

// client makes a connection per request, as upstream, so that load is spread over endpoints also without a proxy.
var client = &http.Client{Timeout: patience(), Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}

func askRatings(ctx context.Context, id int, incoming http.Header) stars {
	answer, err := fetch(ctx, fmt.Sprintf("%s/%d", ratingsURL, id), incoming)
	if err != nil {
		log.Printf("Error: unable to contact %s: %v", ratingsURL, err)
	}
	return answer
}

func fetch(ctx context.Context, url string, incoming http.Header) (stars, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	headers.Copy(request.Header, incoming, append(headers.Forwarded, headers.EndUser)...)
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("got status %d", response.StatusCode)
	}
	var body struct{ Ratings stars }
	err = json.NewDecoder(response.Body).Decode(&body)
	return body.Ratings, err
}
