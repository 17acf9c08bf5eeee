/* One Idempotency-Key, its request and the repetitions: Sources/API/Endpoints/Idempotency. Two API processes, and a client that
   repeats until it has an answer. Transactional (EffectExecution) unless LEASED (RequestLease, StartCheckout). */
#include "common.pml"

#define PROCESSES 2
#define NOBODY 9

#ifdef FAULT_ANSWER_AFTER_EFFECT
#define LEASED
#endif

/* The key's row: nothing, claimed, or with the answer. `owner` is a request; ENDED one that is over. */
#define FREE 0
#define CLAIMED 1
#define ANSWERED 2
#define ENDED 8
byte key;
byte owner = NOBODY;
bool isLeased;     /* lease_until > now() */
byte stored;       /* the answer in the row */

/* An uncommitted insert of the row: others wait at the unique index. */
byte inserting = NOBODY;

byte effects;      /* committed */
byte sessions;     /* opened at the provider, whose own idempotency key is the payment's id */
byte first;        /* the answer that the client got first */

/* Every answer to this key is the first one's, and there is one effect. */
inline reply(answer) {
    assert(first == 0 || first == answer);
    first = answer;
    pass("answered")
}

#define mayDie(point) :: atomic { fault -> pass(point); giveUp(); goto over }
inline giveUp() {
    if
    :: inserting == _pid -> inserting = NOBODY
    :: else
    fi;
    if
    :: owner == _pid && key == CLAIMED -> owner = ENDED
    :: else
    fi
}

inline commit() {
    effects++; answer = effects; stored = answer; key = ANSWERED; inserting = NOBODY;
    assert(effects <= 1)
}

inline finishKey() {
    if
    :: key == CLAIMED && owner == _pid -> key = ANSWERED; stored = answer; owner = NOBODY; isLeased = false
    :: else
    fi
}

#define isOurs (key == CLAIMED && owner == _pid)
#define mayTake (key == FREE || (key == CLAIMED && !isLeased))
inline take() {
    key = CLAIMED; owner = _pid; isLeased = true
}

inline abandon() {
    if
    :: key == CLAIMED && owner == _pid -> key = FREE; owner = NOBODY; isLeased = false
    :: else
    fi
}

active [PROCESSES] proctype API() {
    byte answer;

end_idle:
    if
    :: atomic { first == 0 -> pass("the request arrives") }
    :: atomic { fault -> pass("the client repeats an answered request") }
    fi;

#ifndef LEASED
    /* IdempotencyStore.start in the effect's own transaction */
    if
    :: atomic { key == ANSWERED && inserting == NOBODY -> answer = stored; goto replay }
    :: atomic { key == FREE && inserting == NOBODY -> inserting = _pid; pass("started") }
    :: atomic { inserting != NOBODY -> pass("409: still in progress"); goto over }
    mayDie("the API dies")
    fi;
    /* COMMIT: effect, answer and jobs */
    if
    :: atomic { commit(); pass("postgres.after-commit") }
    :: atomic { fault -> commit(); pass("the answer to COMMIT is lost: 503"); goto over }
    :: atomic { fault -> pass("the effect is refused, or its transaction rolled back: 503"); giveUp(); goto over }
    mayDie("postgres.before-commit: the API dies")
    fi;
    goto replay;
#else
#ifdef FAULT_ANSWER_AFTER_EFFECT
    if
    :: atomic { key == ANSWERED -> answer = stored; goto replay }
    :: atomic { mayTake -> take(); pass("started") }
    :: atomic { key == CLAIMED && isLeased -> pass("409: still in progress"); goto over }
    mayDie("the API dies")
    fi;
    atomic { effects++; answer = effects; pass("job.committed"); assert(effects <= 1) };
    if
    :: atomic { finishKey(); pass("the answer is stored") }
    :: atomic { fault -> pass("the answer can't be stored"); giveUp() }
    mayDie("job.committed: the API dies")
    fi;
#else
    /* RequestLease: the first unit of work, here the open payment of StartCheckout.open, takes the key */
    if
    :: atomic { key == ANSWERED -> answer = stored; goto replay }
    :: atomic { mayTake -> take(); pass("job.committed") }
    :: atomic { mayTake && faults > 0 -> faults--; take(); pass("the answer to COMMIT is lost: 503, the key stays taken"); giveUp(); goto over }
    :: atomic { key == CLAIMED && isLeased -> pass("409: still in progress"); goto over }
    mayDie("postgres.before-commit: the API dies")
    fi;
    /* StartCheckout.openSession: under the payment's key the provider opens one session and repeats itself */
    if
    :: atomic { sessions = 1; answer = 1; pass("checkout.session_opened") }
    :: atomic { fault -> sessions = 1; pass("the provider's answer is lost: the key is given back"); abandon(); goto over }
    mayDie("job.committed: the API dies")
    fi;
    /* RequestLease.finish: the session and the answer are one commit, where the key is still ours */
    if
    :: atomic { isOurs -> effects = 1; finishKey(); pass("postgres.after-commit") }
    :: atomic { isOurs && faults > 0 -> faults--; effects = 1; finishKey(); pass("the answer to COMMIT is lost: 503"); goto over }
    :: atomic { !isOurs -> pass("the lease has gone to another request: nothing is committed"); goto over }
    mayDie("checkout.session_opened: the API dies")
    fi;
#endif
#endif

replay:
    if
    :: atomic { reply(answer); giveUp() }
    :: atomic { fault -> pass("the answer does not reach the client"); giveUp() }
    fi;

over:
    atomic { answer = 0; goto end_idle }
}

#ifdef LEASED
/* A lease ends by itself; only a request that goes on renews it, unless it can't. */
active proctype Leases() {
end_idle:
    do
    :: atomic { isLeased && owner == ENDED -> isLeased = false; pass("a lease runs out") }
    :: atomic { isLeased && owner < PROCESSES && faults > 0 -> faults--; isLeased = false; pass("a lease is not renewed in time") }
    od
}
#endif

active proctype World() {
end_idle:
    do
    :: atomic { faults > 0 -> faults = 0; pass("nothing more goes wrong") }
    od
}

/* A run that stops has come to this; the formula tells the same of those that never stop. */
active proctype Rest() {
end_rest:
    timeout -> assert(first != 0 && effects == 1)
}

/* The client gets its answer, and the effect is there once. */
ltl answered { <> [] (first != 0 && effects == 1) }
