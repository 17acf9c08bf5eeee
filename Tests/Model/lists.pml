/* One queue's keys in Redis, and the scripts that change them: Sources/Shared/Jobs/JobScripts.swift. An entry is named by job
   and attempt, so here by its attempt alone; a list is how often each stands in it, in whatever order. */
#define KEYS 2
#define WORKERS 2
/* The active lists of workers that are no more. */
#define ORPHANED 2

/* Of `envelopes`: nothing, sealed contents, or a promise to be looked up in the row. */
#define NONE 0
#define SEALED 1
#define EMPTY 2

typedef List { byte count[KEYS] }
List ready;
List activeOf[3];
byte envelopes[KEYS];
bool recovered[KEYS];
bool incarnation = true;

#define isListed(key) (ready.count[key] + activeOf[0].count[key] + activeOf[1].count[key] + activeOf[ORPHANED].count[key] > 0)
#define isDrained (!isListed(0) && !isListed(1))

/* Any entry of a list; blocks where it is empty. */
inline anyOf(list, key) {
    if
    :: list.count[0] > 0 -> key = 0
    :: list.count[1] > 0 -> key = 1
    fi
}

inline add(list, key, number) {
    list.count[key] = list.count[key] + number;
    assert(list.count[key] <= 8)
}

/* JobScripts.push */
inline push(key, contents) {
    if
    :: envelopes[key] == NONE -> envelopes[key] = contents; add(ready, key, 1)
    :: else
    fi
}

/* JobScripts.release */
inline releaseEntry(me, key) {
    if
    :: activeOf[me].count[key] > 0 -> activeOf[me].count[key]--
    :: else
    fi;
    envelopes[key] = NONE; recovered[key] = false
}

/* JobScripts.handBack, and recover: then with a mark. */
inline moveBack(list, key, marks) {
    if
    :: list.count[key] > 0 ->
        add(ready, key, list.count[key]); list.count[key] = 0;
        recovered[key] = recovered[key] || marks
    :: else
    fi
}

inline moveAllBack(list, marks) {
    moveBack(list, 0, marks); moveBack(list, 1, marks)
}

inline forget(key) {
    ready.count[key] = 0; activeOf[0].count[key] = 0; activeOf[1].count[key] = 0; activeOf[ORPHANED].count[key] = 0;
    envelopes[key] = NONE; recovered[key] = false
}

/* FLUSHALL, or a start without a file. */
inline loseAll() {
    forget(0); forget(1); incarnation = false
}

/* Redis as an older snapshot may have it: with an entry of any attempt that was ever pushed, wherever it may have stood, and
   with contents or without. What else it held is gone. */
inline restoreAny(key) {
    loseAll();
    if
    :: key = 0
    :: row.attempt > 0 -> key = 1
    fi;
    if
    :: add(ready, key, 1)
    :: add(activeOf[0], key, 1)
    :: add(activeOf[1], key, 1)
    :: add(activeOf[ORPHANED], key, 1)
    fi;
    if
    :: envelopes[key] = SEALED
    :: true
    fi;
    if
    :: recovered[key] = true
    :: true
    fi;
    incarnation = true; key = 0
}
