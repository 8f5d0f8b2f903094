package io.fleetserve.provider.slurm;

import io.fleetserve.provider.ErrorTable;
import io.fleetserve.provider.ErrorTable.Rule;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import java.util.List;
import java.util.Optional;

/// What a refusal of Slurm means for the caller. Pure.
///
/// Numbers differ between versions and commands print none, so the text decides, by the first rule
/// with a word in it: a lost answer before all, then authentication, limits, capacity, and what is
/// wrong with the file.
final class SlurmErrors {
  private static final ErrorTable TABLE =
      new ErrorTable(
          List.of(
              new Rule(
                  Category.OUTCOME_UNKNOWN,
                  "",
                  List.of(
                      "socket timed out",
                      "unexpected message received",
                      "zero bytes were transmitted")),
              new Rule(
                  Category.TRANSIENT,
                  "the cluster's controller does not answer",
                  List.of(
                      "unable to contact slurm controller",
                      "slurm_persist_conn_open",
                      "connection refused",
                      "slurm temporarily unable to accept",
                      "resource temporarily unavailable",
                      "in standby mode")),
              new Rule(
                  Category.AUTH_FAILED,
                  "check account and the user's rights on the cluster",
                  List.of(
                      "access/permission denied",
                      "authentication",
                      "invalid account",
                      "user's group not permitted",
                      "account or partition combination",
                      "unauthorized",
                      "user id")),
              new Rule(
                  Category.QUOTA_EXCEEDED,
                  "a limit of the account, the user or the QOS is reached",
                  List.of("job violates accounting/qos policy", "assocmaxsubmit", "qosmaxsubmit")),
              new Rule(
                  Category.INVALID_REQUEST,
                  "check the name of the partition: serve infra list, sinfo",
                  List.of("invalid partition", "partition name")),
              new Rule(Category.INVALID_REQUEST, "check qos", List.of("invalid qos")),
              new Rule(
                  Category.INVALID_REQUEST,
                  "check constraint: sinfo -o %f",
                  List.of("invalid feature")),
              new Rule(
                  Category.INVALID_REQUEST,
                  "check accelerators: sinfo -o %G",
                  List.of("invalid generic resource", "invalid gres", "gres specification")),
              new Rule(
                  Category.CAPACITY_UNAVAILABLE,
                  "no node of the partition has that much",
                  List.of(
                      "requested node configuration is not available",
                      "memory specification can not be satisfied",
                      "more processors requested than permitted",
                      "node count specification invalid",
                      "requested partition configuration not available",
                      "required partition not available",
                      "nodes required for job are down")),
              new Rule(
                  Category.INVALID_REQUEST,
                  "check walltime",
                  List.of("time specification", "requested time limit is invalid"))));

  private SlurmErrors() {}

  /// @param cluster `slurm/cluster`
  /// @param partition which the error speaks about as a rule; empty when none was named
  static ProviderError of(String text, String cluster, String partition) {
    String place = partition.isEmpty() ? cluster : cluster + "/" + partition;
    String line = ErrorTable.oneLine(text, "; ");
    String said = place + ": " + line;
    Optional<Rule> rule = TABLE.rule(line);
    return new ProviderError(
        rule.map(Rule::category).orElse(Category.INVALID_REQUEST),
        partition,
        null,
        rule.map(known -> known.explain(said)).orElse(said));
  }
}
