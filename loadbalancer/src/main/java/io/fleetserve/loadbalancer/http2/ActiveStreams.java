package io.fleetserve.loadbalancer.http2;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The streams of a connection that are open. Confined to its event loop.
public final class ActiveStreams {
  private ActiveStreams() {}

  /// Does something with each.
  ///
  /// @param ours what stands for a stream here; null for nothing
  public static <S> void forEach(
      Http2Connection connection, Function<Http2Stream, @Nullable S> ours, Consumer<S> action) {
    try {
      var _ =
          connection.forEachActiveStream(stream -> {
            S each = ours.apply(stream);
            if (each != null) {
              action.accept(each);
            }
            return true;
          });
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
