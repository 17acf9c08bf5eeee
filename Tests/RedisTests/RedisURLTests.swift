import Testing

@testable import Redis

@Suite("A Redis URL")
struct RedisURLTests {
    @Test("has a default port and database")
    func defaults() throws {
        let url = try RedisURL(parsing: "redis://cache.internal")
        #expect(url.host == "cache.internal")
        #expect(url.port == 6379)
        #expect(url.database == 0)
        #expect(url.username == nil)
        #expect(url.password == nil)
        #expect(!url.usesTLS)
    }

    @Test("carries user, percent-encoded password, port and database")
    func everything() throws {
        let url = try RedisURL(parsing: "rediss://haat:p%40ss%2F%3A%25@10.0.0.7:6380/12?ssl_cert_reqs=none")
        #expect(url.usesTLS)
        #expect(url.username == "haat")
        #expect(url.password == "p@ss/:%")
        #expect(url.host == "10.0.0.7")
        #expect(url.port == 6380)
        #expect(url.database == 12)
        #expect(url.options == ["ssl_cert_reqs": "none"])
    }

    @Test("may have a password alone, with @ and : in it")
    func passwordAlone() throws {
        let url = try RedisURL(parsing: "REDIS://:s3:cr@t@localhost/")
        #expect(url.username == nil)
        #expect(url.password == "s3:cr@t")
        #expect(url.host == "localhost")
    }

    @Test("takes IPv6 addresses in brackets", arguments: [("redis://[::1]", 6379), ("redis://[::1]:7000/1", 7000)])
    func addresses(text: String, port: Int) throws {
        let url = try RedisURL(parsing: text)
        #expect(url.host == "::1")
        #expect(url.port == port)
    }

    @Test(
        "names what is wrong with it",
        arguments: [
            ("localhost:6379", "no scheme"), ("http://localhost", "unknown URL scheme \"http\""),
            ("redis://", "names no host"), ("redis://:6379", "names no host"),
            ("redis://localhost:port", "the port"), ("redis://localhost:0", "the port"),
            ("redis://localhost:65536", "the port"), ("redis://localhost:", "the port"),
            ("redis://::1", "brackets"), ("redis://[::1", "closing bracket"), ("redis://[::1]x", "only a port"),
            ("redis://localhost/zero", "database number"), ("redis://localhost/-1", "database number"),
            ("redis://user@localhost", "without a password"), ("redis://:a%2@localhost", "percent-encoding"),
            ("redis://:a%ff@localhost", "UTF-8"), ("redis://:a%zz@localhost", "percent-encoding"),
            ("redis://:a%+5@localhost", "percent-encoding"), ("redis://:a%-0@localhost", "percent-encoding"),
            ("redis://:a#b@localhost", "%23"), ("redis://localhost?db", "has no value"),
        ])
    func mistakes(text: String, part: String) {
        #expect {
            _ = try RedisURL(parsing: text)
        } throws: { error in
            guard case .configuration(let message) = error as? RedisError else { return false }
            return message.contains(part)
        }
    }

    @Test(
        "gives no configuration with options that make no sense",
        arguments: [
            ("redis://localhost?ssl_cert_reqs=none", "rediss://"), ("rediss://localhost?speed=high", "\"speed\""),
            ("rediss://localhost?ssl_cert_reqs=maybe", "ssl_cert_reqs"),
            ("rediss://localhost?ssl_ca_certs=/does/not/exist.pem", "ssl_ca_certs"),
            ("rediss://localhost?ssl_certfile=/a.pem", "belong together"),
            ("rediss://localhost?ssl_certfile=/a.pem&ssl_keyfile=/b.pem", "ssl_keyfile"),
        ])
    func badOptions(text: String, part: String) {
        #expect {
            _ = try RedisConfiguration(url: text)
        } throws: { "\($0)".contains(part) }
    }

    @Test("never shows the password in an error")
    func secrecy() {
        for text in [
            "redis://u:hunter2@localhost:x", "redis://u:hunter2@", "redis://u:hunter2%@h", "redis://u:hunter2@h/q",
        ] {
            #expect {
                _ = try RedisURL(parsing: text)
            } throws: { !"\($0)".contains("hunter2") }
        }
    }
}
