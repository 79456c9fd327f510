package io.sluice.engine.catalog;

import io.sluice.engine.catalog.MetadataStore.PutOutcome;
import io.sluice.engine.catalog.MetadataStore.Versioned;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The durable entries of one kind, and how they change: decide on what is known, put with its
 * version, and if somebody was faster decide anew on what they left. Owned by the catalog's
 * executor.
 */
final class Table<T> {
    /** How one kind of entry is kept. */
    interface Kind<T> {
        /** What its keys begin with. */
        String prefix();

        byte[] encode(T value);

        T decode(String name, byte[] value) throws IOException;
    }

    /** Says what is to become of an entry; asked again after a conflict, so free of effects. */
    interface Decision<T> {
        Step<T> decide(@Nullable T current);
    }

    /** What is to become of an entry. */
    sealed interface Step<T> {
        record Put<T>(T value) implements Step<T> {}

        record Remove<T>(T value) implements Step<T> {}

        /** Nothing; this is the answer. */
        record Answer<T>(Change<T> answer) implements Step<T> {}
    }

    private record Known<T>(T value, long version) {}

    private final Map<String, Known<T>> known = new HashMap<>();
    private final Kind<T> kind;
    private final MetadataStore store;
    private final Executor executor;
    private boolean changed;

    Table(Kind<T> kind, MetadataStore store, Executor executor) {
        this.kind = kind;
        this.store = store;
        this.executor = executor;
    }

    /** Takes over those of the stored entries that are of this kind. */
    void load(Map<String, Versioned> stored) throws IOException {
        for (Map.Entry<String, Versioned> each : stored.entrySet()) {
            if (each.getKey().startsWith(kind.prefix())) {
                String name = each.getKey().substring(kind.prefix().length());
                know(name, each.getValue());
            }
        }
    }

    @Nullable T get(String name) {
        Known<T> entry = known.get(name);
        return entry == null ? null : entry.value();
    }

    /** Whether anything changed since the last call. */
    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    Collection<T> values() {
        return List.copyOf(known.values().stream().map(Known::value).toList());
    }

    /** Calls {@code done} on the executor, perhaps inside this call. */
    void change(String name, Decision<T> decision, Consumer<Change<T>> done) {
        Known<T> current = known.get(name);
        switch (decision.decide(current == null ? null : current.value())) {
            case Step.Answer<T> step -> done.accept(step.answer());
            case Step.Put<T> step -> {
                byte[] value = kind.encode(step.value());
                long version = current == null ? MetadataStore.ABSENT : current.version();
                store.put(kind.prefix() + name, value, version)
                        .thenAcceptAsync(
                                outcome -> stored(name, step.value(), outcome, decision, done),
                                executor);
            }
            case Step.Remove<T> step -> {
                if (current == null) {
                    throw new IllegalStateException("decided to remove what is not there: " + name);
                }
                store.remove(kind.prefix() + name, current.version())
                        .thenAcceptAsync(
                                outcome -> removed(name, step.value(), outcome, decision, done),
                                executor);
            }
        }
    }

    private void stored(
            String name,
            T value,
            PutOutcome outcome,
            Decision<T> decision,
            Consumer<Change<T>> done) {
        if (outcome instanceof PutOutcome.Stored(long version)) {
            known.put(name, new Known<>(value, version));
            changed = true;
            done.accept(new Change.Done<>(value));
        } else {
            notChanged(name, outcome, decision, done);
        }
    }

    private void removed(
            String name,
            T value,
            PutOutcome outcome,
            Decision<T> decision,
            Consumer<Change<T>> done) {
        if (outcome instanceof PutOutcome.Stored) {
            known.remove(name);
            changed = true;
            done.accept(new Change.Done<>(value));
        } else {
            notChanged(name, outcome, decision, done);
        }
    }

    private void notChanged(
            String name, PutOutcome outcome, Decision<T> decision, Consumer<Change<T>> done) {
        switch (outcome) {
            case PutOutcome.Failed(IOException cause) -> done.accept(new Change.Failed<>(cause));
            case PutOutcome.Conflict(Versioned current) -> {
                try {
                    know(name, current);
                } catch (IOException e) {
                    done.accept(new Change.Failed<>(e));
                    return;
                }
                change(name, decision, done);
            }
            case PutOutcome.Stored stored -> throw new IllegalStateException(stored.toString());
        }
    }

    /** Changes complete in order, so what a conflict shows is never older than what is known. */
    private void know(String name, @Nullable Versioned stored) throws IOException {
        changed = true;
        if (stored == null) {
            known.remove(name);
        } else {
            known.put(name, new Known<>(kind.decode(name, stored.value()), stored.version()));
        }
    }
}
