package io.fleetserve.loadbalancer.policy;

/// Hash functions for placing, not for secrecy. Pure.
public final class Hashes {
  private Hashes() {}

  /// Spreads the bits of a number evenly; a bijection (the finalizer of MurmurHash3, Appleby 2011,
  /// with the constants of Stafford's variant 13).
  public static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /// Hash of bytes, never [Policy#NO_KEY].
  ///
  /// @param to exclusive
  public static long of(byte[] bytes, int from, int to) {
    long hash = (long) to - from;
    for (int i = from; i < to; i++) {
      hash = (hash ^ bytes[i]) * 0x100000001b3L;
    }
    long mixed = mix(hash + 0x9E3779B97F4A7C15L);
    return mixed == Policy.NO_KEY ? 1 : mixed;
  }
}
