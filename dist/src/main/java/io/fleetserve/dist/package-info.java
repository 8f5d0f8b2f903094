/// Build step that makes the distribution `dist/target/fleetserve` from the modules' jars: class
/// paths, launch scripts, JVM flags, AOT caches. Never shipped. Start in [DistMain]; depends on the
/// JDK only.
@NullMarked
package io.fleetserve.dist;

import org.jspecify.annotations.NullMarked;
