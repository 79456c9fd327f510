package io.sluice.simulator.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.group.RetryPolicy;
import io.sluice.simulator.planted.standin.Probe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness itself, with a stand-in for the simulator. */
final class PlantingTest {
    private static final String POLICY =
            "engine/src/main/java/io/sluice/engine/group/RetryPolicy.java";

    private static final String EARLY =
            """
            # A retry waits one level less
            # breaks: it comes early
            %s
            - : Math.min(reconsumeTimes, delaysMs.size())
            -        + 1   + LEVELS_SKIPPED;
            + : Math.min(reconsumeTimes, delaysMs.size()) + LEVELS_SKIPPED;
            """
                    .formatted(POLICY);

    private static final String ENDLESS =
            """
            # Deciding goes round in circles
            # breaks: nothing is ever decided
            %s
              public Decision decide(int reconsumeTimes, int retryMax, int delayLevel) {
            +     while (retryMax > 0) {
            +         delayLevel++;
            +     }
            """
                    .formatted(POLICY);

    private static final String HARMLESS =
            """
            # A dead letter one attempt late, which nobody asks about
            # breaks: nothing that the stand-in sees
            %s
            - reconsumeTimes >= retryMax
            + reconsumeTimes > retryMax
            """
                    .formatted(POLICY);

    @TempDir Path folder;

    private static PlantedBug bug(String text) {
        return PlantedBug.parse("some", text.lines().toList());
    }

    private Hunt.Found hunt(String text, int seedsMax, long seedMsMax) throws IOException {
        Files.writeString(folder.resolve("some.bug"), text);
        try (Hunt hunt = new Hunt(Probe.class.getName(), folder, seedMsMax)) {
            return hunt.hunt(PlantedBug.all(folder).getFirst(), seedsMax);
        }
    }

    @Test
    void shouldReplaceWhatStandsThereWhateverItsWhiteSpace() throws IOException {
        String planted = bug(EARLY).plantedIn(Planting.root()).getOrDefault(POLICY, "");

        assertEquals("it comes early", bug(EARLY).breaks());
        assertTrue(planted.contains("delaysMs.size()) + LEVELS_SKIPPED;"), planted);
        assertFalse(planted.contains("+ 1 + LEVELS_SKIPPED"), planted);
    }

    @Test
    void shouldSayWhichBugIsToBeAdaptedWhenTheCodeHasChanged() {
        PlantedBug gone = bug(EARLY.replace("reconsumeTimes", "timesGivenBack"));
        PlantedBug twice =
                bug(EARLY.replaceAll("(?m)^- .*\n", "").replace("+ :", "- LEVELS_SKIPPED\n+ :"));

        var first =
                assertThrows(IllegalStateException.class, () -> gone.plantedIn(Planting.root()));
        var second =
                assertThrows(IllegalStateException.class, () -> twice.plantedIn(Planting.root()));
        assertTrue(
                String.valueOf(first.getMessage())
                        .contains("adapt some.bug: this is no longer in"));
        assertTrue(
                String.valueOf(second.getMessage())
                        .contains("adapt some.bug: this stands more than once"));
    }

    @Test
    void shouldSayWhichBugDoesNotCompile() {
        PlantedBug broken = bug(HARMLESS.replace("+ reconsumeTimes >", "+ reconsumedTimes >"));

        var thrown = assertThrows(IllegalStateException.class, () -> Planting.compiled(broken));
        assertTrue(
                String.valueOf(thrown.getMessage())
                        .contains("adapt some.bug: it does not compile"));
    }

    @Test
    void shouldPlantInACopyAndLeaveTheEngineAsItIs() throws IOException {
        Trial planted = new Trial(Probe.class.getName(), Planting.compiled(bug(EARLY)));
        Trial unplanted = new Trial(Probe.class.getName(), Map.of());

        assertEquals("a retry\ncame early", planted.noticed(3));
        assertEquals("", unplanted.noticed(3));
        assertEquals(
                new RetryPolicy.Again(3),
                new RetryPolicy(List.of(1L, 2L, 3L, 4L)).decide(0, 16, 0));
    }

    @Test
    void shouldTellTheFirstSeedThatFindsABug() throws IOException {
        Hunt.Found found = hunt(EARLY, 10, 20_000);

        assertEquals(3, found.seed());
        assertEquals("a retry came early", found.noticed());
        assertEquals(List.of(), PlantedBugs.missed(List.of(found)));
    }

    @Test
    void shouldSayThatABugWasNotFound() throws IOException {
        Hunt.Found found = hunt(HARMLESS, 10, 20_000);

        assertFalse(found.is());
        assertEquals(List.of(found), PlantedBugs.missed(List.of(found)));
        assertTrue(PlantedBugs.table(List.of(found)).contains("0 of 1 planted bugs found"));
    }

    @Test
    void shouldFindABugThatMakesTheEngineRunForEver() throws IOException {
        Hunt.Found found = hunt(ENDLESS, 1, 4_000);

        assertEquals(1, found.seed());
        assertTrue(found.noticed().contains("does not end"), found.noticed());
    }
}
