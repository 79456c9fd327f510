import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.rocketmq.broker.BrokerController;
import org.apache.rocketmq.common.BrokerConfig;
import org.apache.rocketmq.common.MQVersion;
import org.apache.rocketmq.common.namesrv.NamesrvConfig;
import org.apache.rocketmq.namesrv.NamesrvController;
import org.apache.rocketmq.remoting.netty.NettyClientConfig;
import org.apache.rocketmq.remoting.netty.NettyServerConfig;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.store.config.MessageStoreConfig;

/**
 * Apache RocketMQ itself, name server and broker in one process on 127.0.0.1. It tells clients that
 * it is at 127.0.0.2, where the recorder listens. Prints READY; ends when its input ends.
 */
class Server {
    public static void main(String[] args) throws Exception {
        // without it the broker passes for one so old that the name server ignores its topics
        System.setProperty(
                RemotingCommand.REMOTING_VERSION_KEY, Integer.toString(MQVersion.CURRENT_VERSION));
        Path home = Path.of(args[0]);
        NamesrvConfig namesrv = new NamesrvConfig();
        namesrv.setRocketmqHome(home.toString());
        namesrv.setKvConfigPath(home.resolve("kv.json").toString());
        NamesrvController nameServer = new NamesrvController(namesrv, netty(Ports.NAMESRV));
        nameServer.initialize();
        nameServer.start();

        BrokerConfig config = new BrokerConfig();
        config.setRocketmqHome(home.toString());
        config.setBrokerName("broker-a");
        config.setBrokerClusterName("DefaultCluster");
        config.setBrokerIP1("127.0.0.2");
        config.setNamesrvAddr("127.0.0.1:" + Ports.NAMESRV);
        config.setEnablePropertyFilter(true);
        MessageStoreConfig store = new MessageStoreConfig();
        store.setStorePathRootDir(Files.createDirectories(home.resolve("store")).toString());
        store.setStorePathCommitLog(home.resolve("store/commitlog").toString());
        store.setMappedFileSizeCommitLog(16 * 1024 * 1024);
        store.setHaListenPort(0);
        BrokerController broker =
                new BrokerController(config, netty(Ports.BROKER), new NettyClientConfig(), store);
        broker.initialize();
        broker.start();
        System.out.println("READY");
        while (System.in.read() >= 0) {}
        Runtime.getRuntime().halt(0);
    }

    private static NettyServerConfig netty(int port) {
        NettyServerConfig netty = new NettyServerConfig();
        netty.setBindAddress("127.0.0.1");
        netty.setListenPort(port);
        return netty;
    }
}
