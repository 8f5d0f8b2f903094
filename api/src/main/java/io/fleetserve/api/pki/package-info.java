/// The few structures of X.509 that the JDK reads and does not write: what an agent needs to ask
/// for a certificate, and the controller to issue one. Start in [CertificateRequest] and
/// [CertificateName]. Depends on the JDK alone.
@NullMarked
package io.fleetserve.api.pki;

import org.jspecify.annotations.NullMarked;
