package io.sluice.compat.scenario;

import io.sluice.compat.harness.Target;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives each test its own {@link Clients} and closes them after it. */
final class ClientsExtension implements ParameterResolver, AfterEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(ClientsExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == Clients.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        String name = test.getRequiredTestMethod().getName();
        Clients clients = new Clients(Target.shared(), name);
        test.getStore(NAMESPACE).put(Clients.class, clients);
        return clients;
    }

    @Override
    public void afterEach(ExtensionContext test) {
        Clients clients = test.getStore(NAMESPACE).remove(Clients.class, Clients.class);
        if (clients != null) {
            clients.close();
        }
    }
}
