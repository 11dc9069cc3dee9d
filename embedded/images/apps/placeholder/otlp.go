package main

import (
	"log"
	"net"

	"google.golang.org/grpc"
)

// otlp takes whatever is exported to an OpenTelemetry collector. The empty answer means "all of it stored" (its messages
// Export…ServiceResponse are empty then), so that the proxies neither keep nor send it again.
func otlp(listener net.Listener) {
	server := grpc.NewServer(grpc.ForceServerCodec(bytes{}), grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
		if err := stream.RecvMsg(new([]byte)); err != nil {
			return err
		}
		received.Add(1)
		return stream.SendMsg(&[]byte{})
	}))
	log.Fatal(server.Serve(listener))
}

// bytes leaves messages as they come: nothing in them is read.
type bytes struct{}

func (bytes) Name() string                       { return "proto" }
func (bytes) Marshal(v any) ([]byte, error)      { return *v.(*[]byte), nil }
func (bytes) Unmarshal(data []byte, v any) error { *v.(*[]byte) = data; return nil }
