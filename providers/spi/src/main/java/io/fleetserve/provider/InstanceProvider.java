package io.fleetserve.provider;

import java.util.List;
import java.util.Optional;

/// A place that gives machines (or containers, jobs, processes) for replicas.
///
/// Calls block, are made on virtual threads, may be made concurrently, and must end within the
/// provider's own deadlines. Expected failures are values; an exception means a bug or broken I/O
/// and counts as [CreateOutcome.Unknown] for a create.
public interface InstanceProvider extends AutoCloseable {
  /// Name as in `infra:`, for example `local`.
  String name();

  Capabilities capabilities();

  /// What could be had for the wish, best first. When it is empty, the reasons went to
  /// [OfferQuery#reject].
  List<Offer> offers(OfferQuery query);

  /// Every place the provider was configured for, in the order of its configuration, asked now,
  /// side by side and for ten seconds at most. What cannot be reached or used is in it with its
  /// reason; throws [ProviderException] only when it cannot even tell which places there are.
  List<Place> places();

  /// Asks for one instance, once. The caller has stored the attempt before. Never retried by the
  /// provider after an ambiguous outcome.
  CreateOutcome create(CreateSpec spec);

  /// The instance; empty means the provider says it does not exist.
  Optional<Instance> get(InstanceRef ref);

  /// Every live instance that carries the installation's mark, of all places the provider was
  /// configured for. Throws [ProviderException] rather than answer in part.
  List<Instance> list(String installationId);

  /// Ends the instance and all side resources made for it. Idempotent; not found is success.
  /// Returns when the end was accepted; [#get] tells when it is over.
  void terminate(InstanceRef ref);

  @Override
  void close();
}
