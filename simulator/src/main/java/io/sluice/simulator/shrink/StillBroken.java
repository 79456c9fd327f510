package io.sluice.simulator.shrink;

import io.sluice.simulator.model.Promise;
import io.sluice.simulator.plan.Plan;
import io.sluice.simulator.run.Run;
import io.sluice.simulator.run.Verdict;
import io.sluice.simulator.world.DiskMemory;
import java.util.function.Predicate;

/**
 * Whether a plan still breaks the promise that a first one broke. For {@link Promise#ANSWERED},
 * which all exceptions break, it also has to be the same exception.
 */
public final class StillBroken implements Predicate<Plan> {
    private final Promise promise;
    private final String what;
    private final DiskMemory memory;

    /**
     * @param first of a plan that does not hold
     * @param memory used by nobody else meanwhile
     */
    public StillBroken(Verdict first, DiskMemory memory) {
        if (first.broken() == null) {
            throw new IllegalArgumentException("no promise is broken");
        }
        this.promise = first.broken();
        this.what = sort(first.what());
        this.memory = memory;
    }

    @Override
    public boolean test(Plan plan) {
        Verdict verdict = Run.of(plan, memory);
        return verdict.broken() == promise
                && (promise != Promise.ANSWERED || sort(verdict.what()).equals(what));
    }

    /** The words before the first number or colon: they name the exception. */
    private static String sort(String what) {
        return what.split("[:0-9]", 2)[0];
    }
}
