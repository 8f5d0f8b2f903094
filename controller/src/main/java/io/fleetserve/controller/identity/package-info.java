/// Who is at the other end of a connection: the installation's own certificate authority, the
/// one-time tokens that agents on other machines join with, and what is refused. Start in
/// [Authority] and [Joins]. Depends on `home` and `store`.
@NullMarked
package io.fleetserve.controller.identity;

import org.jspecify.annotations.NullMarked;
