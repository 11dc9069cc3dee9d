package serve

import (
	"flag"
	"log"
	"net"
	"net/http"
	"os"
)

// Bookinfo is the address of every bookinfo service.
const Bookinfo = ":9080"

// App serves one of the stand-in apps on -listen (by default address) and logs each request.
// standInFor names the upstream image it stands in for: the first line of its log says so.
func App(standInFor, address string, handler http.Handler) {
	listen := flag.String("listen", address, "address and port to listen on")
	flag.Parse()
	log.SetOutput(os.Stdout)
	Until(*listen, logged(handler), func(bound net.Addr) {
		log.Printf("istio-lab stand-in for %s, listening on %s", standInFor, bound)
	})
	log.Print("stopped")
}

func logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(status, r)
		log.Printf("%s %s %d", r.Method, r.URL.RequestURI(), status.status)
	})
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
