package io.sluice.protocol;

/** How a request ended. */
public final class ResponseCode {
    /** Done. */
    public static final int SUCCESS = 0;

    /** Failed; clients try another broker. */
    public static final int SYSTEM_ERROR = 1;

    /** Refused for now; clients try again or another broker. */
    public static final int SYSTEM_BUSY = 2;

    /** This request is not understood here. */
    public static final int REQUEST_CODE_NOT_SUPPORTED = 3;

    /** A transaction failed. */
    public static final int TRANSACTION_FAILED = 4;

    /** Stored, but not known to be durable in time. */
    public static final int FLUSH_DISK_TIMEOUT = 10;

    /** Stored, but there is no replica. */
    public static final int SLAVE_NOT_AVAILABLE = 11;

    /** Stored, but not known to be replicated in time. */
    public static final int FLUSH_SLAVE_TIMEOUT = 12;

    /** The message breaks a limit; sending it again will not help. */
    public static final int MESSAGE_ILLEGAL = 13;

    /** Nothing can be stored now. */
    public static final int SERVICE_NOT_AVAILABLE = 14;

    /** The client is too old for this. */
    public static final int VERSION_NOT_SUPPORTED = 15;

    /** Not allowed, or the topic is not writable or readable. */
    public static final int NO_PERMISSION = 16;

    /** There is no such topic. */
    public static final int TOPIC_NOT_EXIST = 17;

    /** There is such a topic already. */
    public static final int TOPIC_EXIST_ALREADY = 18;

    /** Nothing there; the client pulls again at once, having waited here. */
    public static final int PULL_NOT_FOUND = 19;

    /** Nothing that matches; go on at nextBeginOffset. */
    public static final int PULL_RETRY_IMMEDIATELY = 20;

    /** The offset is outside of the queue; go on at nextBeginOffset. */
    public static final int PULL_OFFSET_MOVED = 21;

    /** Nothing found. */
    public static final int QUERY_NOT_FOUND = 22;

    /** The filter expression cannot be read. */
    public static final int SUBSCRIPTION_PARSE_FAILED = 23;

    /** The group does not subscribe to the topic. */
    public static final int SUBSCRIPTION_NOT_EXIST = 24;

    /** The subscription known here is older than the client's. */
    public static final int SUBSCRIPTION_NOT_LATEST = 25;

    /** There is no such group. */
    public static final int SUBSCRIPTION_GROUP_NOT_EXIST = 26;

    /** The filter is not known here. */
    public static final int FILTER_DATA_NOT_EXIST = 27;

    /** The filter known here is older than the client's. */
    public static final int FILTER_DATA_NOT_LATEST = 28;

    /** A field has a value that makes no sense. */
    public static final int INVALID_PARAMETER = 29;

    /** From a client: commit. */
    public static final int TRANSACTION_SHOULD_COMMIT = 200;

    /** From a client: roll back. */
    public static final int TRANSACTION_SHOULD_ROLLBACK = 201;

    /** From a client: ask later. */
    public static final int TRANSACTION_STATE_UNKNOW = 202;

    /** From a client: not of my group. */
    public static final int TRANSACTION_STATE_GROUP_WRONG = 203;

    /** No client of the group is connected. */
    public static final int CONSUMER_NOT_ONLINE = 206;

    /** A client did not consume in time. */
    public static final int CONSUME_MSG_TIMEOUT = 207;

    /** No message to act upon. */
    public static final int NO_MESSAGE = 208;

    /** Too many wait already. */
    public static final int POLLING_FULL = 209;

    /** Nothing came while waiting. */
    public static final int POLLING_TIMEOUT = 210;

    /** There is no such broker. */
    public static final int BROKER_NOT_EXIST = 211;

    /** The group broadcasts; this is for clustered groups. */
    public static final int BROADCAST_CONSUMPTION = 213;

    /** Too fast; slow down. */
    public static final int FLOW_CONTROL = 215;

    /** The queue is elsewhere; clients look for the route again. */
    public static final int NOT_LEADER_FOR_QUEUE = 501;

    /** Not allowed in this state. */
    public static final int ILLEGAL_OPERATION = 604;

    /** This server is going; clients connect again. */
    public static final int GO_AWAY = 1500;

    private ResponseCode() {}
}
