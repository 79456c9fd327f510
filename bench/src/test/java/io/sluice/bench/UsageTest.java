package io.sluice.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class UsageTest {
    @Test
    void shouldReadProcessorTimeOfAProcessWithAStrangeName() {
        String stat = "4711 (a) S (b 1) R 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 9 0 100";
        assertEquals(3_000_000_000L, Usage.cpuNs(stat));
    }

    @Test
    void shouldNotCountIdlingOrWaitingForDisksAsBusy() {
        String stat = "cpu  100 20 30 99999 88888 5 6 7 50 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n";
        assertEquals(168 * 10_000_000L, Usage.machineBusyNs(stat));
    }

    @Test
    void shouldReadThisProcess() throws IOException {
        Usage usage = Usage.of(ProcessHandle.current().pid());
        assertTrue(usage.cpuNs() > 0);
        assertTrue(usage.residentBytes() > usage.anonymousBytes());
        assertTrue(usage.anonymousBytes() > 1024 * 1024);
    }
}
