package io.sluice.server.cli;

import io.sluice.server.config.Scalars;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Times as people write them: so long ago, or a moment of UTC. */
final class PointInTime {
    private PointInTime() {}

    /**
     * The moment in ms since 1970.
     *
     * @param option whose value it is, for the person to read
     */
    static long parseMs(String option, String text) throws CommandException {
        try {
            return text.endsWith("Z")
                    ? Instant.parse(text).toEpochMilli()
                    : Instant.now().minus(Scalars.duration(text)).toEpochMilli();
        } catch (DateTimeParseException | IllegalArgumentException e) {
            throw new CommandException(
                    CommandException.USAGE,
                    "%s is '%s'; expected a duration ago, such as 15m or 2h, or a time such as 2026-01-31T08:00:00Z"
                            .formatted(option, text));
        }
    }
}
