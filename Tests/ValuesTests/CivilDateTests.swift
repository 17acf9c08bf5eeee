import Testing
import Values

@Suite struct CivilDateTests {
    @Test(
        "A day has its place in the calendar, and back",
        arguments: [
            (0, 1970, 1, 1, 4), (-1, 1969, 12, 31, 3), (11_016, 2000, 2, 29, 2), (11_017, 2000, 3, 1, 3),
            (47_541, 2100, 3, 1, 1), (20_786, 2026, 11, 29, 0), (-719_468, 0, 3, 1, 3), (-719_469, 0, 2, 29, 2),
            (2_932_896, 9999, 12, 31, 5),
        ])
    func days(days: Int, year: Int, month: Int, day: Int, weekday: Int) throws {
        let date = CivilDate(daysSinceEpoch: days)
        #expect([date.year, date.month, date.day, date.weekday] == [year, month, day, weekday])
        #expect(try #require(CivilDate(year: year, month: month, day: day)) == date)
        #expect(date.daysSinceEpoch == days)
    }

    @Test("Four hundred years of days follow one another without a gap")
    func everyDay() {
        var expected = CivilDate(daysSinceEpoch: -1000)
        for days in -1000..<146_097 {
            let date = CivilDate(daysSinceEpoch: days)
            #expect(date == expected)
            let next = [
                CivilDate(year: date.year, month: date.month, day: date.day + 1),
                CivilDate(year: date.year, month: date.month + 1, day: 1),
                CivilDate(year: date.year + 1, month: 1, day: 1),
            ].compactMap(\.self)
            expected = next[0]
        }
    }

    @Test(
        "Days that no calendar has are refused",
        arguments: [
            (2026, 2, 29), (1900, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0), (2026, 1, 32),
        ])
    func noDay(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test(
        "A moment is written in UTC with milliseconds, within the years that RFC 3339 has",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"), (.min, "0000-01-01T00:00:00.000Z"),
            (.max, "9999-12-31T23:59:59.999Z"),
        ])
    func text(milliseconds: Int, text: String) {
        #expect(RFC3339.text(millisecondsSinceEpoch: milliseconds) == text)
    }

    @Test("A day is written and read as year, month and day; nothing else is one")
    func iso8601() throws {
        for text in ["2027-03-31", "2024-02-29", "0001-01-01", "9999-12-31"] {
            #expect(CivilDate(iso8601: text)?.iso8601 == text)
        }
        for text in [
            "", "2027-02-29", "2027-3-31", "27-03-31", "2027/03/31", "2027-03-31 ", "+027-03-31", "২০২৭-০৩-৩১",
        ] {
            #expect(CivilDate(iso8601: text) == nil, "\(text)")
        }
    }
}
