package import Core

/// Why a text is not the number that it was given as.
package enum IdentifierFault: Error, Hashable, Sendable {
    /// More than anybody types.
    case tooLong
    /// Not as many characters as these numbers have.
    case length(ClosedRange<Int>)
    /// One of its characters never stands in such a number.
    case characters
    /// A letter where a digit belongs, or the like; says how these numbers look.
    case form(String)
    /// Digits that nobody gives out, such as zeros alone.
    case reserved
    /// The first two digits are no State's.
    case state
    /// The fourth letter tells no kind of holder.
    case holderKind
    /// A State has numbered this holder's registrations from 1.
    case entity
    /// The check character is another one: something was mistyped.
    case check
    /// It is a number that may not be kept at all.
    case aadhaar

    /// For programs.
    package var code: String {
        switch self {
        case .tooLong: "too_long"
        case .length: "length"
        case .characters: "characters"
        case .form: "format"
        case .reserved: "reserved"
        case .state: "unknown_state"
        case .holderKind: "holder_kind"
        case .entity: "entity_number"
        case .check: "check_digit"
        case .aadhaar: "aadhaar"
        }
    }

    /// What continues the field's name.
    package var message: String {
        switch self {
        case .tooLong: "is longer than any such number"
        case .length(let allowed) where allowed.count == 1: "must have \(allowed.lowerBound) characters"
        case .length(let allowed): "must have \(allowed.lowerBound) to \(allowed.upperBound) characters"
        case .characters: "has characters that never stand in such a number"
        case .form(let example): "must look like \(example)"
        case .reserved: "is a number that nobody is given"
        case .state: "begins with digits that are no State’s"
        case .holderKind: "has a fourth letter that tells no kind of holder"
        case .entity: "has 0 where registrations are counted from 1"
        case .check: "does not match its check character: compare it with the document"
        case .aadhaar: "holds an Aadhaar number, which must not be kept here"
        }
    }

    /// As a field's problem.
    package var violation: RuleViolation { RuleViolation(code: code, message: message) }
}

/// A number that an authority, a bank or a scheme has given out. What people type is brought to one form first, and a value of the
/// type is always of the right form, with the right check character where there is one. Whether it was ever given out, and to whom,
/// it can't tell.
package protocol OfficialIdentifier: Hashable, Sendable, CustomStringConvertible {
    /// In the form in which it is kept and compared.
    var text: String { get }

    init(_ text: String) throws(IdentifierFault)
}

extension OfficialIdentifier {
    package var description: String { text }
}

extension [UInt8] {
    /// - Throws: `.length` unless there are so many.
    func requireCount(_ allowed: ClosedRange<Int>) throws(IdentifierFault) {
        guard allowed.contains(count) else { throw .length(allowed) }
    }

    /// Digits alone, so many of them, and not all of them zero.
    func requireDigits(_ counts: Set<Int>, like example: String) throws(IdentifierFault) {
        guard allSatisfy(\.isDigit) else { throw .form(example) }
        guard counts.contains(count) else { throw .length((counts.min() ?? 0)...(counts.max() ?? 0)) }
        guard contains(where: { $0 != UInt8(ascii: "0") }) else { throw .reserved }
    }
}
