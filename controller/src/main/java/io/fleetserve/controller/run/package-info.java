/// What happens: one [ServiceLoop] per service takes in what is learnt, asks the pure packages what
/// to do, stores it, does it. [Services] is the front for the API; [Controller] holds everything
/// together. Depends on all packages of the controller but `http`.
@NullMarked
package io.fleetserve.controller.run;

import org.jspecify.annotations.NullMarked;
