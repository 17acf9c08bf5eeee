import CCurl
import Core
import Foundation

/// One libcurl easy handle with its open connection to the mail server.
///
/// `@unchecked Sendable`: a handle may move between threads as long as one uses it at a time, and ``SMTPTransport`` lends each to
/// one caller at a time.
final class CurlSession: @unchecked Sendable {
    private static let libraryReady = haat_curl_global_init() == CURLE_OK

    private let configuration: SMTPConfiguration
    private let handle: OpaquePointer

    init(configuration: SMTPConfiguration) throws(SMTPError) {
        guard Self.libraryReady, let handle = curl_easy_init() else {
            throw .temporary(code: nil, reason: "libcurl could not be initialised")
        }
        self.configuration = configuration
        self.handle = OpaquePointer(handle)
    }

    deinit {
        curl_easy_cleanup(pointer)
    }

    private var pointer: UnsafeMutableRawPointer { UnsafeMutableRawPointer(handle) }

    /// Blocks until the server has accepted or refused the message or a timeout has passed.
    func deliver(_ message: MailMessage) throws(SMTPError) {
        // Keeps the connection; drops the options, and with them every pointer of the delivery before.
        curl_easy_reset(pointer)
        let exchange = Exchange(upload: message.encoded())
        guard let recipients = curl_slist_append(nil, message.to.address.rawValue) else {
            throw .temporary(code: nil, reason: "out of memory")
        }
        defer { curl_slist_free_all(recipients) }
        let result = withExtendedLifetime(exchange) {
            let prepared = prepare(message, exchange: exchange, recipients: recipients)
            return prepared == CURLE_OK ? curl_easy_perform(pointer) : prepared
        }
        guard result != CURLE_OK else { return }
        var code = 0
        haat_curl_response_code(pointer, &code)
        throw SMTPError(
            replyCode: code, reply: exchange.reply(with: code),
            transportReason: String(cString: curl_easy_strerror(result)))
    }

    private func prepare(
        _ message: MailMessage, exchange: Exchange, recipients: UnsafeMutablePointer<curl_slist>
    ) -> CURLcode {
        let context = Unmanaged.passUnretained(exchange).toOpaque()
        let settings: [() -> CURLcode] =
            connectionSettings() + [
                { haat_curl_set_string(self.pointer, CURLOPT_MAIL_FROM, message.from.address.rawValue) },
                { haat_curl_set_list(self.pointer, CURLOPT_MAIL_RCPT, recipients) },
                { haat_curl_set_long(self.pointer, CURLOPT_UPLOAD, 1) },
                { haat_curl_set_read(self.pointer, uploadChunk, context) },
                { haat_curl_set_header(self.pointer, receiveReply, context) },
            ]
        for setting in settings {
            let code = setting()
            guard code == CURLE_OK else { return code }
        }
        return CURLE_OK
    }

    private func connectionSettings() -> [() -> CURLcode] {
        let configuration = configuration
        let pointer = pointer
        let scheme = configuration.implicitTLS ? "smtps" : "smtp"
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        let security =
            switch configuration.startTLS {
            case .required: CURLUSESSL_ALL
            case .none: CURLUSESSL_NONE
            }
        return [
            { haat_curl_set_string(pointer, CURLOPT_URL, "\(scheme)://\(host):\(configuration.port)") },
            { haat_curl_set_string(pointer, CURLOPT_PROTOCOLS_STR, "smtp,smtps") },
            // Signals would interrupt other threads of the process.
            { haat_curl_set_long(pointer, CURLOPT_NOSIGNAL, 1) },
            { haat_curl_set_long(pointer, CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.milliseconds) },
            { haat_curl_set_long(pointer, CURLOPT_TIMEOUT_MS, configuration.timeout.milliseconds) },
            { haat_curl_set_long(pointer, CURLOPT_MAXAGE_CONN, 60) },
            { haat_curl_set_long(pointer, CURLOPT_USE_SSL, Int(security.rawValue)) },
            { configuration.user.map { haat_curl_set_string(pointer, CURLOPT_USERNAME, $0) } ?? CURLE_OK },
            { configuration.password.map { haat_curl_set_string(pointer, CURLOPT_PASSWORD, $0) } ?? CURLE_OK },
        ]
    }
}

/// What the C callbacks of one delivery read from and write to.
private final class Exchange {
    private let upload: [UInt8]
    private var sent = 0
    private var replies: [String] = []

    init(upload: [UInt8]) {
        self.upload = upload
    }

    func fill(_ target: UnsafeMutablePointer<CChar>, capacity: Int) -> Int {
        let count = min(capacity, upload.count - sent)
        guard count > 0 else { return 0 }
        upload[sent..<sent + count].withUnsafeBytes { source in
            UnsafeMutableRawBufferPointer(start: target, count: capacity).copyMemory(from: source)
        }
        sent += count
        return count
    }

    func note(_ line: UnsafeBufferPointer<UInt8>) {
        replies.append(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// The last line with this code: libcurl says QUIT after a refusal, so the very last line is only a farewell.
    func reply(with code: Int) -> String {
        replies.last { $0.hasPrefix(String(code)) } ?? ""
    }
}

private let uploadChunk: curl_read_callback = { target, size, count, context in
    guard let target, let context else { return Int(CURL_READFUNC_ABORT) }
    return Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue().fill(target, capacity: size * count)
}

private let receiveReply: curl_write_callback = { line, size, count, context in
    guard let line, let context else { return size * count }
    line.withMemoryRebound(to: UInt8.self, capacity: size * count) { bytes in
        Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
            .note(UnsafeBufferPointer(start: bytes, count: size * count))
    }
    return size * count
}

extension Duration {
    fileprivate var milliseconds: Int { Int(self / .milliseconds(1)) }
}
