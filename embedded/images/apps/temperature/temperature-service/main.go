// temperature-service converts temperatures, asked over gRPC: a stand-in for the course's image of that name.
package main

import (
	"context"
	"flag"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"istio-lab/apps/temperature/converter"
)

const image = "amrelhewy/service-mesh-temp-service:1.0"

// grace is how long calls in flight may take after SIGTERM, as in internal/serve.
const grace = 800 * time.Millisecond

func main() {
	listen := flag.String("listen", ":8080", "address and port to listen on")
	flag.Parse()
	log.SetOutput(os.Stdout)
	stop, release := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer release()

	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatalf("cannot listen on %s: %v", *listen, err)
	}
	server := grpc.NewServer()
	converter.RegisterConverterServer(server, service{})
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-stop.Done()
		hard := time.AfterFunc(grace, server.Stop)
		server.GracefulStop()
		hard.Stop()
	}()

	log.Printf("istio-lab stand-in for %s, listening on %s", image, listener.Addr())
	if err := server.Serve(listener); err != nil {
		log.Fatalf("server ended: %v", err)
	}
	<-stopped
	log.Print("stopped")
}

type service struct {
	converter.UnimplementedConverterServer
}

func (service) Convert(_ context.Context, asked *converter.ConvertRequest) (*converter.ConvertResponse, error) {
	value, err := convert(asked.Temperature, asked.From, asked.To)
	if err != nil {
		log.Printf("Convert %v %s to %s: %v", asked.Temperature, asked.From.Name(), asked.To.Name(), err)
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	log.Printf("Convert %v %s to %s: %v", asked.Temperature, asked.From.Name(), asked.To.Name(), value)
	return &converter.ConvertResponse{Value: value, Unit: asked.To}, nil
}
