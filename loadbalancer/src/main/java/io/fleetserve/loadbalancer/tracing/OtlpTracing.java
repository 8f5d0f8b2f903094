package io.fleetserve.loadbalancer.tracing;

import io.fleetserve.loadbalancer.telemetry.RequestTrace;
import io.fleetserve.loadbalancer.telemetry.Tracing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Traces in OpenTelemetry's form, sent to a collector by OTLP/HTTP in batches from a thread of
/// their own. When the collector does not take them they are dropped; requests never wait.
///
/// A client that began a trace decides whether it is sampled; of the others a share is.
/// Thread-safe.
public final class OtlpTracing implements Tracing {
  private static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");
  private static final AttributeKey<String> INSTANCE =
      AttributeKey.stringKey("service.instance.id");
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
  private static final int MOST_WAITING = 4096;

  private final SdkTracerProvider provider;
  private final Tracer tracer;

  /// @param endpoint URL of the collector, with its path
  /// @param sampleRatio 0..1
  /// @param instance of the load balancer, for example `lb-1`
  public OtlpTracing(String endpoint, double sampleRatio, String instance) {
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(endpoint)
            .setTimeout(Duration.ofSeconds(5))
            .build();
    provider =
        SdkTracerProvider.builder()
            .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(sampleRatio)))
            .setResource(
                Resource.create(
                    Attributes.of(SERVICE_NAME, "fleetserve-loadbalancer", INSTANCE, instance)))
            .addSpanProcessor(
                BatchSpanProcessor.builder(exporter)
                    .setScheduleDelay(Duration.ofSeconds(1))
                    .setMaxQueueSize(MOST_WAITING)
                    .build())
            .build();
    tracer = provider.get("io.fleetserve.loadbalancer");
  }

  @Override
  public RequestTrace begin(String method, String path, @Nullable String traceparent) {
    Context parent = TraceParent.context(traceparent);
    Span span =
        tracer
            .spanBuilder(method)
            .setParent(parent)
            .setSpanKind(SpanKind.SERVER)
            .setAttribute(METHOD, method)
            .setAttribute(PATH, path)
            .startSpan();
    return new OtlpRequestTrace(tracer, span);
  }

  @Override
  public void close() {
    provider.shutdown().join(1, TimeUnit.SECONDS);
  }
}
