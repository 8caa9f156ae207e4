package org.fhirtrd.servers.hapi;

import ca.uhn.fhir.jpa.api.config.JpaStorageSettings.ClientIdStrategyEnum;
import ca.uhn.fhir.rest.server.RestfulServer;
import java.io.IOException;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** A HAPI FHIR R4 server on a port of the loopback interface, until its input ends. */
public final class Main {
    private static final String PATH = "/fhir";

    private Main() {}

    /**
     * Serves from the database with the given JDBC URL; a second argument is the port, 0 (any free one) unless given; a third
     * says which ids of clients are taken: ANY, unless given, or NOT_ALLOWED.
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 0) {
            System.err.println("usage: Main JDBC-URL [PORT [CLIENT-IDS]]; found no argument, wanted the JDBC URL of an H2 or PostgreSQL database");
            System.exit(2);
        }
        var port = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0;
        var clientIds = ClientIdStrategyEnum.valueOf(arguments.length > 2 ? arguments[2] : "ANY");
        try (var beans = beans(new Database(arguments[0]), clientIds)) {
            var jetty = jetty(beans.getBean(RestfulServer.class), port);
            jetty.start();
            System.out.println("ready " + jetty.getURI().resolve(PATH));
            waitForEndOfInput();
            jetty.stop();
        }
        System.exit(0);
    }

    private static AnnotationConfigApplicationContext beans(Database database, ClientIdStrategyEnum clientIds) {
        var beans = new AnnotationConfigApplicationContext();
        beans.registerBean(Database.class, () -> database);
        beans.registerBean(ClientIdStrategyEnum.class, () -> clientIds);
        beans.register(Storage.class, Rest.class, QuickJobs.class, Validation.class);
        beans.refresh();
        return beans;
    }

    private static Server jetty(RestfulServer fhir, int port) {
        var http = new HttpConfiguration();
        // Clients write the bar of system|code unescaped.
        http.setUriCompliance(UriCompliance.LEGACY);
        var jetty = new Server();
        var connector = new ServerConnector(jetty, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        jetty.addConnector(connector);
        var servlets = new ServletContextHandler("/");
        servlets.getServletHandler().setDecodeAmbiguousURIs(true);
        servlets.addServlet(new ServletHolder(fhir), PATH + "/*");
        jetty.setHandler(servlets);
        return jetty;
    }

    /** Whoever started this server holds its input: when that process is gone, the server goes too. */
    private static void waitForEndOfInput() throws IOException {
        while (System.in.read() >= 0) {
            continue;
        }
    }
}
