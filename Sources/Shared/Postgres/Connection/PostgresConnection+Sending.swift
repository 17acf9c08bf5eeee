import CLibPQ
import Glibc

extension PostgresConnection {
    /// Queues requests in libpq; `flush` sends what it could not send yet.
    ///
    /// libpq 15 writes to the socket at every Sync, so several statements would be as many packets and wake the server as
    /// often. Corked, they leave in one. On a Unix socket the option does not exist, and nothing is lost without it.
    func sendTogether(_ requests: [StatementRequest]) {
        guard requests.count > 1 else {
            for request in requests { send(request) }
            return
        }
        let socket = PQsocket(handle.pointer)
        setCork(true, on: socket)
        for request in requests { send(request) }
        setCork(false, on: socket)
    }

    private func setCork(_ isOn: Bool, on socket: Int32) {
        var value: Int32 = isOn ? 1 : 0
        _ = setsockopt(socket, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Queues a request in libpq; `flush` sends it.
    func send(_ request: StatementRequest) {
        guard !takesNothing else { return giveBack([request]) }
        guard !request.isCancelled else { return drop(request) }
        guard script == nil, deferred.isEmpty else { return deferred.append(request) }
        if request.kind == .script {
            flights.isEmpty ? runScript(request) : deferred.append(request)
        } else {
            sendSegment(request, isSecondAttempt: false)
        }
    }

    /// Runs what waited for a script, or for the pipeline to run empty.
    func sendDeferred() {
        guard script == nil, flights.isEmpty, !deferred.isEmpty, !isClosed else { return }
        let waiting = deferred
        deferred = []
        for request in waiting { send(request) }
    }

    func sendSegment(_ request: StatementRequest, isSecondAttempt: Bool) {
        let objection =
            request.statement.parameters.objection
            ?? request.prelude.lazy.compactMap { $0.parameters.objection }.first
        if let objection { return refuse(request, .configuration(objection)) }
        var flight = Flight(request)
        flight.isSecondAttempt = isSecondAttempt
        let isSent =
            request.prelude.allSatisfy { sendPrepared($0, &flight) } && sendPrepared(request.statement, &flight)
        if !isSent {
            let error = PostgresError.configuration(handle.errorMessage)
            guard PQstatus(handle.pointer) == CONNECTION_OK, !flight.commands.isEmpty else {
                return refuse(request, error)
            }
            flight.error = error
        }
        endSegment(flight)
    }

    /// Drops a prepared statement of the server's side.
    func deallocate(_ name: String) {
        guard PQsendQueryParams(handle.pointer, "deallocate \"\(name)\"", 0, nil, nil, nil, nil, 1) == 1 else { return }
        endSegment(Flight(nil))
    }

    /// Sends Parse where needed, then Bind, Describe and Execute.
    private func sendPrepared(_ statement: PostgresStatement, _ flight: inout Flight) -> Bool {
        let entry: PreparedStatementCache.Entry
        let key = PreparedStatementCache.Key(sql: statement.sql, types: statement.parameters.types)
        if let known = prepared.entry(for: key) {
            entry = known
        } else {
            let (new, evicted) = prepared.insert(key)
            // Within a segment already begun the deallocation would be a part of it, and of its failure.
            if let evicted { flight.commands.isEmpty ? deallocate(evicted) : orphans.append(evicted) }
            guard PQsendPrepare(handle.pointer, new.name, key.sql, Int32(key.types.count), key.types) == 1 else {
                _ = prepared.remove(key, serial: new.serial)
                return false
            }
            flight.commands.append(Flight.Command(isParse: true, key: key, serial: new.serial))
            entry = new
        }
        let binary: Int32 = 1
        let isSent = statement.parameters.withArrays { arrays in
            PQsendQueryPrepared(
                handle.pointer, entry.name, arrays.count, arrays.values, arrays.lengths, arrays.formats, binary) == 1
        }
        if isSent { flight.commands.append(Flight.Command(isParse: false, key: key, serial: entry.serial)) }
        return isSent
    }

    private func endSegment(_ flight: Flight) {
        flights.append(flight)
        guard PQpipelineSync(handle.pointer) == 1 else { return fail(handle.errorMessage) }
        while let name = orphans.popLast() { deallocate(name) }
    }

    /// The simple protocol takes several statements at once, but not in pipeline mode.
    private func runScript(_ request: StatementRequest) {
        guard PQexitPipelineMode(handle.pointer) == 1 else {
            return refuse(request, .connectionLost(handle.errorMessage))
        }
        script = Flight(request)
        guard PQsendQuery(handle.pointer, request.statement.sql) == 1 else { return fail(handle.errorMessage) }
    }

    private func drop(_ request: StatementRequest) {
        if request.kind == .shared { events.released(1) }
    }

    private func refuse(_ request: StatementRequest, _ error: PostgresError) {
        request.complete(.failure(error))
        drop(request)
        if PQstatus(handle.pointer) != CONNECTION_OK { fail(handle.errorMessage) }
    }
}
