// Jaeger's all-in-one with the two storages that need no other server, memory and badger: upstream's cmd/all-in-one links
// the clients of Elasticsearch, Cassandra and Kafka as well, four fifths of its packages, which the embedded seat never calls.
// It is started as Jaeger 2 is, with `--config FILE`, and takes from that file what this version has, too (config.go).
package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"log"
	"net/http"
	"os/signal"
	"syscall"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/spf13/cobra"
	"github.com/spf13/viper"
	"go.uber.org/zap"

	collector "github.com/jaegertracing/jaeger/cmd/collector/app"
	collectorFlags "github.com/jaegertracing/jaeger/cmd/collector/app/flags"
	query "github.com/jaegertracing/jaeger/cmd/query/app"
	"github.com/jaegertracing/jaeger/cmd/query/app/querysvc"
	"github.com/jaegertracing/jaeger/pkg/config"
	"github.com/jaegertracing/jaeger/pkg/healthcheck"
	"github.com/jaegertracing/jaeger/pkg/jtracer"
	"github.com/jaegertracing/jaeger/pkg/metrics"
	"github.com/jaegertracing/jaeger/pkg/telemetery"
	"github.com/jaegertracing/jaeger/pkg/tenancy"
	"github.com/jaegertracing/jaeger/plugin"
	"github.com/jaegertracing/jaeger/plugin/metrics/disabled"
	"github.com/jaegertracing/jaeger/plugin/sampling/strategyprovider/static"
	"github.com/jaegertracing/jaeger/plugin/storage/badger"
	"github.com/jaegertracing/jaeger/plugin/storage/memory"
	"github.com/jaegertracing/jaeger/storage"
)

func main() {
	file := flag.String("config", "", "configuration in Jaeger 2's format")
	ui := flag.String("ui", "", "folder with the pages; upstream's are not in its module")
	flag.Parse()
	if *file == "" {
		log.Fatal("--config FILE is missing")
	}
	settings, err := read(*file)
	if err != nil {
		log.Fatalf("%s: %v", *file, err)
	}
	settings.flags = append(settings.flags, "--query.static-files="+*ui)
	logger, err := zap.NewProduction()
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, settings, logger); err != nil {
		logger.Fatal("Jaeger ends", zap.Error(err))
	}
}

type store interface {
	storage.Factory
	plugin.Configurable
}

func run(ctx context.Context, settings settings, logger *zap.Logger) error {
	var spans store = memory.NewFactory()
	if settings.badger {
		spans = badger.NewFactory()
	}
	sampling := static.NewFactory()
	v, err := options(settings.flags, spans.AddFlags, collectorFlags.AddFlags, query.AddFlags, sampling.AddFlags)
	if err != nil {
		return err
	}
	// Upstream keeps its implementation of these metrics internal to its module: here Prometheus finds those of Go and the process only.
	none := metrics.NullFactory
	health := healthcheck.New()
	health.SetLogger(logger)
	admin := serveAdmin(settings, health, logger)
	defer admin()

	spans.InitFromViper(v, logger)
	if err := spans.Initialize(none, logger); err != nil {
		return err
	}
	if closer, ok := spans.(io.Closer); ok {
		defer closer.Close()
	}
	reader, err := spans.CreateSpanReader()
	if err != nil {
		return err
	}
	writer, err := spans.CreateSpanWriter()
	if err != nil {
		return err
	}
	dependencies, err := spans.CreateDependencyReader()
	if err != nil {
		return err
	}
	noMetrics, err := disabled.NewMetricsReader()
	if err != nil {
		return err
	}
	sampling.InitFromViper(v, logger)
	if err := sampling.Initialize(none, nil, logger); err != nil {
		return err
	}
	strategies, aggregator, err := sampling.CreateStrategyProvider()
	if err != nil {
		return err
	}

	collectorOptions, err := new(collectorFlags.CollectorOptions).InitFromViper(v, logger)
	if err != nil {
		return err
	}
	tenants := tenancy.NewManager(&collectorOptions.GRPC.Tenancy)
	receiving := collector.New(&collector.CollectorParams{
		ServiceName:        "jaeger-collector",
		Logger:             logger,
		MetricsFactory:     none,
		SpanWriter:         writer,
		SamplingProvider:   strategies,
		SamplingAggregator: aggregator,
		HealthCheck:        health,
		TenancyMgr:         tenants,
	})
	if err := receiving.Start(collectorOptions); err != nil {
		return err
	}
	defer receiving.Close()

	queryOptions, err := new(query.QueryOptions).InitFromViper(v, logger)
	if err != nil {
		return err
	}
	service := querysvc.NewQueryService(reader, dependencies, *queryOptions.BuildQueryServiceOptions(spans, logger))
	answering, err := query.NewServer(service, noMetrics, queryOptions, tenants, telemetery.Setting{
		Logger:         logger,
		TracerProvider: jtracer.NoOp().OTEL,
		Metrics:        none,
		ReportStatus:   telemetery.HCAdapter(health),
	})
	if err != nil {
		return err
	}
	if err := answering.Start(); err != nil {
		return err
	}
	defer answering.Close()

	health.Ready()
	<-ctx.Done()
	health.Set(healthcheck.Unavailable)
	return nil
}

// options gives Jaeger's own flags, with the given ones set, as its packages read them.
func options(given []string, add ...func(*flag.FlagSet)) (*viper.Viper, error) {
	v := viper.New()
	command := &cobra.Command{Use: "jaeger"}
	config.AddFlags(v, command, add...)
	return v, command.ParseFlags(given)
}

// serveAdmin answers the probes and Prometheus, each where the configuration has it.
func serveAdmin(settings settings, health *healthcheck.HealthCheck, logger *zap.Logger) (stop func()) {
	servers := []*http.Server{}
	serve := func(address, path string, handler http.Handler) {
		if address == "" {
			return
		}
		mux := http.NewServeMux()
		mux.Handle(path, handler)
		server := &http.Server{Addr: address, Handler: mux}
		servers = append(servers, server)
		go func() {
			if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
				logger.Fatal("admin server", zap.String("address", address), zap.Error(err))
			}
		}()
	}
	serve(settings.health, "/status", health.Handler())
	serve(settings.metrics, "/metrics", promhttp.Handler())
	return func() {
		for _, server := range servers {
			_ = server.Close()
		}
	}
}
