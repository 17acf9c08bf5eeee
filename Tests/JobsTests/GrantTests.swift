import Postgres
import TestSupport
import Testing

@Suite("What the database's roles are granted") struct GrantTests {
    private static let tables = """
        SELECT oid AS id, relname::text AS name, relacl FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
        """

    @Test("Every table's migration says what the processes and the readers may do with it")
    func explicit() async throws {
        try await TestDatabase.withDatabase { database in
            let silent = try await database.owner.queryValues(
                """
                SELECT name FROM (\(unescaped: Self.tables)) AS made WHERE NOT (
                    has_any_column_privilege('haat_readonly', id, 'SELECT')
                    AND (has_any_column_privilege('haat_app', id, 'SELECT, INSERT, UPDATE')
                        OR has_any_column_privilege('haat_maintenance', id, 'SELECT, INSERT, UPDATE')))
                ORDER BY 1
                """, as: String.self)
            #expect(
                silent.isEmpty,
                "\(silent): grant haat_app the columns that its statements insert and update, and haat_readonly what is no secret, in the migration that makes the table"
            )
        }
    }

    @Test("Rows are added and changed by column, and deleted only where the code deletes")
    func columns() async throws {
        try await TestDatabase.withDatabase { database in
            let whole = try await database.owner.queryValues(
                """
                SELECT concat_ws(' ', grantee::regrole, privilege_type, name)
                FROM (\(unescaped: Self.tables)) AS made, aclexplode(relacl)
                WHERE grantee <> 'haat_owner'::regrole AND privilege_type <> 'SELECT' ORDER BY 1
                """, as: String.self)
            let deleting = [
                "attribute_choices",
                "attribute_translations",
                "attributes",
                "cart_lines",
                "categories",
                "category_attributes",
                "category_listings",
                "category_slugs",
                "category_translations",
                "collection_products",
                "collections",
                "customer_addresses",
                "customer_group_members",
                "devices",
                "gateway_decisions",
                "idempotency_keys",
                "licence_key_import_parts",
                "locale_fallbacks",
                "media_references",
                "order_taggings",
                "price_list_prices",
                "prices",
                "product_attribute_choices",
                "product_attribute_values",
                "product_categories",
                "product_media",
                "product_options",
                "product_slugs",
                "product_translations",
                "products",
                "recovery_codes",
                "search_documents",
                "search_prices",
                "search_stale",
                "search_synonyms",
                "search_terms",
                "totp_factors",
                "variant_downloads",
                "variants",
                "webhook_endpoint_secrets",
                "wish_list_items",
            ]
            #expect(
                whole == deleting.map { "haat_app DELETE \($0)" }
                    + ["carts", "cron_runs", "guess_counts", "invitations", "sessions", "verifications"].map {
                        "haat_maintenance DELETE \($0)"
                    }
            )
            let byColumn = try await database.owner.queryValues(
                """
                SELECT DISTINCT concat_ws(' ', grantee::regrole, privilege_type)
                FROM (\(unescaped: Self.tables)) AS made JOIN pg_attribute ON attrelid = id, aclexplode(attacl) ORDER BY 1
                """, as: String.self)
            #expect(
                byColumn == ["haat_app INSERT", "haat_app UPDATE", "haat_maintenance UPDATE", "haat_readonly SELECT"])
        }
    }

    @Test("Everything is the owner's, partitions are reached through their table alone, and everybody has nothing")
    func closed() async throws {
        try await TestDatabase.withDatabase { database in
            let others = try await database.owner.queryValues(
                """
                SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
                    AND (relowner <> 'haat_owner'::regrole OR relispartition AND relkind = 'r' AND relacl IS NOT NULL
                        OR EXISTS (SELECT FROM aclexplode(relacl) WHERE grantee = 0))
                UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
                    AND (proowner <> 'haat_owner'::regrole OR has_function_privilege('public', oid, 'EXECUTE'))
                """, as: String.self)
            #expect(others.isEmpty)
        }
    }

    @Test("Readers see no secret: of binary columns only digests that prove, and what providers sent")
    func secrets() async throws {
        try await TestDatabase.withDatabase { database in
            let binary = try await database.owner.queryValues(
                """
                SELECT concat_ws('.', name, attname) FROM (\(unescaped: Self.tables)) AS made
                    JOIN pg_attribute ON attrelid = id AND attnum > 0 AND atttypid = 'bytea'::regtype
                WHERE has_column_privilege('haat_readonly', id, attnum, 'SELECT') AND name NOT LIKE 'audit\\_%' ORDER BY 1
                """, as: String.self)
            #expect(binary == ["webhook_events.body"])
            let changes = try await database.owner.queryValues(
                """
                SELECT name FROM (\(unescaped: Self.tables)) AS made
                WHERE has_any_column_privilege('haat_readonly', id, 'INSERT, UPDATE, REFERENCES')
                    OR has_table_privilege('haat_readonly', id, 'DELETE, TRUNCATE, TRIGGER')
                """, as: String.self)
            #expect(changes.isEmpty)
        }
    }
}
