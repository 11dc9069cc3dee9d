// placeholder stands where an addon's image cannot be had: it keeps the ports and paths that others ask, and its page says what is missing.
// The arguments are the real program's and are not read; which one that is, is in PLACEHOLDER.
package main

import (
	"log"
	"net"
	"net/http"
	"os"
	"slices"

	"istio-lab/apps/internal/serve"
)

func main() {
	log.SetOutput(os.Stdout)
	name := os.Getenv("PLACEHOLDER")
	addon, ok := addons[name]
	if !ok {
		log.Fatalf("PLACEHOLDER=%q: no addon of this name", name)
	}
	serve.Until(address(addon.address), said(name, addon.routes(addon)), func(bound net.Addr) {
		log.Printf("istio-lab placeholder for %s, listening on %s", addon.image, bound)
	})
	log.Print("stopped")
}

// address is the given one, or with `-listen HOST:0` a free port of that host.
func address(usual string) string {
	if at := slices.Index(os.Args, "-listen"); at > 0 && at+1 < len(os.Args) {
		return os.Args[at+1]
	}
	return usual
}

// said makes every answer say that it is a placeholder's.
func said(name string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Istio-Lab-Placeholder", name)
		next.ServeHTTP(w, r)
	})
}
