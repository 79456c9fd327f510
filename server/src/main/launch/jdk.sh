# Sourced by ./sluice and ./test: finds a JDK 25 without starting a JVM.
# shellcheck shell=sh

is_jdk_25() {
    [ -x "$1/bin/javac" ] && grep -q '^JAVA_VERSION="25[".+-]' "$1/release" 2>/dev/null
}

# Prints the home of the first JDK 25 of: JAVA_HOME, PATH, the usual places of each system.
find_jdk_25() {
    on_path=$(command -v javac 2>/dev/null) && on_path=$(readlink -f "$on_path" 2>/dev/null)
    for home in "${JAVA_HOME:-}" "${on_path%/bin/javac}" \
        /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
        "${SDKMAN_DIR:-$HOME/.sdkman}"/candidates/java/* "$HOME"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk@25 /opt/homebrew/opt/openjdk@25/libexec/openjdk.jdk/Contents/Home; do
        if [ -n "$home" ] && is_jdk_25 "$home"; then
            printf '%s\n' "$home"
            return 0
        fi
    done
    echo "Sluice needs a JDK 25 and found none; get one from https://adoptium.net (or: sdk install java 25-tem) and set JAVA_HOME to it." >&2
    return 1
}

# Maven on that JDK, without the warnings that Maven 3.8's own libraries cause there.
maven_on() {
    maven_home=$1
    shift
    if ! command -v mvn >/dev/null 2>&1; then
        echo "Sluice builds with Maven 3.8 or newer and found no 'mvn'; get it from https://maven.apache.org (or: apt install maven, brew install maven)." >&2
        return 1
    fi
    JAVA_HOME=$maven_home \
        MAVEN_OPTS="${MAVEN_OPTS:-} --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow" \
        mvn --batch-mode --no-transfer-progress "$@"
}
