package io.sluice.engine.catalog;

import io.sluice.engine.catalog.MetadataStore.Versioned;
import io.sluice.engine.catalog.Table.Step;
import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.time.Executor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Small texts that operators keep with the name service, such as the fixed queues of ordered
 * topics: of no meaning to the engine. As durable and as visible as topics and groups, and changed
 * on the same executor; see {@link Catalog}.
 */
public final class Registry {
    /** The longest value, in characters. */
    public static final int LENGTH_MAX = 4096;

    /** How many entries there may be. */
    public static final int ENTRIES_MAX = 10_000;

    private static final int FORMAT = 1;

    /** One text. */
    public record Entry(String namespace, String key, String value) {}

    private static final Table.Kind<Entry> ENTRIES =
            new Table.Kind<>() {
                @Override
                public String prefix() {
                    return "text/";
                }

                @Override
                public byte[] encode(Entry entry) {
                    return Registry.encode(entry);
                }

                @Override
                public Entry decode(String name, byte[] value) throws IOException {
                    return Registry.decode(name, value);
                }
            };

    private final Executor executor;
    private final Table<Entry> table;
    private volatile Map<String, Entry> published;

    Registry(MetadataStore store, Executor executor, Map<String, Versioned> stored)
            throws IOException {
        this.executor = executor;
        table = new Table<>(ENTRIES, store, executor);
        table.load(stored);
        published = all();
    }

    private Map<String, Entry> all() {
        Map<String, Entry> all = new TreeMap<>();
        table.values().forEach(entry -> all.put(name(entry.namespace, entry.key), entry));
        return all;
    }

    /** Which no other namespace and key have in common. */
    private static String name(String namespace, String key) {
        return namespace.length() + "/" + namespace + "/" + key;
    }

    /** The text of a key; null if there is none. */
    public @Nullable String value(String namespace, String key) {
        Entry entry = published.get(name(namespace, key));
        return entry == null ? null : entry.value;
    }

    /** All texts of a namespace, by key. */
    public SortedMap<String, String> values(String namespace) {
        SortedMap<String, String> values = new TreeMap<>();
        for (Entry entry : published.values()) {
            if (entry.namespace.equals(namespace)) {
                values.put(entry.key, entry.value);
            }
        }
        return values;
    }

    /** Sets the text of a key. */
    public CompletionStage<Change<Entry>> put(String namespace, String key, String value) {
        Entry wanted = new Entry(namespace, key, value);
        String fault = fault(wanted);
        return fault != null
                ? CompletableFuture.completedFuture(new Change.Refused<>(fault))
                : run(name(namespace, key), found -> put(found, wanted));
    }

    private static @Nullable String fault(Entry entry) {
        int bytes = name(entry.namespace, entry.key).length() * 3 + ENTRIES.prefix().length();
        if (entry.namespace.isEmpty() || entry.key.isEmpty()) {
            return "namespace and key must not be empty: name both";
        }
        return bytes > MetadataStore.KEY_SIZE_BYTES_MAX || entry.value.length() > LENGTH_MAX
                ? "namespace and key together have at most %d characters, and a value at most %d"
                        .formatted(MetadataStore.KEY_SIZE_BYTES_MAX / 3 - 16, LENGTH_MAX)
                : null;
    }

    private Step<Entry> put(@Nullable Entry found, Entry wanted) {
        if (found == null && published.size() >= ENTRIES_MAX) {
            return new Step.Answer<>(
                    new Change.Refused<>(
                            "there are %d texts already: delete some first"
                                    .formatted(ENTRIES_MAX)));
        }
        return wanted.equals(found)
                ? new Step.Answer<>(new Change.Done<>(wanted))
                : new Step.Put<>(wanted);
    }

    /** Removes a key. */
    public CompletionStage<Change<Entry>> remove(String namespace, String key) {
        return run(
                name(namespace, key),
                found ->
                        found == null
                                ? new Step.Answer<>(new Change.NotFound<>(key))
                                : new Step.Remove<>(found));
    }

    private CompletionStage<Change<Entry>> run(String name, Table.Decision<Entry> decision) {
        CompletableFuture<Change<Entry>> stage = new CompletableFuture<>();
        Consumer<Change<Entry>> done =
                change -> {
                    if (table.takeChanged()) {
                        published = all();
                    }
                    stage.complete(change);
                };
        executor.execute(() -> table.change(name, decision, done));
        return stage;
    }

    private static byte[] encode(Entry entry) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeUTF(entry.namespace);
            out.writeUTF(entry.key);
            out.writeUTF(entry.value);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    private static Entry decode(String name, byte[] value) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
            if (in.readByte() != FORMAT) {
                throw new IOException("a newer version wrote it: start that one");
            }
            return new Entry(in.readUTF(), in.readUTF(), in.readUTF());
        } catch (IOException e) {
            throw new CorruptLogException(
                    "the entry of %s in the catalog makes no sense (%s): put back a copy of the file from a backup"
                            .formatted(name, e.getMessage()),
                    e);
        }
    }
}
