package io.fleetserve.loadbalancer.tracing;

import io.fleetserve.loadbalancer.telemetry.RequestTrace;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/// The spans of one request. Confined to its event loop.
final class OtlpRequestTrace implements RequestTrace {
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("fleetserve.service");
  private static final AttributeKey<Long> REPLICA = AttributeKey.longKey("fleetserve.replica");
  private static final AttributeKey<Long> GENERATION =
      AttributeKey.longKey("fleetserve.generation");
  private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("fleetserve.outcome");
  private static final AttributeKey<Long> RESEND =
      AttributeKey.longKey("http.request.resend_count");
  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");
  private static final AttributeKey<Long> BYTES_IN = AttributeKey.longKey("http.request.body.size");
  private static final AttributeKey<Long> BYTES_OUT =
      AttributeKey.longKey("http.response.body.size");
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

  private final Tracer tracer;
  private final Span request;
  private @Nullable Span attempt;
  private long attempts;

  OtlpRequestTrace(Tracer tracer, Span request) {
    this.tracer = tracer;
    this.request = request;
  }

  @Override
  public byte[] traceparent() {
    return TraceParent.of(request.getSpanContext());
  }

  @Override
  public void attempt(int replica, int generation) {
    Span before = attempt;
    if (before != null) {
      // A copy of the request was faster.
      before.end();
    }
    Span next =
        tracer
            .spanBuilder("attempt")
            .setParent(Context.root().with(request))
            .setSpanKind(SpanKind.CLIENT)
            .setAttribute(REPLICA, (long) replica)
            .setAttribute(GENERATION, (long) generation)
            .startSpan();
    if (attempts > 0) {
      next.setAttribute(RESEND, attempts);
    }
    attempts++;
    attempt = next;
  }

  @Override
  public void attemptFailed(String reason) {
    Span failed = attempt;
    attempt = null;
    if (failed != null) {
      failed.setAttribute(ERROR, reason).setStatus(StatusCode.ERROR).end();
    }
  }

  @Override
  public void end(String service, int status, String outcome, long bytesIn, long bytesOut) {
    Span open = attempt;
    attempt = null;
    if (open != null) {
      if (status > 0) {
        open.setAttribute(STATUS, (long) status);
      }
      open.end();
    }
    request.setAttribute(SERVICE, service).setAttribute(OUTCOME, outcome);
    request.setAttribute(BYTES_IN, bytesIn).setAttribute(BYTES_OUT, bytesOut);
    if (status > 0) {
      request.setAttribute(STATUS, (long) status);
    }
    if (status >= 500 || status == 0) {
      request.setAttribute(ERROR, status == 0 ? outcome : String.valueOf(status));
      request.setStatus(StatusCode.ERROR);
    }
    request.end();
  }
}
