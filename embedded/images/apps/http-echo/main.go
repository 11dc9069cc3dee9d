// http-echo answers every request with one text: a stand-in for hashicorp/http-echo 1.0.0 with its flags, headers and log lines.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"istio-lab/apps/internal/serve"
)

func main() {
	listen := flag.String("listen", ":5678", "address and port to listen on")
	text := flag.String("text", os.Getenv("ECHO_TEXT"), "text to answer with (default $ECHO_TEXT)")
	status := flag.Int("status-code", http.StatusOK, "status code to answer with")
	version := flag.Bool("version", false, "print the version and end")
	flag.Parse()

	switch {
	case *version:
		fmt.Fprintln(os.Stderr, appName, "v"+appVersion, "(istio-lab stand-in)")
	case *text == "":
		refuse("no text to answer with: give -text or ECHO_TEXT")
	case flag.NArg() > 0:
		refuse(fmt.Sprintf("unexpected argument %q", flag.Arg(0)))
	case *status < 200 || *status > 599:
		refuse(fmt.Sprintf("-status-code %d: it must be 200 to 599", *status))
	default:
		echo(*listen, *text, *status)
	}
}

// refuse ends the process as upstream does on wrong usage.
func refuse(reason string) {
	fmt.Fprintln(os.Stderr, reason)
	os.Exit(127)
}

func echo(listen, text string, status int) {
	routes := http.NewServeMux()
	routes.Handle("/", accessLog(os.Stdout, fixed(status, text)))
	routes.Handle("/health", fixed(http.StatusOK, `{"status":"ok"}`))
	log.Print("[INFO] istio-lab stand-in for hashicorp/http-echo:" + appVersion)
	serve.Until(listen, routes, func(bound net.Addr) { log.Printf("[INFO] server is listening on %s", bound) })
	log.Print("[INFO] stopped")
}

// fixed answers every request with one status and one line of text.
func fixed(status int, text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("X-App-Name", appName)
		w.Header().Set("X-App-Version", appVersion)
		w.WriteHeader(status)
		fmt.Fprintln(w, text)
	})
}
