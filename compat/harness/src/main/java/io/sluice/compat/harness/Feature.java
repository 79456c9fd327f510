package io.sluice.compat.harness;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The row of the table in docs/COMPATIBILITY.md that a test belongs to, for its own client's
 * column. On a method it counts instead of the class's. Rows of one name, from whatever class or
 * module, are one row; it has passed when all of its tests have.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(FeatureExtension.class)
public @interface Feature {
    /**
     * "Group: what a user can do", such as "Sending: batches". Sorted by this text.
     *
     * @return the row
     */
    String value();
}
