import NIOSSL

/// TLS for `rediss://`, made from the URL's options, which have redis-py's names: `ssl_ca_certs` (PEM file to trust
/// instead of the system's), `ssl_certfile` and `ssl_keyfile` (client certificate), `ssl_cert_reqs` (`required`, the
/// default, or `none`).
enum RedisTransportSecurity {
    private static let knownOptions: Set = ["ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs"]

    static func context(for url: RedisURL) throws(RedisError) -> NIOSSLContext? {
        if let unknown = url.options.keys.sorted().first(where: { !knownOptions.contains($0) }) {
            throw .configuration("unknown URL option \"\(unknown)\"")
        }
        guard url.usesTLS else {
            guard url.options.isEmpty else {
                throw .configuration("TLS options need a rediss:// URL")
            }
            return nil
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        try setVerification(of: &configuration, url.options)
        try setClientCertificate(of: &configuration, url.options)
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .configuration("TLS can't be set up from the URL's options: \(error)")
        }
    }

    private static func setVerification(
        of configuration: inout TLSConfiguration, _ options: [String: String]
    ) throws(RedisError) {
        switch options["ssl_cert_reqs"] {
        case nil, "required": configuration.certificateVerification = .fullVerification
        case "none": configuration.certificateVerification = .none
        case let other?: throw .configuration("ssl_cert_reqs is \"\(other)\"; expected required or none")
        }
        if let path = options["ssl_ca_certs"] {
            do {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path))
            } catch {
                throw .configuration("ssl_ca_certs: \"\(path)\" holds no readable PEM certificates")
            }
        }
    }

    private static func setClientCertificate(
        of configuration: inout TLSConfiguration, _ options: [String: String]
    ) throws(RedisError) {
        switch (options["ssl_certfile"], options["ssl_keyfile"]) {
        case (nil, nil): return
        case (let certificate?, let key?):
            do {
                configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map {
                    .certificate($0)
                }
                configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
            } catch {
                throw .configuration("ssl_certfile and ssl_keyfile are not a readable PEM certificate and key")
            }
        default: throw .configuration("ssl_certfile and ssl_keyfile belong together")
        }
    }
}
