package io.fleetserve.provider.slurm;

import io.fleetserve.provider.AgentBundle;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// The calls to a cluster that are used here, by whichever way it is reached. Blocking,
/// thread-safe.
///
/// An answer that says no is a [SlurmRefusal]. No answer is an `IOException`: of kind
/// `NotSentException` when nothing can have come of the call.
interface SlurmTransport {
  /// The job's id.
  long submit(JobRequest request) throws IOException, SlurmRefusal;

  /// Jobs of the user that Slurm still knows, ended ones too, for some minutes.
  List<SlurmJob> jobs() throws IOException, SlurmRefusal;

  /// Empty when Slurm does not know it, or not any more.
  Optional<SlurmJob> job(long id) throws IOException, SlurmRefusal;

  /// Ends it; one that has ended or is not known is success.
  void cancel(long id) throws IOException, SlurmRefusal;

  ClusterView view() throws IOException, SlurmRefusal;

  /// Puts the agent's archive where jobs look for it, if files can be put there; once for all jobs.
  default void ship(AgentBundle bundle) throws IOException, SlurmRefusal {}

  /// The end of a file on the cluster, for messages; empty where files cannot be read.
  default String tail(String path) throws IOException {
    return "";
  }

  /// Slurm, or the program that speaks for it, said no.
  final class SlurmRefusal extends Exception {
    private static final long serialVersionUID = 1L;

    SlurmRefusal(String message) {
      super(message);
    }

    String text() {
      return String.valueOf(getMessage());
    }
  }
}
