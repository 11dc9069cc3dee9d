package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// backend is a service this page is made of.
type backend struct {
	name  string // its path and, unless the environment says otherwise, its host
	tries int
}

var (
	details = backend{"details", 1}
	ratings = backend{"ratings", 1}
	// Upstream asks reviews twice, 3 s each: the fault-injection lesson shows what such a hidden retry does.
	reviews = backend{"reviews", 2}
)

// A connection per request, as upstream: load is spread over endpoints also without a proxy.
var client = &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}

// address is http://host[.domain]:port from e.g. DETAILS_HOSTNAME, SERVICES_DOMAIN and DETAILS_SERVICE_PORT.
func (b backend) address() string {
	prefix := strings.ToUpper(b.name)
	host := cmp.Or(os.Getenv(prefix+"_HOSTNAME"), b.name)
	if domain := os.Getenv("SERVICES_DOMAIN"); domain != "" {
		host += "." + domain
	}
	return "http://" + net.JoinHostPort(host, cmp.Or(os.Getenv(prefix+"_SERVICE_PORT"), "9080"))
}

// ask returns the backend's JSON for a product with status 200, or else its status (500 where it did not answer) with an error message.
func (b backend) ask(ctx context.Context, id string, header http.Header) (status int, body json.RawMessage) {
	target := b.address() + "/" + b.name + "/" + url.PathEscape(id)
	for range b.tries {
		var err error
		if status, body, err = get(ctx, target, header); err == nil {
			return status, body
		}
		log.Printf("%s: %v", target, err)
	}
	sorry, _ := json.Marshal(map[string]string{
		"error": fmt.Sprintf("Sorry, product %s are currently unavailable for this book.", b.name),
	})
	return status, sorry
}

func get(ctx context.Context, target string, header http.Header) (int, json.RawMessage, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return http.StatusInternalServerError, nil, err
	}
	request.Header = header
	response, err := client.Do(request)
	if err != nil {
		return http.StatusInternalServerError, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	switch {
	case response.StatusCode != http.StatusOK:
		return response.StatusCode, nil, fmt.Errorf("answered %s", response.Status)
	case err != nil:
		return http.StatusInternalServerError, nil, err
	case !json.Valid(body):
		return http.StatusInternalServerError, nil, errors.New("answered something other than JSON")
	}
	return response.StatusCode, body, nil
}
