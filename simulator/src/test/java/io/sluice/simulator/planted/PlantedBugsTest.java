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
    private static final int QUICK_MIN = 15;
    private static final long SEED_MS_MAX = 30_000;

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

    @Test
    void shouldFindQuickOnesWithinTheirSeeds() throws IOException {
        List<String> missed = new ArrayList<>();
        List<PlantedBug> quick =
                PlantedBug.all(Planting.bugs()).stream().filter(b -> b.seedsMax() > 0).toList();
        try (Hunt hunt = new Hunt(PlantedBugs.ENTRANCE, Planting.bugs(), SEED_MS_MAX)) {
            for (PlantedBug bug : quick) {
                Hunt.Found found = hunt.hunt(bug, bug.seedsMax());
                if (!found.is()) {
                    missed.add("%s in %d seeds".formatted(bug.name(), bug.seedsMax()));
                }
            }
        }
        assertEquals(List.of(), missed, "the simulator no longer sees them");
        assertTrue(quick.size() >= QUICK_MIN, "only " + quick.size());
    }
}
