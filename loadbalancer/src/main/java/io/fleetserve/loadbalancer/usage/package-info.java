/// How many tokens an answer of a language model cost, read from it while it passes. Start in
/// [UsageScanner]. May depend on `http` and Netty's buffers.
@NullMarked
package io.fleetserve.loadbalancer.usage;

import org.jspecify.annotations.NullMarked;
