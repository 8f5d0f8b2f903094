package io.fleetserve.api.wire;

/// An offer that a plan has compared.
///
/// @param infra as in a service file, for example `aws/us-east-1/us-east-1a`
/// @param instanceType the provider's word
/// @param resources for people, for example `8 H100, 192 CPUs`
/// @param spot the provider may take it back
/// @param hourlyPrice dollars of one
/// @param replicas that would go there, 0 when it is not chosen
/// @param note why, or why not
public record PlannedOffer(
    String infra,
    String instanceType,
    String resources,
    boolean spot,
    double hourlyPrice,
    int replicas,
    String note) {}
