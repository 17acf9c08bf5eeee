import Synchronization

@testable import Notifications

/// Takes or refuses messages as a test wants it.
final class StubTransport: MailTransport {
    let answers = Mutex<[SMTPError?]>([])
    let delivered = Mutex<[MailMessage]>([])

    func deliver(_ message: MailMessage) async throws(SMTPError) {
        let answer = answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if let answer { throw answer }
        delivered.withLock { $0.append(message) }
    }

    var messages: [MailMessage] { delivered.withLock { $0 } }
}

/// Takes or refuses texts as a test wants it.
final class StubGateway: SMSTransport {
    let answers = Mutex<[SMSError?]>([])
    private let delivered = Mutex<[SMSMessage]>([])

    var messages: [SMSMessage] { delivered.withLock { $0 } }

    func deliver(_ message: SMSMessage) async throws(SMSError) {
        let answer = answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if let answer { throw answer }
        delivered.withLock { $0.append(message) }
    }
}
