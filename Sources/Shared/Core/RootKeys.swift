import Foundation

/// A root key of the installation with those that it has followed, which go on to open and to verify what they made.
package struct RootKeys: Sendable {
    package let current: EncryptionKey
    package let retired: [EncryptionKey]

    package init(_ current: EncryptionKey, retired: [EncryptionKey] = []) {
        self.current = current
        self.retired = retired
    }

    /// The current one first.
    package var all: [EncryptionKey] { [current] + retired }
}

extension SettingsReader {
    /// A required key NAME and, comma-separated, those before it.
    mutating func rootKeys(_ name: String, retired retiredName: String) -> RootKeys {
        let current = secret(
            name, placeholder: EncryptionKey(), expected: "32 bytes in base64: \(SecretStrength.advice)",
            objection: SettingForm.objection(toKey:), SettingForm.encryptionKey)
        let retired = optionalSecret(
            retiredName, default: [], expected: "keys of 32 bytes in base64, separated by commas",
            objection: SettingForm.objection(toKeys:), SettingForm.encryptionKeys)
        return RootKeys(current, retired: retired.compactMap { SettingForm.encryptionKey($0.reveal()) })
    }
}

extension SettingForm {
    static func encryptionKey(_ text: String) -> EncryptionKey? {
        Data(base64Encoded: text).flatMap { try? EncryptionKey(bytes: Array($0)) }
    }

    /// The texts of keys, each a secret by itself.
    static func encryptionKeys(_ text: String) -> [Secret]? {
        tokens(text).flatMap { secrets in
            secrets.allSatisfy { encryptionKey($0.reveal()) != nil } ? secrets : nil
        }
    }

    static func objection(toKey text: String) -> String? {
        Data(base64Encoded: text).flatMap { SecretStrength.objection(to: Array($0)) }
    }

    static func objection(toKeys text: String) -> String? {
        tokens(text)?.lazy.compactMap { objection(toKey: $0.reveal()) }.first
    }
}
