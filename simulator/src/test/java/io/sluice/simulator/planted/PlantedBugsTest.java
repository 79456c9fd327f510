package io.sluice.simulator.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker is checked; all bugs by {@link PlantedBugs}, a few quick ones here. */
final class PlantedBugsTest {
    private static final int BUGS_MIN = 60;

    @Test
    void shouldPlantEveryBugInTheEngineAsItStands() throws IOException {
        List<PlantedBug> bugs = PlantedBug.all(Planting.bugs());
        List<String> unfit = new ArrayList<>();
        for (PlantedBug bug : bugs) {
            try {
                assertTrue(!Planting.compiled(bug).isEmpty(), bug.name());
            } catch (IllegalStateException e) {
                unfit.add(e.getMessage());
            }
        }
        assertEquals(List.of(), unfit);
        assertTrue(bugs.stream().filter(bug -> bug.unseen().isEmpty()).count() >= BUGS_MIN);
    }
}
