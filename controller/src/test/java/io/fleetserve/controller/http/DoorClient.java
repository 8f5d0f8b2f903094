package io.fleetserve.controller.http;

import io.fleetserve.api.pki.Pem;
import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.api.wire.AgentReport;
import io.fleetserve.api.wire.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// An agent's calls by TLS, right or wrong, over connections of their own. Immutable.
record DoorClient(AgentBoot boot, @Nullable KeyPair key, @Nullable X509Certificate certificate) {
  @SuppressWarnings("ArrayRecordComponent") // read once
  record Answer(int status, byte[] body, @Nullable String digest) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    @Nullable String header(String name) {
      return name.equals("Repr-Digest") ? digest : null;
    }
  }

  static DoorClient of(AgentBoot boot) {
    return new DoorClient(boot, null, null);
  }

  DoorClient with(KeyPair own, X509Certificate shown) {
    return new DoorClient(boot, own, shown);
  }

  /// The same certificate, at the paths of another replica.
  DoorClient about(AgentBoot other) {
    return new DoorClient(other, key, certificate);
  }

  byte[] report() {
    return Json.MAPPER.writeValueAsBytes(
        new AgentReport(
            boot.service(),
            boot.replicaId(),
            boot.generation(),
            System.nanoTime(),
            boot.version(),
            AgentReport.Phase.STARTING,
            "127.0.0.1",
            0,
            1,
            0,
            null,
            0,
            "starting",
            null));
  }

  Answer post(String path, @Nullable String token, byte[] body) throws IOException {
    HttpsURLConnection call = open(agentPath(path), token);
    call.setDoOutput(true);
    call.getOutputStream().write(body);
    return answer(call);
  }

  Answer get(String path, @Nullable String token) throws IOException {
    return answer(open(path, token));
  }

  /// An endless answer, line by line.
  BufferedReader follow(String path) throws IOException {
    return new BufferedReader(
        new InputStreamReader(
            open(agentPath(path), null).getInputStream(), StandardCharsets.UTF_8));
  }

  private String agentPath(String path) {
    return "/api/v1/agents/" + boot.service() + "/" + boot.replicaId() + path;
  }

  private HttpsURLConnection open(String path, @Nullable String token) throws IOException {
    HttpsURLConnection call =
        (HttpsURLConnection) URI.create(boot.controllerUrl() + path).toURL().openConnection();
    call.setSSLSocketFactory(context().getSocketFactory());
    call.setHostnameVerifier((host, session) -> true); // known by name, not by address
    call.setReadTimeout(20_000);
    call.setRequestProperty("Content-Type", "application/octet-stream");
    if (token != null) {
      call.setRequestProperty("Authorization", "Bearer " + token);
    }
    return call;
  }

  private static Answer answer(HttpsURLConnection call) throws IOException {
    int status = call.getResponseCode();
    try (InputStream in = status < 400 ? call.getInputStream() : call.getErrorStream()) {
      byte[] body = in == null ? new byte[0] : in.readAllBytes();
      return new Answer(status, body, call.getHeaderField("Repr-Digest"));
    } finally {
      call.disconnect();
    }
  }

  private SSLContext context() throws IOException {
    try {
      String pem = boot.authority();
      X509Certificate authority = Pem.certificates(pem == null ? "" : pem).getFirst();
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("authority", authority);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      if (key != null && certificate != null) {
        own.setKeyEntry(
            "agent", key.getPrivate(), new char[0], new Certificate[] {certificate, authority});
      }
      keys.init(own, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }
}
