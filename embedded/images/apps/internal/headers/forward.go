// Package headers carries a request's trace and identity from one service to the next.
package headers

import "net/http"

// Forwarded are the headers upstream's services pass on (the lists in samples/bookinfo/src of Istio), and the single b3 header.
// Without them the proxies' spans of one page view are not one trace.
var Forwarded = []string{
	"x-request-id",
	"traceparent", "tracestate", // W3C
	"b3", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags", // Zipkin
	"x-ot-span-context",
	"x-datadog-trace-id", "x-datadog-parent-id", "x-datadog-sampling-priority",
	"x-cloud-trace-context", "grpc-trace-bin",
	"sw8", // SkyWalking
	"user-agent", "cookie", "authorization", "jwt",
}

// EndUser is the header with the signed-in user's name, which routes can match.
const EndUser = "end-user"

// Copy sets on out whatever in has of the named headers.
func Copy(out, in http.Header, names ...string) {
	for _, name := range names {
		if values := in.Values(name); len(values) > 0 {
			out[http.CanonicalHeaderKey(name)] = values
		}
	}
}
