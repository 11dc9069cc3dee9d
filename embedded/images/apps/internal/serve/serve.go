// Package serve runs a lab app's HTTP server the way a pod wants it: it says what it is, and it stops at once on SIGTERM.
package serve

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// grace is how long requests in flight may take after SIGTERM. Under a second, so that taking a seat away never waits for an app.
const grace = 800 * time.Millisecond

// Until listens on address and serves handler until SIGTERM or SIGINT, then finishes what is in flight and returns.
// listening is called with the bound address (port 0 asks the system for a free one). An address that is taken ends the process with 1.
func Until(address string, handler http.Handler, listening func(bound net.Addr)) {
	stop, release := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer release()

	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatalf("cannot listen on %s: %v", address, err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-stop.Done()
		drain, cancel := context.WithTimeout(context.Background(), grace)
		defer cancel()
		if server.Shutdown(drain) != nil {
			server.Close()
		}
	}()

	listening(listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		log.Fatalf("server ended: %v", err)
	}
	<-stopped
}
