package org.fhirtrd.servers.hapi;

import ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirPostgresDialect;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.Properties;
import javax.sql.DataSource;

/** Where the resources are kept: H2 in memory, H2 in a file, or PostgreSQL. */
record Database(String url) {

    DataSource source() {
        var settings = new HikariConfig();
        settings.setJdbcUrl(url);
        settings.setMaximumPoolSize(20);
        return new HikariDataSource(settings);
    }

    Properties hibernate() {
        var settings = new Properties();
        settings.put("hibernate.dialect", (isPostgres() ? HapiFhirPostgresDialect.class : HapiFhirH2Dialect.class).getName());
        settings.put("hibernate.hbm2ddl.auto", isFleeting() ? "create" : "update");
        settings.put("hibernate.search.enabled", "false");
        settings.put("hibernate.jdbc.batch_size", "30");
        settings.put("hibernate.order_inserts", "true");
        settings.put("hibernate.order_updates", "true");
        settings.put("hibernate.cache.use_query_cache", "false");
        settings.put("hibernate.cache.use_second_level_cache", "false");
        return settings;
    }

    private boolean isPostgres() {
        return url.startsWith("jdbc:postgresql:");
    }

    private boolean isFleeting() {
        return url.startsWith("jdbc:h2:mem:");
    }
}
