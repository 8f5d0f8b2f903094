package io.fleetserve.provider.slurm;

import io.fleetserve.api.wire.Json;
import io.fleetserve.provider.AgentBundle;
import io.fleetserve.provider.slurm.ClusterView.Node;
import io.fleetserve.provider.slurm.ClusterView.Partition;
import io.fleetserve.provider.slurm.ClusterView.Taken;
import io.fleetserve.provider.transport.ShellQuote;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A cluster by the commands of a login node: `sbatch`, `squeue --json`, `scancel`, `sinfo`.
///
/// Scripts, which hold secrets, go over standard input and never into a command line. Thread-safe.
///
/// @param bin folder of the commands with a slash at its end; empty means the search path
record ShellTransport(Shell shell, String bin) implements SlurmTransport {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration UPLOAD = Duration.ofMinutes(10);
  private static final int TAIL_BYTES = 2_000;

  /// What of the login node's environment a job may have.
  private static final String EXPORT = "--export=PATH,HOME,USER,LOGNAME,LANG";

  /// Without a width, so that nothing is cut off.
  private static final String SINFO =
      Stream.of(
              "NodeList",
              "PartitionName",
              "StateCompact",
              "CPUsState",
              "Memory",
              "Features",
              "Gres",
              "PreemptMode",
              "PriorityTier",
              "Available",
              "AllocMem",
              "GresUsed")
          .map(field -> field + ":|")
          .collect(Collectors.joining(","));

  private static final int FIELDS = 12;

  @Override
  public long submit(JobRequest request) throws IOException, SlurmRefusal {
    byte[] script = request.script().getBytes(StandardCharsets.UTF_8);
    String out = run(found(command(request)), stdin -> stdin.write(script));
    String id = out.strip().split(";", 2)[0];
    if (!id.matches("\\d{1,18}")) {
      throw new IOException("sbatch: " + out.strip() + " (expected: a job id)");
    }
    return Long.parseLong(id);
  }

  static List<String> command(JobRequest request) {
    List<String> command = new ArrayList<>();
    command.add("sbatch");
    command.add("--parsable");
    command.add(EXPORT);
    command.add("--no-requeue");
    command.add("--chdir=/");
    command.add("--job-name=" + request.mark().name());
    command.add("--comment=" + request.mark().comment());
    command.add("--partition=" + request.partition());
    command.add("--output=" + request.output());
    command.add("--nodes=" + request.nodes() + "-" + request.nodes());
    command.add("--ntasks-per-node=1");
    if (request.cpus() > 0) {
      command.add("--cpus-per-task=" + request.cpus());
    }
    if (request.memoryMib() > 0) {
      command.add("--mem=" + request.memoryMib() + "M");
    }
    if (!request.gpus().isEmpty()) {
      command.add("--gres=" + String.join(",", request.gpus()));
    }
    request.walltime().ifPresent(time -> command.add("--time=" + Math.max(1, time.toMinutes())));
    request
        .options()
        .forEach(
            (option, value) -> command.add("--" + option + (value.isEmpty() ? "" : "=" + value)));
    return command;
  }

  @Override
  public List<SlurmJob> jobs() throws IOException, SlurmRefusal {
    String squeue = ShellQuote.quote(bin + "squeue");
    String[] answer =
        run(script("id -un && exec " + squeue + " --json --states=all"), Shell.Input.NONE)
            .split("\\R", 2);
    String user = answer[0].strip();
    return StreamSupport.stream(
            json(answer.length > 1 ? answer[1] : "").path("jobs").spliterator(), false)
        .filter(job -> JobJson.text(job.path("user_name")).equals(user))
        .map(JobJson::job)
        .toList();
  }

  @Override
  public Optional<SlurmJob> job(long id) throws IOException, SlurmRefusal {
    return jobs().stream().filter(job -> job.id() == id).findFirst();
  }

  @Override
  public void cancel(long id) throws IOException, SlurmRefusal {
    Shell.Result result =
        shell.run(found(List.of("scancel", Long.toString(id))), Shell.Input.NONE, TIMEOUT);
    String err = result.err();
    boolean over =
        err.contains("Invalid job id") || err.contains("already completing or completed");
    if (!result.ok() && !over) {
      throw new SlurmRefusal(err);
    }
  }

  @Override
  public ClusterView view() throws IOException, SlurmRefusal {
    return view(
        run(
            found(List.of("sinfo", "--noheader", "--Node", "--sort=N,#P", "--Format=" + SINFO)),
            Shell.Input.NONE));
  }

  /// One line per node and partition; CPUs as allocated/idle/other/total.
  static ClusterView view(String sinfo) {
    Map<String, List<Node>> nodes = new LinkedHashMap<>();
    Map<String, Partition> partitions = new LinkedHashMap<>();
    for (String line : sinfo.lines().toList()) {
      String[] words = line.split("\\|", -1);
      if (words.length < FIELDS) {
        continue;
      }
      String name = words[1].strip();
      String[] cpus = words[3].strip().split("/", -1);
      List<Node> members = nodes.computeIfAbsent(name, key -> new ArrayList<>());
      members.add(
          new Node(
              words[0].strip(),
              ClusterView.isUsable(words[2].strip()),
              (int) number(cpus[cpus.length - 1]),
              number(words[4]),
              ClusterView.words(words[5].strip()),
              ClusterView.gpus(words[6]),
              new Taken((int) number(cpus[0]), number(words[10]), ClusterView.gpus(words[11]))));
      partitions.put(
          name,
          new Partition(
              name,
              words[9].strip().equals("up"),
              !words[7].strip().matches("(?i)off|disabled|n/a|"),
              (int) number(words[8]),
              List.copyOf(members)));
    }
    return new ClusterView(List.copyOf(partitions.values()));
  }

  private static long number(String text) {
    String digits = text.strip().replaceAll("[^0-9].*", "");
    return digits.isEmpty() ? 0 : Long.parseLong(digits);
  }

  @Override
  public String tail(String path) throws IOException {
    return shell
        .run(
            List.of("tail", "-c", Integer.toString(TAIL_BYTES), "--", path),
            Shell.Input.NONE,
            TIMEOUT)
        .out();
  }

  /// To the home folder of the login node; where that is this machine, the archive is there
  /// already.
  @Override
  public void ship(AgentBundle bundle) throws IOException, SlurmRefusal {
    if (shell.ssh().isEmpty()) {
      return;
    }
    String name = bundle.sha256() + ".tar.gz";
    String folder = "umask 077; mkdir -p " + NodeAgent.SHARED + " && cd " + NodeAgent.SHARED;
    if (run(script(folder + " && ls"), Shell.Input.NONE).lines().noneMatch(name::equals)) {
      run(
          script(folder + " && cat >" + name + ".$$ && mv " + name + ".$$ " + name),
          stdin -> Files.copy(bundle.file(), stdin),
          UPLOAD);
    }
  }

  private List<String> found(List<String> command) {
    List<String> found = new ArrayList<>(command);
    found.set(0, bin + command.getFirst());
    return found;
  }

  private static List<String> script(String text) {
    return List.of("sh", "-c", text);
  }

  private String run(List<String> command, Shell.Input input) throws IOException, SlurmRefusal {
    return run(command, input, TIMEOUT);
  }

  private String run(List<String> command, Shell.Input input, Duration limit)
      throws IOException, SlurmRefusal {
    Shell.Result result = shell.run(command, input, limit);
    if (!result.ok()) {
      throw new SlurmRefusal(
          result.err().isEmpty()
              ? command.getFirst() + " ended with " + result.exit()
              : result.err());
    }
    return result.out();
  }

  private static JsonNode json(String text) throws IOException {
    try {
      return Json.MAPPER.readTree(text);
    } catch (JacksonException e) {
      throw new IOException("squeue: the answer is not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
