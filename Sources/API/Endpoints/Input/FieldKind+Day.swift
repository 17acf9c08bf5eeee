import Core
package import Values

extension FieldKind where Value == CivilDate {
    /// A day, such as 2027-03-31, whatever the clock says there.
    package static var day: FieldKind<CivilDate> {
        scalar(
            CivilDate.schema, called: "a day such as 2027-03-31", placeholder: CivilDate(daysSinceEpoch: 0),
            json: { $0.textValue.flatMap { CivilDate(iso8601: $0.string) } },
            query: { CivilDate(iso8601: $0.string) }, text: { day in JSONWriter.text { $0.write(day.iso8601) } })
    }
}
