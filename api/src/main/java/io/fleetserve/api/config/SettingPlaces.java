package io.fleetserve.api.config;

import io.fleetserve.api.yaml.YamlNode;
import java.util.LinkedHashMap;
import java.util.Map;

/// Where settings stand in their file, for errors that are found by whom they are passed on to.
///
/// @param places `line:column` by path, as `zones.a.capacity[2]`
public record SettingPlaces(Map<String, String> places) {
  /// Of settings that come from no file.
  public static final SettingPlaces NONE = new SettingPlaces(Map.of());

  public SettingPlaces {
    places = Map.copyOf(places);
  }

  static SettingPlaces of(YamlNode node) {
    Map<String, String> found = new LinkedHashMap<>();
    collect("", node, found);
    return new SettingPlaces(found);
  }

  private static void collect(String path, YamlNode node, Map<String, String> found) {
    found.put(path, node.line() + ":" + node.column());
    switch (node) {
      case YamlNode.Scalar scalar -> {}
      case YamlNode.Sequence list -> {
        for (int i = 0; i < list.items().size(); i++) {
          collect(path + "[" + i + "]", list.items().get(i), found);
        }
      }
      case YamlNode.Mapping mapping ->
          mapping
              .entries()
              .forEach(entry ->
                  collect(
                      path.isEmpty() ? entry.key() : path + "." + entry.key(),
                      entry.value(),
                      found));
    }
  }

  /// `:line:column` of the setting, or of the whole section when it is not there; empty when not
  /// even that is known.
  public String suffix(String path) {
    String place = places.getOrDefault(path, places.getOrDefault("", ""));
    return place.isEmpty() ? "" : ":" + place;
  }
}
