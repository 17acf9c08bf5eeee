import Foundation

/// The content of a file that holds one secret: what Docker, Kubernetes and systemd hand to a process.
struct SecretFile {
    /// More than any secret has, and too little to fill the memory.
    static let maximumBytes = 64 << 10

    /// Without one line break at its end, which editors and `echo` leave.
    let text: String
    /// Whether users besides its owner and group may read or change it.
    let isOpenToAll: Bool

    /// - Throws: `UnusableSecretFile`, which shows neither path nor content: in the place of a path stands at times the secret.
    init(path: String) throws(UnusableSecretFile) {
        // Not waiting: the other end of a pipe may never come.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw UnusableSecretFile(errorNumber: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw UnusableSecretFile(errorNumber: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw UnusableSecretFile(reason: "it is not a regular file") }
        isOpenToAll = status.st_mode & (S_IROTH | S_IWOTH) != 0
        text = try Self.text(of: Self.content(of: descriptor))
    }

    private static func content(of descriptor: Int32) throws(UnusableSecretFile) -> [UInt8] {
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4 << 10)
        while true {
            let count = read(descriptor, &piece, piece.count)
            guard count >= 0 else { throw UnusableSecretFile(errorNumber: errno) }
            guard count > 0 else { return content }
            content += piece[..<count]
            guard content.count <= maximumBytes else {
                throw UnusableSecretFile(reason: "it has more than \(maximumBytes) bytes")
            }
        }
    }

    private static func text(of content: [UInt8]) throws(UnusableSecretFile) -> String {
        var content = content[...]
        if content.last == UInt8(ascii: "\n") {
            content.removeLast()
            if content.last == UInt8(ascii: "\r") { content.removeLast() }
        }
        guard !content.isEmpty else { throw UnusableSecretFile(reason: "it is empty") }
        guard !content.contains(0), let text = String(validating: content, as: UTF8.self) else {
            throw UnusableSecretFile(reason: "it is not UTF-8 text")
        }
        return text
    }
}

/// Why the file of a secret can't be used.
struct UnusableSecretFile: Error {
    let reason: String

    init(reason: String) { self.reason = reason }

    init(errorNumber: Int32) {
        reason =
            switch errorNumber {
            case ENOENT, ENOTDIR: "there is no such file"
            case EACCES, EPERM: "this process may not read it"
            default: "reading it failed with error \(errorNumber)"
            }
    }
}
