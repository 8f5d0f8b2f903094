package io.fleetserve.loadbalancer.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The field `traceparent`. Stateless.
///
/// @see <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C Trace Context 3.2</a>
final class TraceParent {
  // Versions above 00 may have more behind; ff is invalid.
  private static final Pattern FORM =
      Pattern.compile("(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

  private TraceParent() {}

  /// Where the client's span is the current one; a root when it named none that is valid.
  static Context context(@Nullable String value) {
    if (value == null) {
      return Context.root();
    }
    Matcher form = FORM.matcher(value);
    if (!form.matches() || (form.group(1).equals("00") && form.group(5) != null)) {
      return Context.root();
    }
    SpanContext remote =
        SpanContext.createFromRemoteParent(
            form.group(2),
            form.group(3),
            TraceFlags.fromHex(form.group(4), 0),
            TraceState.getDefault());
    return remote.isValid() ? Context.root().with(Span.wrap(remote)) : Context.root();
  }

  static byte[] of(SpanContext span) {
    String text =
        "00-" + span.getTraceId() + "-" + span.getSpanId() + "-" + span.getTraceFlags().asHex();
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
