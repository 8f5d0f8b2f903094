package io.fleetserve.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/// The Huffman code of HTTP/2 field values, RFC 7541 section 5.2: decoding only.
///
/// The code of appendix B is canonical: among codes of one length, and from one length to the next,
/// they count upwards in the order of their symbols. So the lengths are all that has to be known. A
/// bit costs one comparison. Pure.
final class Huffman {
  private static final int SHORTEST = 5;
  private static final int LONGEST = 30;

  /// Length of the code of each octet, `A` for 5 bits to `Z` for 30.
  private static final String LENGTHS =
      "ISXXXXXXXTZXXZXXXXXXXXZXXXXXXXXXBFFHIBDGFFDGDBBBAAABBBBBBBCDKBHF"
          + "IBCCCCCCCCCCCCCCCCCCCCCCDCDIOIJBKABABABBBACCBBBABCBAABCCCCCKGJIX"
          + "PRPPRRRSRSSSSSTSTTRSTSSSSQRSRSSTRQPRRSSQSRRTQRSSQQRQSRSSPRRRSRRS"
          + "VVPORSRUVVVWWVTUOQVWWVWTQQVVXWWWPTPQRQQSRRUUTTVSVWVVWWWWWXWWWWWV";

  private Huffman() {}

  /// @throws IOException when the octets are no code, or their padding is wrong
  static byte[] decode(byte[] coded, int from, int to) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream((to - from) * 8 / SHORTEST);
    int code = 0;
    int length = 0;
    int first = 0;
    for (int at = from; at < to; at++) {
      for (int bit = 7; bit >= 0; bit--) {
        code = (code << 1) | ((coded[at] >> bit) & 1);
        first <<= 1;
        length++;
        int count = count(length);
        if (code - first < count) {
          text.write(symbol(length, code - first));
          code = 0;
          length = 0;
          first = 0;
        } else if (length == LONGEST) {
          throw new IOException("answered no HTTP/2: a wrong Huffman code");
        } else {
          first += count;
        }
      }
    }
    // What is left are the first bits of the longest code, all ones, and less than an octet.
    if (length > 7 || code != (1 << length) - 1) {
      throw new IOException("answered no HTTP/2: wrong padding of a Huffman code");
    }
    return text.toByteArray();
  }

  private static int count(int length) {
    int count = 0;
    for (int octet = 0; octet < LENGTHS.length(); octet++) {
      if (LENGTHS.charAt(octet) - 'A' + SHORTEST == length) {
        count++;
      }
    }
    return count;
  }

  /// The octet whose code is the `index`th of its length.
  private static int symbol(int length, int index) {
    int left = index;
    int octet = -1;
    while (left >= 0) {
      octet++;
      if (LENGTHS.charAt(octet) - 'A' + SHORTEST == length) {
        left--;
      }
    }
    return octet;
  }
}
