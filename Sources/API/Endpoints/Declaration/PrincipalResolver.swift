package import Core
package import Identity

/// Knows whose credentials a token is.
package protocol PrincipalResolver: Sendable {
    /// Who shows `token`; nil where it is nobody's.
    /// - Parameter order: the order that the path names: its access token counts there alone.
    func principal(bearing token: UTF8Text, order: UTF8Text?) async throws -> Principal?

    /// Whose session a browser shows the token of in its cookie; nil where it is nobody's any more.
    func principal(ofSession token: UTF8Text) async throws -> Principal?
}
