import Foundation
import Registrations
import Values

/// Shiprocket's times: India's, without a zone, and in one of two orders.
enum ShiprocketTime {
    /// `2023-05-19 11:59:16`, `2023-05-19 11:59`, `2023-05-19`, `23 05 2023 11:43:52`; what PHP puts behind the seconds does not count.
    /// - Returns: nil for anything else.
    static func date(_ text: String) -> Date? {
        let parts = text.utf8.prefix(40).split { " -:T.".utf8.contains($0) }.map { Array($0) }
        guard parts.count == 3 || parts.count >= 5, parts.prefix(6).allSatisfy({ (1...4).contains($0.count) }) else {
            return nil
        }
        let numbers = parts.prefix(6).compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        guard numbers.count == min(parts.count, 6), numbers.allSatisfy({ $0 >= 0 }) else { return nil }
        let isDayFirst = parts[0].count == 2 && parts[2].count == 4
        guard isDayFirst || parts[0].count == 4,
            let day = CivilDate(
                year: numbers[isDayFirst ? 2 : 0], month: numbers[1], day: numbers[isDayFirst ? 0 : 2]),
            (2000...2999).contains(day.year)
        else { return nil }
        let clock = numbers.dropFirst(3) + [0, 0, 0]
        guard clock[3] < 24, clock[4] < 60, clock[5] < 60 else { return nil }
        let seconds = (day.daysSinceEpoch * 24 + clock[3]) * 3_600 + clock[4] * 60 + clock[5]
        return Date(timeIntervalSince1970: TimeInterval(seconds - Market.india.utcOffset))
    }

    /// As an order's date is told: `2023-05-19 11:59`.
    static func text(_ date: Date) -> String {
        let local = Int((date.timeIntervalSince1970 + TimeInterval(Market.india.utcOffset)).rounded(.down))
        let (days, seconds) = local.quotientAndRemainder(flooringBy: 86_400)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(CivilDate(daysSinceEpoch: days).iso8601) \(two(seconds / 3_600)):\(two(seconds / 60 % 60))"
    }
}
