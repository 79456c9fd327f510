package io.sluice.engine.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void shouldTakeWhatRocketMqTakes() {
        assertNull(Names.topicFault("a"));
        assertNull(Names.topicFault("Order_topic-1|x%y"));
        assertNull(Names.topicFault("a".repeat(127)));
        assertNull(Names.topicFault(Names.retryTopic("g".repeat(120))));
        assertNull(Names.topicFault("%RETRY%" + "g".repeat(248)));
        assertNull(Names.groupFault("g".repeat(120)));
    }

    @Test
    void shouldRefuseWhatRocketMqRefuses() {
        for (String name : new String[] {"", " ", "a b", "a/b", "..", "a.b", "a\0", "é", "a\\b"}) {
            assertNotNull(Names.topicFault(name), name);
            assertNotNull(Names.groupFault(name), name);
        }
        assertNotNull(Names.topicFault("a".repeat(128)));
        assertNotNull(Names.topicFault("%DLQ%" + "g".repeat(251)));
        assertNotNull(Names.groupFault("g".repeat(121)));
    }

    @Test
    void shouldNotRepeatAHostileNameInTheFault() {
        assertEquals(
                "the topic name has the illegal character U+000A at index 1; allowed are letters"
                        + " a-z A-Z, digits, % | _ -",
                Names.topicFault("a\nb"));
    }

    @Test
    void shouldKnowTheSystemsTopics() {
        assertTrue(Names.isSystemTopic("TBW102"));
        assertTrue(Names.isSystemTopic("SCHEDULE_TOPIC_XXXX"));
        assertTrue(Names.isSystemTopic("RMQ_SYS_TRACE_TOPIC"));
        assertTrue(Names.isSystemTopic("rmq_sys_wheel_timer"));
        assertFalse(Names.isSystemTopic("%RETRY%g"));
        assertTrue(Names.mayBeSentTo("TBW102"));
        assertFalse(Names.mayBeSentTo("OFFSET_MOVED_EVENT"));
    }
}
