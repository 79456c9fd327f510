package io.sluice.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The corpus that is kept, findings among it, and the seeds: all of it holds, on every commit. */
class ReplayTest {
    static Iterable<String> names() {
        return Targets.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void shouldTakeEveryInputThatIsKept(String name) throws Exception {
        Target target = Targets.named(name);
        List<byte[]> inputs = new ArrayList<>(target.seeds());
        assertFalse(inputs.isEmpty(), "a target has seeds");
        inputs.addAll(Corpus.kept(name));
        inputs.add(new byte[0]);
        Oracles oracles = new Oracles(target);
        for (byte[] input : inputs) {
            try {
                oracles.examine(input);
            } catch (Exception | Error e) {
                throw new AssertionError(name + " " + HexFormat.of().formatHex(input), e);
            }
        }
    }
}
