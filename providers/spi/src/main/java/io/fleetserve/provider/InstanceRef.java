package io.fleetserve.provider;

/// Names one instance of one provider. Opaque to the controller; stored as text.
public record InstanceRef(String provider, String id) {}
