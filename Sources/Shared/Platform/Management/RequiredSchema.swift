/// The schema that this build's statements are written for.
enum RequiredSchema {
    /// All of `Migrations/`, not only the newest: of two authors' files the older one may be merged, and applied, later. Others may be
    /// applied beside them: they leave room for the processes before them.
    static let migrations = [
        "20261120224404_jobs.sql",
        "20261120224405_webhooks.sql",
        "20261120225514_audit.sql",
        "20261120231254_idempotency.sql",
        "20261120231300_vault.sql",
        "20261120231301_vendors_catalog_inventory.sql",
        "20261120231302_orders.sql",
        "20261120231303_payments_ledger.sql",
        "20261120231304_notifications.sql",
        "20261121030925_audit_checkpoints.sql",
        "20261128212815_job_fences.sql",
        "20261129011706_events.sql",
        "20261129071200_api_keys.sql",
        "20261129110000_roles.sql",
        "20261130100000_media.sql",
        "20261130101000_products.sql",
        "20261130101100_categories.sql",
        "20261130101200_attributes.sql",
        "20261130101300_catalogue_translations.sql",
        "20261130102000_vendors.sql",
        "20261130110000_accounts.sql",
        "20261130120000_messages.sql",
        "20261130140000_teams.sql",
        "20261130150000_stock.sql",
        "20261130155000_search.sql",
        "20261130160000_product_imports.sql",
        "20261201100000_customers.sql",
        "20261201120000_taxes.sql",
        "20261201121000_promotions.sql",
        "20261201130000_shipping_rates.sql",
        "20261201131000_carts.sql",
        "20261201140000_documents.sql",
    ]
}
