/* A job from the commit that records it to its end: Sources/Shared/Jobs. Two workers, one job. */
#include "common.pml"
#include "row.pml"
#include "lists.pml"

/* What a worker runs, and knows of it: key + 1, or nothing. */
byte running[WORKERS];
/* Its heartbeats do not arrive, or Redis does not remember them. */
bool unheard[WORKERS];
/* A hold was once not renewed in time although its run went on, or an operator discarded the job meanwhile. */
bool overruled;
/* An effect outside of the database is under way. */
bool asking[WORKERS];

/* How the handler has its effect: in the transaction of `finish`, unless it is OUTSIDE: then it holds the job, asks a provider
   under the job's own idempotency key, and finishes. WITHOUT_FINISH it leaves the end to the engine. POISON ends its worker. */

/* A handler's last transaction: the fence, the effect, COMMIT. */
inline commitFinish() {
    asking[me] = false;
#ifdef FAULT_FINISH_WITHOUT_FENCE
    waitForRelay(); isOurs = true; effects++;
    changing;
    if
    :: isRunnable(key) -> endRow(DONE); changed("finish")
    :: else
    fi;
#else
    finishRow(key, isOurs);
    effects = effects + isOurs;
#endif
    pass("postgres.after-commit");
    assert(effects <= 1)
}

/* A run is over; what it held of the row it will not renew. */
inline endRun() {
    key = 0; wasRecovered = false; isHolding = false; isOurs = false;
    running[me] = 0; asking[me] = false;
    if
    :: row.holder == me -> row.holder = ENDED
    :: else
    fi
}

/* A process that dies takes nothing along: its list and its hold stay. Its successor has another name. */
inline die() {
    add(activeOf[ORPHANED], 0, activeOf[me].count[0]); activeOf[me].count[0] = 0;
    add(activeOf[ORPHANED], 1, activeOf[me].count[1]); activeOf[me].count[1] = 0;
    unheard[me] = false;
    endRun()
}

/* Where a worker may die, and where PostgreSQL may not answer it: then the claim stays in the list that the worker does not run. */
#define mayDie(point) :: atomic { fault -> pass(point); die(); goto end_idle }
#define mayFail(point) :: atomic { fault -> pass(point); endRun(); goto end_idle }
#define losesAnswer faults > 0 -> faults--

active [WORKERS] proctype Worker() {
    byte me = _pid;
    byte key;
    bool wasRecovered, isHolding, isOurs;

end_idle:
    atomic {
        anyOf(ready, key); ready.count[key]--; add(activeOf[me], key, 1);
        if
        :: fault -> pass("the answer to the claim is lost"); endRun(); goto end_idle
        :: running[me] = key + 1; pass("job.claimed")
        fi;
        wasRecovered = recovered[key];
        if
        :: envelopes[key] == SEALED && wasRecovered -> goto recheck
        :: envelopes[key] == SEALED && !wasRecovered -> goto perform
        :: else -> goto load
        fi
    };

load:
    /* JobLoader.load */
    if
    :: atomic { isRunnable(key) -> pass("the row is read");
            wasRecovered = wasRecovered || row.unendedRuns > 0;
            if
            :: wasRecovered -> goto recheck
            :: else -> goto perform
            fi }
    :: atomic { !isRunnable(key) -> pass("the row is not due"); goto settle }
    mayDie("job.claimed: the worker dies")
    mayFail("the row can't be read")
    fi;

recheck:
    /* JobRunner.mayRunAgain */
    if
    :: atomic { holdRow(me, key, true, isHolding);
            if
            :: !isHolding -> goto leaveToHolder
            :: isHolding && row.unendedRuns > MAXIMUM_UNENDED_RUNS -> goto bury
            :: else -> goto perform
            fi }
    :: atomic { losesAnswer; holdRow(me, key, true, isOurs); pass("the answer to the hold is lost"); endRun(); goto end_idle }
    mayDie("job.claimed: the worker dies")
    mayFail("the job can't be held")
    fi;

perform:
#ifdef OUTSIDE
    /* JobContext.hold */
    if
    :: isHolding
    :: atomic { !isHolding -> holdRow(me, key, false, isHolding);
            if
            :: !isHolding -> goto leaveToHolder
            :: else
            fi }
    :: atomic { !isHolding && losesAnswer; holdRow(me, key, false, isOurs); pass("the answer to the hold is lost"); goto failed }
    mayDie("job.claimed: the worker dies")
    fi;
    atomic {
        /* Nothing runs that the row does not say, and nothing beside a run whose hold is alive. */
        assert(overruled || (row.holder == me && row.held && isRunnable(key)));
        assert(overruled || !asking[1 - me]);
        asking[me] = true; pass("the provider is asked")
    };
#endif
#ifdef POISON
    atomic { pass("the handler ends its worker"); die(); goto end_idle };
#endif

    /* The handler's last transaction, and how else it may end. */
    if
#ifdef WITHOUT_FINISH
    :: atomic { pass("job.ran"); finishRow(key, isOurs); goto settle }
    :: atomic { losesAnswer; finishRow(key, isOurs); pass("the answer to JobSQL.finish is lost"); endRun(); goto end_idle }
    mayFail("JobSQL.finish can't be told")
#else
    :: atomic { commitFinish();
            if
            :: isOurs -> pass("job.ran"); goto settle
            :: else -> goto leaveToHolder
            fi }
    :: atomic { losesAnswer; commitFinish(); pass("the answer to COMMIT is lost"); goto failed }
#endif
    mayDie("postgres.before-commit: the worker dies")
    :: atomic { fault -> asking[me] = false; pass("the handler fails"); goto failed }
    :: atomic { fault -> asking[me] = false; pass("the handler says: later"); goto postpone }
    :: atomic { fault -> asking[me] = false; pass("the handler fails for good"); goto bury }
    :: atomic { fault -> asking[me] = false; pass("SIGTERM"); goto leave }
    fi;

failed:
    /* JobRunner.settleFailure */
    if
    :: atomic { key + 1 < MAXIMUM_ATTEMPTS -> rescheduleRow(me, key, 1); pass("job.rescheduled"); goto settle }
    :: atomic { key + 1 >= MAXIMUM_ATTEMPTS -> buryRow(me, key); pass("job.buried"); goto settle }
    :: atomic { key + 1 < MAXIMUM_ATTEMPTS && losesAnswer; rescheduleRow(me, key, 1); pass("no answer"); endRun(); goto end_idle }
    mayDie("the worker dies before it reschedules")
    mayFail("the job can't be rescheduled")
    fi;

postpone:
    if
    :: atomic { rescheduleRow(me, key, 0); pass("job.rescheduled"); goto settle }
    mayFail("the job can't be rescheduled")
    fi;

bury:
    if
    :: atomic { buryRow(me, key); pass("job.buried"); goto settle }
    :: atomic { losesAnswer; buryRow(me, key); pass("no answer"); endRun(); goto end_idle }
    mayFail("the job can't be buried")
    fi;

leaveToHolder:
    if
    :: atomic { waitForHolder(key); pass("left to its holder"); goto settle }
    mayFail("the job can't be left to its holder")
    fi;

settle:
    /* JobSettler, once the row says all that there is to say. */
    if
    :: atomic { releaseEntry(me, key); pass("job.released"); endRun(); goto end_idle }
    mayDie("job.ran, job.rescheduled, job.buried or job.finished: the worker dies")
    mayFail("job.finished: Redis does not answer")
    fi;

leave:
    /* Shutdown: the run is let go, the list handed back, the name given up. */
    if
    :: atomic { letGoOfRow(me) }
    mayDie("the worker dies while it stops")
    fi;
    atomic { moveAllBack(activeOf[me], false); unheard[me] = false; pass("the worker leaves"); endRun(); goto end_idle }
}

active proctype Producer() {
    atomic { insertRow(); pass("postgres.after-commit") };
    if
    :: atomic { fault -> pass("job.committed, dies") }
    :: atomic { fault -> pass("job.committed, Redis does not answer") }
    :: atomic { push(0, SEALED); pass("job.pushed") }
    fi
}

/* Relay.move: a relay's turn and the sweep of the ledger, in one transaction. What would change nothing is left out. */
active proctype Relay() {
end_idle:
    do
    :: atomic { (row.state == PENDING && row.relayDue) || (row.state == DISPATCHED && envelopes[row.attempt] == NONE) ->
            pass("the row is locked");
            if
            :: fault -> pass("Redis refuses")
            :: row.locked = true; push(row.attempt, (row.unendedRuns > 0 -> EMPTY : SEALED)); pass("relay.pushed")
            fi };
        if
        :: atomic { row.locked -> commitRelay(); pass("relay.marked") }
        :: atomic { row.locked && faults > 0 -> faults--; row.locked = false; pass("relay.pushed or relay.marked: the worker dies") }
        :: !row.locked
        fi
    od
}

/* A key that stands in a living worker's list and that it does not run. */
#define handBackAbandoned(me, key) :: atomic { activeOf[me].count[key] > 0 && running[me] != key + 1 -> \
    moveBack(activeOf[me], key, false); pass("handed back") }

/* RecoverySweep, QueueConsumer.handBackAbandoned, and JobHolds.renew or its absence. */
active proctype Upkeep() {
end_idle:
    do
    :: atomic { !incarnation -> redispatch(); pass("memory lost") };
        atomic { incarnation = true; pass("remembered") }
    :: atomic { activeOf[ORPHANED].count[0] + activeOf[ORPHANED].count[1] > 0 -> moveAllBack(activeOf[ORPHANED], true); pass("recovered") }
    :: atomic { unheard[0] -> unheard[0] = false; moveAllBack(activeOf[0], true); pass("recovered from the living") }
    :: atomic { unheard[1] -> unheard[1] = false; moveAllBack(activeOf[1], true); pass("recovered from the living") }
    :: atomic { envelopes[0] != NONE && !isListed(0) -> envelopes[0] = NONE; pass("stray forgotten") }
    :: atomic { envelopes[1] != NONE && !isListed(1) -> envelopes[1] = NONE; pass("stray forgotten") }
#ifndef FAULT_KEEP_ABANDONED_CLAIMS
    handBackAbandoned(0, 0)
    handBackAbandoned(0, 1)
    handBackAbandoned(1, 0)
    handBackAbandoned(1, 1)
#endif
    /* Only a run that goes on and is heard renews its hold. */
    :: atomic { row.held && (row.holder == ENDED || (row.holder < WORKERS && unheard[row.holder])) ->
            row.held = false; pass("a hold runs out");
#ifdef OUTSIDE
            overruled = overruled || row.holder < WORKERS
#endif
            }
    :: atomic { row.holder < WORKERS && isRunnable(row.attempt) -> renewHold() }
    od
}

/* Time passes: what is put off becomes due. Besides, what happens to Redis, to heartbeats, and by operators' hands. */
active proctype World() {
    byte key;
end_world:
    do
    :: atomic { row.state == PENDING && !row.due -> row.due = true }
    :: atomic { row.state == PENDING && row.due && !row.relayDue -> row.relayDue = true }
    :: atomic { fault -> loseAll(); pass("Redis loses everything") }
    :: atomic { row.state != ABSENT && faults > 0 -> faults--; restoreAny(key); pass("Redis is restored to an earlier state") }
    :: atomic { fault -> envelopes[0] = NONE; envelopes[1] = NONE; pass("Redis loses its envelopes") }
    :: atomic { fault -> ready.count[0] = 0; ready.count[1] = 0; pass("Redis loses the list of what is ready") }
    :: atomic { fault -> unheard[0] = true; pass("worker 0 is not heard") }
    :: atomic { fault -> unheard[1] = true; pass("worker 1 is not heard") }
    :: atomic { isOpen && faults > 0 -> faults--; overruled = overruled || row.holder < WORKERS; discardRow(); pass("an operator discards") }
    :: atomic { (row.state == DEAD || row.state == CANCELLED) && row.attempt + 1 < KEYS && faults > 0 ->
            faults--; retryRow(); pass("an operator retries") }
    :: atomic { faults > 0 -> faults = 0; pass("nothing more goes wrong") }
    od
}

/* A run that stops has come to this; the formula tells the same of those that never stop. */
active proctype Rest() {
end_rest:
    timeout -> assert(isEnded && isDrained)
}

/* Every job ends, its effect with it, and nothing of it stays in Redis. */
ltl ends { <> [] (isEnded && isDrained) }

