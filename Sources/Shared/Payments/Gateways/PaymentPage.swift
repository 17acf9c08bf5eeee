import Core
import Foundation

/// The address of the page where a customer pays, as a provider gives it.
enum PaymentPage {
    /// Absolute, or relative to the API's own address: then it can't lead to another host.
    /// - Throws: ``MalformedEvent`` for what is no web address, or an open one behind an API that is not.
    static func url(_ text: UTF8Text, at baseURL: String) throws(MalformedEvent) -> String {
        guard (1...2048).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw MalformedEvent("the page's address is not one")
        }
        let isOpen = baseURL.utf8.starts(with: "http://".utf8)
        if text.utf8.starts(with: "https://".utf8) || isOpen && text.utf8.starts(with: "http://".utf8) {
            return text.string
        }
        // Neither another scheme nor, by two slashes, another host.
        let path = text.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard !path.contains(UInt8(ascii: ":")), !path.contains(UInt8(ascii: "\\")), !text.utf8.starts(with: "//".utf8)
        else { throw MalformedEvent("the page's address leads elsewhere") }
        guard path.first == UInt8(ascii: "/") else { return "\(baseURL)/\(text)" }
        return origin(of: baseURL) + text.string
    }

    /// Scheme, host and port.
    private static func origin(of baseURL: String) -> String {
        let slashes = baseURL.utf8.indices.filter { baseURL.utf8[$0] == UInt8(ascii: "/") }
        return slashes.count < 3 ? baseURL : String(baseURL[..<slashes[2]])
    }
}

extension ReportStatus {
    /// What says neither yes nor no when a checkout's time is over has expired; what is paid later is a late capture.
    func ended(with payment: Payment, at now: Date) -> ReportStatus {
        self == .pending && payment.sessionExpiresAt <= now ? .expired : self
    }
}
