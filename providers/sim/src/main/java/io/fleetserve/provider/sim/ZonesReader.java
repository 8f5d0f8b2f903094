package io.fleetserve.provider.sim;

import io.fleetserve.api.unit.FileErrors;
import io.fleetserve.api.wire.Json;
import io.fleetserve.provider.SettingsSection;
import io.fleetserve.provider.sim.cloud.CloudZone;
import io.fleetserve.provider.sim.cloud.Timeline;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Reads zones: from `zones:`, each named `region/zone`, and from every trace of the folder
/// `traces:`. A trace is `{"metadata":{"gap_seconds":N},"data":[replicas,...]}` in a file named
/// `<zone>_<anything>.json`; its region is the zone's name without the last letter.
final class ZonesReader {
  private static final long MOST = 1_000_000;
  private static final String NAME = "[a-z0-9][a-z0-9-]*";

  private final SettingsSection root;
  private final Map<String, CloudZone> zones = new TreeMap<>();

  ZonesReader(SettingsSection root) {
    this.root = root;
    root.text("traces").ifPresent(folder -> readFolder(Path.of(folder)));
    SettingsSection section = root.section("zones");
    for (String name : section.keys()) {
      if (name.matches(NAME + "/" + NAME)) {
        String[] parts = name.split("/", 2);
        readZone(parts[0], parts[1], section.section(name));
      } else {
        section.wrong(name, name, "region/zone in lower case, for example east/east-a");
      }
    }
    if (zones.isEmpty() && !root.hasFlaws()) {
      root.wrong("has no zones (expected: zones: {region/zone: {capacity: 4}}, or traces)");
    }
  }

  List<CloudZone> zones() {
    return List.copyOf(zones.values());
  }

  Set<String> regions() {
    Set<String> regions = new TreeSet<>();
    zones.values().forEach(zone -> regions.add(zone.region()));
    return regions;
  }

  private void readZone(String region, String name, SettingsSection section) {
    long gap = Math.round(section.number("gap_seconds", 300, 0.001, 1e9) * 1000);
    List<Double> capacity = section.numbers("capacity", 0, MOST);
    List<Double> price = section.numbers("spot_price", 0.0001, MOST);
    Optional<Timeline> trace = section.text("trace").flatMap(file -> read(section, Path.of(file)));
    section.refuseOthers();
    if (section.has("trace") == section.has("capacity") && !root.hasFlaws()) {
      section.wrong(
          "has " + (section.has("trace") ? "both" : "neither") + " (expected: capacity or trace)");
    }
    if (!capacity.isEmpty() || trace.isPresent()) {
      zones.put(
          name,
          new CloudZone(
              region,
              name,
              trace.orElseGet(() -> new Timeline(gap, capacity)),
              price.isEmpty() ? Timeline.constant(1) : new Timeline(gap, price)));
    }
  }

  private void readFolder(Path folder) {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.json")) {
      found.forEach(files::add);
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      root.wrong("traces", folder, "a folder of traces, which can be read");
      return;
    }
    if (files.isEmpty()) {
      root.wrong("traces", folder, "a folder with *.json in it");
    }
    for (Path file : files) {
      String name = file.getFileName().toString().replaceFirst("(_.*)?\\.json$", "");
      read(root, file)
          .ifPresent(timeline ->
              zones.put(
                  name,
                  new CloudZone(
                      name.replaceFirst("-?[a-z]$", ""), name, timeline, Timeline.constant(1))));
    }
  }

  private Optional<Timeline> read(SettingsSection section, Path file) {
    String key = section == root ? "traces" : "trace";
    if (!file.isAbsolute()) {
      section.wrong(key, file, "an absolute path");
      return Optional.empty();
    }
    try {
      JsonNode trace = Json.MAPPER.readTree(Files.readAllBytes(file));
      List<Double> values = new ArrayList<>();
      trace.path("data").forEach(value -> values.add(value.asDouble()));
      double gapSeconds = trace.path("metadata").path("gap_seconds").asDouble();
      return Optional.of(new Timeline(Math.round(gapSeconds * 1000), values));
    } catch (IOException e) {
      section.wrong(key, FileErrors.describe(e), "a trace, which can be read");
    } catch (JacksonException | IllegalArgumentException e) {
      section.wrong(key, file, "{\"metadata\":{\"gap_seconds\":N},\"data\":[replicas,...]}");
    }
    return Optional.empty();
  }
}
