package io.sluice.protocol;

import static io.sluice.fuzz.Target.require;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
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
                            TransactionList.class,
                            MessageStatus.class,
                            NextDue.class,
                            ConsumerStatus.class)
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
        private final MethodHandle decode;
        private final @Nullable MethodHandle encode;
        private final List<Class<?>> encodeWith;

        /**
         * @param from the parameters of {@code decode}
         * @param with what {@code encode} may have as its parameter, if it has one
         */
        Codec(Class<?> type, Class<?>[] from, Class<?>... with) {
            this.type = type;
            Method written = encode(type, Set.of(with));
            this.encode = written == null ? null : handle(written);
            this.encodeWith = written == null ? List.of() : List.of(written.getParameterTypes());
            try {
                this.decode = handle(type.getDeclaredMethod("decode", from));
            } catch (NoSuchMethodException e) {
                throw new LinkageError(type + " is not read", e);
            }
        }

        private static @Nullable Method encode(Class<?> type, Set<Class<?>> with) {
            for (Method method : type.getDeclaredMethods()) {
                if (method.getName().equals("encode")
                        && !Modifier.isStatic(method.getModifiers())
                        && method.getParameterCount() <= 1
                        && with.containsAll(List.of(method.getParameterTypes()))) {
                    return method;
                }
            }
            return null;
        }

        /** Takes an array of objects. Throws what the method throws, without wrapping it. */
        private static MethodHandle handle(Method method) {
            try {
                MethodHandle handle = MethodHandles.lookup().unreflect(method);
                return handle.asSpreader(Object[].class, handle.type().parameterCount())
                        .asType(MethodType.methodType(Object.class, Object[].class));
            } catch (IllegalAccessException e) {
                throw new LinkageError(method + " cannot be called", e);
            }
        }

        private static Object call(MethodHandle handle, Object... arguments) {
            try {
                return (Object) handle.invokeExact(arguments);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        Class<?> type() {
            return type;
        }

        Object fields(Header header) {
            return call(decode, header);
        }

        Object body(byte[] in, int index, int sizeBytes) {
            return call(decode, Unpooled.wrappedBuffer(in), index, sizeBytes);
        }

        /** What was read, written and read again, is written the same. */
        void checkFields(Object fields, SerializeType serializeType) {
            if (encode != null) {
                byte[] once = bytes(encode, fields, serializeType);
                Object again = fields(Header.decode(Unpooled.wrappedBuffer(once), 0));
                byte[] twice = bytes(encode, again, serializeType);
                require(Arrays.equals(once, twice), "round trip of " + fields);
            }
        }

        private static byte[] bytes(
                MethodHandle encode, Object fields, SerializeType serializeType) {
            FrameWriter writer =
                    new FrameWriter().request(serializeType, RequestCode.SEND_MESSAGE_V2, 1);
            ByteBuf out = Unpooled.buffer();
            ((FrameWriter) call(encode, fields, writer)).finish(out, 0);
            return Arrays.copyOf(out.array(), out.readableBytes());
        }

        /** What was read, written and read again, is written the same. */
        void checkBody(Object body) {
            if (encode != null) {
                byte[] once = bytes(encode, body);
                byte[] twice = bytes(encode, body(once, 0, once.length));
                require(Arrays.equals(once, twice), "round trip of " + body);
            }
        }

        private byte[] bytes(MethodHandle encode, Object body) {
            JsonWriter json = new JsonWriter();
            if (encodeWith.isEmpty()) {
                json = (JsonWriter) call(encode, body);
            } else if (encodeWith.getFirst() == boolean.class) {
                json = (JsonWriter) call(encode, body, true); // in standard JSON
            } else {
                var _ = call(encode, body, json);
            }
            return json.toBytes();
        }
    }
}
