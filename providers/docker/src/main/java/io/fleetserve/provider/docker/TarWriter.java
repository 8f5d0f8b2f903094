package io.fleetserve.provider.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Writes a tar archive: POSIX ustar headers, owner root, with GNU long names where a name is over
/// 100 bytes. Confined to one thread.
final class TarWriter {
  private static final int BLOCK = 512;
  private static final int NAME = 100;

  private final OutputStream out;

  TarWriter(OutputStream out) {
    this.out = out;
  }

  /// @param name relative, without a slash at the end
  void folder(String name, int mode) throws IOException {
    head(name + "/", '5', mode, 0, "");
  }

  void link(String name, String target) throws IOException {
    head(name, '2', 0777, 0, target);
  }

  void file(String name, int mode, byte[] content) throws IOException {
    head(name, '0', mode, content.length, "");
    out.write(content);
    pad(content.length);
  }

  private void file(String name, Path source) throws IOException {
    long size = Files.size(source);
    head(name, '0', mode(source), size, "");
    try (InputStream in = Files.newInputStream(source)) {
      long copied = 0;
      byte[] buffer = new byte[64 << 10];
      for (int n = in.read(buffer); n >= 0 && copied < size; n = in.read(buffer)) {
        int part = (int) Math.min(n, size - copied);
        out.write(buffer, 0, part);
        copied += part;
      }
      if (copied < size) {
        throw new IOException(source + ": became shorter while it was read");
      }
    }
    pad(size);
  }

  /// A file, or a folder with everything below it; links stay links.
  void tree(String name, Path source) throws IOException {
    if (Files.isSymbolicLink(source)) {
      link(name, Files.readSymbolicLink(source).toString());
    } else if (Files.isDirectory(source)) {
      folder(name, mode(source));
      List<Path> children;
      try (Stream<Path> entries = Files.list(source)) {
        children = entries.sorted().toList();
      }
      for (Path child : children) {
        tree(name + "/" + child.getFileName(), child);
      }
    } else if (Files.isRegularFile(source, LinkOption.NOFOLLOW_LINKS)) {
      file(name, source);
    }
  }

  private static int mode(Path source) throws IOException {
    return Files.getAttribute(source, "unix:mode") instanceof Integer mode ? mode & 07777 : 0644;
  }

  /// Two empty blocks.
  void end() throws IOException {
    out.write(new byte[2 * BLOCK]);
  }

  private void head(String name, char type, int mode, long size, String target) throws IOException {
    longText(name, 'L');
    longText(target, 'K');
    entry(name, type, mode, size, target);
  }

  private void longText(String text, char type) throws IOException {
    byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
    if (bytes.length - 1 > NAME) {
      entry("././@LongLink", type, 0644, bytes.length, "");
      out.write(bytes);
      pad(bytes.length);
    }
  }

  private void entry(String name, char type, int mode, long size, String target)
      throws IOException {
    byte[] head = new byte[BLOCK];
    text(head, 0, NAME, name);
    octal(head, 100, 8, mode);
    octal(head, 108, 8, 0);
    octal(head, 116, 8, 0);
    size(head, size);
    octal(head, 136, 12, 0);
    head[156] = (byte) type;
    text(head, 157, NAME, target);
    text(head, 257, 8, "ustar\00000");
    int sum = 8 * ' ';
    for (byte b : head) {
      sum += b & 0xff;
    }
    octal(head, 148, 7, sum);
    head[155] = ' ';
    out.write(head);
  }

  private static void text(byte[] head, int at, int room, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, head, at, Math.min(room, bytes.length));
  }

  private static void octal(byte[] head, int at, int room, long value) {
    String digits = Long.toOctalString(value);
    text(head, at, room, "0".repeat(Math.max(0, room - 1 - digits.length())) + digits);
  }

  /// Octal up to 8 GiB; above that as GNU and POSIX readers both take it, in base 256.
  private static void size(byte[] head, long size) {
    if (size < 1L << 33) {
      octal(head, 124, 12, size);
      return;
    }
    head[124] = (byte) 0x80;
    for (int i = 0; i < 8; i++) {
      head[135 - i] = (byte) (size >>> (8 * i));
    }
  }

  private void pad(long size) throws IOException {
    out.write(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
  }
}
