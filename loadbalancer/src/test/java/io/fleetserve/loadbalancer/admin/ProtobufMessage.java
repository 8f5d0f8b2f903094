package io.fleetserve.loadbalancer.admin;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A message in Protocol Buffers' wire format, read without its schema: values by field number, as
/// the reader knows them to be.
///
/// @see <a href="https://protobuf.dev/programming-guides/encoding/">the encoding</a>
public record ProtobufMessage(Map<Integer, List<Object>> fields) {
  /// Reads one message that fills the whole array.
  public static ProtobufMessage of(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    Map<Integer, List<Object>> fields = new TreeMap<>();
    while (in.hasRemaining()) {
      long tag = varint(in);
      Object value =
          switch ((int) (tag & 7)) {
            case 0 -> varint(in);
            case 1 -> in.getLong();
            case 2 -> bytes(in);
            case 5 -> in.getInt();
            default -> throw new IllegalArgumentException("wire type " + (tag & 7));
          };
      fields.computeIfAbsent((int) (tag >>> 3), _ -> new ArrayList<>()).add(value);
    }
    return new ProtobufMessage(fields);
  }

  /// Reads messages that each have their length in front.
  public static List<ProtobufMessage> delimited(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    List<ProtobufMessage> all = new ArrayList<>();
    while (in.hasRemaining()) {
      all.add(of(bytes(in)));
    }
    return all;
  }

  private static byte[] bytes(ByteBuffer in) {
    byte[] bytes = new byte[(int) varint(in)];
    in.get(bytes);
    return bytes;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private List<Object> values(int field) {
    return fields.getOrDefault(field, List.of());
  }

  /// The messages of a field.
  public List<ProtobufMessage> messages(int field) {
    return values(field).stream().map(value -> of((byte[]) value)).toList();
  }

  /// The first text of a field; empty when there is none.
  public String text(int field) {
    return values(field).isEmpty()
        ? ""
        : new String((byte[]) values(field).getFirst(), StandardCharsets.UTF_8);
  }

  /// The first bytes of a field; none when it is absent.
  public byte[] bytes(int field) {
    return values(field).isEmpty() ? new byte[0] : (byte[]) values(field).getFirst();
  }

  /// The first number of a field; 0 when there is none.
  public long number(int field) {
    return values(field).isEmpty() ? 0 : ((Number) values(field).getFirst()).longValue();
  }

  /// The same, for a field of type sint32 or sint64.
  public long signed(int field) {
    long zigzag = number(field);
    return zigzag >>> 1 ^ -(zigzag & 1);
  }
}
