package io.sluice.protocol;

import static io.sluice.fuzz.Target.require;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every record that is read from a header or from a JSON body, found by its {@code decode}. What is
 * also written, by an {@code encode}, has to be written the same after it was read again.
 */
final class Codecs {
    private static final Class<?>[] FROM_HEADER = {Header.class};
    private static final Class<?>[] FROM_BODY = {ByteBuf.class, int.class, int.class};

    private Codecs() {}

    /** Headers: all of them, in the order of their names. */
    static final List<Codec> HEADERS =
            readFrom(FROM_HEADER)
                    .map(type -> new Codec(type, FROM_HEADER, FrameWriter.class))
                    .toList();

    /** Bodies. Inputs that are kept name them by their place here: add at the end. */
    static final List<Codec> BODIES =
            Stream.of(
                            CheckClientRequestBody.class,
                            ClusterInfo.class,
                            ConsumeStats.class,
                            GetConsumerListByGroupResponseBody.class,
                            HeartbeatData.class,
                            KeyValues.class,
                            LockBatchRequestBody.class,
                            LockBatchResponseBody.class,
                            SubscriptionGroupConfig.class,
                            SubscriptionGroupList.class,
                            TopicConfig.class,
                            TopicList.class,
                            TopicRouteData.class,
                            UnlockBatchRequestBody.class,
                            TopicConfigList.class,
                            SubscriptionGroupConfigList.class,
                            BatchAckBody.class,
                            MessageRequestMode.class,
                            QueryAssignmentBody.class,
                            ResetOffsetBody.class,
                            TransactionList.class)
                    .map(type -> new Codec(type, FROM_BODY, boolean.class, JsonWriter.class))
                    .toList();

    /** The bodies that there are, in the order of their names. */
    static List<Class<?>> bodies() {
        return readFrom(FROM_BODY).toList();
    }

    private static Stream<Class<?>> readFrom(Class<?>... parameters) {
        return new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("io.sluice.protocol")
                        .stream()
                        .filter(type -> type.tryGetMethod("decode", parameters).isPresent())
                        .filter(type ->
                                type.getMethod("decode", parameters)
                                        .getRawReturnType()
                                        .equals(type))
                        .sorted(Comparator.comparing(JavaClass::getSimpleName))
                        .map(JavaClass::reflect);
    }

    /** One record: how it is read, and written if it is. */
    static final class Codec {
        private final Class<?> type;
        private final Method decode;
        private final @Nullable Method encode;

        Codec(Class<?> type, Class<?>[] from, Class<?>... with) {
            this.type = type;
            try {
                this.decode = type.getDeclaredMethod("decode", from);
            } catch (NoSuchMethodException e) {
                throw new LinkageError(type + " is not read", e);
            }
            this.encode = encode(type, Set.of(with));
            decode.setAccessible(true);
        }

        /** The method that writes it, with one of these as its parameter, or none. */
        private static @Nullable Method encode(Class<?> type, Set<Class<?>> with) {
            for (Method method : type.getDeclaredMethods()) {
                if (method.getName().equals("encode")
                        && !Modifier.isStatic(method.getModifiers())
                        && method.getParameterCount() <= 1
                        && with.containsAll(List.of(method.getParameterTypes()))) {
                    method.setAccessible(true);
                    return method;
                }
            }
            return null;
        }

        Class<?> type() {
            return type;
        }

        Object fields(Header header) {
            return call(decode, null, header);
        }

        Object body(byte[] in, int index, int sizeBytes) {
            return call(decode, null, Unpooled.wrappedBuffer(in), index, sizeBytes);
        }

        /** What was read, written and read again, is written the same. */
        void checkFields(Object fields, SerializeType serializeType) {
            requireSame(
                    fields,
                    encode == null ? null : read -> bytes(encode, read, serializeType),
                    bytes -> fields(Header.decode(Unpooled.wrappedBuffer(bytes), 0)));
        }

        private static byte[] bytes(Method encode, Object fields, SerializeType serializeType) {
            FrameWriter writer =
                    new FrameWriter().request(serializeType, RequestCode.SEND_MESSAGE_V2, 1);
            ByteBuf out = Unpooled.buffer();
            ((FrameWriter) call(encode, fields, writer)).finish(out, 0);
            return Arrays.copyOf(out.array(), out.readableBytes());
        }

        /** What was read, written and read again, is written the same. */
        void checkBody(Object body) {
            requireSame(
                    body,
                    encode == null ? null : read -> bytes(encode, read),
                    bytes -> body(bytes, 0, bytes.length));
        }

        private static byte[] bytes(Method encode, Object body) {
            if (encode.getParameterCount() == 0) {
                return ((JsonWriter) call(encode, body)).toBytes();
            }
            if (encode.getParameterTypes()[0] == boolean.class) {
                return ((JsonWriter) call(encode, body, true)).toBytes(); // in standard JSON
            }
            JsonWriter json = new JsonWriter();
            call(encode, body, json);
            return json.toBytes();
        }

        private static void requireSame(
                Object read,
                @Nullable Function<Object, byte[]> write,
                Function<byte[], Object> readAgain) {
            if (write != null) {
                byte[] once = write.apply(read);
                byte[] twice = write.apply(readAgain.apply(once));
                require(Arrays.equals(once, twice), "round trip of " + read);
            }
        }

        private static Object call(Method method, @Nullable Object on, Object... arguments) {
            try {
                return method.invoke(on, arguments);
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof RuntimeException refused) {
                    throw refused;
                }
                throw new IllegalStateException(method + " has failed", e.getCause());
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(method + " cannot be called", e);
            }
        }
    }
}
