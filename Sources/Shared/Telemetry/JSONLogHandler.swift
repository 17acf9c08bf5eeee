package import Logging

/// Writes each log event as one line of JSON: `ts`, `level`, `msg`, `logger`, `error` where there is one, and the metadata.
package struct JSONLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let output: Output

    /// - Parameter now: the time in milliseconds since 1970; nil reads the system's clock.
    package init(
        label: String, level: Logger.Level, sink: LogSink, redaction: SecretRedaction,
        metadataProvider: Logger.MetadataProvider? = .traceContext, now: (@Sendable () -> Int64)? = nil
    ) {
        logLevel = level
        self.metadataProvider = metadataProvider
        output = Output(label: label, sink: sink, redaction: redaction, now: now ?? { LogTimestamp.now() })
    }

    package subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get(), !provided.isEmpty {
            merged.merge(provided) { _, provided in provided }
        }
        if let own = event.metadata, !own.isEmpty {
            merged.merge(own) { _, own in own }
        }
        let line = LogLine(
            timestamp: LogTimestamp.text(milliseconds: output.now()), label: output.label, event: event,
            metadata: merged, redaction: output.redaction)
        output.sink(line.bytes)
    }

    /// What all copies share. A logger is copied for each request, so it holds one reference instead of many.
    private final class Output: Sendable {
        let label: String
        let sink: LogSink
        let redaction: SecretRedaction
        let now: @Sendable () -> Int64

        init(label: String, sink: LogSink, redaction: SecretRedaction, now: @escaping @Sendable () -> Int64) {
            self.label = label
            self.sink = sink
            self.redaction = redaction
            self.now = now
        }
    }
}

extension LoggingSystem {
    /// Makes every logger of the process write JSON lines. Call it once, before the first logger is made.
    package static func bootstrapJSON(
        level: Logger.Level, redaction: SecretRedaction, sink: LogSink = .standardError
    ) {
        bootstrap(
            { label, provider in
                JSONLogHandler(
                    label: label, level: level, sink: sink, redaction: redaction, metadataProvider: provider)
            }, metadataProvider: .traceContext)
    }
}

extension Logger.Level {
    /// The value of the setting `HAAT_LOG_LEVEL`, in any case; absent or empty means `info`.
    ///
    /// - Throws: ``InvalidLogLevel`` for anything that is not a level of swift-log.
    package init(setting: String?) throws(InvalidLogLevel) {
        guard let setting, !setting.isEmpty else {
            self = .info
            return
        }
        guard let level = Logger.Level(rawValue: setting.lowercased()) else { throw InvalidLogLevel(value: setting) }
        self = level
    }
}

/// A log level that does not exist.
package struct InvalidLogLevel: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was given.
    package let value: String

    package var description: String {
        "HAAT_LOG_LEVEL is \"\(value)\"; expected trace, debug, info, notice, warning, error or critical"
    }
}
