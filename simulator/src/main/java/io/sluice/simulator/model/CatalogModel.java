package io.sluice.simulator.model;

import io.sluice.simulator.plan.Setting.Profile;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which topics and groups exist. What an answer said stands until somebody asks for another change;
 * while one is under way, or its outcome is unknown, the next look tells.
 */
public final class CatalogModel {
    private static final class Known {
        @Nullable Object value;
        int underWay;
        boolean unsure;
        boolean unsureUntilRestart;
        int changed;
        long changedNanos;
        int changedIn; // which life
        boolean isProven;
    }

    /** So many changes may share the last write, which looks torn if a bit of it flips. */
    private static final int LAST_WRITE_MAX = 10;

    /** After a second a change is proved durable; threads may be late. */
    private static final long PROVEN_NANOS = 2_000_000_000L;

    private final Judge judge;
    private final Map<String, Known> names = new TreeMap<>();
    private final Map<Integer, String> ids = new HashMap<>();

    private int changes;

    CatalogModel(Judge judge) {
        this.judge = judge;
    }

    private Known known(String name) {
        return names.computeIfAbsent(name, n -> new Known());
    }

    /** A change of a topic or group is handed over. */
    public void changing(String name) {
        Known known = known(name);
        known.underWay++;
        known.unsure = true;
    }

    /** The change was answered: so it is now, unless another change is under way. */
    public void changed(String name, @Nullable Object value) {
        Known known = known(name);
        known.underWay--;
        known.unsure = known.underWay > 0 || known.unsureUntilRestart;
        known.value = value;
        known.changed = ++changes;
        known.changedNanos = judge.nanos();
        known.changedIn = judge.life();
        known.isProven = false;
    }

    /** The change was refused: what is there has to be looked up. */
    public void refused(String name) {
        known(name).underWay--;
    }

    /** The change failed: what became of it is unknown until the next start. */
    public void failed(String name) {
        known(name).underWay--;
        known(name).unsureUntilRestart = true;
    }

    /** The process has ended: changes under way may have taken place. */
    void died() {
        for (Known known : names.values()) {
            known.isProven |=
                    known.changedIn == judge.life() - 1
                            && judge.nanos() - known.changedNanos > PROVEN_NANOS;
            known.underWay = 0;
            known.unsureUntilRestart = false;
        }
    }

    /** What is there now. */
    public void seen(String name, @Nullable Object value) {
        Known known = known(name);
        if (known.underWay > 0 || known.unsureUntilRestart) {
            return;
        }
        if (!known.unsure && !Objects.equals(known.value, value)) {
            String what = "%s is %s, and was %s".formatted(name, value, known.value);
            boolean isProven = known.isProven || known.changed < changes - LAST_WRITE_MAX;
            if (judge.profile() == Profile.FLIP && isProven) {
                judge.violatedInAnyCase(Promise.CATALOG, what);
            } else {
                judge.violated(Promise.CATALOG, what);
            }
        }
        known.value = value;
        known.unsure = false;
    }

    /** An incarnation with this id exists or existed: no other may ever have it. */
    public void identified(String name, int id, long createdMs) {
        String owner = name + "@" + createdMs;
        String before = ids.putIfAbsent(id, owner);
        if (before != null && !before.equals(owner)) {
            judge.violated(
                    Promise.CATALOG, "id %d is of %s and of %s".formatted(id, before, owner));
        }
    }
}
