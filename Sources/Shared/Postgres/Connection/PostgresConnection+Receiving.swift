import CLibPQ

extension PostgresConnection {
    /// Reads what has arrived and completes what is answered.
    func receive() {
        // OpenSSL may hold a part of a record that makes the socket look empty; libpq asks for 8 KiB or more at a time,
        // a record has 16 KiB, so three rounds take all of it.
        let rounds = PQsslInUse(handle.pointer) == 1 ? 3 : 1
        var isAlive = true
        for _ in 0..<rounds where isAlive {
            isAlive = PQconsumeInput(handle.pointer) == 1
            script == nil ? receiveResults() : receiveScriptResults()
        }
        guard isAlive else { return fail(handle.errorMessage) }
        receiveNotifications()
        sendDeferred()
        flush()
        closeIfRetired()
    }

    private func receiveResults() {
        takeResults()
        let released = landed.count { $0.request.kind == .shared }
        if isServerReadOnly { retire() }
        if !misplaced.isEmpty {
            giveBack(misplaced)
            misplaced.removeAll()
        }
        // The pool first: the resumed task's next statement should find the room that this one leaves.
        if released > 0, !isClosed {
            if flights.isEmpty, PQtransactionStatus(handle.pointer) != PQTRANS_IDLE {
                fail("a shared statement left a transaction open")
            } else {
                events.released(released)
            }
        }
        for (request, outcome) in landed { request.complete(outcome) }
        landed.removeAll(keepingCapacity: true)
    }

    private func takeResults() {
        var wasSeparator = false
        while !flights.isEmpty, PQisBusy(handle.pointer) == 0 {
            guard let result = PQgetResult(handle.pointer) else {
                // One nil ends a command; after the connection's death they never end.
                if wasSeparator { return fail(handle.errorMessage) }
                wasSeparator = true
                flights.first?.answered += 1
                continue
            }
            wasSeparator = false
            if PQresultStatus(result) == PGRES_PIPELINE_SYNC {
                PQclear(result)
                if let flight = flights.popFirst() { land(flight) }
            } else {
                note(result)
            }
        }
    }

    /// Keeps what one command of the head's segment answered.
    private func note(_ result: OpaquePointer) {
        let status = PQresultStatus(result)
        if status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK {
            flights.first?.result = PostgresResult(result, of: handle)
            return
        }
        defer { PQclear(result) }
        guard let flight = flights.first else { return }
        if let command = flight.current, command.isParse { _ = prepared.remove(command.key, serial: command.serial) }
        guard flight.error == nil, status != PGRES_PIPELINE_ABORTED else { return }
        flights.first?.error = error(of: result)
        flights.first?.failed = flight.current
    }

    private func error(of result: OpaquePointer) -> PostgresError {
        guard let error = PostgresServerError(result: result) else {
            return .connectionLost(trimmed(PQresultErrorMessage(result)) ?? "the server sent an unexpected answer")
        }
        return switch (error.severity, error.sqlState) {
        case ("FATAL", _), ("PANIC", _): .connectionLost(error.message)
        case (_, "57014"): .timedOut(error.message)
        default: .server(error)
        }
    }

    /// Notes the outcome of a flight, or sends its statement again if it provably did not run.
    private func land(_ flight: Flight) {
        let doubt = handle.notices.takeDoubt()
        guard let request = flight.request else { return }
        if let doubt { return landed.append((request, .failure(.commitOutcomeUnknown(doubt)))) }
        guard let error = flight.error else {
            let none = PostgresError.connectionLost("the server sent no result")
            return landed.append((request, flight.result.map(Result.success) ?? .failure(none)))
        }
        if let command = flight.failed, dropStalePlan(of: command, after: error), request.kind == .shared,
            !flight.isSecondAttempt
        {
            return sendSegment(request, isSecondAttempt: true)
        }
        if error.isReadOnlyRefusal {
            isServerReadOnly = true
            // It had no effect, so another connection may run it, once.
            if request.kind == .shared, request.claimSecondChance() { return misplaced.append(request) }
        }
        landed.append((request, .failure(error)))
        if request.kind != .shared, error.sqlState == "26000" { fail("the server's prepared statements are gone") }
    }

    /// Forgets a prepared statement that the server lost (26000) or whose row type has changed (0A000 of the plan cache).
    /// - Returns: whether that was the reason for the failure.
    private func dropStalePlan(of command: Flight.Command, after error: PostgresError) -> Bool {
        guard case .server(let server) = error else { return false }
        switch (server.sqlState, server.routine) {
        case ("26000", _):
            _ = prepared.remove(command.key, serial: command.serial)
            return true
        case ("0A000", "RevalidateCachedQuery"):
            if let name = prepared.remove(command.key, serial: command.serial) { deallocate(name) }
            return true
        default:
            return false
        }
    }

    private func receiveScriptResults() {
        while script != nil, PQisBusy(handle.pointer) == 0 {
            guard let result = PQgetResult(handle.pointer) else { return endScript() }
            let status = PQresultStatus(result)
            switch status {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                script?.result = PostgresResult(result, of: handle)
            case PGRES_COPY_IN:
                PQclear(result)
                giveCopyData()
            case PGRES_COPY_OUT, PGRES_COPY_BOTH:
                PQclear(result)
                script?.error = .configuration("COPY is not supported")
                return fail("a script asked for COPY")
            default:
                if script?.error == nil { script?.error = error(of: result) }
                PQclear(result)
            }
        }
    }

    /// Gives the server all that is to be copied; libpq keeps what the socket does not take yet.
    private func giveCopyData() {
        guard let input = script?.request?.input else {
            PQputCopyEnd(handle.pointer, "a script has nothing to copy")
            return
        }
        let isTaken = input.bytes.withUnsafeBytes { bytes in
            // In parts: the server reads each as a whole.
            stride(from: 0, to: bytes.count, by: Self.copyPart).allSatisfy { start in
                let part = bytes[start..<min(start + Self.copyPart, bytes.count)]
                return UnsafeRawBufferPointer(rebasing: part).withMemoryRebound(to: CChar.self) {
                    PQputCopyData(handle.pointer, $0.baseAddress, Int32($0.count)) == 1
                }
            }
        }
        guard isTaken, PQputCopyEnd(handle.pointer, nil) == 1 else { return fail(handle.errorMessage) }
    }

    private static let copyPart = 1 << 20

    private func endScript() {
        guard let ended = script else { return }
        script = nil
        guard PQenterPipelineMode(handle.pointer) == 1 else {
            script = ended
            return fail(handle.errorMessage)
        }
        if let doubt = handle.notices.takeDoubt() {
            ended.request?.complete(.failure(.commitOutcomeUnknown(doubt)))
        } else if let error = ended.error {
            ended.request?.complete(.failure(error))
            if error.isReadOnlyRefusal { retire() }
        } else {
            let none = PostgresError.connectionLost("the server sent no result")
            ended.request?.complete(ended.result.map(Result.success) ?? .failure(none))
        }
    }

    private func receiveNotifications() {
        while let notification = PQnotifies(handle.pointer) {
            let channel = String(cString: notification.pointee.relname)
            let payload = notification.pointee.extra.map { String(cString: $0) } ?? ""
            PQfreemem(notification)
            events.notified(channel, payload)
        }
    }
}
