package io.fleetserve.provider.slurm;

import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderFactory;
import java.util.LinkedHashMap;
import java.util.Map;

/// Opens the Slurm provider: `infra: slurm[/cluster[/partition]]`, settings in `providers.slurm`.
public final class SlurmProviderFactory implements ProviderFactory {
  @Override
  public String name() {
    return SlurmProvider.NAME;
  }

  @Override
  public boolean needsSettings() {
    return true;
  }

  @Override
  public InstanceProvider open(ProviderContext context) {
    Map<String, Cluster> clusters = new LinkedHashMap<>();
    SlurmSettings.read(context.settings())
        .forEach((name, settings) ->
            clusters.put(name, new Cluster(name, settings, settings.access().transport())));
    return new SlurmProvider(context, clusters);
  }
}
