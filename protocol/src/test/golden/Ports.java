/** Where server, recorder and clients meet. The recorder listens at 127.0.0.2, the server at .1. */
class Ports {
    static final int NAMESRV = 19876;
    static final int BROKER = 20911;

    /** Where old clients send to. */
    static final int VIP = BROKER - 2;
}
