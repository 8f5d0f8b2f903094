package io.fleetserve.loadbalancer.http;

import java.security.SecureRandom;
import java.util.SplittableRandom;

/// Makes request ids: 32 hex digits, unique, not secret. Confined to one event loop.
public final class RequestIds {
  private static final byte[] DIGITS = Octets.ascii("0123456789abcdef");

  private final SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());

  /// A new id as ASCII bytes.
  public byte[] next() {
    byte[] id = new byte[32];
    put(id, 0, random.nextLong());
    put(id, 16, random.nextLong());
    return id;
  }

  private static void put(byte[] id, int at, long bits) {
    for (int i = 0; i < 16; i++) {
      id[at + i] = DIGITS[(int) (bits >>> (60 - 4 * i)) & 15];
    }
  }
}
