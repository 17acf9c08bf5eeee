package import FoundationEssentials

extension UUID: PostgresCodable {
    package static var postgresType: PostgresType { .uuid }

    package func encode(into writer: inout PostgresBinaryWriter) {
        withUnsafeBytes(of: uuid) { writer.write(bytes: $0) }
    }

    package init(postgres value: PostgresValue) throws(PostgresError) {
        try value.require(.uuid, as: UUID.self)
        guard value.count == 16 else { throw value.failure("a uuid has 16 bytes, this has \(value.count)") }
        self.init(uuid: try value.withBytes(UUID.self) { $0.loadUnaligned(as: uuid_t.self) })
    }
}

extension Data: PostgresCodable {
    package static var postgresType: PostgresType { .bytea }

    package func encode(into writer: inout PostgresBinaryWriter) {
        writer.write(bytes: self)
    }

    package init(postgres value: PostgresValue) throws(PostgresError) {
        try value.require(.bytea, as: Data.self)
        self = try value.withBytes(Data.self) { Data($0) }
    }
}

/// `timestamptz`, microseconds since 2000-01-01 00:00 UTC (`timestamptz_send`). A date whose interval is infinite is
/// PostgreSQL's `infinity`; one beyond the server's range is sent out of range, so that the server refuses it by name.
extension Date: PostgresCodable {
    package static var postgresType: PostgresType { .timestamptz }

    /// 2000-01-01 00:00 UTC in seconds since Foundation's reference date, 2001-01-01 00:00 UTC.
    private static let postgresEpoch: Double = -366 * 86_400

    package func encode(into writer: inout PostgresBinaryWriter) {
        writer.write(integer: postgresMicroseconds)
    }

    private var postgresMicroseconds: Int64 {
        let seconds = timeIntervalSinceReferenceDate
        if seconds == .infinity { return .max }
        if seconds == -.infinity { return .min }
        // Whole seconds and the fraction apart: a Double can't hold today in microseconds since 2000 to the last digit.
        let whole = seconds.rounded(.down)
        guard let exact = Int64(exactly: whole - Self.postgresEpoch) else { return .max - 1 }
        let (microseconds, overflows) = exact.multipliedReportingOverflow(by: 1_000_000)
        let fraction = Int64(((seconds - whole) * 1_000_000).rounded())
        return overflows ? .max - 1 : microseconds.addingReportingOverflow(fraction).partialValue
    }

    package init(postgres value: PostgresValue) throws(PostgresError) {
        switch value.typeOID {
        case PostgresType.timestamptz.oid, PostgresType.timestamp.oid:
            self.init(postgresMicroseconds: try value.integer(as: Int64.self))
        case PostgresType.date.oid:
            let days = try value.integer(as: Int32.self)
            let seconds = days == .max ? .infinity : days == .min ? -.infinity : Double(days) * 86_400
            self.init(timeIntervalSinceReferenceDate: seconds + Self.postgresEpoch)
        default: throw value.mismatch(Date.self)
        }
    }

    private init(postgresMicroseconds: Int64) {
        switch postgresMicroseconds {
        case .max: self.init(timeIntervalSinceReferenceDate: .infinity)
        case .min: self.init(timeIntervalSinceReferenceDate: -.infinity)
        default:
            let (seconds, fraction) = postgresMicroseconds.quotientAndRemainder(dividingBy: 1_000_000)
            self.init(
                timeIntervalSinceReferenceDate: Double(seconds) + Self.postgresEpoch + Double(fraction) / 1_000_000)
        }
    }
}
