package io.fleetserve.provider.sim.cloud;

import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.Ownership;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The cloud's own decisions: which calls it grants, what it takes back and when. Pure: the same
/// instances, time and seed give the same answer.
///
/// When a zone's capacity falls below the spot instances in it, the newest are given notice and
/// taken when the notice is over; without notice they are taken at once. An instance with a notice
/// takes no room any more, and a notice is never withdrawn.
///
/// Chance is drawn per call from the seed and the ownership, not from a running generator, so that
/// the order of concurrent calls does not matter.
record CloudRules(String provider, CloudSettings settings) {
  /// The order in which clouds look at a call.
  private static final List<Category> CHECKS =
      List.of(
          Category.AUTH_FAILED,
          Category.BILLING_BLOCKED,
          Category.RATE_LIMITED,
          Category.QUOTA_EXCEEDED,
          Category.CAPACITY_UNAVAILABLE,
          Category.INVALID_REQUEST,
          Category.TRANSIENT);

  CreateVerdict create(List<CloudInstance> all, CreateSpec order, long now) {
    Optional<CloudInstance> made =
        all.stream().filter(one -> one.attemptId().equals(order.attemptId())).findFirst();
    if (made.isPresent()) {
      return new CreateVerdict.Made(made.get(), true);
    }
    SplittableRandom chance = chance(order.ownership());
    Optional<ProviderError> refusal =
        unlucky(order, chance).or(() -> against(all, order, now)); // draws before it looks
    double fate = chance.nextDouble();
    if (refusal.isPresent()) {
      return new CreateVerdict.Refused(refusal.get());
    }
    if (fate < settings.faults().callLost()) {
      return new CreateVerdict.Lost();
    }
    boolean answered = fate >= settings.faults().callLost() + settings.faults().answerLost();
    return new CreateVerdict.Made(instance(order, chance, now), answered);
  }

  private CloudInstance instance(CreateSpec order, SplittableRandom chance, long now) {
    double jitter = settings.launchJitter() * (2 * chance.nextDouble() - 1);
    boolean broken = chance.nextDouble() < settings.faults().broken();
    return new CloudInstance(
        order,
        Instance.State.PENDING,
        now,
        now + Math.round(settings.launchMillis() * (1 + jitter)),
        now + settings.listingDelayMillis(),
        null,
        broken ? error(Category.TRANSIENT, null, "the machine did not boot") : null);
  }

  private SplittableRandom chance(Ownership owner) {
    return new SplittableRandom(
        settings.seed() * 0x9E3779B97F4A7C15L
            + Objects.hash(owner.service(), owner.replicaId(), owner.generation()));
  }

  private Optional<ProviderError> unlucky(CreateSpec order, SplittableRandom chance) {
    double draw = chance.nextDouble();
    for (Category category : CHECKS) {
      double share = settings.faults().refused().getOrDefault(category, 0.0);
      if (draw < share) {
        return Optional.of(
            error(category, scope(category, order), words(category) + " (a simulated fault)"));
      }
      draw -= share;
    }
    return Optional.empty();
  }

  private static String words(Category category) {
    return switch (category) {
      case AUTH_FAILED -> "the credentials are not accepted";
      case BILLING_BLOCKED -> "the account has no money";
      case RATE_LIMITED -> "too many calls";
      case QUOTA_EXCEEDED -> "the quota is used up";
      case CAPACITY_UNAVAILABLE -> "no capacity";
      case INVALID_REQUEST -> "the request is not valid";
      case TRANSIENT, OUTCOME_UNKNOWN -> "an internal error";
    };
  }

  private @Nullable String scope(Category category, CreateSpec order) {
    return switch (category) {
      case QUOTA_EXCEEDED -> order.offer().region();
      case CAPACITY_UNAVAILABLE -> order.offer().zone();
      default -> null;
    };
  }

  private Optional<ProviderError> against(List<CloudInstance> all, CreateSpec order, long now) {
    String zoneName = String.valueOf(order.offer().zone());
    Optional<CloudZone> zone = settings.zone(zoneName);
    if (zone.isEmpty()) {
      return refused(Category.INVALID_REQUEST, null, "there is no zone " + zoneName);
    }
    if (settings.type(order.offer().instanceType()).isEmpty()) {
      return refused(
          Category.INVALID_REQUEST, null, "there is no machine " + order.offer().instanceType());
    }
    String region = zone.get().region();
    int quota = settings.quotas().getOrDefault(region, Integer.MAX_VALUE);
    long inRegion =
        all.stream()
            .filter(one -> one.isActive() && region.equals(one.order().offer().region()))
            .count();
    if (inRegion >= quota) {
      return refused(
          Category.QUOTA_EXCEEDED,
          region,
          region + ": " + inRegion + " instances run, the quota is " + quota);
    }
    int capacity = zone.get().capacityAt(now);
    long held = all.stream().filter(one -> one.isTakeable() && one.isIn(zone.get())).count();
    if (order.offer().spot() && held >= capacity) {
      return refused(
          Category.CAPACITY_UNAVAILABLE,
          zoneName,
          zoneName + " has no spot capacity: room for " + capacity + ", taken " + held);
    }
    return Optional.empty();
  }

  private Optional<ProviderError> refused(
      Category category, @Nullable String scope, String message) {
    return Optional.of(error(category, scope, message));
  }

  private ProviderError error(Category category, @Nullable String scope, String message) {
    return new ProviderError(category, scope, again(category), provider + ": " + message);
  }

  /// When the same call may fare better, in simulated time: what is written down for real clouds
  /// would be long in a quick one.
  private static @Nullable Duration again(Category category) {
    return switch (category) {
      case CAPACITY_UNAVAILABLE, BILLING_BLOCKED -> Duration.ofHours(1);
      case QUOTA_EXCEEDED -> Duration.ofMinutes(10);
      case RATE_LIMITED -> Duration.ofSeconds(30);
      case AUTH_FAILED, INVALID_REQUEST, TRANSIENT, OUTCOME_UNKNOWN -> null;
    };
  }

  /// The instances as they are at `now`: started, given notice, taken back.
  List<CloudInstance> advance(List<CloudInstance> all, long now) {
    Set<String> unwanted = unwanted(all, now);
    List<CloudInstance> next = new ArrayList<>(all.size());
    for (CloudInstance one : all) {
      CloudInstance noticed =
          unwanted.contains(one.attemptId()) ? one.noticed(now + settings.noticeMillis()) : one;
      next.add(advance(noticed, now));
    }
    return next;
  }

  private CloudInstance advance(CloudInstance one, long now) {
    if (!one.isActive()) {
      return one;
    }
    if (one.preemptionMillis() != null && one.preemptionMillis() <= now) {
      String zone = String.valueOf(one.order().offer().zone());
      return one.preempted(
          error(Category.CAPACITY_UNAVAILABLE, zone, zone + " took its spot capacity back"));
    }
    if (one.state() == Instance.State.PENDING && one.readyMillis() <= now) {
      return one.failure() == null ? one.running() : one.failed(one.failure());
    }
    return one;
  }

  private Set<String> unwanted(List<CloudInstance> all, long now) {
    Set<String> attempts = new HashSet<>();
    for (CloudZone zone : settings.zones()) {
      List<CloudInstance> held =
          all.stream()
              .filter(one -> one.isTakeable() && one.isIn(zone))
              .sorted(CloudInstance.NEWEST_FIRST)
              .toList();
      held.stream()
          .limit(Math.max(0, held.size() - zone.capacityAt(now)))
          .forEach(one -> attempts.add(one.attemptId()));
    }
    return attempts;
  }

  /// When something may change by itself next; `Long.MAX_VALUE` when nothing ever does.
  long nextEvent(List<CloudInstance> all, long now) {
    long next = Long.MAX_VALUE;
    for (CloudInstance one : all) {
      if (one.state() == Instance.State.PENDING) {
        next = Math.min(next, one.readyMillis());
      }
      if (one.isActive() && one.preemptionMillis() != null) {
        next = Math.min(next, one.preemptionMillis());
      }
    }
    if (all.stream().anyMatch(CloudInstance::isTakeable)) {
      for (CloudZone zone : settings.zones()) {
        next = Math.min(next, zone.capacity().nextStep(now));
      }
    }
    return next;
  }
}
