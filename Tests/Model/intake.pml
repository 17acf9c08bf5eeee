/* One event from its push to 200: Sources/Shared/Webhooks. Two API processes, Redis with its hints, a primary with a synchronous
   standby. Event, uniqueness and job are one statement, so here they are one row; jobs.pml goes on with the job. */
#include "common.pml"

#define PROCESSES 2
#define HISTORIES 4

bool isWritten;      /* in the primary's log */
bool isVisible;      /* to other statements */
bool isReplicated;   /* in the standby's log */
bool isBeingWritten; /* its statement waits for the standby; another one with this event waits for its end */
byte inserted;       /* how often it was inserted and not rolled back */
byte history;        /* DatabaseHistory: begins anew with each start, failover and restore */
byte restores;

byte hint;           /* WebhookHints: a history + 1, or nothing */
bool wasMarked[HISTORIES];
byte toBeMarked[PROCESSES];

/* The provider has its 200, and has not been asked to push again. */
bool isAcknowledged;

/* The provider is told 200. What was on its way while the database was restored is among that which it is asked to push again. */
inline acknowledge() {
    if
    :: proof == restores ->
        assert(isVisible && isReplicated);
        isAcknowledged = true
    :: else
    fi;
    pass("webhook.acknowledging")
}

inline endStatement() {
    if
    :: isNew -> isVisible = true; isBeingWritten = false
    :: else
    fi
}

#define mayDie(point) :: atomic { fault -> pass(point); toBeMarked[_pid] = 0; goto over }
#define isCutOff (born != history)

active [PROCESSES] proctype API() {
    byte seen, born, proof;
    bool isNew;

end_idle:
    if
    :: atomic { !isAcknowledged -> pass("webhook.admitted") }
    :: atomic { fault -> pass("the provider pushes it again"); pass("webhook.admitted") }
    fi;

    /* WebhookHints.histories */
    if
    :: atomic { seen = hint; pass("Redis is asked") }
    :: atomic { fault -> pass("Redis does not answer") }
    mayDie("webhook.admitted: the API dies")
    fi;
#ifdef FAULT_HINT_WITHOUT_HISTORY
    if
    :: atomic { seen != 0 -> proof = restores; goto acknowledging }
    :: seen == 0
    fi;
#else
    /* WebhookSQL.seen */
    if
    :: atomic { seen != 0 && isVisible && seen == history + 1 -> proof = restores; seen = 0; pass("webhook.hinted"); goto acknowledging }
    :: atomic { seen == 0 || !isVisible || seen != history + 1 -> seen = 0; pass("webhook.hinted") }
    mayDie("webhook.hinted: the API dies")
    fi;
#endif

    /* WebhookSQL.insert */
    if
    :: atomic { !isWritten -> isWritten = true; isBeingWritten = true; isNew = true; inserted++;
            assert(inserted <= 1); born = history; proof = restores; pass("inserted") }
    :: atomic { isWritten && !isBeingWritten -> born = history; proof = restores; pass("conflict") }
    mayDie("webhook.hinted: the API dies")
    :: atomic { fault -> pass("PostgreSQL does not answer: 503"); goto over }
    fi;
    /* COMMIT waits for the standby: for the row, or for the message that a duplicate writes. */
    if
#ifdef FAULT_DUPLICATE_WITHOUT_MESSAGE
    :: atomic { !isCutOff && (isReplicated || !isNew) -> endStatement(); pass("webhook.persisted") }
#else
    :: atomic { !isCutOff && isReplicated -> endStatement(); pass("webhook.persisted") }
#endif
    :: atomic { isCutOff -> pass("the connection is lost: 503"); goto over }
    :: atomic { !isCutOff && faults > 0 -> faults--; endStatement(); pass("the wait for the standby is cancelled: 503"); goto over }
    :: atomic { !isCutOff && faults > 0 -> faults--; endStatement(); pass("the API dies while it waits"); toBeMarked[_pid] = 0; goto over }
    fi;
    atomic { toBeMarked[_pid] = born + 1 };

acknowledging:
    if
    :: atomic { acknowledge() }
    :: atomic { fault -> pass("webhook.acknowledging: the 200 is lost") }
    mayDie("webhook.persisted: the API dies")
    fi;

over:
    atomic { seen = 0; born = 0; proof = 0; isNew = false; goto end_idle }
}

inline mark(process) {
    if
    :: hint = toBeMarked[process]; wasMarked[toBeMarked[process] - 1] = true; pass("webhook.marked")
    :: fault -> pass("Redis can't be told")
    fi;
    toBeMarked[process] = 0
}

/* Step 5, for which nobody waits: WebhookHints.markDurable. */
active proctype Afterwards() {
end_idle:
    do
    :: atomic { toBeMarked[0] != 0 -> mark(0) }
    :: atomic { toBeMarked[1] != 0 -> mark(1) }
    od
}

active proctype Replication() {
end_idle:
    do
    :: atomic { isWritten && !isReplicated -> isReplicated = true; pass("replicated") }
    od
}

inline beginHistory() {
    isBeingWritten = false; history++
}

active proctype World() {
end_idle:
    do
    :: atomic { fault -> hint = 0; pass("Redis loses everything") }
    :: atomic { wasMarked[0] && faults > 0 -> faults--; hint = 1; pass("Redis is restored to an earlier state") }
    :: atomic { wasMarked[1] && faults > 0 -> faults--; hint = 2; pass("Redis is restored to an earlier state") }
    :: atomic { wasMarked[2] && faults > 0 -> faults--; hint = 3; pass("Redis is restored to an earlier state") }
    :: atomic { history + 1 < HISTORIES && faults > 0 -> faults--;
            beginHistory(); isVisible = isWritten; pass("PostgreSQL restarts") }
    :: atomic { history + 1 < HISTORIES && faults > 0 -> faults--;
            assert(!isAcknowledged || isReplicated);
            beginHistory(); isWritten = isReplicated; isVisible = isReplicated; inserted = isReplicated; pass("the standby is promoted") }
    :: atomic { history + 1 < HISTORIES && faults > 0 -> faults--; beginHistory(); restores++;
            isWritten = false; isVisible = false; isReplicated = false; inserted = 0; isAcknowledged = false;
            pass("PostgreSQL is restored to an earlier moment, and the provider asked to push again") }
    :: atomic { faults > 0 -> faults = 0; pass("nothing more goes wrong") }
    od
}

#define isKept (isAcknowledged && isVisible && isReplicated && inserted == 1)

/* A run that stops has come to this; the formula tells the same of those that never stop. */
active proctype Rest() {
end_rest:
    timeout -> assert(isKept)
}

/* No event that the provider was told 200 for is lost, and it is told so in the end. */
ltl acknowledged { <> [] isKept }
