import Core
import Foundation
import Payments

extension ProviderObject {
    /// What Shiprocket writes now as a text, now as a number, as a text; nil where it is missing, null, empty or something else.
    func loose(_ name: UTF8Text) -> String? {
        guard let member = json.members?[name], member.shape == .scalar else { return nil }
        do {
            switch try member.value() {
            case .string(let text): return text.isEmpty ? nil : text.string
            case .integer, .number: return String(decoding: member.bytes.filter { $0 > 0x20 }, as: UTF8.self)
            case .bool(let flag): return flag ? "1" : "0"
            case .null, .array, .object: return nil
            }
        } catch {
            return nil
        }
    }

    func looseNumber(_ name: UTF8Text) -> Int64? { loose(name).flatMap { Int64($0) } }

    /// - Throws: where there is none.
    func shiprocketID<Subject>(_ name: UTF8Text) throws(MalformedEvent) -> ShiprocketID<Subject> {
        guard let id = loose(name).flatMap({ ShiprocketID<Subject>($0) }) else {
            throw MalformedEvent("\(path).\(name) is no id of Shiprocket's")
        }
        return id
    }

    func awb(_ name: UTF8Text) -> ShiprocketAWB? { loose(name).flatMap { ShiprocketAWB($0) } }

    func time(_ name: UTF8Text) -> Date? { loose(name).flatMap(ShiprocketTime.date) }

    /// A text for people, no longer than they read.
    func words(_ name: UTF8Text, limit: Int = 300) -> String? {
        loose(name).map { String($0.unicodeScalars.prefix(limit)) }
    }

    /// Rupees, which may have more decimals than there are paise: what is left of a paisa counts as one.
    func rupees(_ name: UTF8Text) -> Money? {
        guard let text = loose(name) else { return nil }
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1] : "0"
        guard let cut = MajorUnits.money("\(parts[0]).\(fraction.prefix(2))", in: .inr) else { return nil }
        let rest = fraction.dropFirst(2)
        guard rest.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        guard rest.utf8.contains(where: { $0 != UInt8(ascii: "0") }), !cut.isNegative else { return cut }
        let (units, isTooLarge) = cut.minorUnits.addingReportingOverflow(1)
        return isTooLarge ? nil : Money(minorUnits: units, currency: .inr)
    }
}
