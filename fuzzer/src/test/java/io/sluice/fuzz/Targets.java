package io.sluice.fuzz;

import io.sluice.engine.broker.RecoveryTarget;
import io.sluice.engine.catalog.CatalogTarget;
import io.sluice.engine.catalog.EntriesTarget;
import io.sluice.engine.filter.SqlTarget;
import io.sluice.engine.message.StoredMessagesTarget;
import io.sluice.engine.queue.IndexTarget;
import io.sluice.engine.schedule.TimersTarget;
import io.sluice.engine.shard.CheckpointTarget;
import io.sluice.engine.shard.RecordsTarget;
import io.sluice.protocol.BodiesTarget;
import io.sluice.protocol.FramesTarget;
import io.sluice.protocol.HeadersTarget;
import io.sluice.protocol.JsonTarget;
import io.sluice.server.remoting.CuttingTarget;
import io.sluice.server.remoting.FrontDoorTarget;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** All targets by name. */
final class Targets {
    private static final Map<String, Supplier<Target>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("frames", FramesTarget::new);
        ALL.put("cutting", CuttingTarget::new);
        ALL.put("headers", HeadersTarget::new);
        ALL.put("bodies", BodiesTarget::new);
        ALL.put("json", JsonTarget::new);
        ALL.put("properties", PropertiesTarget::new);
        ALL.put("batches", BatchesTarget::new);
        ALL.put("message-ids", MessageIdsTarget::new);
        ALL.put("stored", StoredMessagesTarget::new);
        ALL.put("records", RecordsTarget::new);
        ALL.put("checkpoint", CheckpointTarget::new);
        ALL.put("entries", EntriesTarget::new);
        ALL.put("catalog", CatalogTarget::new);
        ALL.put("timers", TimersTarget::new);
        ALL.put("index", IndexTarget::new);
        ALL.put("recovery", RecoveryTarget::new);
        ALL.put("front-door", FrontDoorTarget::new);
        ALL.put("sql", SqlTarget::new);
    }

    private Targets() {}

    static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    static Target named(String name) {
        Supplier<Target> target = ALL.get(name);
        if (target == null) {
            throw new IllegalArgumentException("no target \"" + name + "\"; there are " + names());
        }
        return target.get();
    }
}
