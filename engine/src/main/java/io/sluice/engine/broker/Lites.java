package io.sluice.engine.broker;

import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.message.Message;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Command;
import io.sluice.engine.shard.LiteAction;
import io.sluice.engine.shard.LiteStart;
import io.sluice.engine.shard.LiteTaken;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.engine.shard.Shard;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lite topics: queues with names of a topic of the type LITE. One is there from its first message
 * on, and goes when none has come for as long as the topic says. See {@link Receive#ofLites} for
 * how its messages are received, and ADR 13. Stateless. Any thread.
 */
public final class Lites {
    private final Shard shard;
    private final Predicate<Topic> async;

    /**
     * @param async whether sends to a topic are acknowledged before they are durable
     */
    Lites(Shard shard, Predicate<Topic> async) {
        this.shard = shard;
        this.async = async;
    }

    /**
     * Stores messages in one lite topic, all or none, and creates it if it is not there.
     *
     * @param sameness as in {@link Broker#append}
     */
    public void append(
            Topic topic,
            String name,
            List<Message> batch,
            long sameness,
            Consumer<Outcome<Appended>> reply) {
        String fault = topic.lite() ? Names.liteFault(name) : topic.name() + " has no lite topics";
        Outcome.Refused<Appended> refused =
                fault != null ? Outcome.refused(Refusal.INVALID, fault) : Sizes.fault(topic, batch);
        if (refused != null) {
            reply.accept(refused);
            return;
        }
        TopicSettings settings = topic.settings();
        Command.LiteTopic to = new Command.LiteTopic(name, settings.liteTopicsMax());
        long same = settings.idempotentSend() ? sameness : 0;
        submit(new Command.Append(0, batch, 0, async.test(topic), same, to, reply), reply);
    }

    /**
     * A client of a group says of which lite topics of a topic it wants messages. It stays so until
     * it says otherwise or the server ends; a new group begins at the first message of each.
     * Replies with what others have no longer, or it has not got: they are to be told.
     *
     * @param names such as {@link Names#liteFault} allows
     * @param start where the group goes on in what the client adds; null to go on where it is
     */
    public void subscribe(
            Group group,
            Topic topic,
            String clientId,
            LiteAction action,
            Set<String> names,
            @Nullable LiteStart start,
            Consumer<Outcome<List<LiteTaken>>> reply) {
        GroupSettings settings = group.settings();
        String startOver =
                action == LiteAction.REMOVE
                        ? GroupSettings.LITE_START_OVER_WHEN_LEFT
                        : GroupSettings.LITE_START_OVER_WHEN_TAKEN;
        submit(
                new Command.SubscribeLite(
                        group.id(),
                        topic.id(),
                        clientId,
                        action,
                        names,
                        settings.liteTopicsMax(),
                        settings.liteExclusive(),
                        settings.isSet(startOver),
                        start,
                        reply),
                reply);
    }

    private <T> void submit(Command command, Consumer<Outcome<T>> reply) {
        if (!shard.submit(command)) {
            reply.accept(Outcome.refused(Refusal.BUSY, "too much is under way: try again"));
        }
    }
}
