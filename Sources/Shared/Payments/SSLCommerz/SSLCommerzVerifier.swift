import Core
import Crypto
package import Foundation
package import Webhooks

/// SSLCommerz's `verify_sign`: an MD5 over the fields that `verify_key` names and the MD5 of the store's password. It keeps strangers out;
/// what a notification says is asked for nevertheless, as that is all the proof that SSLCommerz itself calls one.
/// Sources: sslcommerz_lib of PyPI, SSLCommerz-Laravel.
package struct SSLCommerzVerifier: WebhookVerifier {
    /// What has to be signed, whatever `verify_key` says: the sender writes that, too.
    private static let required: [UTF8Text] = [
        "amount", "currency", "currency_amount", "currency_type", "status", "store_id", "tran_id",
    ]
    private static let passwordKey: UTF8Text = "store_passwd"
    private static let keyLimit = 100

    private let storeID: UTF8Text
    /// Lower-case hexadecimal.
    private let passwordDigest: String

    package init(storeID: String, storePassword: String) {
        self.storeID = UTF8Text(storeID)
        passwordDigest = Self.digest(Array(storePassword.utf8))
    }

    package let headers: [String] = []

    package func isRelevant(_ type: String) -> Bool { true }

    package func claim(header: (String) -> String?, now: Date) throws(WebhookRejection) {}

    package func verify(_ claim: Void, body: [UInt8]) throws(WebhookRejection) -> VerifiedEvent {
        let fields: [UTF8Text: String]
        let id: String
        do {
            fields = try PercentEncoding.fields(of: body)
            id = try Self.id(fields)
        } catch {
            throw .malformedEvent(error.description)
        }
        guard let signature = fields["verify_sign"], let names = fields["verify_key"] else {
            throw .missingSignature(header: "verify_sign")
        }
        guard fields["store_id"].map({ UTF8Text($0) }) == storeID else {
            throw .malformedEvent("it is of another store")
        }
        guard let expected = code(of: fields, over: names) else { throw .malformedSignature }
        guard ConstantTime.areEqual(Array(expected.utf8), Array(UTF8Text(signature).lowercasedASCII.utf8)) else {
            throw .signatureMismatch
        }
        return VerifiedEvent(id: id, type: Self.type(fields))
    }

    /// nil where a field is named that is not there, or too little is signed.
    private func code(of fields: [UTF8Text: String], over names: String) -> String? {
        let keys = Array(names.utf8).split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { UTF8Text(String(decoding: $0, as: UTF8.self)) }
        let isPaid = fields["val_id"]?.isEmpty == false
        guard keys.count <= Self.keyLimit, (Self.required + (isPaid ? ["val_id"] : [])).allSatisfy(keys.contains),
            !keys.contains(Self.passwordKey)
        else { return nil }
        var pairs = [(key: Self.passwordKey, value: passwordDigest)]
        for key in keys {
            guard let value = fields[key] else { return nil }
            pairs.append((key, value))
        }
        pairs.sort { $0.key < $1.key }
        var text: [UInt8] = []
        for (index, pair) in pairs.enumerated() {
            if index > 0 { text.append(UInt8(ascii: "&")) }
            text += Array(pair.key.utf8) + [UInt8(ascii: "=")] + Array(pair.value.utf8)
        }
        while text.last == UInt8(ascii: "&") { text.removeLast() }
        return Self.digest(text)
    }

    /// A payment by its validation, an attempt without one by what it has else.
    private static func id(_ fields: [UTF8Text: String]) throws(MalformedEvent) -> String {
        let parts = ["tran_id", "val_id", "bank_tran_id", "status"].map { fields[$0] ?? "" }
        guard !parts[0].isEmpty, !parts[3].isEmpty else { throw MalformedEvent("tran_id or status is missing") }
        let id = parts.joined(separator: ":")
        guard id.utf8.count <= 200, id.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw MalformedEvent("its names are too long or no plain words")
        }
        return id
    }

    private static func type(_ fields: [UTF8Text: String]) -> String {
        "ipn.\(UTF8Text(fields["status"] ?? "").lowercasedASCII.excerpt(20))"
    }

    private static func digest(_ bytes: [UInt8]) -> String {
        Hexadecimal.encode(Insecure.MD5.hash(data: bytes))
    }
}
