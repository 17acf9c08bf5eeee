/// A kind of text to a telephone. Whenever its words change, its version counts up: each sent text records which one it was.
package protocol SMSTemplate: Sendable {
    static var name: String { get }
    static var version: Int { get }
    /// Short: what a text holds depends on its letters, 160 of the Latin alphabet or 70 of any other.
    func text(in locale: MessageLocale) -> String
}
