/// Secrets as an installation has them, which processes accept. They protect nothing.
package enum TestSecrets {
    package static let adminToken = "S2XxQSu9RV6uf0Xz3zA52Juusl4goCu6OkD9YbuA4no="
    package static let encryptionKey = "LAyFLkXA5imnDjxKu+NWiRkE9MWmj71VSWYunQjxqSE="
    /// To rotate to.
    package static let nextEncryptionKey = "UFhyEQvTeLwz2tjGVx4nOErHkQg5GtrLuTbowQFYCG4="
    package static let auditKey = "pB2hZbl+QGJ2jAoVs9uZL35bTQ5r63E7LX9niCCRVSM="
    package static let nextAuditKey = "OMgbm9LX7K19EixrcHe5OILCwzE65Tg35UFXHpHfgPM="
    package static let webhookSecret = "whsec_23ad00c562a444bbefe0f0fb6b9fc370"
    package static let otherWebhookSecret = "whsec_4ec44068d996f071a93ea9af7ef7f78d"
}
