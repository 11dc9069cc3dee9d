package main

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	appName    = "http-echo"
	appVersion = "1.0.0"
)

// accessLog writes a line per request in upstream's form:
// time host client "method path protocol" status bytes "user agent" duration.
func accessLog(out io.Writer, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, counted := time.Now(), &counter{ResponseWriter: w}
		next.ServeHTTP(counted, r)
		end := time.Now()
		fmt.Fprintf(out, "%s %s %s \"%s %s %s\" %d %d \"%s\" %v\n", end.Format("2006/01/02 15:04:05"),
			r.Host, r.RemoteAddr, r.Method, r.URL.Path, r.Proto, counted.status, counted.bytes, r.UserAgent(), end.Sub(start))
	})
}

type counter struct {
	http.ResponseWriter
	status, bytes int
}

func (c *counter) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.bytes += n
	return n, err
}
