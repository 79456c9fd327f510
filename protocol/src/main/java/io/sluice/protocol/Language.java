package io.sluice.protocol;

/** The language of a client; the ordinal is the code on the wire. */
public enum Language {
    JAVA,
    CPP,
    DOTNET,
    PYTHON,
    DELPHI,
    ERLANG,
    RUBY,
    OTHER,
    HTTP,
    GO,
    PHP,
    OMS,
    RUST,
    NODE_JS;

    private static final Language[] ALL = values();

    /** The language of a code; {@link #OTHER} for one that is not known. */
    static Language of(int code) {
        return code >= 0 && code < ALL.length ? ALL[code] : OTHER;
    }

    /** The language of a name on the wire; {@link #OTHER} for one that is not known. */
    static Language of(byte[] bytes, int from, int to) {
        for (Language language : ALL) {
            if (Ascii.equals(language.name(), bytes, from, to)) {
                return language;
            }
        }
        return OTHER;
    }
}
