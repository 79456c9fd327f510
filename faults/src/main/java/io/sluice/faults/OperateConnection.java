package io.sluice.faults;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.FrameWriter;
import io.sluice.protocol.Header;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SerializeType;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** An operator that creates topics and deletes them again, one after the other without a rest. */
final class OperateConnection extends Connection {
    private final CatalogLedger ledger;
    private int opaque;
    private @Nullable String creating;
    private @Nullable String deleting;

    OperateConnection(int port, CatalogLedger ledger) throws IOException {
        super(port);
        this.ledger = ledger;
    }

    @Override
    int unanswered() {
        return creating == null && deleting == null ? 0 : 1;
    }

    @Override
    void fill(long nowNs) {
        if (unanswered() > 0) {
            return;
        }
        deleting = ledger.deleting();
        FrameWriter writer = new FrameWriter();
        if (deleting != null) {
            writer.request(SerializeType.JSON, RequestCode.DELETE_TOPIC_IN_BROKER, ++opaque)
                    .field("topic", deleting);
        } else {
            creating = ledger.creating();
            writer.request(SerializeType.JSON, RequestCode.UPDATE_AND_CREATE_TOPIC, ++opaque)
                    .field("topic", creating)
                    .field("defaultTopic", "TBW102")
                    .field("readQueueNums", 2)
                    .field("writeQueueNums", 2)
                    .field("perm", 6)
                    .field("topicFilterType", "SINGLE_TAG")
                    .field("topicSysFlag", 0)
                    .field("order", false);
        }
        ByteBuf frame = Unpooled.buffer();
        writer.finish(frame, 0);
        out.put(frame.nioBuffer());
    }

    @Override
    void answered(Header header, ByteBuffer bytes, long nowNs) {
        boolean ok = header.code() == ResponseCode.SUCCESS;
        if (ok && creating != null) {
            ledger.created(creating);
        } else if (ok && deleting != null) {
            ledger.deleted(deleting);
        }
        creating = null;
        deleting = null;
    }
}
