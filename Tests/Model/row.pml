/* One row of `jobs`, and the statements that change it: JobSQL in Sources/Shared/Jobs/JobStore.swift, and the functions of
   Migrations/*_job_fences.sql. Each is one autocommitted statement, or the part of a transaction that its commit shows. */
#include "states.h"

#ifndef MAXIMUM_ATTEMPTS
#define MAXIMUM_ATTEMPTS 2
#endif
#define MAXIMUM_UNENDED_RUNS 3

typedef Row {
    byte state;
    byte attempt;
    bool due;       /* run_at <= now() */
    bool relayDue;  /* relay_at <= now() */
    byte holder;
    bool held;      /* held_until > now() */
    byte unendedRuns;
    bool locked;    /* by a relay that has pushed it and not yet committed its mark */
}
Row row;

/* How often the job's effect was committed. */
byte effects;

#define isOpen (row.state == PENDING || row.state == DISPATCHED)
#define isEnded (row.state == DONE || row.state == DEAD || row.state == CANCELLED)
#define isRunnable(key) (row.attempt == key && isOpen && row.due)
#define isFreeFor(me) (row.holder == NOBODY || row.holder == me || !row.held)

c_code { \#include "transitions.h" }

/* What the trigger of Tests/FaultTests/TransitionRecord.swift records of the real table. */
#define changing c_code { remember(&now.row); }
#define changed(step) c_code { note(&now.row, step); }

/* JobSQL.markDispatched, COMMIT */
inline commitRelay() {
    changing; row.state = DISPATCHED; row.relayDue = false; row.locked = false; changed("relay.marked")
}

/* Whoever writes waits for the lock. A relay's ends with its commit; or, before this, with a fault. */
inline waitForRelay() {
    if
    :: row.locked -> commitRelay()
    :: else
    fi
}

inline endRow(final) {
    row.state = final; row.due = false; row.relayDue = false;
    row.holder = NOBODY; row.held = false
}

/* JobSQL.insert */
inline insertRow() {
    changing; row.state = PENDING; row.due = true; row.holder = NOBODY; changed("postgres.after-commit")
}

/* finish_job with the effect in its transaction, or JobSQL.finish. */
inline finishRow(key, isDone) {
    waitForRelay(); changing;
    isDone = isRunnable(key);
    if
    :: isDone -> endRow(DONE); changed("finish")
    :: else
    fi
}

/* hold_job */
inline holdRow(me, key, afterRecovery, isHeld) {
    waitForRelay(); changing;
    isHeld = isRunnable(key) && isFreeFor(me);
    if
    :: isHeld ->
        if
        :: row.holder == me
        :: else ->
#ifndef FAULT_UNCOUNTED_RUNS
            if
            :: afterRecovery && row.unendedRuns == 0 -> row.unendedRuns = 2
            :: else -> row.unendedRuns++
            fi
#else
            skip
#endif
        fi;
        row.holder = me; row.held = true;
        changed("hold")
    :: else
    fi
}

/* JobSQL.reschedule */
inline rescheduleRow(me, key, asAttempt) {
    waitForRelay(); changing;
    if
    :: isRunnable(key) && isFreeFor(me) ->
        row.state = PENDING; row.attempt = row.attempt + asAttempt; row.due = false; row.relayDue = false;
        row.holder = NOBODY; row.held = false; row.unendedRuns = 0;
        changed("job.rescheduled")
    :: else
    fi
}

/* JobSQL.bury */
inline buryRow(me, key) {
    waitForRelay(); changing;
    if
    :: isRunnable(key) && isFreeFor(me) -> endRow(DEAD); changed("job.buried")
    :: else
    fi
}

/* JobSQL.waitForHolder */
inline waitForHolder(key) {
    waitForRelay(); changing;
    if
    :: isRunnable(key) && row.held -> row.state = PENDING; row.relayDue = false; changed("wait for holder")
    :: else
    fi
}

/* JobSQL.letGo */
inline letGoOfRow(me) {
    waitForRelay(); changing;
    if
    :: row.holder == me && isOpen ->
        row.holder = NOBODY; row.held = false; row.unendedRuns--; changed("let go")
    :: else
    fi
}

/* JobSQL.redispatchAll. It passes by a row that a relay is about to mark. */
inline redispatch() {
    if
    :: row.state == DISPATCHED ->
        waitForRelay(); changing; row.state = PENDING; row.relayDue = true; changed("redispatch")
    :: else
    fi
}

/* JobSQL.renewHolds */
inline renewHold() {
    waitForRelay(); changing; row.held = true; changed("renew")
}

/* JobOperations.discard and retry */
inline discardRow() {
    waitForRelay(); changing; endRow(CANCELLED); changed("discard")
}
inline retryRow() {
    changing;
    row.state = PENDING; row.attempt++; row.due = true; row.relayDue = true; row.unendedRuns = 0;
    changed("retry")
}
