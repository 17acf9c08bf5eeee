/// Why a control call was refused.
struct ControlError: Error, CustomStringConvertible {
    let status: Int
    let description: String

    static func invalid(_ name: String, _ expected: String) -> ControlError {
        ControlError(status: 400, description: "\(name) must be \(expected).")
    }

    static func unknown(_ name: String, among names: [String]) -> ControlError {
        ControlError(
            status: 400, description: "\(name) is not known here; known are \(names.joined(separator: ", ")).")
    }

    static func notFound(_ what: String) -> ControlError {
        ControlError(status: 404, description: "\(what) does not exist.")
    }

    static func conflict(_ reason: String) -> ControlError {
        ControlError(status: 409, description: reason)
    }
}
