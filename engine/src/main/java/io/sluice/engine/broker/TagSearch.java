package io.sluice.engine.broker;

import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.Selection;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Shard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds messages by tag: there is no index of tags, but every queue's entries hold the hash of the
 * tag, and are passed in the order of time. Runs on reader threads.
 */
final class TagSearch {
    private record Place(long position) {}

    private final Shard shard;
    private final MessageReader messages;

    TagSearch(Shard shard, MessageReader messages) {
        this.shard = shard;
        this.messages = messages;
    }

    Found search(TagQuery query) throws IOException {
        TagFilter filter = TagFilter.of(List.of(query.tag()));
        Page page = new Page(query.countMax(), query.sizeBytesMax());
        long after = query.after();
        while (true) {
            List<Place> places = places(query, filter, after);
            for (Place place : places) {
                ByteBuffer message = messages.stored(place.position);
                if (message == null) {
                    page.missing(place.position, messages.mayExist(place.position));
                } else if (StoredMessage.storeMs(message, 0) > query.toMs()) {
                    return page.found(Found.END);
                } else if (filter.matches(message, 0)
                        && Finder.isWithin(message, query.fromMs(), query.toMs())
                        && !page.add(message)) {
                    return page.found(after);
                }
                after = place.position;
            }
            if (places.isEmpty()) {
                return page.found(Found.END);
            }
        }
    }

    /** The first messages after a position that may have the tag, as many as make a page. */
    private List<Place> places(TagQuery query, TagFilter filter, long after) throws IOException {
        ByteBuffer last = after == 0 ? null : messages.stored(after);
        long fromMs =
                last == null
                        ? query.fromMs()
                        : Math.max(query.fromMs(), StoredMessage.storeMs(last, 0));
        List<Place> places = new ArrayList<>();
        for (Queue queue : shard.queues().queuesOf(query.topic().id())) {
            addFrom(queue, fromMs, filter, after, query.countMax(), places);
        }
        places.sort(Comparator.comparingLong(Place::position));
        return places.size() > query.countMax() ? places.subList(0, query.countMax()) : places;
    }

    private void addFrom(
            Queue queue, long fromMs, TagFilter filter, long after, int countMax, List<Place> to)
            throws IOException {
        long offset = shard.queues().offsetAtOrAfter(queue, fromMs);
        long end = queue.end();
        int added = 0;
        while (offset < end && added < countMax) {
            Selection selection = new Selection(countMax, Long.MAX_VALUE, offset);
            shard.queues().read(queue, filter, selection);
            for (int i = 0; i < selection.count() && added < countMax; i++) {
                if (selection.position(i) > after) {
                    to.add(new Place(selection.position(i)));
                    added++;
                }
            }
            offset = selection.nextOffset();
        }
    }
}
