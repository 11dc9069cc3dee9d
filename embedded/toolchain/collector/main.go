// The OpenTelemetry Collector with the components that the addon's config names, and no other: upstream's build of the
// contributed components links those of every vendor, 200 MB that the embedded seat never calls.
package main

import (
	"log"

	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/lokiexporter"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/healthcheckextension"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/attributesprocessor"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/loggingexporter"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/batchprocessor"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
)

// version is stamped in by the build.
var version = "unknown"

func components() (factories otelcol.Factories, err error) {
	if factories.Receivers, err = receiver.MakeFactoryMap(otlpreceiver.NewFactory()); err != nil {
		return
	}
	if factories.Processors, err = processor.MakeFactoryMap(batchprocessor.NewFactory(), attributesprocessor.NewFactory()); err != nil {
		return
	}
	if factories.Exporters, err = exporter.MakeFactoryMap(lokiexporter.NewFactory(), loggingexporter.NewFactory()); err != nil {
		return
	}
	factories.Extensions, err = extension.MakeFactoryMap(healthcheckextension.NewFactory())
	return
}

func main() {
	factories, err := components()
	if err != nil {
		log.Fatal(err)
	}
	info := component.BuildInfo{Command: "otelcol-contrib", Description: "OpenTelemetry Collector with the components of Istio's sample", Version: version}
	if err := otelcol.NewCommand(otelcol.CollectorSettings{BuildInfo: info, Factories: factories}).Execute(); err != nil {
		log.Fatal(err)
	}
}
