package io.sluice.engine.group;

/** In which order messages are handed to the receivers of a group. */
public enum Ordering {
    /** Any; in a topic of priorities the higher ones first. */
    NONE,
    /** Nothing of a queue while any message of it is in somebody's hands. */
    QUEUE,
    /** Nothing of a message group while any message of it is in somebody's hands. */
    MESSAGE_GROUP
}
