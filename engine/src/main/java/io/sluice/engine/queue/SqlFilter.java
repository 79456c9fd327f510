package io.sluice.engine.queue;

import io.sluice.engine.filter.SqlExpression;
import io.sluice.engine.message.StoredMessage;
import java.nio.ByteBuffer;

/**
 * Wants the messages of which an SQL92 expression is true. The index knows nothing of that, so each
 * message is looked into when it is chosen: see {@link Sieve}.
 */
public final class SqlFilter extends MessageFilter {
    final SqlExpression expression;

    public SqlFilter(SqlExpression expression) {
        this.expression = expression;
    }

    @Override
    public boolean all() {
        return false;
    }

    @Override
    boolean mayMatch(int tagHash) {
        return true;
    }

    @Override
    public boolean matches(ByteBuffer stored, int at) {
        int start = StoredMessage.propertiesStart(stored, at);
        byte[] properties = new byte[at + StoredMessage.sizeBytes(stored, at) - start];
        stored.get(start, properties);
        return expression.matches(expression.row(), properties, 0, properties.length);
    }

    /** The expression. */
    @Override
    public String toString() {
        return expression.toString();
    }
}
