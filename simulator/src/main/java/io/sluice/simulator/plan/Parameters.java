package io.sluice.simulator.plan;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The parameters of an event or a setting by name: whole numbers, booleans and enums. Taken from
 * the components of its record, so that a new event has them too.
 */
public final class Parameters {
    private Parameters() {}

    /** Their names, in order. */
    public static List<String> names(Class<?> type) {
        return Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList();
    }

    /**
     * The value of one.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public static Object value(Record record, String name) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            if (component.getName().equals(name)) {
                return value(record, component);
            }
        }
        throw new IllegalArgumentException(
                record.getClass().getSimpleName() + " has no parameter " + name);
    }

    private static Object value(Record record, RecordComponent component) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The same with another value of one of them.
     *
     * @throws IllegalArgumentException if the record refuses the value
     */
    @SuppressWarnings("unchecked")
    public static <R> R with(R record, String name, Object value) {
        Record old = (Record) record;
        RecordComponent[] components = old.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = components[i].getName().equals(name) ? value : value(old, components[i]);
        }
        return (R) make(old.getClass(), values);
    }

    /** All of them, as {@code a=1 b=true}. */
    static String text(Record record) {
        StringBuilder text = new StringBuilder();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            text.append(text.isEmpty() ? "" : " ").append(component.getName());
            text.append('=').append(value(record, component));
        }
        return text.toString();
    }

    /**
     * A record from the text of its parameters.
     *
     * @param texts by name; each of the record's, and no other
     * @throws IllegalArgumentException if one is missing, unknown or not a value of its type
     */
    static <R> R read(Class<R> type, Map<String, String> texts) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            String name = components[i].getName();
            String text = texts.get(name);
            if (text == null) {
                throw new IllegalArgumentException(
                        type.getSimpleName() + " needs the parameter " + name);
            }
            values[i] = parse(name, components[i].getType(), text);
        }
        for (String name : texts.keySet()) {
            if (!names(type).contains(name)) {
                throw new IllegalArgumentException(
                        "%s has no parameter %s; it has %s"
                                .formatted(type.getSimpleName(), name, names(type)));
            }
        }
        return type.cast(make(type, values));
    }

    private static Object parse(String name, Class<?> type, String text) {
        try {
            if (type == int.class) {
                return Integer.parseInt(text);
            }
            if (type == long.class) {
                return Long.parseLong(text);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s=%s is no %s".formatted(name, text, type.getSimpleName()), e);
        }
        Object[] choices =
                type == boolean.class
                        ? new Object[] {true, false}
                        : type.isEnum() ? type.getEnumConstants() : new Object[0];
        for (Object choice : choices) {
            if (choice.toString().equals(text)) {
                return choice;
            }
        }
        throw new IllegalArgumentException(
                "%s=%s is none of %s".formatted(name, text, Arrays.toString(choices)));
    }

    private static Object make(Class<?> type, Object[] values) {
        Class<?>[] types =
                Arrays.stream(type.getRecordComponents())
                        .map(RecordComponent::getType)
                        .toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(String.valueOf(e.getCause()), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
