package io.fleetserve.provider.transport;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// What a request carries. Written once per call.
public interface HttpBody {
  /// In bytes; negative when it is not known, and sent in chunks.
  long length();

  String contentType();

  void writeTo(OutputStream out) throws IOException;

  static HttpBody json(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return new HttpBody() {
      @Override
      public long length() {
        return bytes.length;
      }

      @Override
      public String contentType() {
        return "application/json";
      }

      @Override
      public void writeTo(OutputStream out) throws IOException {
        out.write(bytes);
      }
    };
  }

  /// Writes a body whose length is not known before.
  @FunctionalInterface
  interface Writer {
    void writeTo(OutputStream out) throws IOException;
  }

  static HttpBody streamed(String contentType, Writer writer) {
    return new HttpBody() {
      @Override
      public long length() {
        return -1;
      }

      @Override
      public String contentType() {
        return contentType;
      }

      @Override
      public void writeTo(OutputStream out) throws IOException {
        writer.writeTo(out);
      }
    };
  }
}
