package io.fleetserve.provider.host;

import io.fleetserve.provider.Instance;
import io.fleetserve.provider.ProviderError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The answer to a [HostCall], one line of JSON.
///
/// @param accepted name of the instance that CREATE made; null else
/// @param error why CREATE made nothing, or may have made something; null else
/// @param unknown with an error: something may have been made
/// @param instances what GET (at most one) and LIST found; their refs are the machine's own
/// @param failure why the call could not be carried out; null when it was
public record HostAnswer(
    long id,
    @Nullable String accepted,
    @Nullable ProviderError error,
    boolean unknown,
    List<Instance> instances,
    @Nullable String failure) {
  public HostAnswer {
    instances = List.copyOf(instances);
  }

  public static HostAnswer done(long id) {
    return found(id, List.of());
  }

  public static HostAnswer found(long id, List<Instance> instances) {
    return new HostAnswer(id, null, null, false, instances, null);
  }

  public static HostAnswer failed(long id, String failure) {
    return new HostAnswer(id, null, null, false, List.of(), failure);
  }
}
