package io.sluice.server.dispatch;

import io.sluice.protocol.RequestCode;

/** What a request wants to do, in words that all protocols share. */
public enum Action {
    /** Say who one is, and learn where topics are. */
    CONNECT,
    /** Send to a topic. */
    PUBLISH,
    /** Have messages of a topic for a group, and say what became of them. */
    SUBSCRIBE,
    /** All else: what operators look at and change. */
    ADMINISTER;

    /** What a remoting request wants; what is not named here is for operators. */
    static Action of(int requestCode) {
        return switch (requestCode) {
            case RequestCode.HEART_BEAT,
                    RequestCode.UNREGISTER_CLIENT,
                    RequestCode.CHECK_CLIENT_CONFIG,
                    RequestCode.GET_ROUTEINFO_BY_TOPIC ->
                    CONNECT;
            case RequestCode.SEND_MESSAGE,
                    RequestCode.SEND_MESSAGE_V2,
                    RequestCode.SEND_BATCH_MESSAGE,
                    RequestCode.SEND_REPLY_MESSAGE,
                    RequestCode.SEND_REPLY_MESSAGE_V2,
                    RequestCode.END_TRANSACTION,
                    RequestCode.RECALL_MESSAGE ->
                    PUBLISH;
            case RequestCode.PULL_MESSAGE,
                    RequestCode.LITE_PULL_MESSAGE,
                    RequestCode.CONSUMER_SEND_MSG_BACK,
                    RequestCode.QUERY_CONSUMER_OFFSET,
                    RequestCode.UPDATE_CONSUMER_OFFSET,
                    RequestCode.SEARCH_OFFSET_BY_TIMESTAMP,
                    RequestCode.GET_MAX_OFFSET,
                    RequestCode.GET_MIN_OFFSET,
                    RequestCode.GET_EARLIEST_MSG_STORETIME,
                    RequestCode.GET_CONSUMER_LIST_BY_GROUP,
                    RequestCode.LOCK_BATCH_MQ,
                    RequestCode.UNLOCK_BATCH_MQ,
                    RequestCode.POP_MESSAGE,
                    RequestCode.ACK_MESSAGE,
                    RequestCode.BATCH_ACK_MESSAGE,
                    RequestCode.CHANGE_MESSAGE_INVISIBLETIME,
                    RequestCode.PEEK_MESSAGE,
                    RequestCode.NOTIFICATION,
                    RequestCode.POLLING_INFO,
                    RequestCode.QUERY_ASSIGNMENT ->
                    SUBSCRIBE;
            default -> ADMINISTER;
        };
    }
}
