package io.sluice.simulator.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.simulator.world.DiskFault;
import io.sluice.simulator.world.FileKind;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class TapeTest {
    private static final Setting SETTING =
            new Setting(
                    Setting.Profile.HONEST,
                    512,
                    65536,
                    8192,
                    4,
                    60_000,
                    3,
                    false,
                    5,
                    false,
                    false,
                    false,
                    0,
                    60_000);

    private static final String HEAD =
            """
            seed 42
            setting profile=HONEST alignmentBytes=512 segmentBytes=65536 batchBytes=8192 slabs=4 \
            retentionMs=60000 retryMax=3 async=false stallPerMille=5 marked=false limited=false discards=false \
            ratePerSecond=0 drainMs=60000
            """;

    @Test
    void shouldReadBackExactlyWhatItWrote() {
        for (long seed = 0; seed < 200; seed++) {
            Plan plan = Generator.plan(seed);
            assertEquals(plan, Tape.read(Tape.write(plan)));
        }
    }

    @Test
    void shouldMeetEveryKindOfEventInTheSeedsThatAreReadBack() {
        TreeSet<String> missing = new TreeSet<>(Tape.kinds().keySet());
        for (long seed = 0; seed < 200; seed++) {
            for (Step step : Generator.plan(seed).steps()) {
                missing.remove(step.event().getClass().getSimpleName());
            }
        }
        assertEquals(new TreeSet<String>(), missing);
    }

    @Test
    void shouldBeReadable() {
        Plan plan =
                new Plan(
                        42,
                        SETTING,
                        List.of(
                                new Step(
                                        1_000_000, 0x1f, new Operation.Send(0, 1, 2, 300, 0, 0, 0)),
                                new Step(
                                        12_345_678,
                                        -1,
                                        new Fault.Storage(DiskFault.SYNC_ERROR, FileKind.LOG, 1)),
                                new Step(20_000_000, 0, new Fault.Heal())));
        String text =
                HEAD
                        + """
                        1ms salt=1f Send topic=0 queue=1 count=2 sizeBytes=300 tag=0 key=0 delayMs=0
                        12.345678ms salt=ffffffffffffffff Storage kind=SYNC_ERROR files=LOG calls=1
                        20ms salt=0 Heal
                        """;
        assertEquals(text, Tape.write(plan));
        assertEquals(plan, Tape.read("# a remark\n\n" + text));
    }

    @Test
    void shouldNameTheLineOfAnError() {
        refused("line 2: the tape ends without a seed", "# nothing\n\n");
        refused("line 1: the tape ends without a setting", "seed 1");
        refused("line 1: 'x' is no seed", "seed x");
        refused("line 1: seed and setting come before the steps", "1ms salt=0 Heal");
        refused(
                "line 2: Setting needs the parameter alignmentBytes",
                "seed 1\nsetting profile=LYING");
        refused("line 3: a second seed", HEAD + "seed 2");
        refused("line 3: there is no event 'Sing'; there are [", HEAD + "1ms salt=0 Sing");
        refused("line 3: Kill needs the parameter downMs", HEAD + "1ms salt=0 Kill");
        refused("line 3: downMs=x is no int", HEAD + "1ms salt=0 Kill downMs=x");
        refused("line 3: Kill has no parameter up", HEAD + "1ms salt=0 Kill downMs=1 up=1");
        refused("line 3: downMs=2 is there twice", HEAD + "1ms salt=0 Kill downMs=1 downMs=2");
        refused("line 3: speed=ODD is none of [FAST,", HEAD + "1ms salt=0 DiskSpeed speed=ODD");
        refused("line 3: '1s' is no time", HEAD + "1s salt=0 Heal");
        refused("line 3: '-1ms' is no time", HEAD + "-1ms salt=0 Heal");
        refused("line 3: 'salt=xyz' is no salt", HEAD + "1ms salt=xyz Heal");
        refused(
                "line 4: 1ms is before the step above it",
                HEAD + "2ms salt=0 Heal\n1ms salt=0 Heal\n");
    }

    private static void refused(String message, String text) {
        Exception e = assertThrows(IllegalArgumentException.class, () -> Tape.read(text));
        assertTrue(String.valueOf(e.getMessage()).startsWith(message), e.getMessage());
    }
}
