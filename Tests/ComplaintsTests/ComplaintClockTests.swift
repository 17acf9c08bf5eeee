import CommerceTestSupport
import Core
import Foundation
import Identity
import Postgres
import Testing
import Values

@testable import Complaints

@Suite("Until when something has to be done about a complaint") struct ComplaintClockTests {
    private static func clock(_ country: String, months: Int = 0, hours: Int = 0, warning: Int = 1) -> ComplaintClock {
        ComplaintClock(
            country: country, step: .redress, months: months, hours: hours, warningHours: warning,
            validFrom: CivilDate(daysSinceEpoch: 0), source: "test")
    }

    private static func date(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

    @Test(
        "Months are those of the calendar there, hours those of the clock",
        arguments: [
            ("IN", 0, 48, "2027-01-30T18:29:59Z", "2027-02-01T18:29:59Z"),
            // 31 January in Delhi, 30 January in UTC.
            ("IN", 1, 0, "2027-01-30T18:30:00Z", "2027-02-27T18:30:00Z"),
            ("IN", 1, 0, "2027-01-31T12:00:00Z", "2027-02-28T12:00:00Z"),
            ("IN", 1, 0, "2028-01-31T12:00:00Z", "2028-02-29T12:00:00Z"),
            ("IN", 1, 0, "2027-03-15T00:00:00Z", "2027-04-15T00:00:00Z"),
            ("BD", 0, 72, "2027-02-26T23:00:00Z", "2027-03-01T23:00:00Z"),
            ("BD", 1, 1, "2027-12-31T17:59:59Z", "2028-01-31T18:59:59Z"),
        ])
    func due(country: String, months: Int, hours: Int, filed: String, due: String) throws {
        let deadline = Self.clock(country, months: months, hours: hours)
            .deadline(of: ID(uuid: UUID()), round: 0, filedAt: try Self.date(filed))
        #expect(deadline.dueAt == (try Self.date(due)))
        #expect(deadline.warnAt == deadline.dueAt - 3_600)
    }

    @Test("Nobody is warned before there is anything to do")
    func warning() throws {
        let filed = try Self.date("2027-01-01T00:00:00Z")
        let deadline = Self.clock("BD", hours: 2, warning: 24).deadline(of: ID(uuid: UUID()), round: 0, filedAt: filed)
        #expect(deadline.warnAt == filed)
    }

    @Test("What holds is what held on the day there; a newer law holds from its first day on")
    func validity() async throws {
        try await Marketplace.open { market in
            let store = ComplaintClockStore()
            let keep = KeepComplaintClocks(audit: market.audit)
            let first = CivilDate(daysSinceEpoch: 22_000)
            let newer = ComplaintClock(
                country: "BD", step: .redress, hours: 24, warningHours: 4, validFrom: first, source: "Act of 2030")
            _ = try await market.work { try await keep.add(newer, by: .system, in: $0) }
            // Midnight in Dhaka is 18:00 of the day before in UTC.
            let begin = Date(timeIntervalSince1970: 22_000 * 86_400 - 6 * 3_600)
            for (time, hours) in [(begin - 1, 72), (begin, 24)] {
                let found = try await store.clocks(in: "BD", at: time, from: market.client)
                #expect(found.map(\.hours) == [hours])
            }
            #expect(
                try await store.clocks(in: "BD", at: Self.date("2021-07-03T17:59:59Z"), from: market.client).isEmpty)
            #expect(
                try await store.clocks(in: "BD", at: Self.date("2021-07-03T18:00:00Z"), from: market.client).count == 1)
            let india = try await store.clocks(in: "IN", at: market.clock.now, from: market.client)
            #expect(india.map(\.step) == [.acknowledgement, .redress] && india.map(\.months) == [0, 1])
            #expect(try await store.clocks(in: "NP", at: market.clock.now, from: market.client).isEmpty)
            await #expect(throws: Problem.self) {
                try await market.work { try await keep.add(newer, by: .system, in: $0) }
            }
            #expect(try await store.clocks(in: market.client).count == 4)
        }
    }

    @Test("No time at all, and no place, is refused")
    func refused() async throws {
        try await Marketplace.open { market in
            let keep = KeepComplaintClocks(audit: market.audit)
            for clock in [Self.clock("BD"), Self.clock("bd", hours: 1), Self.clock("BD", months: 13)] {
                await #expect(throws: Problem.self) {
                    try await market.work { try await keep.add(clock, by: .system, in: $0) }
                }
            }
        }
    }
}
