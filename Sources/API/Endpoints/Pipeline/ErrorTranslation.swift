import Core
import Logging
import NIOCore
import NIOHTTP1
import Postgres
import Redis

/// What an error means for the caller.
enum ErrorTranslation {
    /// The problem to answer with. Errors that are not meant for callers are logged and say nothing of the inside.
    ///
    /// - Throws: the error itself when the connection can't be answered any more.
    static func problem(for error: any Error, logger: Logger) throws -> Problem {
        switch error {
        case let error as any ProblemConvertible:
            return error.problem
        case is NIOTooManyBytesError:
            return ProblemType.bodyTooLarge.problem()
        case is HTTPParserError:
            throw error
        case let error as PostgresError:
            return problem(for: error, logger: logger)
        case let error as RedisError:
            logger.warning("Redis is unavailable", metadata: ["error": "\(error)"])
            return ProblemType.unavailable.problem()
        default:
            logger.error("Unexpected error", metadata: ["error": "\(error)"])
            return ProblemType.internalError.problem()
        }
    }

    private static func problem(for error: PostgresError, logger: Logger) -> Problem {
        switch error {
        case .unavailable:
            logger.warning("The database is unavailable", metadata: ["error": "\(error)"])
            return ProblemType.unavailable.problem()
        case .connectionLost, .timedOut, .commitOutcomeUnknown:
            logger.error("The outcome of a statement is unknown", metadata: ["error": "\(error)"])
            return ProblemType.outcomeUnknown.problem()
        case .configuration, .server, .decoding, .cancelled:
            logger.error("Unexpected database error", metadata: ["error": "\(error)"])
            return ProblemType.internalError.problem()
        }
    }
}
