package io.fleetserve.examples.tinyllm;

/// One turn of a conversation.
///
/// @param role `system`, `user`, `assistant` or `tool`
record Message(String role, String content) {}
