package io.fleetserve.e2e;

import java.util.function.BiPredicate;
import java.util.function.Predicate;

/// One step of the launch of a service's only replica, as it is seen from outside the controller.
///
/// @param name for messages
/// @param seen whether the service of that name has come so far; asked each millisecond
record CrashPoint(String name, Predicate<String> seen) {

  static CrashPoint service(StoreRows rows) {
    return new CrashPoint("service", name -> rows.has("services", "name = ?", name));
  }

  static CrashPoint decision(StoreRows rows) {
    return new CrashPoint("decision", name -> rows.has("decisions", "service = ?", name));
  }

  static CrashPoint intent(StoreRows rows) {
    return new CrashPoint("intent", name -> rows.has("attempts", "service = ?", name));
  }

  /// The provider's yes is in the store.
  static CrashPoint accepted(StoreRows rows) {
    return new CrashPoint(
        "accepted", name -> rows.has("attempts", "state = 'ACCEPTED' AND service = ?", name));
  }

  /// The agent may join.
  static CrashPoint invitation(StoreRows rows) {
    return ofAttempt(
        rows, "invitation", (_, attempt) -> rows.has("joins", "attempt_id = ?", attempt));
  }

  /// The agent has joined.
  static CrashPoint join(StoreRows rows) {
    return ofAttempt(
        rows,
        "join",
        (_, attempt) -> rows.has("joins", "key_hash IS NOT NULL AND attempt_id = ?", attempt));
  }

  static CrashPoint status(StoreRows rows, String status) {
    return new CrashPoint(
        status, name -> rows.has("replicas", "status = '" + status + "' AND service = ?", name));
  }

  /// One that is seen by the attempt's id.
  ///
  /// @param seen of the service's name and its attempt, once there is one
  static CrashPoint ofAttempt(StoreRows rows, String name, BiPredicate<String, String> seen) {
    return new CrashPoint(
        name,
        service -> {
          String attempt = rows.attempt(service);
          return !attempt.isEmpty() && seen.test(service, attempt);
        });
  }

  @Override
  public String toString() {
    return name;
  }
}
