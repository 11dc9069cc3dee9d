package main

import (
	"encoding/base64"
	"net/http"
	"strings"

	"google.golang.org/grpc/metadata"

	"istio-lab/apps/internal/headers"
)

// forwarded are the headers of a request that its gRPC call carries on. The user agent stays behind, because gRPC sends its own.
func forwarded(in http.Header) metadata.MD {
	out := metadata.MD{}
	for _, name := range headers.Forwarded {
		if name == "user-agent" {
			continue
		}
		for _, value := range in.Values(name) {
			if sent, ok := asMetadata(name, value); ok {
				out.Append(name, sent)
			}
		}
	}
	return out
}

// asMetadata is a header's value as gRPC takes it: the bytes of a binary one, which it encodes itself, and printable ASCII of all
// others; with anything else the whole call fails (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, "Custom-Metadata").
func asMetadata(name, value string) (string, bool) {
	if strings.HasSuffix(name, "-bin") {
		bytes, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(value, "="))
		return string(bytes), err == nil
	}
	printable := func(r rune) bool { return r >= ' ' && r <= '~' }
	return value, strings.TrimFunc(value, printable) == ""
}
