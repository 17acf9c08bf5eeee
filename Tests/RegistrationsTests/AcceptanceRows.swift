import Testing
import Values

@testable import Registrations

/// Whether a text is taken, and why not.
func fault<Value>(_ make: () throws(IdentifierFault) -> Value) -> IdentifierFault? {
    do throws(IdentifierFault) {
        _ = try make()
        return nil
    } catch {
        return error
    }
}

/// A text that is refused, with the code of its refusal.
struct Refusal: Sendable, CustomTestStringConvertible {
    let text: String
    let code: String

    init(_ text: String, _ code: String) {
        self.text = text
        self.code = code
    }

    var testDescription: String { "\"\(text)\" (\(code))" }
}

extension GSTStates {
    /// Those of the tests: every code from 01 to 38 and 97, two of which have ended.
    static let all = GSTStates(
        (1...38).map { number in
            GSTState(
                code: number < 10 ? "0\(number)" : "\(number)", name: "State \(number)",
                validTo: number == 25 ? .init(year: 2020, month: 1, day: 25) : nil)
        } + [GSTState(code: "97", name: "Other territory")])
}
