package io.sluice.bench;

import java.io.IOException;

/** Reads the machine's own books at both ends of a window. */
final class Meter implements Window {
    private final Endpoint endpoint;
    private Usage atOpening = new Usage(0, 0, 0);
    private Usage atClosing = new Usage(0, 0, 0);
    private long machineCpuNs;

    Meter(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public void opened() throws IOException {
        machineCpuNs = Usage.machineBusyNs();
        atOpening = Usage.of(endpoint.processes());
    }

    @Override
    public void closed() throws IOException {
        atClosing = Usage.of(endpoint.processes());
        machineCpuNs = Usage.machineBusyNs() - machineCpuNs;
    }

    Measurement measurement(Contender contender, Scenario scenario, int round, Load.Result load) {
        return new Measurement(
                contender.name(),
                scenario.id(),
                round,
                load,
                atClosing.cpuNs() - atOpening.cpuNs(),
                machineCpuNs,
                atClosing);
    }
}
