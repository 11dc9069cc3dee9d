// temperature-api converts temperatures over HTTP, by asking temperature-service over gRPC: a stand-in for the course's image of
// that name.
package main

import (
	"cmp"
	"context"
	"log"
	"net/http"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"istio-lab/apps/internal/answer"
	"istio-lab/apps/internal/serve"
	"istio-lab/apps/temperature/converter"
)

const image = "amrelhewy/service-mesh-temp-api:1.0"

// patience is how long temperature-service may take.
const patience = 3 * time.Second

// backend is the host and port of temperature-service.
var backend = cmp.Or(os.Getenv("BACKEND"), "temperature-service:8080")

func main() {
	// Plain text: mTLS is the mesh's. A service that comes back is found within two seconds; the default waits up to two minutes.
	again := backoff.Config{BaseDelay: 200 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second}
	connection, err := grpc.NewClient(backend,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: again, MinConnectTimeout: patience}))
	if err != nil {
		log.Fatalf("BACKEND %s: %v", backend, err)
	}
	defer connection.Close()
	serve.App(image, ":3000", api{converter.NewConverterClient(connection)})
}

type api struct {
	service converter.ConverterClient
}

type answered struct {
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

func (a api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		answer.Error(w, http.StatusMethodNotAllowed, "method="+r.Method+": valid are GET, HEAD")
		return
	}
	asked, err := question(r.URL.Query())
	if err != nil {
		answer.Error(w, http.StatusBadRequest, err.Error())
		return
	}
	ctx, cancel := context.WithTimeout(metadata.NewOutgoingContext(r.Context(), forwarded(r.Header)), patience)
	defer cancel()
	converted, err := a.service.Convert(ctx, asked)
	if err != nil {
		log.Printf("%s: %v", backend, err)
		refuse(w, status.Convert(err))
		return
	}
	answer.JSON(w, http.StatusOK, answered{converted.Value, converted.Unit.Name()})
}

// refuse tells over HTTP what the service, or a proxy on the way to it, said no with.
func refuse(w http.ResponseWriter, refusal *status.Status) {
	switch refusal.Code() {
	case codes.InvalidArgument:
		answer.Error(w, http.StatusBadRequest, refusal.Message())
	case codes.PermissionDenied:
		answer.Error(w, http.StatusForbidden, backend+": "+refusal.Message())
	case codes.Unavailable:
		answer.Error(w, http.StatusServiceUnavailable, backend+": "+refusal.Message())
	case codes.DeadlineExceeded:
		answer.Error(w, http.StatusGatewayTimeout, backend+": no answer within "+patience.String())
	default:
		answer.Error(w, http.StatusBadGateway, backend+": "+refusal.Message())
	}
}
