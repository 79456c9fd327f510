package io.sluice.simulator.planted;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Map;

/** The simulator with one bug planted in it: runs seeds and says what it noticed. */
final class Trial {
    private final MethodHandle of;

    /**
     * @param entrance the class whose method {@code of(long seed)} runs one history and returns its
     *     verdict, which has {@code boolean holds()} and {@code String why()}
     * @param planted the classes that the bug changes; none for the engine as it is
     */
    Trial(String entrance, Map<String, byte[]> planted) {
        try {
            Class<?> run = Planting.loader(planted).loadClass(entrance);
            Method method = run.getMethod("of", long.class);
            of =
                    MethodHandles.publicLookup()
                            .unreflect(method)
                            .asType(MethodType.methodType(Object.class, long.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(entrance + " has no public static of(long)", e);
        }
    }

    /** What the simulator noticed, in one line; empty if everything held. */
    String noticed(long seed) {
        try {
            return why((Object) of.invokeExact(seed));
        } catch (LinkageError e) {
            throw new IllegalStateException("the bug changes what other classes use", e);
        } catch (Throwable e) {
            return "the run ended with " + e;
        }
    }

    private static String why(Object verdict) throws ReflectiveOperationException {
        Method holds = verdict.getClass().getMethod("holds");
        Method why = verdict.getClass().getMethod("why");
        return (boolean) holds.invoke(verdict) ? "" : "" + why.invoke(verdict);
    }
}
