package io.fleetserve.provider.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `ssh:` of `infra.yaml`: what it means, what is wrong with it, and what becomes of a change.
final class PoolReaderTest {
  private static final PoolReader READER = new PoolReader(Path.of("/home/me"), "me");

  private static Map<String, Pool> read(String yaml) {
    return READER.read("infra.yaml", yaml);
  }

  private static Pool pool(String yaml) {
    return java.util.Objects.requireNonNull(read(yaml).get("lab"));
  }

  @Test
  void aHostTakesFromItsPoolWhatItDoesNotSayItself() {
    Pool pool =
        pool(
            """
            ssh:
              lab:
                user: ml
                port: 2222
                identity_file: ~/keys/lab
                known_hosts: /etc/ssh/known
                cpus: 8
                memory: 16
                labels: {zone: a}
                price_per_hour: 0.5
                hosts:
                  - node1
                  - host: 10.0.0.2
                    name: big
                    address: 192.168.0.2
                    user: root
                    port: 22
                    cpus: 64
                    accelerators: {H100: 8}
                    labels: {zone: b}
            """);

    assertThat(pool.pricePerHour()).isEqualTo(0.5);
    assertThat(pool.hosts())
        .containsExactly(
            new Pool.Host(
                "lab",
                "node1",
                "node1",
                "node1",
                2222,
                "ml",
                Path.of("/home/me/keys/lab"),
                Path.of("/etc/ssh/known"),
                Map.of("zone", "a"),
                8.0,
                16L << 30,
                null),
            new Pool.Host(
                "lab",
                "big",
                "10.0.0.2",
                "192.168.0.2",
                22,
                "root",
                Path.of("/home/me/keys/lab"),
                Path.of("/etc/ssh/known"),
                Map.of("zone", "b"),
                64.0,
                16L << 30,
                Map.of("H100", 8)));
  }

  @Test
  void theLeastIsAListOfHosts() {
    Pool.Host host = pool("ssh: {lab: {hosts: [node1]}}").hosts().getFirst();

    assertThat(host.target()).isEqualTo("me@node1:22");
    assertThat(host.identityFile()).isEqualTo(Path.of("/home/me/.ssh/id_ed25519"));
    assertThat(host.knownHosts()).isEqualTo(Path.of("/home/me/.ssh/known_hosts"));
    assertThat(host.accelerators()).isNull();
    assertThat(read("")).isEmpty();
    assertThat(read("docker: {}\n")).isEmpty();
  }

  @Test
  void everyErrorHasItsPlaceValueAndFix() {
    assertThatThrownBy(() ->
            read(
                """
                ssh:
                  lab:
                    usr: ml
                    password: hunter2
                    port: 99999
                    hosts:
                      - {name: a}
                      - node1
                      - node1
                      - {host: node2, cpus: -1, accelerators: {H100: none}}
                  empty: {}
                """))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("infra.yaml:3:5: ssh.lab.usr: unknown key (did you mean user?)")
        .hasMessageContaining("infra.yaml:4:15: ssh.lab.password: is not accepted (a key file")
        .hasMessageContaining("ssh.lab.port: 99999 (expected: a whole number 1..65535)")
        .hasMessageContaining("ssh.lab.hosts[0].host: missing (expected: a host name")
        .hasMessageContaining("ssh.lab.hosts[2].host: node1 (expected: each host once")
        .hasMessageContaining("ssh.lab.hosts[3].cpus: -1")
        .hasMessageContaining("ssh.lab.hosts[3].accelerators.H100: none")
        .hasMessageContaining("ssh.empty.hosts: missing (expected: a list of at least one host)")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void aChangedFileIsReadAgainAndAWrongOneLeavesWhatHeld(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("infra.yaml"), "ssh: {lab: {hosts: [a]}}");
    PoolFile pools = new PoolFile(file, READER);
    assertThat(pools.pools()).containsOnlyKeys("lab");

    rewrite(file, "ssh: {lab: {hosts: [a]}, more: {hosts: [b]}}", 1);
    assertThat(pools.pools()).containsOnlyKeys("lab", "more");

    rewrite(file, "ssh: {lab: {hots: [a]}}", 2);
    assertThat(pools.pools()).containsOnlyKeys("lab", "more");
    assertThat(pools.complaint()).contains("infra.yaml:1:13", "did you mean hosts?");

    rewrite(file, "ssh: {}", 3);
    assertThat(pools.pools()).isEmpty();
    assertThat(pools.complaint()).isEmpty();
  }

  private static void rewrite(Path file, String yaml, int version) throws IOException {
    Files.writeString(file, yaml);
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(version)));
  }
}
