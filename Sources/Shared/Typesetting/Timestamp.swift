import Foundation

/// Moments as the metadata of a PDF has them.
enum Timestamp {
    /// - Parameter seconds: since 1970.
    static func iso8601(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).ISO8601Format()
    }
}
