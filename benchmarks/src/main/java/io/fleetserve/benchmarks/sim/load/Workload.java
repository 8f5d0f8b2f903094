package io.fleetserve.benchmarks.sim.load;

/// Requests to serve: when each arrives and how long a slot works on it, both in seconds.
///
/// @param arrivals ascending, from 0
/// @param service as long as `arrivals`; > 0
/// @param seconds length of the run
@SuppressWarnings("ArrayRecordComponent") // hundreds of thousands of numbers, never changed
record Workload(String name, double[] arrivals, double[] service, double seconds) {
  /// Average number of slots at work when nobody waits.
  double offered() {
    double sum = 0;
    for (double one : service) {
      sum += one;
    }
    return sum / seconds;
  }

  double meanService() {
    double sum = 0;
    for (double one : service) {
      sum += one;
    }
    return service.length == 0 ? 1 : sum / service.length;
  }

  /// Slots at work by spans of `width` seconds, if every request were served when it arrives.
  double[] demand(double width) {
    double[] work = new double[(int) Math.ceil(seconds / width)];
    for (int i = 0; i < arrivals.length; i++) {
      double from = arrivals[i];
      double to = Math.min(seconds, from + service[i]);
      for (int k = (int) (from / width); k < work.length && k * width < to; k++) {
        work[k] += (Math.min(to, (k + 1) * width) - Math.max(from, k * width)) / width;
      }
    }
    return work;
  }
}
