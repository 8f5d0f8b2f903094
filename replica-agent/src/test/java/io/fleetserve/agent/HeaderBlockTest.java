package io.fleetserve.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 7541 as far as a client without a header table needs it.
final class HeaderBlockTest {
  @Test
  void whatIsWrittenIsRead() throws IOException {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put(":method", "GET");
    fields.put("x-long", "a".repeat(127));
    fields.put("x-longer", "ü".repeat(20_000));
    fields.put("x-empty", "");

    assertThat(HeaderBlock.decode(HeaderBlock.encode(fields))).isEqualTo(fields);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      textBlock =
          """
          RFC 7541 C.5.1 a plain value,           4803333032,                          :status, 302
          RFC 7541 C.6.1 a Huffman value,         48826402,                            :status, 302
          RFC 7541 C.2.1 a name and a value,      400a637573746f6d2d6b65790d637573746f6d2d686561646572, custom-key, custom-header
          RFC 7541 C.4.3 both in Huffman,         408825a849e95ba97d7f8925a849e95bb8e8b4bf, custom-key, custom-value
          indexed,                                88,                                  :status, 200
          an empty table before it,               208d,                                :status, 404
          never indexed,                          1003612d620163,                      a-b,     c
          """)
  void fieldsAreRead(String what, String block, String name, String value) throws IOException {
    assertThat(HeaderBlock.decode(bytes(block))).as(what).containsEntry(name, value);
  }

  /// The file holds the octets in the order of their values, coded by Netty.
  @Test
  void everyOctetHasItsCode() throws Exception {
    byte[] octets = new byte[256];
    for (int i = 0; i < octets.length; i++) {
      octets[i] = (byte) i;
    }
    URL file = Objects.requireNonNull(HeaderBlockTest.class.getResource("octets.hex"));
    byte[] coded = bytes(String.join("", Files.readAllLines(Path.of(file.toURI()))));

    assertThat(Huffman.decode(coded, 0, coded.length)).isEqualTo(octets);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80", // RFC 7541 6.1: index 0
        "be", // an entry of a table that was not allowed
        "7e0161", // the same as a name
        "3fe11f", // a table of 4096 bytes
        "48ffffffffffff0f", // a length out of bounds
        "4805313233", // cut off
        "48", // nothing of the value
        "488164", // 01100100: "30" and half a code, padded with zeros
        "4882ffff", // 5.2: more than seven bits of padding
      })
  void wrongBlocksAreErrors(String block) {
    assertThatThrownBy(() -> HeaderBlock.decode(bytes(block)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("answered no HTTP/2");
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
