package io.fleetserve.api.text;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/// The known name a mistyped one was probably meant to be. Stateless.
///
/// Distance is the optimal string alignment distance (insert, delete, replace, swap neighbours),
/// case ignored, `-` and `_` equal; O(length * length) per candidate.
public final class NearestName {
  private NearestName() {}

  /// The candidate closest to `name`, if it is close enough to be a likely slip: at most a third of
  /// the longer name's length away, or one starts with the other (3 letters at least). Ties: the
  /// first in iteration order.
  public static Optional<String> of(String name, Collection<String> candidates) {
    String wanted = plain(name);
    String best = null;
    int bestDistance = Integer.MAX_VALUE;
    for (String candidate : candidates) {
      String known = plain(candidate);
      int distance = distance(wanted, known);
      boolean likely =
          distance * 3 <= Math.max(wanted.length(), known.length())
              || (Math.min(wanted.length(), known.length()) >= 3
                  && (known.startsWith(wanted) || wanted.startsWith(known)));
      if (likely && distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  private static String plain(String name) {
    String shortened = name.length() > 100 ? name.substring(0, 100) : name;
    return shortened.toLowerCase(Locale.ROOT).replace('-', '_');
  }

  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(
                cost[i - 1][j - 1] + replace, Math.min(cost[i - 1][j] + 1, cost[i][j - 1] + 1));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
