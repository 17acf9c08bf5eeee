/// What a listener hears.
package enum PostgresNotification: Sendable, Equatable {
    /// LISTEN is in force (again). What was sent before, or while the connection was away, was not heard.
    case resumed
    case message(payload: String)
}
