package main

import (
	"fmt"
	"net"
	"os"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// settings is what of Jaeger 2's configuration Jaeger 1 has as well.
type settings struct {
	// flags of Jaeger 1 that say the same.
	flags []string
	// badger keeps the spans in files; otherwise they are in memory.
	badger bool
	// health and metrics are addresses, empty for none.
	health, metrics string
}

type endpoint struct {
	Endpoint string `yaml:"endpoint"`
}

// file is the part of the format (https://www.jaegertracing.io/docs/2.17/deployment/configuration/) that is read.
type file struct {
	Service struct {
		Telemetry struct {
			Metrics struct {
				Readers []struct {
					Pull struct {
						Exporter struct {
							Prometheus *struct {
								Host string `yaml:"host"`
								Port int    `yaml:"port"`
							} `yaml:"prometheus"`
						} `yaml:"exporter"`
					} `yaml:"pull"`
				} `yaml:"readers"`
			} `yaml:"metrics"`
		} `yaml:"telemetry"`
	} `yaml:"service"`
	Extensions struct {
		Query struct {
			BasePath string `yaml:"base_path"`
			Storage  struct {
				Traces string `yaml:"traces"`
			} `yaml:"storage"`
			HTTP endpoint `yaml:"http"`
			GRPC endpoint `yaml:"grpc"`
		} `yaml:"jaeger_query"`
		Storage struct {
			Backends map[string]backend `yaml:"backends"`
		} `yaml:"jaeger_storage"`
		Health struct {
			HTTP endpoint `yaml:"http"`
		} `yaml:"healthcheckv2"`
	} `yaml:"extensions"`
	Receivers struct {
		OTLP struct {
			Protocols struct {
				GRPC endpoint `yaml:"grpc"`
				HTTP endpoint `yaml:"http"`
			} `yaml:"protocols"`
		} `yaml:"otlp"`
		Jaeger struct {
			Protocols struct {
				GRPC endpoint `yaml:"grpc"`
				HTTP endpoint `yaml:"thrift_http"`
			} `yaml:"protocols"`
		} `yaml:"jaeger"`
		Zipkin endpoint `yaml:"zipkin"`
	} `yaml:"receivers"`
}

type backend struct {
	Memory *struct {
		MaxTraces int `yaml:"max_traces"`
	} `yaml:"memory"`
	Badger *struct {
		Ephemeral   bool `yaml:"ephemeral"`
		Directories struct {
			Keys   string `yaml:"keys"`
			Values string `yaml:"values"`
		} `yaml:"directories"`
		TTL struct {
			Spans string `yaml:"spans"`
		} `yaml:"ttl"`
	} `yaml:"badger"`
}

func read(path string) (settings, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return settings{}, err
	}
	var f file
	if err := yaml.Unmarshal(text, &f); err != nil {
		return settings{}, err
	}
	return f.settings()
}

func (f file) settings() (settings, error) {
	s := settings{health: f.Extensions.Health.HTTP.Endpoint}
	set := func(name, value string) {
		if value != "" {
			s.flags = append(s.flags, "--"+name+"="+value)
		}
	}
	set("query.base-path", f.Extensions.Query.BasePath)
	set("query.http-server.host-port", f.Extensions.Query.HTTP.Endpoint)
	set("query.grpc-server.host-port", f.Extensions.Query.GRPC.Endpoint)
	set("collector.zipkin.host-port", f.Receivers.Zipkin.Endpoint)
	set("collector.grpc-server.host-port", f.Receivers.Jaeger.Protocols.GRPC.Endpoint)
	set("collector.http-server.host-port", f.Receivers.Jaeger.Protocols.HTTP.Endpoint)
	set("collector.otlp.grpc.host-port", f.Receivers.OTLP.Protocols.GRPC.Endpoint)
	set("collector.otlp.http.host-port", f.Receivers.OTLP.Protocols.HTTP.Endpoint)

	name := f.Extensions.Query.Storage.Traces
	chosen, ok := f.Extensions.Storage.Backends[name]
	switch {
	case !ok:
		return s, fmt.Errorf("extensions.jaeger_storage.backends has no %q, which extensions.jaeger_query.storage.traces names", name)
	case chosen.Badger != nil:
		s.badger = true
		set("badger.ephemeral", strconv.FormatBool(chosen.Badger.Ephemeral))
		set("badger.directory-key", chosen.Badger.Directories.Keys)
		set("badger.directory-value", chosen.Badger.Directories.Values)
		set("badger.span-store-ttl", chosen.Badger.TTL.Spans)
	case chosen.Memory != nil:
		set("memory.max-traces", strconv.Itoa(chosen.Memory.MaxTraces))
	default:
		return s, fmt.Errorf("extensions.jaeger_storage.backends.%s is neither badger nor memory", name)
	}
	for _, reader := range f.Service.Telemetry.Metrics.Readers {
		if to := reader.Pull.Exporter.Prometheus; to != nil {
			s.metrics = net.JoinHostPort(to.Host, strconv.Itoa(to.Port))
		}
	}
	return s, nil
}
