package io.sluice.bench;

/**
 * One contender in one scenario in one round.
 *
 * @param serverCpuNs processor time of the contender's processes inside the window
 * @param machineCpuNs processor time of the whole machine inside the window
 * @param memory of the contender's processes when the window closed
 */
record Measurement(
        String contender,
        String scenario,
        int round,
        Load.Result load,
        long serverCpuNs,
        long machineCpuNs,
        Usage memory) {
    double messagesPerSecond() {
        return load.messages() * 1e9 / load.elapsedNs();
    }

    double serverCpuUsPerMessage() {
        return serverCpuNs / 1e3 / load.messages();
    }

    double loadCpuUsPerMessage() {
        return load.cpuNs() / 1e3 / load.messages();
    }

    /** Processors that were busy with neither the server nor the load. */
    double elsewhereCpus() {
        double elsewhereNs = machineCpuNs - serverCpuNs - load.cpuNs();
        return Math.max(0, elsewhereNs / load.elapsedNs());
    }

    double latencyMs(double percentile) {
        return load.latency().getValueAtPercentile(percentile) / 1e6;
    }
}
