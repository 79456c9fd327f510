package io.sluice.engine.shard;

/** What became of something asked of the engine. */
public sealed interface Outcome<T> {
    /** It was done. */
    record Done<T>(T value) implements Outcome<T> {}

    /**
     * It was not done, and nothing was changed, except where the refusal says that this is unknown.
     *
     * @param detail what exactly, and what to do, in words for the user; may be empty
     */
    record Refused<T>(Refusal refusal, String detail) implements Outcome<T> {
        /** The same refusal of something else. */
        public <U> Refused<U> of() {
            return new Refused<>(refusal, detail);
        }
    }

    static <T> Outcome<T> done(T value) {
        return new Done<>(value);
    }

    static <T> Refused<T> refused(Refusal refusal, String detail) {
        return new Refused<>(refusal, detail);
    }
}
