import Foundation

@testable import SandboxRuntime

extension Harness {
    static let bkashCheckout = "/bkash/v1.2.0-beta/tokenized/checkout"
    static let bkashCredentials = ["username": "haat_sandbox", "password": "haat_sandbox_password"]
    static let bkashApp = #""app_key":"haat_sandbox_app_key","app_secret":"haat_sandbox_app_secret""#

    func bkashGrant() async throws -> Reply {
        try await send(
            .post, "\(Self.bkashCheckout)/token/grant", headers: Self.bkashCredentials, body: "{\(Self.bkashApp)}")
    }

    func bkashToken() async throws -> String { try await bkashGrant().json["id_token"]?.stringValue ?? "" }

    func bkash(_ token: String, _ path: String, _ json: String) async throws -> Reply {
        let prefix = path.hasPrefix("v2/") ? "/bkash/" : "\(Self.bkashCheckout)/"
        return try await send(
            .post, prefix + path, headers: ["Authorization": token, "X-App-Key": "haat_sandbox_app_key"], body: json)
    }

    func bkashCreate(_ token: String, invoice: String = "INV-1", more: String = "") async throws -> JSON {
        try await bkash(
            token, "create",
            #"{"mode":"0011","payerReference":"01770618575","callbackURL":"https://shop.example/back","amount":"100.50","currency":"BDT","intent":"sale","merchantInvoiceNumber":"\#(invoice)"\#(more)}"#
        ).json
    }

    /// A payment that the customer has agreed to.
    func bkashAgreed(_ token: String, invoice: String = "INV-1") async throws -> String {
        let id = try await bkashCreate(token, invoice: invoice)["paymentID"]?.stringValue ?? ""
        try await control("bkash/payments/answer", #"{"paymentID":"\#(id)"}"#)
        return id
    }

    func bkashExecute(_ token: String, _ payment: String) async throws -> JSON {
        try await bkash(token, "execute", #"{"paymentID":"\#(payment)"}"#).json
    }
}

/// Whether the openssl command takes an RSA signature (PKCS #1 v1.5) for the certificate's.
func opensslVerifies(_ bytes: [UInt8], signature: [UInt8], certificate: String, digest: String) throws -> Bool {
    let folder = FileManager.default.temporaryDirectory.appending(path: "haat-sns-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, data) in [("data", Data(bytes)), ("signature", Data(signature)), ("cert", Data(certificate.utf8))] {
        try data.write(to: folder.appending(path: name))
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.currentDirectoryURL = folder
    process.arguments = [
        "-c",
        "openssl x509 -in cert -pubkey -noout > key && openssl dgst -\(digest) -verify key -signature signature data",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0
}
