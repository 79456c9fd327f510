package io.sluice.protocol;

/** What a request asks for. From a client to a server, unless said otherwise. */
public final class RequestCode {
    /** Stores a message; {@link SendMessageHeader}. */
    public static final int SEND_MESSAGE = 10;

    /** Reads messages of a queue, or waits for them; {@link PullMessageHeader}. */
    public static final int PULL_MESSAGE = 11;

    /** Finds messages by key; {@link QueryMessageHeader}. */
    public static final int QUERY_MESSAGE = 12;

    /** Where a group is in a queue; {@link QueryConsumerOffsetHeader}. */
    public static final int QUERY_CONSUMER_OFFSET = 14;

    /** Commits where a group is in a queue; {@link UpdateConsumerOffsetHeader}. */
    public static final int UPDATE_CONSUMER_OFFSET = 15;

    /** Creates or changes a topic; {@link CreateTopicHeader}. */
    public static final int UPDATE_AND_CREATE_TOPIC = 17;

    /** How a broker is; answered with a {@link KeyValues} of numbers and texts. */
    public static final int GET_BROKER_RUNTIME_INFO = 28;

    /** The offset of a time; {@link SearchOffsetHeader}. */
    public static final int SEARCH_OFFSET_BY_TIMESTAMP = 29;

    /** Where a queue ends; {@link GetMaxOffsetHeader}. */
    public static final int GET_MAX_OFFSET = 30;

    /** Where a queue begins; {@link GetMinOffsetHeader}. */
    public static final int GET_MIN_OFFSET = 31;

    /** How old a queue's first message is; {@link GetEarliestMsgStoretimeHeader}. */
    public static final int GET_EARLIEST_MSG_STORETIME = 32;

    /** Reads the message at a position; {@link ViewMessageHeader}. */
    public static final int VIEW_MESSAGE_BY_ID = 33;

    /** Says which groups a client is in; body {@link HeartbeatData}. */
    public static final int HEART_BEAT = 34;

    /** Says that a client leaves a group; {@link UnregisterClientHeader}. */
    public static final int UNREGISTER_CLIENT = 35;

    /** Asks for a message to be delivered again later; {@link ConsumerSendMsgBackHeader}. */
    public static final int CONSUMER_SEND_MSG_BACK = 36;

    /** Commits or rolls back a transactional message; {@link EndTransactionHeader}. */
    public static final int END_TRANSACTION = 37;

    /** Which clients are in a group; {@link GetConsumerListByGroupHeader}. */
    public static final int GET_CONSUMER_LIST_BY_GROUP = 38;

    /** To a client: what became of a transaction? {@link CheckTransactionStateHeader}. */
    public static final int CHECK_TRANSACTION_STATE = 39;

    /** To a client: a group's members have changed; {@link NotifyConsumerIdsChangedHeader}. */
    public static final int NOTIFY_CONSUMER_IDS_CHANGED = 40;

    /** Locks queues for an orderly consumer; body {@link LockBatchRequestBody}. */
    public static final int LOCK_BATCH_MQ = 41;

    /** Unlocks them; body {@link UnlockBatchRequestBody}. */
    public static final int UNLOCK_BATCH_MQ = 42;

    /** Asks whether a subscription is understood; body {@link CheckClientRequestBody}. */
    public static final int CHECK_CLIENT_CONFIG = 46;

    /** Where a topic's queues are; {@link GetRouteInfoHeader}. */
    public static final int GET_ROUTEINFO_BY_TOPIC = 105;

    /** Which brokers there are; answered with {@link ClusterInfo}. */
    public static final int GET_BROKER_CLUSTER_INFO = 106;

    /** Creates or changes a group; body {@link SubscriptionGroupConfig}. */
    public static final int UPDATE_AND_CREATE_SUBSCRIPTIONGROUP = 200;

    /** Which groups there are; answered with {@link SubscriptionGroupList}. */
    public static final int GET_ALL_SUBSCRIPTIONGROUP_CONFIG = 201;

    /** Which topics there are; answered with {@link TopicList}. */
    public static final int GET_ALL_TOPIC_LIST_FROM_NAMESERVER = 206;

    /** Deletes a group; {@link DeleteSubscriptionGroupHeader}. */
    public static final int DELETE_SUBSCRIPTIONGROUP = 207;

    /** How far a group is; {@link GetConsumeStatsHeader}, answered with {@link ConsumeStats}. */
    public static final int GET_CONSUME_STATS = 208;

    /** Deletes a topic; {@link DeleteTopicHeader}. */
    public static final int DELETE_TOPIC_IN_BROKER = 215;

    /** Forgets a topic's route; {@link DeleteTopicInNamesrvHeader}. */
    public static final int DELETE_TOPIC_IN_NAMESRV = 216;

    /** To a client: go on from other offsets. */
    public static final int RESET_CONSUMER_CLIENT_OFFSET = 220;

    /** To a client: where are you? */
    public static final int GET_CONSUMER_STATUS_FROM_CLIENT = 221;

    /** To a client: how are you doing? */
    public static final int GET_CONSUMER_RUNNING_INFO = 307;

    /** To a client: consume this message now. */
    public static final int CONSUME_MESSAGE_DIRECTLY = 309;

    /** {@link #SEND_MESSAGE} with one-letter field names. */
    public static final int SEND_MESSAGE_V2 = 310;

    /** Stores messages, body {@link BatchBody}; {@link SendMessageHeader}. */
    public static final int SEND_BATCH_MESSAGE = 320;

    /** Asks the producers of a transaction anew; {@link ResumeCheckHalfMessageHeader}. */
    public static final int RESUME_CHECK_HALF_MESSAGE = 323;

    /** Sends a reply to a requesting client. */
    public static final int SEND_REPLY_MESSAGE = 324;

    /** {@link #SEND_REPLY_MESSAGE} with one-letter field names. */
    public static final int SEND_REPLY_MESSAGE_V2 = 325;

    /** To a client: the reply to its request message. */
    public static final int PUSH_REPLY_MESSAGE_TO_CLIENT = 326;

    /** How one topic is; {@link GetTopicConfigHeader}, answered with {@link TopicConfig}. */
    public static final int GET_TOPIC_CONFIG = 351;

    /** {@link #PULL_MESSAGE} from a lite pull consumer. */
    public static final int LITE_PULL_MESSAGE = 361;

    /** Takes back a delayed message. */
    public static final int RECALL_MESSAGE = 370;

    /** Which queues a consumer should read. */
    public static final int QUERY_ASSIGNMENT = 400;

    /** Whether a group pulls or pops. */
    public static final int SET_MESSAGE_REQUEST_MODE = 401;

    /** Leases messages. */
    public static final int POP_MESSAGE = 200050;

    /** Ends a lease: consumed. */
    public static final int ACK_MESSAGE = 200051;

    /** Reads messages without leasing them. */
    public static final int PEEK_MESSAGE = 200052;

    /** Extends or shortens a lease. */
    public static final int CHANGE_MESSAGE_INVISIBLETIME = 200053;

    /** Waits until there is something to pop. */
    public static final int NOTIFICATION = 200054;

    /** How many wait to pop; {@link NotificationHeader}. */
    public static final int POLLING_INFO = 200055;

    /** Moves RocketMQ's own leases to an older format. */
    public static final int POP_ROLLBACK = 200056;

    /** Which groups were told to pull or pop. */
    public static final int GET_ALL_MESSAGE_REQUEST_MODE = 402;

    /** Ends several leases. */
    public static final int BATCH_ACK_MESSAGE = 200151;

    private static final int[] WIDE = {
        POP_MESSAGE,
        ACK_MESSAGE,
        PEEK_MESSAGE,
        CHANGE_MESSAGE_INVISIBLETIME,
        NOTIFICATION,
        POLLING_INFO,
        POP_ROLLBACK,
        BATCH_ACK_MESSAGE
    };

    /** Sluice's own: {@link ListTransactionsHeader}, answered with a {@link TransactionList}. */
    public static final int LIST_TRANSACTIONS = 9037;

    /** Sluice's own: an operator decides a transaction; {@link DecideTransactionHeader}. */
    public static final int DECIDE_TRANSACTION = 9038;

    // Sluice's own, for its command line: above all that RocketMQ uses, and within the 16 bits that
    // a ROCKETMQ header has for a code.

    /** Finds one message, stored or not due yet; {@link LocateMessageHeader}. */
    public static final int LOCATE_MESSAGE = 30_001;

    /** What became of a message in one group or in all; {@link MessageStatusHeader}. */
    public static final int MESSAGE_STATUS = 30_002;

    /** Gives a message to one group once more; {@link ResendMessageHeader}. */
    public static final int RESEND_MESSAGE = 30_003;

    /** Which messages are due next; {@link NextDueHeader}, answered with JSON. */
    public static final int NEXT_DUE = 30_004;

    private RequestCode() {}

    /**
     * The code that a request means whose header has room for 16 bits only: what is wider was cut
     * off by the client.
     */
    static int ofShort(short code) {
        for (int wide : WIDE) {
            if ((short) wide == code) {
                return wide;
            }
        }
        return code;
    }
}
